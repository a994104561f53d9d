//! `/quyet-dinh/:id`: the whole case in one view: content, verdicts, evaluation, way; and the decision.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use nq57_shared::access::Role;
use nq57_shared::evaluations::Evaluation;
use nq57_shared::products::{EligibilityCheck, Product, ProductEvent, ProductState};
use nq57_shared::reference::ReferenceList;
use nq57_ui::api::{Remote, get, remote};
use nq57_ui::casework::{NextWork, way_back};
use nq57_ui::components::{Crumbs, GoLink, Load};
use nq57_ui::i18n::tr;
use nq57_ui::layout::Guard;
use nq57_ui::state::session;

use super::checklist::Verdicts;
use super::eligibility_page::Head;
use super::events::Events;
use super::honours::Honours;
use super::way::Way;
use crate::evaluations::api as evaluations;
use crate::evaluations::{RecommendationGiven, ResultOf};
use crate::products::{AnswersOf, api};
use crate::work::KINDS;

const PART: &[ProductEvent] = &[
    ProductEvent::StartEvaluation,
    ProductEvent::RequireOnSite,
    ProductEvent::DecidePublish,
    ProductEvent::DecideDecline,
    ProductEvent::Publish,
    ProductEvent::Suspend,
    ProductEvent::Resume,
];

#[component]
pub fn DecisionPage() -> impl IntoView {
    let params = use_params_map();
    let page = remote(move || {
        let id = params.read().get("id").unwrap_or_default();
        async move { api::read(&id).await }
    });
    view! {
        <Guard>
            <Crumbs trail=vec![way_back()]/>
            <div class="wrap">
                <Load from=page page_of=way_back() view={move |shown: Product| view! { <Case shown page/> }}/>
            </div>
        </Guard>
    }
}

#[component]
fn Case(shown: Product, page: Remote<Product>) -> impl IntoView {
    let product = RwSignal::new(shown.clone());
    let edits_honours =
        untrack(|| session::has_role(Role::Publisher) || session::has_role(Role::Administrator));
    let is_public = shown.public_version.is_some();
    let id = shown.id;
    view! {
        <Head product=shown.clone()/>
        <NextWork kinds=KINDS case=id.0/>
        <Events product page part=PART/>
        <div class="split block">
            <div class="stack" data-gap="xl">
                <Evaluations shown=shown.clone()/>
                <section class="stack" data-gap="l" aria-labelledby="content">
                    <h2 id="content">{tr::review::content}</h2>
                    <AnswersOf product=shown.clone()/>
                </section>
            </div>
            <div class="aside">
                {is_public.then(|| view! { <section><GoLink href=format!("/san-pham/{id}")>{tr::review::decision::see_public}</GoLink></section> })}
                <Eligibility shown=shown.clone()/>
                <Way shown=shown.clone()/>
                {edits_honours.then(|| view! { <Honours shown page/> })}
            </div>
        </div>
    }
}

#[component]
fn Evaluations(shown: Product) -> impl IntoView {
    let (id, version, state) = (shown.id, shown.version, shown.state);
    let evaluations = remote(move || evaluations::of_product(id));
    let opens = state == ProductState::Accepted && untrack(|| session::has_role(Role::PanelChair));
    let show = move |evaluations: Vec<Evaluation>| {
        let evaluation =
            evaluations.into_iter().find(|evaluation| evaluation.product_version == version);
        match evaluation {
            Some(evaluation) => view! {
                <div class="stack" data-gap="l">
                    {evaluation.recommendation.clone().map(|given| view! { <RecommendationGiven given/> })}
                    <GoLink href=format!("/danh-gia/{}", evaluation.id)>{tr::review::see_evaluation}</GoLink>
                    <ResultOf shown=evaluation/>
                </div>
            }
            .into_any(),
            None => view! {
                <p class="muted">{tr::review::no_evaluation}</p>
                {opens.then(|| view! { <GoLink href=format!("/hoi-dong/{id}")>{tr::review::open_evaluation}</GoLink> })}
            }
            .into_any(),
        }
    };
    view! {
        <section class="stack" aria-labelledby="evaluations">
            <h2 class="sr" id="evaluations">{tr::review::evaluations}</h2>
            <Load from=evaluations view=show/>
        </section>
    }
}

#[component]
fn Eligibility(shown: Product) -> impl IntoView {
    let id = shown.id;
    let material = remote(move || async move {
        let list =
            get("/reference/eligibility_checklist").anonymous().send::<ReferenceList>().await?;
        Ok((list.body, api::eligibility(id).await?))
    });
    view! {
        <section class="stack" aria-labelledby="eligibility">
            <h2 id="eligibility">{tr::review::decision::eligibility}</h2>
            <Load from=material view={|(list, check): (ReferenceList, EligibilityCheck)| view! { <Verdicts list check/> }}/>
        </section>
    }
}
