//! The officials' events as buttons: verbs, weight, whether they ask for a reason.

use nq57_shared::problem::ProblemCode;
use nq57_shared::products::{Product, ProductEvent, ProductState, RefusedEvent, Verdict};
use nq57_shared::text::REASON_MAX;
use nq57_ui::components::{ButtonKind, Reason, Tone, WorkflowAction};
use nq57_ui::i18n::{Text, language, tr};

/// The verb; `None` for what is not for officials to send.
pub(super) fn verb(event: ProductEvent) -> Option<fn() -> &'static str> {
    use tr::review::event as words;
    match event {
        ProductEvent::RequestInformation => Some(words::request_information),
        ProductEvent::MarkIneligible => Some(words::mark_ineligible),
        ProductEvent::Accept => Some(words::accept),
        ProductEvent::StartEvaluation => Some(words::start_evaluation),
        ProductEvent::RequireOnSite => Some(words::require_on_site),
        ProductEvent::DecidePublish => Some(words::decide_publish),
        ProductEvent::DecideDecline => Some(words::decide_decline),
        ProductEvent::Publish => Some(words::publish),
        ProductEvent::Suspend => Some(words::suspend),
        ProductEvent::Resume => Some(words::resume),
        ProductEvent::Submit
        | ProductEvent::Recommend
        | ProductEvent::VoidRecommendation
        | ProductEvent::Revise
        | ProductEvent::DiscardRevision
        | ProductEvent::Withdraw
        | ProductEvent::Expire => None,
    }
}

/// Where to look at what came of an event: in public when it is there, else where officials find it in this state.
pub(super) fn page_of(product: &Product) -> String {
    let id = product.id;
    match product.state {
        ProductState::Published => format!("/san-pham/{id}"),
        ProductState::Submitted | ProductState::MoreInformation | ProductState::Ineligible => {
            format!("/tham-dinh/{id}")
        }
        _ => format!("/quyet-dinh/{id}"),
    }
}

/// The event as a button.
pub(super) fn action(event: ProductEvent, refusal: Option<Text>) -> Option<WorkflowAction> {
    use tr::review::confirm as words;
    let kind = match event {
        ProductEvent::Accept | ProductEvent::DecidePublish | ProductEvent::Publish => {
            ButtonKind::First
        }
        ProductEvent::MarkIneligible | ProductEvent::DecideDecline | ProductEvent::Suspend => {
            ButtonKind::Danger
        }
        _ => ButtonKind::Second,
    };
    let confirm: Option<Text> = match event {
        ProductEvent::Accept => Some(words::accept.into()),
        ProductEvent::Publish => Some(words::publish.into()),
        ProductEvent::Resume => Some(words::resume.into()),
        ProductEvent::DecidePublish | ProductEvent::DecideDecline | ProductEvent::Suspend => {
            Some(tr::review::public_reason.into())
        }
        _ => None,
    };
    let reason = match event.needs_reason() {
        true => Reason::Required { limit: REASON_MAX },
        false => Reason::None,
    };
    let label = verb(event)?;
    Some(WorkflowAction {
        kind,
        confirm,
        reason,
        refusal,
        ..WorkflowAction::new(event.as_str(), label)
    })
}

/// The events of this part of the way, in its order: those that are refused with their reason; `hold` refuses all.
pub(super) fn actions(
    allowed: &[ProductEvent],
    refused: &[RefusedEvent],
    part: &[ProductEvent],
    hold: Option<&Text>,
) -> Vec<WorkflowAction> {
    let why = |refused: &RefusedEvent| match ProblemCode::parse(&refused.code) {
        Some(code) => Text::from(move || code.title(language())),
        None => Text::from(refused.code.clone()),
    };
    let one = |event: &ProductEvent| {
        let refusal = refused.iter().find(|refused| refused.event == *event).map(why);
        (allowed.contains(event) || refusal.is_some())
            .then(|| action(*event, hold.cloned().or(refusal)))?
    };
    part.iter().filter_map(one).collect()
}

/// A verdict in words; reactive.
pub(super) fn verdict_name(verdict: Verdict) -> &'static str {
    use tr::review::eligibility as words;
    match verdict {
        Verdict::Pass => words::pass(),
        Verdict::Fail => words::fail(),
        Verdict::Ask => words::ask(),
    }
}

pub(super) const fn verdict_tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Pass => Tone::Ok,
        Verdict::Fail => Tone::Bad,
        Verdict::Ask => Tone::Warn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn officials_get_no_button_for_what_only_the_submitter_may_send() {
        let all: Vec<ProductEvent> = ProductEvent::ALL.to_vec();
        let keys: Vec<String> =
            actions(&all, &[], &all, None).into_iter().map(|action| action.key).collect();
        assert!(!keys.iter().any(|key| key == "withdraw" || key == "submit"));
        assert!(keys.iter().any(|key| key == "publish"));
    }
}
