//! What queue and register show of products.

use nq57_shared::casework::{CaseSummary, WorkItem};
use nq57_shared::ids::ProductId;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{ProductEvent, ProductState, WorkStep};
use nq57_ui::api::Failure;
use nq57_ui::casework::{BulkAction, CaseKind, StateLook};
use nq57_ui::i18n::tr;

use super::{api, view_model};

/// Products as cases.
pub const CASE_KIND: CaseKind = CaseKind {
    kind: "product",
    name: tr::products::case_kind,
    states: &[
        "submitted",
        "more_information",
        "accepted",
        "under_evaluation",
        "on_site",
        "decided",
        "published",
        "declined",
        "ineligible",
        "suspended",
        "withdrawn",
        "expired",
    ],
    state: |text| {
        ProductState::parse(text).map(|state| StateLook {
            words: view_model::state(state),
            tone: view_model::state_tone(state),
            glyph: view_model::state_glyph(state),
        })
    },
    holders: &["intake", "submitter", "chair", "panel", "publisher"],
    holder: |text| Holder::parse(text).map(view_model::holder),
    step: |text| WorkStep::parse(text).map(step),
    page,
    work_page,
    bulk: &[BulkAction {
        step: "publish",
        label: tr::products::step::publish,
        send: |case| Box::pin(publish(ProductId(case.id))),
    }],
};

/// As it stands when its turn comes.
async fn publish(id: ProductId) -> Result<(), Failure> {
    let product = api::read(&id.to_string()).await?;
    api::send_event(id, product.revision, ProductEvent::Publish, None).await.map(drop)
}

/// What is to be done; reactive.
fn step(step: WorkStep) -> &'static str {
    use tr::products::step as words;
    match step {
        WorkStep::AnswerInformation => words::answer_information(),
        WorkStep::CheckEligibility => words::check_eligibility(),
        WorkStep::OpenEvaluation => words::open_evaluation(),
        WorkStep::DeclareConflict => words::declare_conflict(),
        WorkStep::Score => words::score(),
        WorkStep::Recommend => words::recommend(),
        WorkStep::ReplacePanel => words::replace_panel(),
        WorkStep::Decide => words::decide(),
        WorkStep::Publish => words::publish(),
    }
}

/// Where officials look at it: with whoever holds it, and afterwards where it was decided.
fn page(case: &CaseSummary) -> String {
    let id = case.id;
    match ProductState::parse(&case.state) {
        Some(
            ProductState::Submitted | ProductState::MoreInformation | ProductState::Ineligible,
        ) => {
            format!("/tham-dinh/{id}")
        }
        Some(ProductState::Accepted) => format!("/hoi-dong/{id}"),
        _ => format!("/quyet-dinh/{id}"),
    }
}

fn work_page(item: &WorkItem) -> String {
    let (id, opens) = (item.case.id, item.opens);
    match WorkStep::parse(&item.step) {
        Some(WorkStep::CheckEligibility) => format!("/tham-dinh/{id}"),
        Some(WorkStep::OpenEvaluation) => format!("/hoi-dong/{id}"),
        Some(
            WorkStep::DeclareConflict
            | WorkStep::Score
            | WorkStep::Recommend
            | WorkStep::ReplacePanel,
        ) => {
            format!("/danh-gia/{opens}")
        }
        Some(WorkStep::Decide | WorkStep::Publish) => format!("/quyet-dinh/{id}"),
        Some(WorkStep::AnswerInformation) | None => format!("/ho-so/{id}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_every_part_that_officials_find_is_to_be_chosen() {
        for state in ProductState::ALL.iter().filter(|state| **state != ProductState::Draft) {
            assert!(CASE_KIND.states.contains(&state.as_str()), "{state:?}");
        }
        for holder in Holder::ALL {
            assert!(CASE_KIND.holders.contains(&holder.as_str()), "{holder:?}");
        }
    }
}
