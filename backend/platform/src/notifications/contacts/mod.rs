//! Where to write about a case to who sent it without an account. An address is private: no list, log, audit or
//! message of the outbox holds it, and it is erased in time. Until its owner confirms it, it gets one question and
//! nothing else; then letters, until it is stopped, refuses, or the time is over.

mod rest;
mod store;
mod table;
mod token;

use chrono::Duration;
use nq57_core::language::Language;
use nq57_core::notifications::{CASE_LETTERS_PAGE, CaseLetters, TRACKING_PAGE};
use nq57_core::problem::{FieldCode, ProblemCode};
use nq57_core::time::Timestamp;
use nq57_core::{text, validate};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::deliver::{CASE_MAIL, CaseMail, What};
use super::notices::ContactConfirm;
use super::template::Told;
use crate::clock::Clock;
use crate::error::{ApiError, ApiResult};
use crate::outbox::{self, Push};
use crate::persistence::transaction::{self, Tx};
use crate::state::AppState;
use crate::subject::Subject;

use rest::{Kind, Verdict};

pub(super) use table::contact::Model as Contact;

/// An address that nobody confirms is forgotten.
const UNCONFIRMED: Duration = Duration::days(14);
/// So many letters in a row are refused before an address is left alone.
const MOST_REFUSALS: i32 = 3;

/// An address as it was given.
#[derive(Clone, Copy)]
pub struct NewContact<'a> {
    pub case: Subject,
    /// The public code: all that a letter says of the case before the address is confirmed.
    pub code: &'a str,
    pub email: &'a str,
    pub name: &'a str,
    pub language: Language,
}

/// How a contact stands, for the page of its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactStanding {
    pub is_confirmed: bool,
    /// Its owner wants no letters.
    pub is_stopped: bool,
    /// Its mail server takes no letters.
    pub is_refusing: bool,
}

/// Keeps the address in the place of any other one of the case, and asks its owner. The same one again stays
/// confirmed.
///
/// # Errors
/// `validation_failed` at `/email`; failures of the database.
pub async fn add(tx: &Tx, clock: &Clock, new: NewContact<'_>) -> ApiResult<()> {
    let email = text::line(new.email).to_lowercase();
    if !validate::is_email(&email) {
        return Err(ApiError::field("/email", FieldCode::InvalidFormat));
    }
    let new = NewContact { email: &email, ..new };
    let before = store::of_case(tx, new.case.id).await?;
    if before.as_ref().is_some_and(|before| before.email == email) {
        return store::rename(tx, &new).await;
    }
    let id: Uuid = clock.new_id();
    store::replace(tx, &new, id, clock.now()).await?;
    let told = ContactConfirm { code: new.code.to_owned() };
    let args = told.values().into_iter().map(|(name, value)| (name.to_owned(), value.into()));
    let what = What { template: ContactConfirm::TEMPLATE.name.to_owned(), args: args.collect() };
    let mail = CaseMail { case: new.case.id, asks: Some(id), what };
    outbox::push(tx, clock, [Push::new(CASE_MAIL, id.to_string(), &mail)?]).await
}

/// Erases the contact of a case at this instant: when the time is over for which the law lets it be kept.
///
/// # Errors
/// Failures of the database.
pub async fn erase_at(tx: &Tx, case: Uuid, at: Timestamp) -> ApiResult<()> {
    store::erase_at(tx, case, at).await
}

/// Erases the contact of a case now.
///
/// # Errors
/// Failures of the database.
pub async fn erase(tx: &Tx, case: Uuid) -> ApiResult<()> {
    store::erase(tx, case).await
}

/// How the contact of a case stands; nothing when there is none.
///
/// # Errors
/// Failures of the database.
pub async fn standing_of(
    db: &impl ConnectionTrait,
    case: Uuid,
) -> ApiResult<Option<ContactStanding>> {
    Ok(store::of_case(db, case).await?.map(|contact| ContactStanding {
        is_confirmed: contact.confirmed_at.is_some(),
        is_stopped: contact.stopped_at.is_some(),
        is_refusing: contact.refusals >= MOST_REFUSALS,
    }))
}

/// Its owner wants the letters: the token proves the mailbox.
///
/// # Errors
/// `token_invalid` for a contact that is unknown, replaced, erased or stopped.
pub(super) async fn confirm(state: &AppState, presented: &str) -> ApiResult<CaseLetters> {
    let id = token::read(&state.keys, presented)?.ok_or(ProblemCode::TokenInvalid)?;
    let now = state.clock.now();
    let contact =
        transaction::write(&state.db, async |tx| store::confirm(tx, id, now).await).await?;
    let contact = contact.ok_or(ProblemCode::TokenInvalid)?;
    Ok(CaseLetters { code: contact.code, is_confirmed: true, is_stopped: false })
}

/// Its owner wants no letters: the address is erased. Who never confirmed it is not asked again for long, whatever
/// is typed into other cases.
///
/// # Errors
/// `token_invalid` for a contact that is unknown, replaced or erased.
pub(super) async fn stop(state: &AppState, presented: &str) -> ApiResult<CaseLetters> {
    let id = token::read(&state.keys, presented)?.ok_or(ProblemCode::TokenInvalid)?;
    let now = state.clock.now();
    let contact = transaction::write(&state.db, async |tx| {
        let Some(contact) = store::find_for_update(tx, id).await? else { return Ok(None) };
        if contact.stopped_at.is_none() {
            if contact.confirmed_at.is_none() {
                rest::block(tx, &token::digest(&state.keys, &contact.email)?, now).await?;
            }
            store::stop(tx, id, now).await?;
        }
        Ok(Some(contact))
    })
    .await?;
    let contact = contact.ok_or(ProblemCode::TokenInvalid)?;
    let is_confirmed = contact.confirmed_at.is_some();
    Ok(CaseLetters { code: contact.code, is_confirmed, is_stopped: true })
}

/// What becomes of a letter that is about to leave.
pub(super) enum NextLetter {
    Write {
        contact: Box<Contact>,
        links: Links,
    },
    /// The address has got enough for now.
    Later,
    /// Nobody is to get it.
    Nobody,
}

/// Paths on this site that need no account.
pub(super) struct Links {
    /// Where the case stands, for who has its secret.
    pub tracking: String,
    /// Where letters are confirmed and stopped.
    pub letters: String,
}

/// Looks up whom a letter about the case goes to, and counts it.
pub(super) async fn begin(
    state: &AppState,
    case: Uuid,
    asks: Option<Uuid>,
) -> ApiResult<NextLetter> {
    let Some(contact) = store::of_case(&state.db, case).await? else {
        return Ok(NextLetter::Nobody);
    };
    let is_meant = match asks {
        Some(id) => contact.id == id && contact.confirmed_at.is_none(),
        None => contact.confirmed_at.is_some(),
    };
    if !is_meant || contact.stopped_at.is_some() || contact.refusals >= MOST_REFUSALS {
        return Ok(NextLetter::Nobody);
    }
    let digest = token::digest(&state.keys, &contact.email)?;
    let kind = if asks.is_some() { Kind::Question } else { Kind::News };
    let (now, limit) = (state.clock.now(), state.config.limits.letters_per_hour);
    let verdict =
        transaction::write(&state.db, async |tx| rest::take(tx, &digest, kind, limit, now).await);
    Ok(match verdict.await? {
        Verdict::Now => {
            let letters = token::make(&state.keys, contact.id)?;
            let links = Links {
                tracking: format!("{TRACKING_PAGE}?code={}", contact.code),
                letters: format!("{CASE_LETTERS_PAGE}?token={letters}"),
            };
            NextLetter::Write { contact: Box::new(contact), links }
        }
        Verdict::Later => NextLetter::Later,
        Verdict::Never => {
            metrics::counter!("nq57_case_letters_dropped_total").increment(1);
            NextLetter::Nobody
        }
    })
}

/// The letter was taken.
pub(super) async fn delivered(state: &AppState, contact: &Contact) -> ApiResult<()> {
    if contact.refusals == 0 {
        return Ok(());
    }
    transaction::write(&state.db, async |tx| store::note_refusals(tx, contact.id, 0).await).await
}

/// The mail server says that this address takes none.
pub(super) async fn refused(state: &AppState, contact: &Contact) -> ApiResult<()> {
    let refusals = contact.refusals.saturating_add(1);
    transaction::write(&state.db, async |tx| store::note_refusals(tx, contact.id, refusals).await)
        .await
}

/// The letter did not leave and will be tried again: it does not count.
pub(super) async fn give_back(state: &AppState, contact: &Contact, asks: bool) -> ApiResult<()> {
    let digest = token::digest(&state.keys, &contact.email)?;
    let kind = if asks { Kind::Question } else { Kind::News };
    transaction::write(&state.db, async |tx| rest::give_back(tx, &digest, kind).await).await
}

/// Erases contacts whose time is over, and counts that count no more. A job.
///
/// # Errors
/// Failures of the database.
pub async fn purge(state: AppState) -> ApiResult<()> {
    let now = state.clock.now();
    transaction::write(&state.db, async |tx| {
        store::erase_due(tx, now, now - UNCONFIRMED).await?;
        rest::purge(tx, now).await
    })
    .await
}
