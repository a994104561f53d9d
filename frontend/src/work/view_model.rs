//! Words and addresses for tasks, and how a deadline in working days is told.

use nq57_shared::products::{WorkItem, WorkStep};

use crate::i18n::tr;

/// The task in words; reactive.
pub(super) fn step_name(step: WorkStep) -> &'static str {
    use tr::work::r#do as words;
    match step {
        WorkStep::AnswerInformation => words::answer_information(),
        WorkStep::CheckEligibility => words::check_eligibility(),
        WorkStep::OpenEvaluation => words::open_evaluation(),
        WorkStep::DeclareConflict => words::declare_conflict(),
        WorkStep::Score => words::score(),
        WorkStep::Recommend => words::recommend(),
        WorkStep::Decide => words::decide(),
        WorkStep::Publish => words::publish(),
    }
}

/// The page where it is done.
pub(super) fn address(item: &WorkItem) -> String {
    let product = item.product.id;
    match (item.step, item.evaluation_id) {
        (WorkStep::AnswerInformation, _) => format!("/ho-so/{product}"),
        (WorkStep::CheckEligibility, _) => format!("/tham-dinh/{product}"),
        (WorkStep::OpenEvaluation, _) => format!("/hoi-dong/{product}"),
        (WorkStep::DeclareConflict | WorkStep::Score | WorkStep::Recommend, Some(round)) => {
            format!("/danh-gia/{round}")
        }
        (_, _) => format!("/quyet-dinh/{product}"),
    }
}
