//! The way of a submission, from draft to publication and after. One `match` names every state.

use serde::{Deserialize, Serialize};

use crate::problem::ProblemCode;
use crate::workflow::{Refusal, Step, Workflow};

/// Where a submission stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProductState {
    /// The submitter is writing.
    Draft,
    /// Waits for the eligibility check.
    Submitted,
    /// Waits for the submitter's answer.
    MoreInformation,
    /// Found not eligible, with reasons.
    Ineligible,
    /// Eligible; waits for an evaluation to be opened.
    Accepted,
    /// The panel is scoring.
    UnderEvaluation,
    /// The panel looks at it on site.
    OnSite,
    /// Decided to be published; waits for publication.
    Decided,
    /// Public.
    Published,
    /// Decided against, with a public reason.
    Declined,
    /// Taken from the public for a time, with a reason.
    Suspended,
    /// Taken back by its submitter.
    Withdrawn,
    /// Its publication has run out.
    Expired,
}

/// What can happen to a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProductEvent {
    /// The submitter sends the draft, or sends it again with the information asked for.
    Submit,
    /// The intake officer asks the submitter.
    RequestInformation,
    /// The intake officer finds it not eligible.
    MarkIneligible,
    /// The intake officer finds it eligible.
    Accept,
    /// The panel begins, or goes on after an on-site look.
    StartEvaluation,
    /// The chair wants to see it on site.
    RequireOnSite,
    /// The chair has recommended: the panel's turn ends, the publisher's begins. It comes with the
    /// recommendation of the evaluation, is never sent by itself, and neither submitter nor public see it.
    #[serde(skip)]
    Recommend,
    /// The recommendation is worth nothing any more: its author declared a conflict of interest, or the
    /// quorum is lost. The turn is the panel's again. As internal as the recommendation itself.
    #[serde(skip)]
    VoidRecommendation,
    /// The publisher decides for publication.
    DecidePublish,
    /// The publisher decides against publication.
    DecideDecline,
    /// The publisher makes it public.
    Publish,
    /// The publisher takes it from the public for a time.
    Suspend,
    /// The publisher makes it public again.
    Resume,
    /// The submitter begins a new version; the old one stays public.
    Revise,
    /// The submitter gives the new version up.
    DiscardRevision,
    /// The submitter takes it back for good.
    Withdraw,
    /// The publication has run out.
    Expire,
}

nq57_core::stable_texts! {
    Holder {
        Submitter = "submitter", Intake = "intake", Chair = "chair", Panel = "panel",
        Publisher = "publisher",
    }
    ProductState {
        Draft = "draft", Submitted = "submitted", MoreInformation = "more_information",
        Ineligible = "ineligible", Accepted = "accepted", UnderEvaluation = "under_evaluation",
        OnSite = "on_site", Decided = "decided", Published = "published", Declined = "declined",
        Suspended = "suspended", Withdrawn = "withdrawn", Expired = "expired",
    }
    ProductEvent {
        Submit = "submit", RequestInformation = "request_information",
        MarkIneligible = "mark_ineligible", Accept = "accept",
        StartEvaluation = "start_evaluation", RequireOnSite = "require_on_site",
        Recommend = "recommend", VoidRecommendation = "void_recommendation",
        DecidePublish = "decide_publish", DecideDecline = "decide_decline", Publish = "publish",
        Suspend = "suspend", Resume = "resume", Revise = "revise",
        DiscardRevision = "discard_revision", Withdraw = "withdraw", Expire = "expire",
    }
}

impl ProductEvent {
    /// Whether a reason must be given; the submitter, and for decisions the public, reads it.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        match self {
            Self::RequestInformation
            | Self::MarkIneligible
            | Self::RequireOnSite
            | Self::DecidePublish
            | Self::DecideDecline
            | Self::Suspend
            | Self::Withdraw => true,
            Self::Submit
            | Self::Accept
            | Self::StartEvaluation
            | Self::Recommend
            | Self::VoidRecommendation
            | Self::Publish
            | Self::Resume
            | Self::Revise
            | Self::DiscardRevision
            | Self::Expire => false,
        }
    }

    /// Whether everybody may read the reason, once the product is public.
    #[must_use]
    pub const fn is_reason_public(self) -> bool {
        matches!(self, Self::DecidePublish | Self::DecideDecline | Self::Suspend)
    }

    /// Whether it is the submitter's own business, which the public history leaves out.
    #[must_use]
    pub const fn is_private(self) -> bool {
        matches!(self, Self::Revise | Self::DiscardRevision)
    }

    /// Whether it happens inside of the evaluation: officials know of it, the submitter is told nothing,
    /// and no list of events has it.
    #[must_use]
    pub const fn is_internal(self) -> bool {
        matches!(self, Self::Recommend | Self::VoidRecommendation)
    }

    /// The part played by who sends it; nobody's when the time does.
    #[must_use]
    pub const fn sent_by(self) -> Option<Holder> {
        match self {
            Self::Submit | Self::Revise | Self::DiscardRevision | Self::Withdraw => {
                Some(Holder::Submitter)
            }
            Self::RequestInformation | Self::MarkIneligible | Self::Accept => Some(Holder::Intake),
            Self::StartEvaluation | Self::RequireOnSite | Self::Recommend => Some(Holder::Chair),
            Self::DecidePublish
            | Self::DecideDecline
            | Self::Publish
            | Self::Suspend
            | Self::Resume => Some(Holder::Publisher),
            Self::VoidRecommendation | Self::Expire => None,
        }
    }
}

/// Who has to act next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    Submitter,
    Intake,
    Chair,
    Panel,
    Publisher,
}

impl ProductState {
    /// Who has to act next, if anybody, when the state is entered and as the submitter is told.
    #[must_use]
    pub const fn holder(self) -> Option<Holder> {
        match self {
            Self::Draft | Self::MoreInformation => Some(Holder::Submitter),
            Self::Submitted => Some(Holder::Intake),
            Self::Accepted => Some(Holder::Chair),
            Self::UnderEvaluation | Self::OnSite => Some(Holder::Panel),
            Self::Decided => Some(Holder::Publisher),
            Self::Ineligible
            | Self::Published
            | Self::Declined
            | Self::Suspended
            | Self::Withdrawn
            | Self::Expired => None,
        }
    }

    /// Whether the submitter may change the text.
    #[must_use]
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::MoreInformation)
    }
}

/// What the workflow needs to know of a submission.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProductFacts {
    /// Nothing is missing in the draft.
    pub draft_complete: bool,
    /// A version is, or was before suspension, public.
    pub has_published_version: bool,
    /// The organisation on whose behalf it is sent has ended.
    pub sender_has_ended: bool,
    pub eligibility: EligibilityFacts,
    /// The evaluation of this version, if one was opened.
    pub evaluation: Option<EvaluationFacts>,
}

/// How the checklist of this version stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EligibilityFacts {
    /// Every item has a verdict.
    pub complete: bool,
    pub any_fail: bool,
    pub any_ask: bool,
}

/// How the evaluation of this version stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EvaluationFacts {
    pub is_open: bool,
    pub quorum_met: bool,
    pub is_recommended: bool,
}

/// The workflow of products.
#[derive(Debug)]
pub struct ProductWorkflow;

impl Workflow for ProductWorkflow {
    type State = ProductState;
    type Event = ProductEvent;
    type Effect = ProductEffect;
    type Facts = ProductFacts;

    const STATES: &'static [ProductState] = ProductState::ALL;
    const EVENTS: &'static [ProductEvent] = ProductEvent::ALL;
    const INITIAL: ProductState = ProductState::Draft;

    fn state_name(state: ProductState) -> &'static str {
        state.as_str()
    }

    fn event_name(event: ProductEvent) -> &'static str {
        event.as_str()
    }

    fn step(
        state: ProductState,
        event: ProductEvent,
        facts: &ProductFacts,
    ) -> Result<Step<ProductState, ProductEffect>, Refusal> {
        use ProductDeadline as Deadline;
        use ProductEffect as Do;
        use ProductEvent as On;
        use ProductState as At;

        let go = |to: At, effects: &[Do]| Ok(Step { to, effects: effects.to_vec() });
        let refuse = |code| Err(Refusal(code));
        let unknown = || refuse(ProblemCode::EventNotPossible);

        // A publisher must be able to take a product down whatever its next version is doing.
        if event == On::Suspend && facts.has_published_version && state != At::Suspended {
            return match state {
                At::Withdrawn | At::Expired => unknown(),
                // The draft is its author's: officials get to see the last published text instead.
                At::Draft => go(
                    At::Suspended,
                    &[Do::RestorePublicVersion, Do::HideFromPublic, Do::TellSubmitter],
                ),
                At::MoreInformation => go(
                    At::Suspended,
                    &[
                        Do::RestoreSentVersion,
                        Do::StopDeadlines,
                        Do::CloseEvaluation,
                        Do::HideFromPublic,
                        Do::TellSubmitter,
                    ],
                ),
                _ => go(
                    At::Suspended,
                    &[
                        Do::StopDeadlines,
                        Do::CloseEvaluation,
                        Do::HideFromPublic,
                        Do::TellSubmitter,
                    ],
                ),
            };
        }

        match state {
            At::Draft => match event {
                On::Submit if facts.sender_has_ended => refuse(ProblemCode::OrganisationEnded),
                On::Submit if !facts.draft_complete => refuse(ProblemCode::DraftIncomplete),
                On::Submit => go(
                    At::Submitted,
                    &[
                        Do::IssueCode,
                        Do::SealVersion,
                        Do::StartDeadline(Deadline::Eligibility),
                        Do::TellSubmitter,
                        Do::TellHolder,
                    ],
                ),
                On::DiscardRevision if facts.has_published_version => {
                    go(At::Published, &[Do::RestorePublicVersion])
                }
                // From here on officials read it: not what was never sent.
                On::Withdraw => go(At::Withdrawn, &[Do::RestoreSentVersion, Do::HideFromPublic]),
                _ => unknown(),
            },
            At::Submitted => match event {
                On::Accept if !facts.eligibility.complete => {
                    refuse(ProblemCode::EligibilityIncomplete)
                }
                On::Accept if facts.eligibility.any_fail || facts.eligibility.any_ask => {
                    refuse(ProblemCode::EligibilityNotPassed)
                }
                On::Accept => go(
                    At::Accepted,
                    &[
                        Do::MeetDeadline(Deadline::Eligibility),
                        Do::StartDeadline(Deadline::Evaluation),
                        Do::TellSubmitter,
                        Do::TellHolder,
                    ],
                ),
                On::RequestInformation if !facts.eligibility.any_ask => {
                    refuse(ProblemCode::NothingAsked)
                }
                On::RequestInformation => go(
                    At::MoreInformation,
                    &[
                        Do::PauseDeadline(Deadline::Eligibility),
                        Do::StartDeadline(Deadline::Information),
                        Do::TellSubmitter,
                    ],
                ),
                On::MarkIneligible if !facts.eligibility.any_fail => {
                    refuse(ProblemCode::EligibilityNotFailed)
                }
                On::MarkIneligible => go(
                    At::Ineligible,
                    &[Do::MeetDeadline(Deadline::Eligibility), Do::TellSubmitter],
                ),
                On::Withdraw => {
                    go(At::Withdrawn, &[Do::StopDeadlines, Do::HideFromPublic, Do::TellSubmitter])
                }
                _ => unknown(),
            },
            At::MoreInformation => match event {
                On::Submit if !facts.draft_complete => refuse(ProblemCode::DraftIncomplete),
                On::Submit => go(
                    At::Submitted,
                    &[
                        Do::SealVersion,
                        Do::MeetDeadline(Deadline::Information),
                        Do::ResumeDeadline(Deadline::Eligibility),
                        Do::TellHolder,
                    ],
                ),
                On::Withdraw => go(
                    At::Withdrawn,
                    &[
                        Do::RestoreSentVersion,
                        Do::StopDeadlines,
                        Do::HideFromPublic,
                        Do::TellSubmitter,
                    ],
                ),
                _ => unknown(),
            },
            At::Accepted => match event {
                On::StartEvaluation if !facts.evaluation.is_some_and(|e| e.is_open) => {
                    refuse(ProblemCode::EvaluationMissing)
                }
                On::StartEvaluation => go(At::UnderEvaluation, &[Do::TellSubmitter]),
                _ => unknown(),
            },
            At::UnderEvaluation | At::OnSite => match event {
                // Once it has recommended, the panel is done.
                On::RequireOnSite | On::StartEvaluation
                    if facts.evaluation.is_some_and(|e| e.is_recommended) =>
                {
                    unknown()
                }
                On::RequireOnSite if state == At::UnderEvaluation => {
                    go(At::OnSite, &[Do::TellSubmitter])
                }
                On::StartEvaluation if state == At::OnSite => go(At::UnderEvaluation, &[]),
                On::Recommend => match facts.evaluation {
                    None => refuse(ProblemCode::EvaluationMissing),
                    Some(e) if !e.quorum_met => refuse(ProblemCode::QuorumNotMet),
                    Some(e) if !e.is_recommended => refuse(ProblemCode::RecommendationMissing),
                    Some(_) => go(
                        state,
                        &[
                            Do::HandTo(Holder::Publisher),
                            Do::MeetDeadline(Deadline::Evaluation),
                            Do::StartDeadline(Deadline::Publication),
                        ],
                    ),
                },
                On::VoidRecommendation => match facts.evaluation {
                    Some(e) if e.is_open && !e.is_recommended => go(
                        state,
                        &[
                            Do::HandTo(Holder::Panel),
                            Do::MeetDeadline(Deadline::Publication),
                            Do::StartDeadline(Deadline::Evaluation),
                        ],
                    ),
                    _ => unknown(),
                },
                On::DecidePublish | On::DecideDecline => match facts.evaluation {
                    None => refuse(ProblemCode::EvaluationMissing),
                    Some(e) if !e.quorum_met => refuse(ProblemCode::QuorumNotMet),
                    Some(e) if !e.is_recommended => refuse(ProblemCode::RecommendationMissing),
                    Some(_) if event == On::DecidePublish => {
                        go(At::Decided, &[Do::CloseEvaluation, Do::TellSubmitter, Do::TellHolder])
                    }
                    Some(_) => go(
                        At::Declined,
                        &[
                            Do::CloseEvaluation,
                            Do::MeetDeadline(Deadline::Publication),
                            Do::TellSubmitter,
                        ],
                    ),
                },
                _ => unknown(),
            },
            At::Decided => match event {
                On::Publish => go(
                    At::Published,
                    &[Do::MeetDeadline(Deadline::Publication), Do::MakePublic, Do::TellSubmitter],
                ),
                _ => unknown(),
            },
            At::Published => match event {
                On::Revise if facts.sender_has_ended => refuse(ProblemCode::OrganisationEnded),
                On::Revise => go(At::Draft, &[Do::BeginRevision]),
                On::Withdraw => go(At::Withdrawn, &[Do::HideFromPublic, Do::TellSubmitter]),
                On::Expire => go(At::Expired, &[Do::HideFromPublic, Do::TellSubmitter]),
                _ => unknown(),
            },
            At::Suspended => match event {
                On::Resume if !facts.has_published_version => {
                    refuse(ProblemCode::NoPublishedVersion)
                }
                On::Resume => go(
                    At::Published,
                    &[Do::RestorePublicVersion, Do::MakePublic, Do::TellSubmitter],
                ),
                On::Withdraw => go(At::Withdrawn, &[Do::TellSubmitter]),
                _ => unknown(),
            },
            At::Ineligible | At::Declined => match event {
                On::Revise if !facts.has_published_version => unknown(),
                On::Revise if facts.sender_has_ended => refuse(ProblemCode::OrganisationEnded),
                On::Revise => go(At::Draft, &[Do::BeginRevision]),
                _ => unknown(),
            },
            At::Withdrawn | At::Expired => unknown(),
        }
    }
}

pub use effect::{ProductDeadline, ProductEffect};
pub use facts::all_facts;

mod effect;
mod facts;
#[cfg(test)]
mod tests;
