//! Turns messages of the outbox into letters, in the language of who gets them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::catalogue::Around;
use super::contacts::{self, NextLetter};
use super::notice::Address;
use super::store;
use crate::error::{ApiError, ApiResult};
use crate::mail::{Failure, Letter};
use crate::outbox::{GiveUp, Message};
use crate::state::AppState;
use nq57_core::ids::NotificationId;
use nq57_core::problem::ProblemCode;

/// Mail about a message in an inbox.
pub(super) const INBOX_MAIL: &str = "notifications.mail";
/// Mail that has no message in an inbox.
pub(super) const DIRECT_MAIL: &str = "mail.send";
/// Mail to the contact of a case.
pub(super) const CASE_MAIL: &str = "mail.case";

/// Mail about a message in the inbox: text and address are looked up when it leaves.
#[derive(Serialize, Deserialize)]
pub(super) struct InboxMail {
    pub notification: NotificationId,
}

/// What is told.
#[derive(Serialize, Deserialize)]
pub(super) struct What {
    pub template: String,
    pub args: Map<String, Value>,
}

/// Mail that carries everything itself. The outbox empties it once it is delivered.
#[derive(Serialize, Deserialize)]
pub(super) struct DirectMail {
    pub address: Address,
    #[serde(flatten)]
    pub what: What,
    pub path: Option<String>,
}

/// Mail to the contact of a case, whose address is looked up when it leaves: what was erased meanwhile gets none.
#[derive(Serialize, Deserialize)]
pub(super) struct CaseMail {
    pub case: Uuid,
    /// This contact is asked whether it wants letters.
    pub asks: Option<Uuid>,
    #[serde(flatten)]
    pub what: What,
}

pub(super) async fn inbox_mail(state: AppState, message: Message) -> ApiResult<()> {
    let mail: InboxMail = message.read()?;
    let Some(row) = store::find(&state.db, mail.notification).await? else { return Ok(()) };
    let recipient = [row.account_id];
    let found = state.registry.directory().contacts(&state.db, &recipient).await?;
    // Suspended meanwhile: the inbox keeps the message, nobody is written to.
    let Some(found) = found.into_iter().next() else { return Ok(()) };
    let address =
        Address { email: found.email, name: found.display_name, language: found.language };
    let what = What { args: store::args(&row), template: row.template };
    to_an_account(&state, &message, &address, &what, row.path.as_deref()).await
}

pub(super) async fn direct_mail(state: AppState, message: Message) -> ApiResult<()> {
    let mail: DirectMail = message.read()?;
    to_an_account(&state, &message, &mail.address, &mail.what, mail.path.as_deref()).await
}

async fn to_an_account(
    state: &AppState,
    message: &Message,
    address: &Address,
    what: &What,
    path: Option<&str>,
) -> ApiResult<()> {
    let letter = letter(state, message, address, what, path, None)?;
    state.mailer.send(&letter).await.map_err(|failure| match failure {
        // Another try ends the same; an administrator sees it among the dead letters.
        Failure::Refused(said) => ApiError::internal(GiveUp(said)),
        Failure::Other(error) => error.into(),
    })
}

pub(super) async fn case_mail(state: AppState, message: Message) -> ApiResult<()> {
    let mail: CaseMail = message.read()?;
    let turn = contacts::begin(&state, mail.case, mail.asks).await?;
    let (contact, links) = match turn {
        NextLetter::Nobody => return Ok(()),
        NextLetter::Later => {
            let error =
                anyhow::anyhow!("this address has got as many letters as it may in an hour");
            return Err(ApiError::problem(ProblemCode::TooManyRequests).because(error));
        }
        NextLetter::Write { contact, links } => (contact, links),
    };
    // Who gave the address may have made up the name as well.
    let name = if contact.confirmed_at.is_some() { contact.name.clone() } else { String::new() };
    let address = Address { email: contact.email.clone(), name, language: contact.language };
    let (path, stop) = match mail.asks {
        Some(_) => (&links.letters, None),
        None => (&links.tracking, Some(links.letters.as_str())),
    };
    let letter = letter(&state, &message, &address, &mail.what, Some(path), stop)?;
    match state.mailer.send(&letter).await {
        Ok(()) => contacts::delivered(&state, &contact).await,
        Err(Failure::Refused(said)) => {
            tracing::info!(case = %mail.case, said, "the address of a contact refuses letters");
            contacts::refused(&state, &contact).await
        }
        Err(Failure::Other(error)) => {
            contacts::give_back(&state, &contact, mail.asks.is_some()).await?;
            Err(error.into())
        }
    }
}

fn letter(
    state: &AppState,
    message: &Message,
    address: &Address,
    what: &What,
    path: Option<&str>,
    stop: Option<&str>,
) -> ApiResult<Letter> {
    let catalogue = state.registry.catalogue()?;
    // A newer server may have written it, and will deliver it then.
    let notice =
        catalogue.render(&what.template, address.language, &what.args).ok_or_else(|| {
            ApiError::internal(anyhow::anyhow!("there is no notice {}", what.template))
        })?;
    let platform = &state.config.name;
    let on_this_site = |path: &str| format!("{}{path}", state.config.public_url());
    let (link, stop) = (path.map(on_this_site), stop.map(on_this_site));
    let around =
        Around { name: &address.name, platform, link: link.as_deref(), stop: stop.as_deref() };
    Ok(Letter {
        id: message.id.0,
        to_address: address.email.clone(),
        to_name: address.name.clone(),
        subject: format!("{} - {platform}", notice.title),
        text: catalogue.letter(address.language, &notice, around),
        stop,
        sent_at: state.clock.now(),
    })
}
