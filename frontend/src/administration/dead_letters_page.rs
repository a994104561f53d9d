//! `/quan-tri/tin-khong-gui-duoc`: what could not be delivered, to be sent again or discarded.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::ids::OutboxId;
use nq57_shared::outbox::DeadLetter;
use nq57_ui::api::{Paged, paged};
use nq57_ui::components::{Button, ButtonKind, Confirm, Empty, PagedList, Table, toast};
use nq57_ui::i18n::{date_time, tr};

use super::api;
use super::frame::Frame;

#[component]
pub fn DeadLettersPage() -> impl IntoView {
    use tr::administration::dead_letters as words;
    view! {
        <Frame title=words::title lead=words::lead>
            <DeadLetters/>
        </Frame>
    }
}

#[component]
fn DeadLetters() -> impl IntoView {
    use tr::administration::dead_letters as words;
    let letters = paged(api::list_dead_letters);
    view! {
        <PagedList
            from=letters
            view={move |found: Vec<DeadLetter>| view! { <Found found letters/> }}
            empty=|| view! { <Empty title=words::none><p>{words::none_text}</p></Empty> }
        />
    }
}

#[component]
fn Found(found: Vec<DeadLetter>, letters: Paged<DeadLetter>) -> impl IntoView {
    use tr::administration::dead_letters as words;
    let row = move |letter: DeadLetter| {
        view! {
            <tr>
                <th scope="row" class="mono">{letter.topic.clone()}</th>
                <td data-label=words::error>{letter.last_error.clone()}</td>
                <td class="num" data-label=words::attempts>{letter.attempts}</td>
                <td data-label=words::failed>{date_time(letter.failed_at)}</td>
                <td data-label=words::action><Actions id=letter.id letters/></td>
            </tr>
        }
    };
    view! {
        <Table caption=words::title dense=true stacked=true>
            <thead>
                <tr>
                    <th scope="col">{words::topic}</th>
                    <th scope="col">{words::error}</th>
                    <th scope="col" class="num">{words::attempts}</th>
                    <th scope="col">{words::failed}</th>
                    <th scope="col">{words::action}</th>
                </tr>
            </thead>
            <tbody>{found.into_iter().map(row).collect_view()}</tbody>
        </Table>
    }
}

#[component]
fn Actions(id: OutboxId, letters: Paged<DeadLetter>) -> impl IntoView {
    use tr::administration::dead_letters as words;
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let act = move |discard: bool| {
        busy.set(true);
        spawn_local(async move {
            let outcome = if discard {
                api::discard_dead_letter(id).await
            } else {
                api::requeue_dead_letter(id).await
            };
            busy.set(false);
            open.set(false);
            match outcome {
                Ok(()) => toast(if discard { words::discarded } else { words::requeued }),
                Err(failure) => toast(failure.title()),
            }
            letters.reload();
        });
    };
    view! {
        <div class="row">
            <Button kind=ButtonKind::Second small=true busy on_press=move || act(false)>{words::requeue}</Button>
            <Button kind=ButtonKind::Quiet small=true on_press=move || open.set(true)>{words::discard}</Button>
        </div>
        <Confirm open title=words::discard_title body=words::discard_text confirm=words::discard kind=ButtonKind::Danger busy on_confirm=move |_: String| act(true)/>
    }
}
