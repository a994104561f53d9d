//! What people are told about their roles.

nq57_platform::notices! {
    /// To an account: a role was given.
    RoleGranted = "role_granted" { role: &'static str }
    /// To an account: a role was taken.
    RoleRevoked = "role_revoked" { role: &'static str }
}
