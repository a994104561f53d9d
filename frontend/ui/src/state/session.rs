//! Who is signed in and with which roles. The token itself stays in `api`; here are only facts for the interface.

use std::sync::{LazyLock, PoisonError, RwLock};

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::access::{AccountActor, Actor, Reach, Role};
use nq57_shared::accounts::{AccessToken, Account};
use nq57_shared::ids::AccountId;
use web_sys::Storage;

use super::local_drafts;
use super::preferences::storage;
use crate::api::{self, Failure};

/// Remembers that there was a session, so that strangers are not asked for a cookie that they cannot have.
const RESUMABLE: &str = "nq57-session";

/// Set while whoever signed in last has signed out.
const SIGNED_OUT: &str = "nq57-signed-out";
/// How often somebody has signed out in this browser. A tab with another number keeps texts that are nobody's any more.
const TIMES_LEFT: &str = "nq57-times-left";

/// What is known about the session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Session {
    /// The server has not been asked yet, or could not be reached.
    #[default]
    Unknown,
    /// Nobody is signed in.
    Anonymous,
    SignedIn(Account),
}

/// Who was signed in last on this page.
static WRITER: RwLock<Option<AccountId>> = RwLock::new(None);

static SESSION: LazyLock<ArcRwSignal<Session>> =
    LazyLock::new(|| ArcRwSignal::new(Session::Unknown));

/// What is known; reactive.
pub fn session() -> Session {
    SESSION.get()
}

/// The account that is signed in; reactive.
pub fn account() -> Option<Account> {
    SESSION.with(|session| match session {
        Session::SignedIn(account) => Some(account.clone()),
        Session::Unknown | Session::Anonymous => None,
    })
}

/// Who asks, for the shared policies; reactive. Anonymous until more is known.
pub fn actor() -> Actor {
    account().map_or(Actor::Anonymous, |account| {
        Actor::Account(AccountActor {
            id: account.id,
            email_verified: account.email_verified,
            grants: account.grants,
            organisations: account
                .organisations
                .into_iter()
                .map(|membership| membership.organisation_id)
                .collect(),
            reach: Reach::default(),
        })
    })
}

/// Whether the role is held anywhere; reactive.
pub fn has_role(role: Role) -> bool {
    actor().has_role(role)
}

/// Whether the account has work that waits for it.
pub fn is_official(account: &Account) -> bool {
    let roles = [Role::IntakeOfficer, Role::PanelChair, Role::Evaluator, Role::Publisher];
    account.grants.iter().any(|grant| roles.contains(&grant.role))
}

/// Where to sign in and come back to this page.
pub fn sign_in_address() -> String {
    let location = window().location();
    let here = format!(
        "{}{}",
        location.pathname().unwrap_or_default(),
        location.search().unwrap_or_default()
    );
    if here == "/" || here.starts_with("/dang-nhap") {
        "/dang-nhap".to_owned()
    } else {
        format!("/dang-nhap{}", api::query_string(&[("next".to_owned(), here)]))
    }
}

/// Asks the server who is signed in, if anybody may be, and follows signing out in other tabs. Called once at the start.
pub fn resume() {
    forget_the_left();
    // Removed with the page.
    let _ = window_event_listener(ev::Custom::new("storage"), |event: web_sys::StorageEvent| {
        if event.key().as_deref() == Some(SIGNED_OUT) && event.new_value().is_some() {
            api::release();
            signed_out();
            forget_the_left();
        }
    });
    if may_resume() {
        spawn_local(api::refresh());
    } else {
        SESSION.set(Session::Anonymous);
    }
}

/// Whether a session may be alive.
pub fn may_resume() -> bool {
    storage().and_then(|storage| storage.get_item(RESUMABLE).ok().flatten()).is_some()
}

/// Signing in succeeded.
pub fn begin(token: &AccessToken) {
    api::adopt(token);
    signed_in(token.account.clone());
}

/// The server knows this account; also after its own data have changed.
pub fn signed_in(account: Account) {
    if let Some(storage) = storage() {
        // Without storage the session ends with the page; nothing else is lost.
        let _ = storage.set_item(RESUMABLE, "1");
        let _ = storage.remove_item(SIGNED_OUT);
    }
    *WRITER.write().unwrap_or_else(PoisonError::into_inner) = Some(account.id);
    if SESSION
        .with_untracked(|session| !matches!(session, Session::SignedIn(known) if *known == account))
    {
        SESSION.set(Session::SignedIn(account));
    }
}

/// Whether the page shows what belongs to another account than this one.
pub fn is_of_another(account: &Account) -> bool {
    writer().is_some_and(|writer| writer != account.id)
}

/// Who is signed in, or was last on this page: whose the texts are that are typed here.
pub fn writer() -> Option<AccountId> {
    *WRITER.read().unwrap_or_else(PoisonError::into_inner)
}

/// Forgets the texts of this tab when somebody has signed out since it kept them.
fn forget_the_left() {
    let number = |storage: &Storage| storage.get_item(TIMES_LEFT).ok().flatten();
    let here = window().session_storage().ok().flatten();
    let (Some(here), Some(all)) = (here, storage()) else { return };
    let times = number(&all);
    if number(&here) != times {
        local_drafts::of_tab().forget_all();
        let _ = here.set_item(TIMES_LEFT, &times.unwrap_or_default());
    }
}

/// The session has ended.
pub fn signed_out() {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(RESUMABLE);
    }
    if SESSION.with_untracked(|session| *session != Session::Anonymous) {
        SESSION.set(Session::Anonymous);
    }
}

/// Whether the last who was signed in has signed out: a session that ran out is something else.
pub fn has_left() -> bool {
    storage().and_then(|storage| storage.get_item(SIGNED_OUT).ok().flatten()).is_some()
}

/// The server could not be asked: a known session stays, an unknown one stays unknown.
pub fn unreachable() {
    SESSION.notify();
}

/// Ends the session on the server, here and in all tabs, and forgets what was typed.
///
/// # Errors
/// The server could not be reached: the session goes on.
pub async fn sign_out() -> Result<(), Failure> {
    match api::post("/auth/logout").send::<()>().await {
        Err(failure @ (Failure::Offline | Failure::Timeout)) => Err(failure),
        Ok(_) | Err(_) => {
            if let Some(storage) = storage() {
                let times = storage.get_item(TIMES_LEFT).ok().flatten();
                let times = times.and_then(|times| times.parse().ok()).unwrap_or(0_u32);
                let _ = storage.set_item(TIMES_LEFT, &(times.wrapping_add(1)).to_string());
                let _ = storage.set_item(SIGNED_OUT, "1");
            }
            api::release();
            signed_out();
            local_drafts::forget_all();
            forget_the_left();
            Ok(())
        }
    }
}
