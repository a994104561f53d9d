//! `/tham-dinh/:id`: the submission beside the checklist.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use nq57_shared::access::Role;
use nq57_shared::products::{EligibilityCheck, Product, ProductEvent, ProductState, VersionDiff};
use nq57_shared::reference::ReferenceList;
use nq57_ui::api::{Remote, get, remote};
use nq57_ui::casework::{Due, DueTag, NextWork, way_back};
use nq57_ui::components::{
    Code, Crumbs, Disclosure, Glyph, Icon, Load, Notice, PageHead, Tag, Tone,
};
use nq57_ui::i18n::{Text, tr};
use nq57_ui::layout::Guard;

use super::checklist::{Checklist, Verdicts};
use super::events::Events;
use super::way::Way;
use crate::products::{AnswersOf, Changes, StateTag, api, view_model};
use crate::work::KINDS;

const PART: &[ProductEvent] =
    &[ProductEvent::Accept, ProductEvent::RequestInformation, ProductEvent::MarkIneligible];

#[component]
pub fn EligibilityPage() -> impl IntoView {
    let params = use_params_map();
    let page = remote(move || {
        let id = params.read().get("id").unwrap_or_default();
        async move { api::read(&id).await }
    });
    view! {
        <Guard roles=&Role::REGISTER>
            <Crumbs trail=vec![way_back()]/>
            <div class="wrap">
                <Load from=page page_of=way_back() view={move |shown: Product| view! { <Review shown page/> }}/>
            </div>
        </Guard>
    }
}

#[component]
fn Review(shown: Product, page: Remote<Product>) -> impl IntoView {
    use tr::review::eligibility as words;
    let is_open = shown.state == ProductState::Submitted;
    let product = RwSignal::new(shown.clone());
    let unsaved = RwSignal::new(false);
    let owes_note = RwSignal::new(false);
    let drafts = RwSignal::new(Vec::new());
    let hold = Signal::derive(move || match (owes_note.get(), unsaved.get()) {
        (true, _) => Some(Text::from(words::note_first)),
        (false, true) => Some(Text::from(words::save_first)),
        (false, false) => None,
    });
    let id = shown.id;
    let material = remote(move || async move {
        let list =
            get("/reference/eligibility_checklist").anonymous().send::<ReferenceList>().await?;
        Ok((list.body, api::eligibility(id).await?))
    });
    let checklist = move |(list, check): (ReferenceList, EligibilityCheck)| {
        if is_open {
            view! { <Checklist list check product unsaved owes_note drafts/> }.into_any()
        } else {
            view! {
                <Notice title=words::closed tone=Tone::Idle><p>{words::closed_text}</p></Notice>
                <Verdicts list check/>
            }
            .into_any()
        }
    };
    view! {
        <Head product=shown.clone()/>
        <NextWork kinds=KINDS case=id.0/>
        <div class="split" data-even=true>
            <section class="stack" data-gap="l" aria-labelledby="content">
                <h2 class="sr" id="content">{tr::review::content}</h2>
                <a class="narrow-only" href="#checklist">{words::title}</a>
                <SinceBefore shown=shown.clone()/>
                <AnswersOf product=shown.clone()/>
            </section>
            <section class="stack" aria-labelledby="checklist">
                <h2 id="checklist" tabindex="-1">{words::title}</h2>
                <p class="muted">{words::lead}</p>
                <Load from=material view=checklist/>
                <Events product page part=PART hold drafts/>
                <Way shown/>
            </section>
        </div>
    }
}

/// What differs from the version before: after a question, or after a publication.
#[component]
fn SinceBefore(shown: Product) -> impl IntoView {
    use tr::review::eligibility as words;
    let (id, to) = (shown.id.to_string(), shown.version);
    let from = to.checked_sub(1).filter(|from| *from > 0)?;
    let diff = remote(move || {
        let id = id.clone();
        async move { api::compare(&id, from, to, false).await }
    });
    let version = |number| Text::from(move || tr::products::page::version(number));
    let show = move |diff: VersionDiff| view! { <Changes changes=diff.changes caption=words::changes before=version(from) after=version(to)/> };
    Some(view! {
        <Disclosure title=words::changes>
            <Load from=diff view=show/>
        </Disclosure>
    })
}

/// Title, state, owner and deadline of a submission, as officials see it.
#[component]
pub(super) fn Head(product: Product) -> impl IntoView {
    let (state, code, version) = (product.state, product.code.clone(), product.version);
    let (holder, due_at) = (product.holder, product.due_at);
    let due = Due::of(due_at, product.working_days_left);
    let above = move || {
        view! {
            <StateTag state/>
            <Tag text=move || tr::products::page::version(version)/>
            {code.map(|text| view! { <Code text/> })}
            {due.map(|due| view! { <DueTag due/> })}
        }
        .into_any()
    };
    let owner = product.content.owner.name.clone();
    view! {
        <PageHead title=product.content.title.clone() lead=product.content.summary.clone() above=ViewFnOnce::from(above)>
            <p class="facts">
                <span><Icon name=Glyph::Building/>{owner}</span>
                {holder.map(|by| view! { <span><Icon name=Glyph::User/>{move || view_model::held(by, due_at)}</span> })}
            </p>
        </PageHead>
    }
}
