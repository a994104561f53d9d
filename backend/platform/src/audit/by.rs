//! Who does something, for policies and for the audit.

use std::borrow::Cow;

use actix_web::HttpRequest;
use nq57_core::access::Actor;
use uuid::Uuid;

use super::Entry;
use crate::subject::Subject;

/// Who does it, and the request that brought it.
#[derive(Clone, Copy)]
pub struct By<'a> {
    pub actor: &'a Actor,
    pub request: Option<&'a HttpRequest>,
}

impl<'a> By<'a> {
    /// The actor, in a request.
    #[must_use]
    pub fn request(actor: &'a Actor, request: &'a HttpRequest) -> Self {
        Self { actor, request: Some(request) }
    }

    /// The actor, outside of any request.
    #[must_use]
    pub fn actor(actor: &'a Actor) -> Self {
        Self { actor, request: None }
    }

    /// What the audit says of it.
    #[must_use]
    pub fn entry(self, action: &'static str, on: Subject) -> Entry {
        self.entry_on(action, on.kind, on.id)
    }

    /// The same about something whose kind was read from a row.
    #[must_use]
    pub fn entry_on(
        self,
        action: &'static str,
        kind: impl Into<Cow<'static, str>>,
        id: Uuid,
    ) -> Entry {
        let entry = Entry::by(self.actor, action).on(kind, id);
        match self.request {
            Some(request) => entry.during(request),
            None => entry,
        }
    }
}
