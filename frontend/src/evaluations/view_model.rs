//! Words and tones for evaluations, and figures as people read them.

use nq57_shared::evaluations::{
    ConflictAnswer, Criterion, EvaluationState, RecommendedVerdict, ScoreSheet, SheetState,
};
use nq57_ui::components::Tone;
use nq57_ui::i18n::{decimal, tr};

/// Where an evaluation stands; reactive.
pub(super) fn state_name(state: EvaluationState) -> &'static str {
    use tr::evaluations::state as words;
    match state {
        EvaluationState::Open => words::open(),
        EvaluationState::Recommended => words::recommended(),
        EvaluationState::Closed => words::closed(),
    }
}

pub(super) const fn state_tone(state: EvaluationState) -> Tone {
    match state {
        EvaluationState::Open => Tone::Info,
        EvaluationState::Recommended => Tone::Ok,
        EvaluationState::Closed => Tone::Idle,
    }
}

/// What a member said; reactive.
pub(super) fn conflict_name(answer: ConflictAnswer) -> &'static str {
    use tr::evaluations::panel as words;
    match answer {
        ConflictAnswer::NotAsked => words::not_asked(),
        ConflictAnswer::None => words::none(),
        ConflictAnswer::Declared => words::declared(),
    }
}

pub(super) const fn conflict_tone(answer: ConflictAnswer) -> Tone {
    match answer {
        ConflictAnswer::NotAsked => Tone::Idle,
        ConflictAnswer::None => Tone::Ok,
        ConflictAnswer::Declared => Tone::Warn,
    }
}

/// How far a sheet is; reactive.
pub(super) fn sheet_name(state: SheetState) -> &'static str {
    use tr::evaluations::panel as words;
    match state {
        SheetState::None => words::sheet_none(),
        SheetState::Draft => words::sheet_draft(),
        SheetState::Submitted => words::sheet_submitted(),
    }
}

pub(super) const fn sheet_tone(state: SheetState) -> Tone {
    match state {
        SheetState::None => Tone::Idle,
        SheetState::Draft => Tone::Info,
        SheetState::Submitted => Tone::Ok,
    }
}

/// What the chair recommends; reactive.
pub(super) fn verdict_name(verdict: RecommendedVerdict) -> &'static str {
    use tr::evaluations::recommend as words;
    match verdict {
        RecommendedVerdict::Publish => words::publish(),
        RecommendedVerdict::Decline => words::decline(),
    }
}

/// Hundredths as people read them: 7380 is `73,8`; reactive.
pub(super) fn hundredths(value: u32) -> String {
    decimal(f64::from(value) / 100.0, 1)
}

/// The mean of the submitted sheets in one criterion, in percent of its greatest score.
pub(super) fn criterion_mean(sheets: &[ScoreSheet], criterion: &Criterion) -> Option<f64> {
    let scores: Vec<u32> = sheets
        .iter()
        .filter(|sheet| sheet.state == SheetState::Submitted)
        .filter_map(|sheet| sheet.scores.iter().find(|score| score.criterion == criterion.code))
        .map(|score| score.score)
        .collect();
    let count = u32::try_from(scores.len()).ok().filter(|count| *count > 0)?;
    let sum: u32 = scores.iter().sum();
    (criterion.max > 0)
        .then(|| f64::from(sum) * 100.0 / (f64::from(count) * f64::from(criterion.max)))
}

#[cfg(test)]
mod tests {
    use nq57_shared::evaluations::Score;
    use nq57_shared::ids::AccountId;
    use nq57_shared::language::Bilingual;

    use super::*;

    #[test]
    fn drafts_do_not_count_in_the_mean_of_a_criterion() {
        let criterion = Criterion {
            code: "novelty".into(),
            name: Bilingual::default(),
            hint: Bilingual::default(),
            max: 5,
            weight: 100,
        };
        let sheet = |score, state| ScoreSheet {
            member_id: AccountId(uuid::Uuid::nil()),
            scores: vec![Score { criterion: "novelty".into(), score, comment: None }],
            state,
            weighted_hundredths: None,
            submitted_at: None,
        };
        let sheets = [
            sheet(5, SheetState::Submitted),
            sheet(3, SheetState::Submitted),
            sheet(0, SheetState::Draft),
        ];
        assert_eq!(criterion_mean(&sheets, &criterion), Some(80.0));
        assert_eq!(criterion_mean(&[], &criterion), None);
    }
}
