//! Who reads what of the feed. The one place that knows callers: whoever becomes another kind of caller is given
//! audiences here.

use std::collections::BTreeSet;

use nq57_core::access::{Denial, Role};
use nq57_core::ids::OrganisationId;
use nq57_core::problem::FieldCode;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::kind::{EVERYTHING, FeedType, PUBLIC, of_organisation, of_province, within};
use super::rows::Part;
use crate::error::{ApiError, ApiResult};
use crate::http::Caller;
use crate::state::AppState;

/// Whose cursors those of nobody in particular are.
const EVERYBODY: &str = "everybody";

/// What somebody may read beside what everybody reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Offices {
    /// Everything, whatever the rest says.
    pub everything: bool,
    /// Of these provinces.
    pub provinces: BTreeSet<String>,
    /// Of these organisations, each named.
    pub organisations: BTreeSet<OrganisationId>,
}

/// Who reads, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Whose the cursors are: another reader's are none.
    pub who: String,
    /// Another one whenever what may be read changes.
    pub version: String,
    pub offices: Offices,
}

/// What the caller may read. People read what their grants reach, and what their own organisations have sent.
///
/// # Errors
/// Failures of the database.
pub async fn audiences_of(_: &AppState, caller: &Caller) -> ApiResult<Access> {
    let Some(account) = caller.actor().account() else {
        return Ok(Access::of(EVERYBODY, Offices::default()));
    };
    let mut offices = Offices {
        organisations: account.organisations.iter().copied().collect(),
        ..Offices::default()
    };
    for grant in account.grants.iter().filter(|grant| Role::REGISTER.contains(&grant.role)) {
        match (grant.organisation_id, &grant.province_code) {
            (None, None) => offices.everything = true,
            (None, Some(province)) => {
                offices.provinces.insert(province.clone());
            }
            (Some(organisation), _) => offices.organisations.extend(account.reach.of(organisation)),
        }
    }
    if offices.everything {
        // What is more changes nothing: it must not reset a copy either.
        offices = Offices { everything: true, ..Offices::default() };
    }
    Ok(Access::of(&format!("account {}", account.id), offices))
}

/// What the caller could read when access had this version; nothing when nobody knows any more, as of people.
///
/// # Errors
/// Failures of the database.
pub async fn formerly(_: &AppState, _: &Caller, _: &str) -> ApiResult<Option<Offices>> {
    Ok(None)
}

impl Access {
    /// The version follows from what may be read.
    #[must_use]
    pub fn of(who: &str, offices: Offices) -> Self {
        let text = serde_json::to_vec(&offices).unwrap_or_default();
        let version = hex::encode(Sha256::digest(text)).chars().take(16).collect();
        Self { who: who.to_owned(), version, offices }
    }
}

impl Offices {
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Where the types stand for these readers, limited to the provinces if there are any.
    pub(super) fn parts(&self, types: &Types, provinces: &BTreeSet<String>) -> BTreeSet<Part> {
        let mut parts = BTreeSet::new();
        for kind in &types.list {
            for audience in self.audiences(kind, provinces) {
                // Without a choice of types one look is enough for all of an audience; what has no province stands
                // where the rest is not limited either.
                let is_all = types.is_all && (provinces.is_empty() || kind.has_province);
                parts.insert(Part { audience, kind: (!is_all).then_some(kind.name) });
            }
        }
        parts
    }

    fn audiences(&self, kind: &FeedType, provinces: &BTreeSet<String>) -> Vec<String> {
        let organisations = self.organisations.iter().copied().map(of_organisation);
        let is_limited = kind.has_province && !provinces.is_empty();
        match (kind.is_public, is_limited) {
            (true, false) => vec![PUBLIC.to_owned()],
            (true, true) => provinces.iter().map(|code| within(PUBLIC, code)).collect(),
            (false, false) if self.everything => vec![EVERYTHING.to_owned()],
            (false, false) => {
                self.provinces.iter().map(|code| of_province(code)).chain(organisations).collect()
            }
            (false, true) => {
                let is_read = |code: &&String| self.everything || self.provinces.contains(*code);
                let whole = provinces.iter().filter(is_read).map(|code| of_province(code));
                let some = organisations
                    .flat_map(|one| provinces.iter().map(move |code| within(&one, code)));
                match self.everything {
                    true => whole.collect(),
                    false => whole.chain(some).collect(),
                }
            }
        }
    }
}

/// The types that are asked for.
#[derive(Clone)]
pub(super) struct Types {
    pub list: Vec<&'static FeedType>,
    /// Whether nothing was said: all that the caller may read, also those of tomorrow.
    pub is_all: bool,
}

impl Types {
    /// The types of these names, for this reader.
    ///
    /// # Errors
    /// 400 for a name that no type has; 401 and 403 for a type of which the reader may read nothing.
    pub fn choose(state: &AppState, access: &Access, names: &BTreeSet<String>) -> ApiResult<Self> {
        let reads = |kind: &FeedType| kind.is_public || !access.offices.is_nothing();
        if names.is_empty() {
            let list = state.registry.feed().filter(|kind| reads(kind)).collect();
            return Ok(Self { list, is_all: true });
        }
        let mut list = Vec::new();
        for name in names {
            let Some(kind) = state.registry.feed().find(|kind| kind.name == name) else {
                return Err(ApiError::parameter("types", FieldCode::UnknownValue));
            };
            if !reads(kind) {
                let is_nobody = access.who == EVERYBODY;
                let denial = if is_nobody { Denial::Unauthenticated } else { Denial::Forbidden };
                return Err(denial.into());
            }
            list.push(kind);
        }
        Ok(Self { list, is_all: false })
    }

    pub fn names(&self) -> Vec<String> {
        self.list.iter().map(|kind| kind.name.to_owned()).collect()
    }
}
