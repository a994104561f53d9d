//! What people are told: the inbox in the application and e-mail through the outbox, both written in
//! the caller's transaction. Knows templates and accounts, no domain noun.

mod catalogue;
mod deliver;
mod list;
mod mark_read;
mod store;
mod table;
mod template;

use nq57_core::ids::AccountId;
use nq57_core::language::Language;
use nq57_core::notifications::MarkRead;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::clock::Clock;
use crate::error::{ApiError, ApiResult};
use crate::outbox::{self, Push, Topic};
use crate::persistence::transaction::Tx;
use crate::registry::Slice;

pub use catalogue::{Rendered, render};
pub use list::list_notifications;
pub use mark_read::mark_notifications_read;
pub use template::Template;

/// Mail about a message in the inbox.
const INBOX_MAIL: &str = "notifications.mail";
/// Mail that has no message in an inbox.
const DIRECT_MAIL: &str = "mail.send";

/// Something that some people are told.
#[derive(Clone, Debug)]
pub struct Notice {
    template: Template,
    recipients: Vec<AccountId>,
    args: Map<String, Value>,
    subject: Option<(&'static str, Uuid)>,
    path: Option<String>,
    key: Option<String>,
}

impl Notice {
    /// A message to nobody yet.
    #[must_use]
    pub fn new(template: Template) -> Self {
        Self {
            template,
            recipients: Vec::new(),
            args: Map::new(),
            subject: None,
            path: None,
            key: None,
        }
    }

    /// More people who get it; each gets it once.
    #[must_use]
    pub fn to(mut self, recipients: impl IntoIterator<Item = AccountId>) -> Self {
        for recipient in recipients {
            if !self.recipients.contains(&recipient) {
                self.recipients.push(recipient);
            }
        }
        self
    }

    /// A value that the text uses. Codes of roles, tasks and verdicts become words; a day is
    /// `YYYY-MM-DD` under a name that ends with `_on`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }

    /// What it is about.
    #[must_use]
    pub fn about(mut self, subject_type: &'static str, id: impl Into<Uuid>) -> Self {
        self.subject = Some((subject_type, id.into()));
        self
    }

    /// The page to open, as a path on this site.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Nobody gets two messages with this key.
    #[must_use]
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

/// Puts the message into the inbox of every recipient and asks for mail, in the caller's transaction.
///
/// # Errors
/// A value that the template needs and does not get; failures of the database.
pub async fn notify(tx: &Tx, clock: &Clock, notice: Notice) -> ApiResult<()> {
    require_args(notice.template, &notice.args)?;
    if notice.recipients.is_empty() {
        return Ok(());
    }
    let mails = store::insert(tx, clock, &notice).await?;
    let mails: ApiResult<Vec<Push>> = mails
        .into_iter()
        .map(|(key, id)| Push::new(INBOX_MAIL, key, &deliver::InboxMail { notification: id }))
        .collect();
    outbox::push(tx, clock, mails?).await
}

/// Where a letter goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub email: String,
    pub name: String,
    pub language: Language,
}

/// Asks for mail without a message in an inbox: for people without an account, and for links that
/// nobody but the owner of the address may see. The same key twice is one letter.
///
/// # Errors
/// A value that the template needs and does not get; failures of the database.
pub async fn mail_to(
    tx: &Tx,
    clock: &Clock,
    address: Address,
    template: Template,
    args: Value,
    path: String,
    key: String,
) -> ApiResult<()> {
    let Value::Object(args) = args else {
        return Err(ApiError::internal(anyhow::anyhow!("the values of a template are an object")));
    };
    require_args(template, &args)?;
    let mail = deliver::DirectMail { address, template: template.name().to_owned(), args, path };
    outbox::push(tx, clock, [Push::new(DIRECT_MAIL, key, &mail)?]).await
}

fn require_args(template: Template, args: &Map<String, Value>) -> ApiResult<()> {
    match template.args().iter().find(|name| !args.contains_key(**name)) {
        None => Ok(()),
        Some(name) => {
            let name = format!("the template {} needs {name}", template.name());
            Err(ApiError::internal(anyhow::anyhow!(name)))
        }
    }
}

/// Takes all mail about inboxes that waits as sent, without sending it: for history that is written
/// afterwards. The inboxes keep their messages.
///
/// # Errors
/// Failures of the database.
pub async fn forget_mail(tx: &Tx, clock: &Clock) -> ApiResult<u64> {
    outbox::settle(tx, clock, INBOX_MAIL).await
}

/// Marks everything in the inbox of an account as read: for demonstrations, whose past was read.
///
/// # Errors
/// Failures of the database.
pub async fn mark_all_read(tx: &Tx, clock: &Clock, account: AccountId) -> ApiResult<()> {
    let all = MarkRead { all: true, ..MarkRead::default() };
    store::mark_read(tx, account, clock.now(), &all).await
}

/// Who delivers the mail.
const TOPICS: &[Topic] = &[
    Topic {
        name: INBOX_MAIL,
        handler: |state, message| Box::pin(deliver::inbox_mail(state, message)),
    },
    Topic {
        name: DIRECT_MAIL,
        handler: |state, message| Box::pin(deliver::direct_mail(state, message)),
    },
];

/// What this module brings.
pub const SLICE: Slice = Slice {
    tags: &[("notifications", "The inbox of the caller.")],
    routes,
    topics: TOPICS,
    ..Slice::EMPTY
};

/// The operations of this module.
fn routes(routes: &mut ServiceConfig) {
    routes.service(list_notifications).service(mark_notifications_read);
}
