//! What roles are called, and what a browser is called that names itself at length.

use nq57_shared::access::{Role, RoleGrant};
use nq57_ui::i18n::tr;

use crate::reference::{List, name};

/// The role in words; reactive.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Administrator => tr::accounts::role::administrator(),
        Role::IntakeOfficer => tr::accounts::role::intake_officer(),
        Role::PanelChair => tr::accounts::role::panel_chair(),
        Role::Evaluator => tr::accounts::role::evaluator(),
        Role::Publisher => tr::accounts::role::publisher(),
        Role::Coordinator => tr::accounts::role::coordinator(),
        Role::CaseHandler => tr::accounts::role::case_handler(),
        Role::CaseSigner => tr::accounts::role::case_signer(),
        Role::Moderator => tr::accounts::role::moderator(),
        Role::CouncilMember => tr::accounts::role::council_member(),
        Role::Expert => tr::accounts::role::expert(),
        Role::Auditor => tr::accounts::role::auditor(),
        Role::Reporter => tr::accounts::role::reporter(),
        Role::UnitApprover => tr::accounts::role::unit_approver(),
        Role::Verifier => tr::accounts::role::verifier(),
        Role::SteeringOffice => tr::accounts::role::steering_office(),
        Role::Leader => tr::accounts::role::leader(),
    }
}

/// Where a role holds, in words; reactive.
pub fn reach(grant: &RoleGrant) -> String {
    match &grant.province_code {
        Some(code) => name(List::Provinces, code),
        None if grant.organisation_id.is_some() => tr::accounts::account::unit().to_owned(),
        None => tr::accounts::account::everywhere().to_owned(),
    }
}

/// Browser and system out of a `User-Agent`; `None` when neither is known.
pub fn device_name(user_agent: &str) -> Option<String> {
    // Order decides: Edge also says Chrome, Chrome also says Safari.
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(token, _)| user_agent.contains(token)).map(|(_, name)| *name)
    };
    let browser = find(&[
        ("Edg/", "Edge"),
        ("coc_coc", "Cốc Cốc"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => Some(format!("{browser}, {system}")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::device_name;

    #[test]
    fn a_browser_is_known_by_its_own_name() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0";
        assert_eq!(device_name(edge).as_deref(), Some("Edge, Windows"));
        assert_eq!(device_name("curl/8.5").as_deref(), None);
    }
}
