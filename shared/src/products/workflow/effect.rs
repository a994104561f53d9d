//! What a step of the workflow brings about besides the new state.

use super::Holder;

/// The deadlines that run while somebody holds a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProductDeadline {
    /// The eligibility check; pauses while the submitter owes information.
    Eligibility,
    /// The submitter's answer.
    Information,
    /// From acceptance to the recommendation of the panel.
    Evaluation,
    /// From the recommendation through the decision to publication.
    Publication,
}

impl ProductDeadline {
    /// The stable text of the deadline.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eligibility => "eligibility",
            Self::Information => "information",
            Self::Evaluation => "evaluation",
            Self::Publication => "publication",
        }
    }
}

/// What happens besides the change of state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProductEffect {
    /// Give it its public code and secret; nothing if it has them.
    IssueCode,
    /// Keep the text as an immutable version with its fingerprint.
    SealVersion,
    StartDeadline(ProductDeadline),
    PauseDeadline(ProductDeadline),
    ResumeDeadline(ProductDeadline),
    MeetDeadline(ProductDeadline),
    /// Ends every deadline that still runs.
    StopDeadlines,
    /// Within the state it is this part's turn now.
    HandTo(Holder),
    /// The sealed version is the public one from now on.
    MakePublic,
    /// Nothing is public any more.
    HideFromPublic,
    /// A new working version begins with the text that is there: nothing of it is sealed yet.
    BeginRevision,
    /// The working text becomes that of the last published version again.
    RestorePublicVersion,
    /// The working text becomes that of the version that was sent last again: what was never sent is let go. Nothing
    /// when none was.
    RestoreSentVersion,
    /// The open evaluation closes.
    CloseEvaluation,
    /// Tell the submitter.
    TellSubmitter,
    /// Tell those who hold it now.
    TellHolder,
}
