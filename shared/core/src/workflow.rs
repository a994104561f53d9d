//! What every workflow is: states, events, facts, and one pure function that decides.
//! The server writes what `step` says; the browser offers what `available` says: the same answer.

use crate::problem::ProblemCode;

/// What an accepted event leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<S, E> {
    pub to: S,
    /// What must happen besides, in this order, in the same transaction.
    pub effects: Vec<E>,
}

/// Why an event is refused now. Its code is one of the problem table and always answers 409.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal(pub ProblemCode);

/// A workflow with its table.
pub trait Workflow {
    type State: Copy + Eq + std::fmt::Debug + 'static;
    type Event: Copy + Eq + std::fmt::Debug + 'static;
    type Effect;
    type Facts;

    /// Every state.
    const STATES: &'static [Self::State];
    /// Every event.
    const EVENTS: &'static [Self::Event];
    /// Where everything begins.
    const INITIAL: Self::State;

    /// The stable text of a state.
    fn state_name(state: Self::State) -> &'static str;
    /// The stable text of an event.
    fn event_name(event: Self::Event) -> &'static str;

    /// What `event` leads to in `state`.
    ///
    /// # Errors
    /// The reason why the event is not possible now.
    fn step(
        state: Self::State,
        event: Self::Event,
        facts: &Self::Facts,
    ) -> Result<Step<Self::State, Self::Effect>, Refusal>;

    /// The events that the state knows, each with the reason why it is refused now, if it is.
    ///
    /// An event that the state does not know at all is left out.
    fn available(state: Self::State, facts: &Self::Facts) -> Vec<(Self::Event, Option<Refusal>)> {
        Self::EVENTS
            .iter()
            .filter_map(|event| match Self::step(state, *event, facts) {
                Ok(_) => Some((*event, None)),
                Err(Refusal(ProblemCode::EventNotPossible)) => None,
                Err(refusal) => Some((*event, Some(refusal))),
            })
            .collect()
    }
}

/// The state diagram as Mermaid text: every transition that some of the given facts permit.
#[must_use]
pub fn diagram<W: Workflow>(facts: &[W::Facts]) -> String {
    let mut lines =
        vec!["stateDiagram-v2".to_owned(), format!("    [*] --> {}", W::state_name(W::INITIAL))];
    for state in W::STATES {
        for event in W::EVENTS {
            let mut targets: Vec<W::State> = Vec::new();
            for given in facts {
                if let Ok(step) = W::step(*state, *event, given)
                    && !targets.contains(&step.to)
                {
                    targets.push(step.to);
                }
            }
            for target in targets {
                lines.push(format!(
                    "    {} --> {}: {}",
                    W::state_name(*state),
                    W::state_name(target),
                    W::event_name(*event)
                ));
            }
        }
    }
    for state in W::STATES {
        let closed = W::EVENTS
            .iter()
            .all(|event| facts.iter().all(|given| W::step(*state, *event, given).is_err()));
        if closed {
            lines.push(format!("    {} --> [*]", W::state_name(*state)));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}
