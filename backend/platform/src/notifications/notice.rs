//! A notice on its way to those who get it: one interface for inboxes, addresses, and senders of cases who have no
//! account.

use std::fmt;

use nq57_core::ids::AccountId;
use nq57_core::language::Language;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::deliver::{CASE_MAIL, CaseMail, DIRECT_MAIL, DirectMail, INBOX_MAIL, InboxMail, What};
use super::store;
use super::template::Told;
use crate::clock::Clock;
use crate::error::ApiResult;
use crate::outbox::{self, Push};
use crate::persistence::transaction::Tx;
use crate::subject::Subject;

/// Who gets a notice, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// In the inbox, and by mail to the address that the account has when it leaves.
    Account(AccountId),
    /// By mail alone: what nobody but the owner of the address may see.
    Address(Address),
    /// By mail to whoever sent this case without an account, if the address is confirmed when it leaves. Nothing for
    /// a case without a contact.
    CaseContact(Uuid),
}

impl From<AccountId> for Recipient {
    fn from(account: AccountId) -> Self {
        Self::Account(account)
    }
}

impl From<Address> for Recipient {
    fn from(address: Address) -> Self {
        Self::Address(address)
    }
}

/// Where a letter goes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub email: String,
    /// Empty when nobody has proved to be the owner of the mailbox.
    pub name: String,
    pub language: Language,
}

/// Without what is private.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").field("language", &self.language).finish_non_exhaustive()
    }
}

/// Something that some people are told.
#[derive(Clone, Debug)]
pub struct Notice {
    pub(super) template: &'static str,
    pub(super) args: Map<String, Value>,
    pub(super) recipients: Vec<Recipient>,
    pub(super) subject: Option<Subject>,
    pub(super) path: Option<String>,
    pub(super) key: Option<String>,
}

impl Notice {
    /// Tells this, to nobody yet.
    #[must_use]
    pub fn new<T: Told>(told: &T) -> Self {
        let values = told.values().into_iter();
        Self {
            template: T::TEMPLATE.name,
            args: values.map(|(name, value)| (name.to_owned(), value.into())).collect(),
            recipients: Vec::new(),
            subject: None,
            path: None,
            key: None,
        }
    }

    /// More people who get it; each gets it once.
    #[must_use]
    pub fn to(mut self, recipients: impl IntoIterator<Item = impl Into<Recipient>>) -> Self {
        for recipient in recipients.into_iter().map(Into::into) {
            if !self.recipients.contains(&recipient) {
                self.recipients.push(recipient);
            }
        }
        self
    }

    /// What it is about.
    #[must_use]
    pub fn about(mut self, subject_type: &'static str, id: impl Into<Uuid>) -> Self {
        self.subject = Some(Subject::new(subject_type, id));
        self
    }

    /// The page to open, as a path on this site. The contact of a case gets the page of tracking instead.
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

/// Puts the notice into the inboxes of its recipients and asks for mail, in the caller's transaction.
///
/// # Errors
/// Failures of the database.
pub async fn notify(tx: &Tx, clock: &Clock, notice: Notice) -> ApiResult<()> {
    let mut mails = Vec::with_capacity(notice.recipients.len());
    let accounts = notice.recipients.iter().filter_map(|recipient| match recipient {
        Recipient::Account(account) => Some(*account),
        Recipient::Address(_) | Recipient::CaseContact(_) => None,
    });
    for (key, notification) in store::insert(tx, clock, &notice, accounts.collect()).await? {
        mails.push(Push::new(INBOX_MAIL, key, &InboxMail { notification })?);
    }
    let what = || What { template: notice.template.to_owned(), args: notice.args.clone() };
    for (n, recipient) in notice.recipients.iter().enumerate() {
        // Keys are shown to operators, hence name no address.
        let key = |whose: &dyn fmt::Display| match &notice.key {
            Some(key) => format!("{whose}:{key}"),
            None => clock.new_id::<Uuid>().to_string(),
        };
        mails.push(match recipient {
            Recipient::Account(_) => continue,
            Recipient::Address(address) => {
                let path = notice.path.clone();
                let mail = DirectMail { address: address.clone(), what: what(), path };
                Push::new(DIRECT_MAIL, key(&n), &mail)?
            }
            Recipient::CaseContact(case) => {
                let mail = CaseMail { case: *case, asks: None, what: what() };
                Push::new(CASE_MAIL, key(case), &mail)?
            }
        });
    }
    outbox::push(tx, clock, mails).await
}
