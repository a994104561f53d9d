//! What people are told about organisations.

nq57_platform::notices! {
    /// To the managers of an organisation: somebody wants to join.
    JoinRequested = "join_requested" { organisation: String, display_name: String }
    /// To who asked: joined.
    JoinApproved = "join_approved" { organisation: String }
    /// To who asked: not joined.
    JoinDeclined = "join_declined" { organisation: String }
    /// To the managers of both: open cases of one went over to the other.
    CasesHandedOver = "cases_handed_over" { from: String, to: String, reason: String }
}
