//! Words for what the audit names by code.

use nq57_ui::i18n::tr;
use tr::administration::audit::kind as words;

/// The kinds of things that something is done to, by their codes.
pub(super) const KINDS: [(&str, fn() -> &'static str); 7] = [
    ("account", words::account),
    ("organisation", words::organisation),
    ("api_client", words::api_client),
    ("product", words::product),
    ("evaluation", words::evaluation),
    ("outbox", words::outbox),
    ("platform", words::platform),
];

/// The usual deeds; the code stands for the others; reactive.
pub(super) fn deed(action: &str) -> Option<&'static str> {
    use tr::administration::audit::deed as words;
    Some(match action {
        "account.registered" => words::account_registered(),
        "account.verified" => words::account_verified(),
        "account.edited" => words::account_edited(),
        "account.password_changed" => words::account_password_changed(),
        "account.password_reset" => words::account_password_reset(),
        "account.role_granted" => words::account_role_granted(),
        "account.role_revoked" => words::account_role_revoked(),
        "account.suspended" => words::account_suspended(),
        "account.reinstated" => words::account_reinstated(),
        "session.opened" => words::session_opened(),
        "session.ended" => words::session_ended(),
        "session.revoked" => words::session_revoked(),
        "organisation.created" => words::organisation_created(),
        "organisation.edited" => words::organisation_edited(),
        "organisation.verified" => words::organisation_verified(),
        "organisation.successors_replaced" => words::organisation_successors_replaced(),
        "case.handed_over" => words::case_handed_over(),
        "api_client.created" => words::api_client_created(),
        "api_client.edited" => words::api_client_edited(),
        "api_client.confirmed" => words::api_client_confirmed(),
        "api_client.suspended" => words::api_client_suspended(),
        "api_client.resumed" => words::api_client_resumed(),
        "api_client.deleted" => words::api_client_deleted(),
        "api_client.secret_created" => words::api_client_secret_created(),
        "api_client.secret_revoked" => words::api_client_secret_revoked(),
        "api_client.secret_exposed" => words::api_client_secret_exposed(),
        "product.created" => words::product_created(),
        "product.edited" => words::product_edited(),
        "product.secret_renewed" => words::product_secret_renewed(),
        "product.file_attached" => words::product_file_attached(),
        "product.file_detached" => words::product_file_detached(),
        "product.eligibility_recorded" => words::product_eligibility_recorded(),
        "product.state_changed" => words::product_state_changed(),
        "product.published" => words::product_published(),
        "product.honours_recorded" => words::product_honours_recorded(),
        "evaluation.opened" => words::evaluation_opened(),
        "evaluation.conflict_answered" => words::evaluation_conflict_answered(),
        "evaluation.sheet_submitted" => words::evaluation_sheet_submitted(),
        "evaluation.panel_replaced" => words::evaluation_panel_replaced(),
        "evaluation.visited_on_site" => words::evaluation_visited_on_site(),
        "evaluation.recommended" => words::evaluation_recommended(),
        "evaluation.recommendation_voided" => words::evaluation_recommendation_voided(),
        "evaluation.sheets_seen" => words::evaluation_sheets_seen(),
        _ => return None,
    })
}
