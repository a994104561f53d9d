//! What can go wrong between the browser and the server, in words for people and places in a form.

use leptos::prelude::window;
use nq57_shared::problem::{Problem, ProblemCode};

use crate::components::{Form, FormAlert, FormError};
use crate::i18n::{Text, language, tr};

/// Why a request brought no answer that can be used.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The server cannot be reached.
    Offline,
    /// The server did not answer in time; what was sent may have arrived.
    Timeout,
    /// The caller gave it up.
    Cancelled,
    /// The server said no and why.
    Problem(Box<Problem>),
    /// An answer that is neither what was asked for nor a problem; its HTTP status.
    Unreadable(u16),
}

impl Failure {
    /// The body of an answer that was not a success.
    pub(super) fn from_answer(status: u16, body: &[u8]) -> Self {
        serde_json::from_slice(body)
            .map_or(Self::Unreadable(status), |problem| Self::Problem(Box::new(problem)))
    }

    /// The code of the problem, if this version of the program knows it.
    pub fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Problem(problem) => problem.known_code(),
            Self::Offline | Self::Timeout | Self::Cancelled | Self::Unreadable(_) => None,
        }
    }

    /// The HTTP status; 0 when there was no answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::Problem(problem) => problem.status,
            Self::Unreadable(status) => *status,
            Self::Offline | Self::Timeout | Self::Cancelled => 0,
        }
    }

    /// Whether the thing does not exist for this reader.
    pub fn is_not_found(&self) -> bool {
        self.status() == 404
    }

    /// Whether signing in would help.
    pub fn needs_sign_in(&self) -> bool {
        self.status() == 401
    }

    /// Whether somebody else has changed the record since it was read.
    pub fn is_stale(&self) -> bool {
        self.code() == Some(ProblemCode::StaleRevision)
    }

    /// Whether the same request may succeed later.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Offline | Self::Timeout) || matches!(self.status(), 429 | 500..)
    }

    /// What went wrong, in the reader's language.
    pub fn title(&self) -> Text {
        match self {
            Self::Offline => Text::from(tr::problem::offline),
            Self::Timeout => Text::from(tr::problem::timeout),
            Self::Cancelled => Text::from(tr::problem::cancelled),
            Self::Unreadable(_) => Text::from(tr::problem::unreadable),
            Self::Problem(problem) => match problem.known_code() {
                Some(code) => Text::from(move || code.title(language())),
                None => Text::from(problem.title.clone()),
            },
        }
    }

    /// What is special about it, what to do, and the request id to report; `None` when the title says it all.
    pub fn detail(&self) -> Option<Text> {
        match self {
            Self::Offline => Some(Text::from(tr::problem::offline_detail)),
            Self::Timeout => Some(Text::from(tr::problem::timeout_detail)),
            Self::Cancelled => None,
            Self::Unreadable(status) => {
                let status = *status;
                Some(Text::from(move || tr::problem::unreadable_detail(status)))
            }
            Self::Problem(problem) => {
                let said = problem.detail.clone();
                let report = problem.request_id.clone().filter(|_| problem.status >= 500);
                match (said, report) {
                    (Some(said), None) => Some(Text::from(said)),
                    (None, Some(id)) => Some(Text::from(move || tr::problem::request_id(&id))),
                    (Some(said), Some(id)) => {
                        Some(Text::from(move || format!("{said} {}", tr::problem::request_id(&id))))
                    }
                    (None, None) => None,
                }
            }
        }
    }
}

impl Form {
    /// Shows why the server did not take the form: field errors in their places, anything else above them.
    pub fn show(&self, failure: &Failure) {
        let errors: Vec<FormError> = match failure {
            Failure::Problem(problem) => problem
                .errors
                .iter()
                .map(|error| FormError {
                    code: Some(error.code),
                    ..FormError::new(error.pointer.clone(), error.message.clone())
                })
                .collect(),
            Failure::Offline | Failure::Timeout | Failure::Cancelled | Failure::Unreadable(_) => {
                Vec::new()
            }
        };
        let alert = errors
            .is_empty()
            .then(|| FormAlert { title: failure.title(), detail: failure.detail() });
        self.refuse(errors, alert);
    }
}

/// Whether the browser believes to be connected.
pub fn is_online() -> bool {
    window().navigator().on_line()
}
