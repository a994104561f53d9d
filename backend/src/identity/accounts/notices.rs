//! What people are told about their account. By mail alone: a stranger might be reading the inbox.

nq57_platform::notices! {
    /// The link that verifies an address.
    VerifyEmail = "verify_email" {}
    /// The link that sets a new password.
    ResetPassword = "reset_password" {}
    /// Somebody tried to register an address that has an account.
    AccountExists = "account_exists" {}
    /// The password was changed.
    PasswordChanged = "password_changed" {}
}
