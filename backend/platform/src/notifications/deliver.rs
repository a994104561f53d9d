//! Turns messages of the outbox into letters, in the language of who gets them.

use nq57_core::ids::AccountId;
use nq57_core::language::Language;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::template::Template;
use super::{Address, catalogue, store};
use crate::error::{ApiError, ApiResult};
use crate::mail::Letter;
use crate::outbox::Message;
use crate::state::AppState;

/// Mail about a message in the inbox: text and address are looked up when it leaves.
#[derive(Serialize, Deserialize)]
pub(super) struct InboxMail {
    pub notification: Uuid,
}

/// Mail that carries everything itself. The outbox empties it once it is delivered.
#[derive(Serialize, Deserialize)]
pub(super) struct DirectMail {
    pub address: Address,
    pub template: String,
    pub args: Map<String, Value>,
    pub path: String,
}

pub(super) async fn inbox_mail(state: AppState, message: Message) -> ApiResult<()> {
    let mail: InboxMail = message.read()?;
    let Some(row) = store::find(&state.db, mail.notification).await? else { return Ok(()) };
    let recipient = [AccountId(row.account_id)];
    let contacts = state.registry.directory().contacts(&state.db, &recipient).await?;
    // Suspended meanwhile: the inbox keeps the message, nobody is written to.
    let Some(contact) = contacts.into_iter().next() else { return Ok(()) };
    let address =
        Address { email: contact.email, name: contact.display_name, language: contact.language };
    let args = store::args(&row)?;
    send(&state, &message, &address, template(&row.template)?, &args, row.path.as_deref()).await
}

pub(super) async fn direct_mail(state: AppState, message: Message) -> ApiResult<()> {
    let mail: DirectMail = message.read()?;
    let template = template(&mail.template)?;
    send(&state, &message, &mail.address, template, &mail.args, Some(&mail.path)).await
}

fn template(name: &str) -> ApiResult<Template> {
    Template::parse(name)
        .ok_or_else(|| ApiError::internal(anyhow::anyhow!("there is no template {name}")))
}

async fn send(
    state: &AppState,
    message: &Message,
    address: &Address,
    template: Template,
    args: &Map<String, Value>,
    path: Option<&str>,
) -> ApiResult<()> {
    let language: Language = address.language;
    let rendered = catalogue::render(template, language, args)?;
    let platform = &state.config.name;
    let link = path.map(|path| format!("{}{path}", state.config.public_url()));
    let text = catalogue::letter(language, &rendered, &address.name, platform, link.as_deref())?;
    let letter = Letter {
        id: message.id.0,
        to_address: address.email.clone(),
        to_name: address.name.clone(),
        subject: format!("{} - {platform}", rendered.title),
        text,
        sent_at: state.clock.now(),
    };
    Ok(state.mailer.send(&letter).await?)
}
