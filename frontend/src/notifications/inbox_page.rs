//! `/thong-bao`: newest first; opening one marks it as read.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::ids::NotificationId;
use nq57_shared::notifications::{MarkRead, Notification, NotificationPage, Unread};
use nq57_shared::page::Page;
use nq57_ui::api::{Failure, get, paged, post};
use nq57_ui::components::{
    Button, ButtonKind, Checkbox, Crumbs, Empty, PageHead, PagedList, Tag, Tone, toast,
};
use nq57_ui::i18n::{date_time, tr};
use nq57_ui::layout::Guard;
use nq57_ui::state::unread;

async fn mark(body: MarkRead) -> Result<Unread, Failure> {
    let left: Unread = post("/notifications/read").json(&body).send().await?.body;
    unread::set(left.unread);
    Ok(left)
}

#[component]
pub fn InboxPage() -> impl IntoView {
    view! {
        <Guard>
            <Crumbs/>
            <div class="wrap narrow">
                <PageHead title=tr::notifications::title lead=tr::notifications::lead/>
                <Inbox/>
            </div>
        </Guard>
    }
}

#[component]
fn Inbox() -> impl IntoView {
    use tr::notifications as words;
    let unread_only = RwSignal::new(false);
    let inbox = paged(move |cursor| {
        let mut request = get("/notifications").query("unread", unread_only.get());
        if let Some(cursor) = cursor {
            request = request.query("cursor", cursor);
        }
        async move {
            let page: NotificationPage = request.send().await?.body;
            Ok(Page { items: page.items, next_cursor: page.next_cursor, total: None })
        }
    });
    let busy = RwSignal::new(false);
    let mark_all = move || {
        busy.set(true);
        spawn_local(async move {
            let outcome = mark(MarkRead { ids: Vec::new(), all: true }).await;
            busy.set(false);
            match outcome {
                Ok(_) => {
                    toast(words::marked);
                    inbox.reload();
                }
                Err(failure) => toast(failure.title()),
            }
        });
    };
    let empty = move || {
        if unread_only.get() {
            view! { <Empty title=words::none_unread/> }.into_any()
        } else {
            view! { <Empty title=words::none><p>{words::none_text}</p></Empty> }.into_any()
        }
    };
    let list = |items: Vec<Notification>| {
        view! { <ul class="items">{items.into_iter().map(|one| view! { <Item one/> }).collect_view()}</ul> }
    };
    view! {
        <div class="row" data-apart=true>
            <Checkbox name="/unread" label=words::unread_only value=unread_only/>
            <Button kind=ButtonKind::Second small=true busy on_press=mark_all>{words::mark_all}</Button>
        </div>
        <PagedList from=inbox view=list empty/>
    }
}

#[component]
fn Item(one: Notification) -> impl IntoView {
    let Notification { id, title, text, path, created_at, read_at, .. } = one;
    let is_unread = RwSignal::new(read_at.is_none());
    let read = move |id: NotificationId| {
        if is_unread.get_untracked() {
            is_unread.set(false);
            // A tick that is lost only means that it is shown as unread again.
            spawn_local(async move { drop(mark(MarkRead { ids: vec![id], all: false }).await) });
        }
    };
    let heading = match path {
        Some(path) => view! { <a href=path on:click=move |_| read(id)>{title}</a> }.into_any(),
        None => title.into_any(),
    };
    view! {
        <li class="stack" data-gap="s">
            <div class="row" data-apart=true>
                <h2 class="t-m">{heading}</h2>
                {move || is_unread.get().then(|| view! { <Tag text=tr::notifications::unread tone=Tone::Info/> })}
            </div>
            <p>{text}</p>
            <p class="tiny muted">{move || date_time(created_at)}</p>
        </li>
    }
}
