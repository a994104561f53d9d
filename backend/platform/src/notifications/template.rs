//! What people can be told, and the values that each message needs. The texts are data: `templates/`.

macro_rules! templates {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $name:literal [ $($arg:literal),* ]; )+) => {
        /// What people can be told.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Template { $( $(#[doc = $doc])+ $variant, )+ }

        impl Template {
            /// All of them.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )+ ];

            /// The name in the catalogue, and the `kind` that the API shows.
            #[must_use]
            pub const fn name(self) -> &'static str { match self { $( Self::$variant => $name, )+ } }

            /// The values that the texts may use; all must be given.
            #[must_use]
            pub const fn args(self) -> &'static [&'static str] {
                match self { $( Self::$variant => &[ $($arg),* ], )+ }
            }
        }
    };
}

templates! {
    /// The link that verifies an address. Mail only.
    VerifyEmail = "verify_email" ["display_name"];
    /// The link that sets a new password. Mail only.
    ResetPassword = "reset_password" ["display_name"];
    /// Somebody tried to register an address that has an account. Mail only.
    AccountExists = "account_exists" ["display_name"];
    /// The password was changed. Mail only.
    PasswordChanged = "password_changed" ["display_name"];
    /// To the submitter: the submission is in.
    SubmissionReceived = "submission_received" ["title", "code"];
    /// To the submitter: something is asked, and until when.
    InformationRequested = "information_requested" ["title", "code", "reason", "due_on"];
    /// To the officer: the submitter has answered.
    InformationProvided = "information_provided" ["title", "code"];
    /// To the submitter: the check has failed.
    Ineligible = "ineligible" ["title", "code", "reason"];
    /// To the submitter: the check has passed.
    Accepted = "accepted" ["title", "code"];
    /// To the submitter: a panel has it now.
    EvaluationStarted = "evaluation_started" ["title", "code"];
    /// To a member of a panel: something is to be scored.
    EvaluationAssigned = "evaluation_assigned" ["title", "code", "due_on"];
    /// To somebody who leads a panel from now on.
    ChairAssigned = "chair_assigned" ["title", "code", "due_on"];
    /// To those who can name another chair: the one there is declared a conflict.
    ChairNeeded = "chair_needed" ["title", "code"];
    /// To the publishers: the recommendation is out of force.
    RecommendationVoided = "recommendation_voided" ["title", "code"];
    /// To the chair: a member is recused.
    ConflictDeclared = "conflict_declared" ["title", "code", "member"];
    /// To the chair: enough score sheets are in.
    QuorumReached = "quorum_reached" ["title", "code"];
    /// To the publishers: the chair has recommended.
    Recommended = "recommended" ["title", "code", "verdict"];
    /// To the submitter: the decision is to publish.
    DecidedPublish = "decided_publish" ["title", "code"];
    /// To the submitter: the decision is not to publish.
    Declined = "declined" ["title", "code", "reason"];
    /// To the submitter: it is public.
    Published = "published" ["title", "code"];
    /// To the submitter: it is hidden for now.
    Suspended = "suspended" ["title", "code", "reason"];
    /// To the submitter: it is public again.
    Resumed = "resumed" ["title", "code"];
    /// To the submitter: it was withdrawn.
    Withdrawn = "withdrawn" ["title", "code"];
    /// To who holds it: at most one working day is left.
    DeadlineSoon = "deadline_soon" ["title", "code", "task", "due_on"];
    /// To who holds it: the deadline has passed.
    DeadlineBreached = "deadline_breached" ["title", "code", "task", "due_on"];
    /// To those who hold it now: it waits for them.
    TaskWaiting = "task_waiting" ["title", "code", "task"];
    /// To the submitter: the panel wants to see it in place.
    OnSiteRequired = "on_site_required" ["title", "code", "reason"];
    /// To the submitter: the publication will end by itself.
    ExpiresSoon = "expires_soon" ["title", "code", "ends_on"];
    /// To the submitter: the publication has ended by itself.
    Expired = "expired" ["title", "code"];
    /// To the managers of an organisation: somebody wants to join.
    JoinRequested = "join_requested" ["organisation", "display_name"];
    /// To who asked: joined.
    JoinApproved = "join_approved" ["organisation"];
    /// To who asked: not joined.
    JoinDeclined = "join_declined" ["organisation"];
    /// To an account: a role was given.
    RoleGranted = "role_granted" ["role"];
    /// To an account: a role was taken.
    RoleRevoked = "role_revoked" ["role"];
}

impl Template {
    /// The template of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|template| template.name() == name)
    }
}
