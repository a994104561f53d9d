//! `/danh-gia/:id`: one evaluation, as chair, member, publisher see it: each the parts that are theirs.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use nq57_shared::evaluations::{ConflictAnswer, Evaluation, EvaluationAction, EvaluationState};
use nq57_shared::ids::ProductId;
use nq57_shared::products::Product;
use nq57_ui::api::{Remote, remote};
use nq57_ui::casework::{NextWork, way_back};
use nq57_ui::components::{
    Crumbs, Disclosure, Glyph, GoLink, Icon, Load, Notice, PageHead, Tag, Tone,
};
use nq57_ui::i18n::{day, local, tr};
use nq57_ui::layout::Guard;
use nq57_ui::state::session;

use super::api;
use super::chair::Recommendation;
use super::conflict::Conflict;
use super::panel::Panel;
use super::result::{RecommendationGiven, ResultOf};
use super::score_sheet::Sheet;
use super::view_model::{state_name, state_tone};
use super::visit::Visit;
use crate::products::{AnswersOf, api as products};
use crate::work::KINDS;

#[component]
pub fn EvaluationPage() -> impl IntoView {
    let params = use_params_map();
    let evaluation = remote(move || {
        let id = params.read().get("id").unwrap_or_default();
        async move { api::read(&id).await }
    });
    view! {
        <Guard>
            <Crumbs trail=vec![way_back()]/>
            <div class="wrap">
                <Load from=evaluation page_of=way_back() view={move |shown: Evaluation| view! { <Shown shown evaluation/> }}/>
            </div>
        </Guard>
    }
}

#[component]
fn Shown(shown: Evaluation, evaluation: Remote<Evaluation>) -> impl IntoView {
    use tr::evaluations as words;
    let may = |action| shown.allowed_actions.contains(&action);
    let own = untrack(session::account).map(|account| account.id);
    let seat = shown.members.iter().find(|member| Some(member.account_id) == own).cloned();
    let (title, rubric, state) = (shown.product_title.clone(), shown.rubric.clone(), shown.state);
    let (due_on, chair, version) =
        (shown.due_on, shown.chair.display_name.clone(), shown.product_version);
    let above = move || {
        let rubric = rubric.clone();
        view! {
            <Tag text=move || state_name(state) tone=state_tone(state)/>
            <Tag text=move || words::rubric(local(&rubric.name), &rubric.version)/>
            <Tag text=move || words::version(version)/>
        }
    };
    let is_recused = shown.is_recused;
    let must_declare = may(EvaluationAction::DeclareConflict)
        && seat.as_ref().is_some_and(|seat| seat.conflict == ConflictAnswer::NotAsked);
    let mine = if is_recused {
        view! { <Notice title=words::conflict::recused tone=Tone::Warn><p>{words::conflict::recused_text}</p></Notice> }.into_any()
    } else if must_declare {
        view! { <Conflict shown=shown.clone() evaluation/> }.into_any()
    } else if let Some(seat) = seat.clone() {
        view! { <Sheet shown=shown.clone() seat evaluation/> }.into_any()
    } else {
        ().into_any()
    };
    let is_chair = own == Some(shown.chair.id) && !is_recused;
    let waits = is_chair && shown.state == EvaluationState::Open;
    let recommends = may(EvaluationAction::Recommend) || waits;
    let reads = seat.is_some() && !is_recused;
    let visits = may(EvaluationAction::RecordOnSiteVisit);
    view! {
        <PageHead title=move || words::title(&title) above>
            <p class="facts">
                <span><Icon name=Glyph::Clock/>{move || words::due(day(due_on))}</span>
                <span><Icon name=Glyph::User/>{move || words::chair(&chair)}</span>
            </p>
        </PageHead>
        <NextWork kinds=KINDS case=shown.product_id.0/>
        <div class="split">
            <div class="stack" data-gap="l">
                {reads.then(|| view! { <Content product=shown.product_id/> })}
                {mine}
                {(!is_recused).then(|| view! { <ResultOf shown=shown.clone()/> })}
                {shown.recommendation.clone().map(|given| view! { <RecommendationGiven given/> })}
                {visits.then(|| view! { <Visit shown=shown.clone() evaluation/> })}
                {recommends.then(|| view! { <Recommendation shown=shown.clone() evaluation/> })}
            </div>
            <div class="aside">
                <Panel shown=shown.clone() evaluation/>
                <section>
                    <GoLink href=format!("/quyet-dinh/{}", shown.product_id)>{words::see_product}</GoLink>
                </section>
            </div>
        </div>
    }
}

/// What is being judged, so that nobody has to leave the sheet to read it.
#[component]
fn Content(product: ProductId) -> impl IntoView {
    let product = remote(move || async move { products::read(&product.to_string()).await });
    view! {
        <Disclosure title=tr::review::content>
            <Load from=product view=|product: Product| view! { <AnswersOf product/> }/>
        </Disclosure>
    }
}
