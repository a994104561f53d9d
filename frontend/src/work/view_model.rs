//! Words and addresses for tasks, and how a deadline in working days is told.

use nq57_shared::products::{WorkItem, WorkStep};

use crate::i18n::tr;
use crate::ui::Tone;

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

/// How urgent it is, and in which words; reactive.
pub(super) fn due_words(working_days_left: Option<i32>) -> String {
    use tr::work as words;
    match working_days_left {
        None => words::no_due().to_owned(),
        Some(0) => words::today().to_owned(),
        Some(days @ 1..) => words::left(days),
        Some(days) => words::late(days.unsigned_abs()),
    }
}

/// Late is bad, today and tomorrow need attention.
pub(super) const fn due_tone(working_days_left: Option<i32>) -> Tone {
    match working_days_left {
        Some(..0) => Tone::Bad,
        Some(0 | 1) => Tone::Warn,
        Some(_) | None => Tone::Idle,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_late_only_after_its_day() {
        assert_eq!(due_tone(Some(-1)), Tone::Bad);
        assert_eq!(due_tone(Some(0)), Tone::Warn);
        assert_eq!(due_tone(Some(3)), Tone::Idle);
        assert_eq!(due_tone(None), Tone::Idle);
    }
}
