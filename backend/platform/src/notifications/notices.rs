//! What the platform itself tells.

crate::notices! {
    /// To an address that was given for news about a case: whether its owner wants them. Mail only, without a word
    /// of who gave it.
    ContactConfirm = "contact_confirm" { code: String }
}
