//! What people are told about products. Words for tasks, in `values.task`, are `product.<task>`.

use chrono::NaiveDate;

nq57_platform::notices! {
    /// To the submitter: the submission is in.
    SubmissionReceived = "submission_received" { title: String, code: String }
    /// To the submitter: something is asked, and until when.
    InformationRequested = "information_requested" { title: String, code: String, reason: String, due_on: NaiveDate }
    /// To the officer: the submitter has answered.
    InformationProvided = "information_provided" { title: String, code: String }
    /// To the submitter: the check has failed.
    Ineligible = "ineligible" { title: String, code: String, reason: String }
    /// To the submitter: the check has passed.
    Accepted = "accepted" { title: String, code: String }
    /// To the submitter: a panel has it now.
    EvaluationStarted = "evaluation_started" { title: String, code: String }
    /// To the submitter: the panel wants to see it in place.
    OnSiteRequired = "on_site_required" { title: String, code: String, reason: String }
    /// To the submitter: the decision is to publish.
    DecidedPublish = "decided_publish" { title: String, code: String }
    /// To the submitter: the decision is not to publish.
    Declined = "declined" { title: String, code: String, reason: String }
    /// To the submitter: it is public.
    Published = "published" { title: String, code: String }
    /// To the submitter: it is hidden for now.
    Suspended = "suspended" { title: String, code: String, reason: String }
    /// To the submitter: it is public again.
    Resumed = "resumed" { title: String, code: String }
    /// To the submitter: it was withdrawn.
    Withdrawn = "withdrawn" { title: String, code: String }
    /// To the submitter: the publication will end by itself.
    ExpiresSoon = "expires_soon" { title: String, code: String, ends_on: NaiveDate }
    /// To the submitter: the publication has ended by itself.
    Expired = "expired" { title: String, code: String }
}
