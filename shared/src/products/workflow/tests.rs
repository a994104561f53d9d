use std::collections::BTreeSet;

use super::*;
use crate::workflow::diagram;

#[test]
fn every_state_is_reached_from_the_draft() {
    let mut reached = BTreeSet::from([ProductState::Draft]);
    let facts = all_facts();
    loop {
        let before = reached.len();
        for state in reached.clone() {
            for event in ProductEvent::ALL {
                for given in &facts {
                    if let Ok(step) = ProductWorkflow::step(state, *event, given) {
                        reached.insert(step.to);
                    }
                }
            }
        }
        if reached.len() == before {
            break;
        }
    }
    assert_eq!(reached, ProductState::ALL.iter().copied().collect());
}

#[test]
fn what_is_available_is_what_step_accepts() {
    for state in ProductState::ALL {
        for facts in all_facts() {
            for (event, refusal) in ProductWorkflow::available(*state, &facts) {
                assert_eq!(
                    ProductWorkflow::step(*state, event, &facts).err(),
                    refusal,
                    "{state:?} {event:?}"
                );
            }
        }
    }
}

#[test]
fn refusals_always_answer_409() {
    for state in ProductState::ALL {
        for event in ProductEvent::ALL {
            for facts in all_facts() {
                if let Err(Refusal(code)) = ProductWorkflow::step(*state, *event, &facts) {
                    assert_eq!(code.status(), 409);
                }
            }
        }
    }
}

#[test]
fn nothing_is_published_without_an_accepted_check_and_a_decision() {
    for facts in all_facts() {
        for state in ProductState::ALL {
            for event in ProductEvent::ALL {
                let Ok(step) = ProductWorkflow::step(*state, *event, &facts) else {
                    continue;
                };
                if step.to == ProductState::Accepted {
                    assert!(facts.eligibility.complete);
                    assert!(!facts.eligibility.any_fail && !facts.eligibility.any_ask);
                }
                if step.effects.contains(&ProductEffect::MakePublic) {
                    assert!(matches!(state, ProductState::Decided | ProductState::Suspended));
                }
            }
        }
    }
}

#[test]
fn a_published_product_can_be_taken_down_whatever_its_next_version_is_doing() {
    let facts = ProductFacts { has_published_version: true, ..ProductFacts::default() };
    for state in ProductState::ALL {
        let step = ProductWorkflow::step(*state, ProductEvent::Suspend, &facts);
        let closed = matches!(
            state,
            ProductState::Suspended | ProductState::Withdrawn | ProductState::Expired
        );
        assert_eq!(step.is_err(), closed, "{state:?}");
    }
}

#[test]
fn the_panels_turn_ends_with_the_recommendation_and_nowhere_else() {
    for facts in all_facts() {
        for state in ProductState::ALL {
            for event in ProductEvent::ALL {
                let Ok(step) = ProductWorkflow::step(*state, *event, &facts) else { continue };
                let hands = step.effects.contains(&ProductEffect::HandTo(Holder::Publisher));
                let meets = step
                    .effects
                    .contains(&ProductEffect::MeetDeadline(ProductDeadline::Evaluation));
                assert_eq!(hands, *event == ProductEvent::Recommend);
                assert_eq!(meets, *event == ProductEvent::Recommend, "{state:?} {event:?}");
                if event.is_internal() {
                    assert_eq!(step.to, *state, "what the submitter sees stays");
                    assert!(!step.effects.contains(&ProductEffect::TellSubmitter));
                }
            }
        }
    }
}

#[test]
fn the_documented_diagram_is_the_one_of_the_table() {
    insta::assert_snapshot!("product_workflow", diagram::<ProductWorkflow>(&all_facts()));
}
