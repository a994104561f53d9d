//! The confirmation: code, the secret that is shown once, what comes next and until when.

use std::cell::RefCell;

use leptos::prelude::*;
use nq57_shared::products::{HistoryEntry, Product, ProductEvent, ProductState};
use nq57_ui::api::{Failure, remote};
use nq57_ui::casework::Due;
use nq57_ui::components::{
    ButtonKind, ButtonLink, CopyCode, Crumb, Crumbs, Glyph, Heading, Load, Notice, PageHead,
    PrintButton, Skeleton, Timeline, Tone,
};
use nq57_ui::i18n::{Text, date_time, tr};
use nq57_ui::layout::Guard;

use crate::products::page::use_id;
use crate::products::{api, timeline};

thread_local! {
    static CARRIED: RefCell<Option<Product>> = const { RefCell::new(None) };
}

/// Carries the answer to the submission here: its secret must not stand in the address or in storage.
pub(super) fn carry(product: Product) {
    CARRIED.with_borrow_mut(|slot| *slot = Some(product));
}

/// The confirmation after sending.
#[component]
pub fn SentPage() -> impl IntoView {
    view! { <Guard><Sent/></Guard> }
}

/// What the page shows: the product, with the secret if it has just been issued, and its history.
#[derive(Clone)]
struct Confirmed {
    product: Product,
    history: Vec<HistoryEntry>,
}

#[component]
fn Sent() -> impl IntoView {
    let id = use_id();
    let carried = StoredValue::new(CARRIED.with_borrow_mut(Option::take));
    let confirmed = remote(move || {
        let id = id.get();
        async move {
            let carried = carried.with_value(|product| {
                product.clone().filter(|product| product.id.to_string() == id)
            });
            let product = match carried {
                Some(product) => product,
                None => api::read(&id).await?,
            };
            // Without the history the code and the secret must be seen all the same.
            let history = api::history(&id, false).await.unwrap_or_default();
            Ok::<_, Failure>(Confirmed { product, history })
        }
    });
    let show = |confirmed: Confirmed| match confirmed.product.code.clone() {
        Some(code) => view! { <Seal confirmed code/> }.into_any(),
        None => view! { <NotSent id=confirmed.product.id.to_string()/> }.into_any(),
    };
    view! {
        <Crumbs trail=vec![Crumb::new(tr::submissions::list::title, "/ho-so")]/>
        <div class="wrap narrow">
            <Load from=confirmed view=show page_of=Crumb::new(tr::submissions::list::title, "/ho-so") waiting=|| view! { <div class="head"><Skeleton lines=8/></div> }.into_any()/>
        </div>
    }
}

#[component]
fn NotSent(id: String) -> impl IntoView {
    use tr::submissions::sent as words;
    view! {
        <PageHead title=words::not_sent lead=words::not_sent_text>
            <p><ButtonLink href=format!("/ho-so/{id}/kiem-tra")>{words::not_sent_go}</ButtonLink></p>
        </PageHead>
    }
}

#[component]
fn Seal(confirmed: Confirmed, code: String) -> impl IntoView {
    use tr::submissions::sent as words;
    let Confirmed { product, history } = confirmed;
    let sending = history
        .iter()
        .filter(|entry| entry.event == ProductEvent::Submit)
        .max_by_key(|entry| entry.at);
    let sent_at = sending.map(|entry| entry.at).or(product.submitted_at);
    // An answer to a question is not confirmed by mail.
    let is_answer = sending.is_some_and(|entry| entry.from == ProductState::MoreInformation);
    let title = Text::from(if is_answer { words::title_again } else { words::title });
    let received = move |at| match is_answer {
        true => words::received_again(date_time(at)),
        false => words::received(date_time(at)),
    };
    let due = Due::of(product.due_at, product.working_days_left);
    let moments = Signal::stored(timeline::way(&history, product.state, product.holder, due));
    view! {
        <div class="head stack" data-gap="l">
            <div class="seal stack">
                <Heading title/>
                <p>
                    {words::code}
                    <strong class="big-code">{code}</strong>
                </p>
                {sent_at.map(|at| view! { <p>{move || received(at)}</p> })}
            </div>
            {match product.secret.clone() {
                Some(secret) => view! {
                    <Notice title=words::secret tone=Tone::Warn icon=Glyph::Lock>
                        <p><CopyCode code=secret what=words::secret large=true/></p>
                        <p>{words::secret_text}</p>
                    </Notice>
                }
                .into_any(),
                None => view! {
                    <Notice title=words::secret_gone icon=Glyph::Lock>
                        <p>{words::secret_gone_text}</p>
                    </Notice>
                }
                .into_any(),
            }}
        </div>
        <section class="stack" data-gap="l">
            <h2>{words::next}</h2>
            <Timeline moments label=words::next/>
            <div class="row">
                <PrintButton kind=ButtonKind::First/>
                <ButtonLink href=format!("/ho-so/{}", product.id) kind=ButtonKind::Second>{words::open}</ButtonLink>
                <a href="/ho-so">{words::list}</a>
            </div>
        </section>
    }
}
