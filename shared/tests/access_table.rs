//! Who may do what, as tables to be read by people: one for each domain and situation.
//! A change of a policy shows here as a changed cell, and is reviewed as such.
//!
//! Cells: `yes`, or the status of the refusal: 401 sign in, 403 not allowed (`403*`: verify your address
//! first; `403!`: an auditor only reads), 404 hidden.

use std::fmt::Write;

use nq57_shared::access::policy::accounts::{self, AccountAction};
use nq57_shared::access::policy::api_clients::{self, ApiClientAction, ApiClientSubject};
use nq57_shared::access::policy::evaluations::{self, EvaluationSubject};
use nq57_shared::access::policy::organisations::{self, OrganisationAction, OrganisationSubject};
use nq57_shared::access::policy::platform::{self, PlatformAction, RegisterLimit};
use nq57_shared::access::policy::products::{self, PanelStanding, ProductAction, ProductSubject};
use nq57_shared::access::{
    AccountActor, Actor, ClientAccess, ClientActor, ClientScope, Decision, Denial, Reach, Role,
    RoleGrant,
};
use nq57_shared::evaluations::EvaluationAction;
use nq57_shared::ids::{AccountId, ApiClientId, EvaluationId, OrganisationId, ProductId};
use nq57_shared::products::{ProductEvent, ProductState};
use uuid::Uuid;

const OWNER: AccountId = AccountId(Uuid::from_u128(1));
const OTHER: AccountId = AccountId(Uuid::from_u128(2));
const ORGANISATION: OrganisationId = OrganisationId(Uuid::from_u128(10));
const OTHERS: OrganisationId = OrganisationId(Uuid::from_u128(11));
const PRODUCT: ProductId = ProductId(Uuid::from_u128(20));
const PROVINCE: &str = "92";
const ELSEWHERE: &str = "01";

/// Who asks, with what the subject says of that caller.
struct Caller {
    name: &'static str,
    actor: Actor,
    is_on_panel: bool,
}

fn account(id: AccountId, grants: Vec<RoleGrant>, organisations: Vec<OrganisationId>) -> Actor {
    Actor::Account(AccountActor {
        id,
        email_verified: true,
        grants,
        organisations,
        reach: Reach::default(),
    })
}

fn grant(role: Role, province: Option<&str>) -> RoleGrant {
    RoleGrant { role, organisation_id: None, province_code: province.map(str::to_owned) }
}

fn caller(name: &'static str, actor: Actor) -> Caller {
    Caller { name, actor, is_on_panel: false }
}

fn official(name: &'static str, role: Role, province: Option<&str>) -> Caller {
    caller(name, account(OTHER, vec![grant(role, province)], Vec::new()))
}

/// A client of this organisation with every scope, for these provinces and for its own organisation.
fn client(organisation: OrganisationId, provinces: &[&str]) -> Actor {
    Actor::Client(ClientActor {
        id: ApiClientId(Uuid::from_u128(30)),
        organisation,
        access: ClientAccess {
            scopes: ClientScope::ALL.to_vec(),
            provinces: provinces.iter().map(|&code| code.to_owned()).collect(),
            organisations: vec![organisation],
        },
        access_version: 1,
        reach: Reach::default(),
    })
}

fn callers() -> Vec<Caller> {
    let unverified = Actor::Account(AccountActor {
        id: OTHER,
        email_verified: false,
        grants: Vec::new(),
        organisations: Vec::new(),
        reach: Reach::default(),
    });
    // Nobody holds the role of the auditor with another one.
    let all_roles = Role::ALL.into_iter().filter(|role| *role != Role::Auditor);
    let all_roles = all_roles.map(|role| grant(role, None)).collect();
    // Roles of domains to come: they have no part in these tables.
    let others: Vec<RoleGrant> = Role::ALL
        .into_iter()
        .filter(|role| !Role::REGISTER.contains(role) && *role != Role::Evaluator)
        .map(|role| grant(role, None))
        .collect();
    vec![
        caller("nobody", Actor::Anonymous),
        caller("unverified", unverified),
        caller("stranger", account(OTHER, Vec::new(), Vec::new())),
        caller("submitter", account(OWNER, Vec::new(), Vec::new())),
        caller("colleague", account(OTHER, Vec::new(), vec![ORGANISATION])),
        official("intake", Role::IntakeOfficer, None),
        official("intake here", Role::IntakeOfficer, Some(PROVINCE)),
        official("intake away", Role::IntakeOfficer, Some(ELSEWHERE)),
        official("chair", Role::PanelChair, None),
        official("evaluator", Role::Evaluator, None),
        Caller { is_on_panel: true, ..official("panel", Role::Evaluator, None) },
        official("publisher", Role::Publisher, None),
        official("admin", Role::Administrator, None),
        official("admin here", Role::Administrator, Some(PROVINCE)),
        official("auditor", Role::Auditor, None),
        caller("other roles", account(OTHER, others, Vec::new())),
        caller("own, all roles", account(OWNER, all_roles, Vec::new())),
        caller("own, auditor", account(OWNER, vec![grant(Role::Auditor, None)], Vec::new())),
        caller("client here", client(OTHERS, &[PROVINCE])),
        caller("client away", client(OTHERS, &[ELSEWHERE])),
        caller("own client", client(ORGANISATION, &[])),
        caller("system", Actor::System),
    ]
}

/// What one row of a table decides about a caller.
type Row<'a> = (String, Box<dyn Fn(&Caller) -> Decision + 'a>);

/// A table: actions down, callers across.
fn table(title: &str, actions: &[Row<'_>]) -> String {
    let callers = callers();
    let width = actions.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let mut text = format!("{title}\n{:width$}", "");
    for caller in &callers {
        let _ = write!(text, "  {}", caller.name);
    }
    text.push('\n');
    for (name, may) in actions {
        let mut line = format!("{name:width$}");
        for caller in &callers {
            let cell = match may(caller) {
                Ok(_) => "yes",
                Err(Denial::Unauthenticated) => "401",
                Err(Denial::Forbidden) => "403",
                Err(Denial::EmailUnverified) => "403*",
                Err(Denial::ReadsOnly) => "403!",
                Err(Denial::Hidden) => "404",
            };
            let _ = write!(line, "  {cell:<w$}", w = caller.name.len());
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push('\n');
    text
}

fn product_actions() -> Vec<(String, ProductAction)> {
    let mut actions: Vec<(String, ProductAction)> = [
        ("create", ProductAction::Create),
        ("read", ProductAction::Read),
        ("read working text", ProductAction::ReadWorking),
        ("edit", ProductAction::Edit),
        ("read check", ProductAction::ReadEligibility),
        ("record check", ProductAction::RecordEligibility),
        ("open evaluation", ProductAction::OpenEvaluation),
        ("record honours", ProductAction::RecordHonours),
        ("renew secret", ProductAction::RenewSecret),
    ]
    .map(|(name, action)| (name.to_owned(), action))
    .into();
    for event in ProductEvent::ALL {
        actions.push((format!("send {}", event.as_str()), ProductAction::Send(*event)));
    }
    actions
}

#[test]
fn products() {
    let mut text = String::new();
    let none = PanelStanding::default();
    let recused = PanelStanding { is_recused: true, ..none };
    let judged = PanelStanding { judges: true, ..none };
    for (title, state, is_public, standing) in [
        ("A draft", ProductState::Draft, false, none),
        ("Submitted", ProductState::Submitted, false, none),
        ("Waiting for information", ProductState::MoreInformation, false, none),
        ("Under evaluation", ProductState::UnderEvaluation, false, none),
        (
            "Under evaluation, the caller declared a conflict of interest",
            ProductState::UnderEvaluation,
            false,
            recused,
        ),
        (
            "Under evaluation, the caller handed in a sheet or recommended",
            ProductState::UnderEvaluation,
            false,
            judged,
        ),
        ("Published", ProductState::Published, true, none),
        ("A draft of the next version, the last one public", ProductState::Draft, true, none),
        ("Suspended", ProductState::Suspended, false, none),
    ] {
        let rows: Vec<Row<'_>> = product_actions()
            .into_iter()
            .map(|(name, action)| {
                let may = move |caller: &Caller| {
                    let subject = ProductSubject {
                        id: PRODUCT,
                        state,
                        is_sent: state != ProductState::Draft || is_public,
                        owner_id: OWNER,
                        organisation_id: Some(ORGANISATION),
                        province_code: Some(PROVINCE),
                        is_public,
                        panel: PanelStanding {
                            is_on_panel: caller.is_on_panel && !standing.is_recused,
                            ..standing
                        },
                    };
                    let creates = action == ProductAction::Create;
                    products::may(&caller.actor, action, (!creates).then_some(&subject))
                };
                (name, Box::new(may) as Box<dyn Fn(&Caller) -> Decision>)
            })
            .collect();
        text.push_str(&table(title, &rows));
    }
    insta::assert_snapshot!("access_products", text);
}

#[test]
fn evaluations() {
    let mut text = String::new();
    for (title, chair_id) in [
        ("An evaluation", AccountId(Uuid::from_u128(3))),
        ("An evaluation that the caller leads", OTHER),
    ] {
        let rows: Vec<Row<'_>> = EvaluationAction::ALL
            .into_iter()
            .map(|action| {
                let may = move |caller: &Caller| {
                    let product = ProductSubject {
                        id: PRODUCT,
                        state: ProductState::UnderEvaluation,
                        is_sent: true,
                        owner_id: OWNER,
                        organisation_id: Some(ORGANISATION),
                        province_code: Some(PROVINCE),
                        is_public: false,
                        panel: PanelStanding {
                            is_on_panel: caller.is_on_panel,
                            ..PanelStanding::default()
                        },
                    };
                    let subject = EvaluationSubject {
                        id: EvaluationId(Uuid::from_u128(21)),
                        product_id: PRODUCT,
                        chair_id,
                        caller_is_member: caller.is_on_panel,
                        is_own: product.is_own(&caller.actor),
                        organisation_id: product.organisation_id,
                        province_code: product.province_code,
                    };
                    evaluations::may(&caller.actor, action, &subject)
                };
                let name = format!("{action:?}");
                (name, Box::new(may) as Box<dyn Fn(&Caller) -> Decision>)
            })
            .collect();
        text.push_str(&table(title, &rows));
    }
    insta::assert_snapshot!("access_evaluations", text);
}

#[test]
fn accounts_of_others() {
    let rows: Vec<Row<'_>> = AccountAction::ALL
        .into_iter()
        .map(|action| {
            let may = move |caller: &Caller| accounts::may(&caller.actor, action, None);
            (format!("{action:?}"), Box::new(may) as Box<dyn Fn(&Caller) -> Decision>)
        })
        .collect();
    insta::assert_snapshot!("access_accounts", table("Accounts of others", &rows));
}

#[test]
fn organisations() {
    let mut text = String::new();
    for (title, caller_is_manager) in
        [("An organisation", false), ("An organisation that the caller manages", true)]
    {
        let rows: Vec<Row<'_>> = OrganisationAction::ALL
            .into_iter()
            .map(|action| {
                let may = move |caller: &Caller| {
                    let id = (action != OrganisationAction::Create).then_some(ORGANISATION);
                    let subject = OrganisationSubject { id, caller_is_manager };
                    organisations::may(&caller.actor, action, subject)
                };
                let name = format!("{action:?}");
                (name, Box::new(may) as Box<dyn Fn(&Caller) -> Decision>)
            })
            .collect();
        text.push_str(&table(title, &rows));
    }
    insta::assert_snapshot!("access_organisations", text);
}

#[test]
fn behind_the_platform() {
    let rows: Vec<Row<'_>> = PlatformAction::ALL
        .into_iter()
        .map(|action| {
            let may = move |caller: &Caller| platform::may(&caller.actor, action, None);
            (format!("{action:?}"), Box::new(may) as Box<dyn Fn(&Caller) -> Decision>)
        })
        .collect();
    insta::assert_snapshot!("access_platform", table("Behind the platform", &rows));
}

#[test]
fn clients_of_an_organisation() {
    let mut text = String::new();
    for (title, caller_is_manager, is_suspended_by_platform) in [
        ("A client", false, false),
        ("A client of an organisation that the caller manages", true, false),
        ("The same, suspended by an administrator of the platform", true, true),
    ] {
        let rows: Vec<Row<'_>> = ApiClientAction::ALL
            .into_iter()
            .map(|action| {
                let may = move |caller: &Caller| {
                    let id = Some(ApiClientId(Uuid::from_u128(31)));
                    let subject =
                        ApiClientSubject { id, caller_is_manager, is_suspended_by_platform };
                    api_clients::may(&caller.actor, action, subject)
                };
                let name = format!("{action:?}");
                (name, Box::new(may) as Box<dyn Fn(&Caller) -> Decision>)
            })
            .collect();
        text.push_str(&table(title, &rows));
    }
    insta::assert_snapshot!("access_api_clients", text);
}

/// Whether the register shows a case. What is the reader's own is left out by the query.
#[test]
fn the_register() {
    let shows = |limit: &RegisterLimit, organisation: OrganisationId, province: &str| {
        limit.organisations.as_ref().is_none_or(|all| all.contains(&organisation))
            && limit.provinces.as_ref().is_none_or(|all| all.iter().any(|one| one == province))
    };
    let rows: Vec<Row<'_>> = [
        ("of an organisation, here", ORGANISATION, PROVINCE),
        ("of an organisation, away", ORGANISATION, ELSEWHERE),
        ("of another one, here", OTHERS, PROVINCE),
        ("of another one, away", OTHERS, ELSEWHERE),
        ("of a third one, elsewhere", OrganisationId(Uuid::from_u128(12)), "79"),
    ]
    .into_iter()
    .map(|(name, organisation, province)| {
        let may = move |caller: &Caller| {
            let limits = platform::register(&caller.actor)?;
            match limits.iter().any(|limit| shows(limit, organisation, province)) {
                true => platform::may(&Actor::System, PlatformAction::ReadAudit, None),
                false => Err(Denial::Hidden),
            }
        };
        (name.to_owned(), Box::new(may) as Box<dyn Fn(&Caller) -> Decision>)
    })
    .collect();
    insta::assert_snapshot!("access_register", table("A case in the register", &rows));
}
