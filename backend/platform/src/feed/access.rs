//! Who reads what of the feed. The one place that knows callers: whoever becomes another kind of caller is given
//! audiences here.

use std::collections::BTreeSet;

use nq57_core::access::{AccountActor, Actor, ClientActor, ClientScope, Denial, Role};
use nq57_core::ids::OrganisationId;
use nq57_core::problem::{FieldCode, ProblemCode};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::kind::{EVERYTHING, FeedType, PUBLIC, of_organisation, of_province, within};
use super::rows::Part;
use crate::error::{ApiError, ApiResult};
use crate::http::Caller;
use crate::http::client_caller::scope_missing;
use crate::state::AppState;

/// Whose cursors those of nobody in particular are.
const EVERYBODY: &str = "everybody";
/// Places of the rows of one reader, at most: each is a query of its own, and holds some lines until they are sent.
const MOST_PARTS: usize = 500;
/// What those of clients begin with.
const CLIENT: &str = "client";

/// What somebody may read beside what everybody reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Offices {
    /// Everything, whatever the rest says.
    pub everything: bool,
    /// Of these provinces.
    pub provinces: BTreeSet<String>,
    /// Of these organisations, each named.
    pub organisations: BTreeSet<OrganisationId>,
    /// Of these organisations what lies in that province.
    pub places: BTreeSet<(OrganisationId, String)>,
}

/// Who reads, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Whose the cursors are: another reader's are none.
    pub who: String,
    /// Another one whenever what may be read changes.
    pub version: String,
    /// Whether types that not everybody reads are for this reader at all, be there no object among the rows.
    pub reads_offices: bool,
    /// A key that seals its cursors, where what it formerly read is remembered; empty for all others.
    pub seal: String,
    pub offices: Offices,
}

/// What the caller may read. People read what their grants reach, and what their own organisations have sent; clients with
/// the scope what everybody reads, and with a further one what lies within their rows.
///
/// # Errors
/// 403 for a client without the scope, and failures of the database.
pub async fn audiences_of(state: &AppState, caller: &Caller) -> ApiResult<Access> {
    match caller.actor() {
        Actor::Anonymous | Actor::System => Ok(Access::of(EVERYBODY, Offices::default())),
        Actor::Account(account) => {
            Ok(Access::of(&format!("account {}", account.id), of_account(account)))
        }
        Actor::Client(client) if client.has(ClientScope::ChangesRead) => Ok(Access {
            seal: seal_of(state, client).await?,
            version: version_of(client, &of_client(client)),
            reads_offices: client.has(ClientScope::DossiersRead),
            ..Access::of(&format!("{CLIENT} {}", client.id), of_client(client))
        }),
        Actor::Client(_) => Err(scope_missing(ClientScope::ChangesRead)),
    }
}

async fn seal_of(state: &AppState, client: &ClientActor) -> ApiResult<String> {
    let clients = state.registry.clients().ok_or_else(ApiError::not_found)?;
    clients.cursor_key(&state.db, client.id).await
}

fn of_account(account: &AccountActor) -> Offices {
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
            (Some(organisation), None) => {
                offices.organisations.extend(account.reach.of(organisation));
            }
            (Some(organisation), Some(province)) => {
                let units = account.reach.of(organisation);
                offices.places.extend(units.map(|unit| (unit, province.clone())));
            }
        }
    }
    if offices.everything {
        // What is more changes nothing: it must not reset a copy either.
        return Offices { everything: true, ..Offices::default() };
    }
    offices
}

fn of_client(client: &ClientActor) -> Offices {
    if !client.has(ClientScope::DossiersRead) {
        return Offices::default();
    }
    Offices {
        everything: false,
        provinces: client.access.provinces.iter().cloned().collect(),
        organisations: client.organisations_below().into_iter().collect(),
        places: BTreeSet::new(),
    }
}

/// The number by which the access is kept, and what was made of it: a token opens less, and what stands below an
/// organisation changes without the client.
fn version_of(client: &ClientActor, offices: &Offices) -> String {
    format!("{}-{}", client.access_version, sum_of(offices))
}

/// What the caller could read when access had this version; nothing when nobody knows any more: of people, and of clients
/// when something else has moved below one of their organisations since.
///
/// # Errors
/// Failures of the database.
pub async fn formerly(
    state: &AppState,
    caller: &Caller,
    version: &str,
) -> ApiResult<Option<Offices>> {
    let (Some(client), Some(clients)) = (caller.actor().client(), state.registry.clients()) else {
        return Ok(None);
    };
    let number = version.split_once('-').and_then(|(number, _)| number.parse().ok());
    let Some(number) = number else { return Ok(None) };
    let Some(then) = clients.formerly(&state.db, client, number).await? else { return Ok(None) };
    let possible = [of_client(&then), Offices::default()];
    Ok(possible.into_iter().find(|offices| version_of(&then, offices) == version))
}

impl Access {
    /// The version follows from what may be read.
    #[must_use]
    pub fn of(who: &str, offices: Offices) -> Self {
        let (version, reads_offices) = (sum_of(&offices), !offices.is_nothing());
        Self { who: who.to_owned(), version, reads_offices, seal: String::new(), offices }
    }

    /// Why a type that not everybody reads is refused.
    fn refusal(&self) -> ApiError {
        match self.who.split(' ').next() {
            Some(EVERYBODY) => Denial::Unauthenticated.into(),
            Some(CLIENT) => scope_missing(ClientScope::DossiersRead),
            _ => Denial::Forbidden.into(),
        }
    }
}

fn sum_of(offices: &Offices) -> String {
    let text = serde_json::to_vec(offices).unwrap_or_default();
    hex::encode(Sha256::digest(text)).chars().take(16).collect()
}

impl Offices {
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Where the types stand for these readers, limited to the provinces if there are any.
    ///
    /// # Errors
    /// 403 for readers of more places than one answer can be put together of.
    pub(super) fn parts(
        &self,
        types: &Types,
        provinces: &BTreeSet<String>,
    ) -> ApiResult<BTreeSet<Part>> {
        let mut parts = BTreeSet::new();
        for kind in &types.list {
            for audience in self.audiences(kind, provinces) {
                // Without a choice of types one look is enough for all of an audience; what has no province stands
                // where the rest is not limited either.
                let is_all = types.is_all && (provinces.is_empty() || kind.has_province);
                parts.insert(Part { audience, kind: (!is_all).then_some(kind.name) });
                if parts.len() > MOST_PARTS {
                    return Err(ProblemCode::FeedTooWide.into());
                }
            }
        }
        Ok(parts)
    }

    fn audiences<'a>(
        &'a self,
        kind: &FeedType,
        provinces: &'a BTreeSet<String>,
    ) -> Box<dyn Iterator<Item = String> + 'a> {
        let organisations = self.organisations.iter().copied().map(of_organisation);
        let is_limited = kind.has_province && !provinces.is_empty();
        let is_wanted = move |code: &String| !is_limited || provinces.contains(code);
        let places = self.places.iter().filter(move |(_, code)| is_wanted(code));
        let places =
            places.map(|(organisation, code)| within(&of_organisation(*organisation), code));
        match (kind.is_public, is_limited) {
            (true, false) => Box::new(std::iter::once(PUBLIC.to_owned())),
            (true, true) => Box::new(provinces.iter().map(|code| within(PUBLIC, code))),
            (false, false) if self.everything => Box::new(std::iter::once(EVERYTHING.to_owned())),
            (false, true) if self.everything => {
                Box::new(provinces.iter().map(|code| of_province(code)))
            }
            (false, false) => {
                let whole = self.provinces.iter().map(|code| of_province(code));
                Box::new(whole.chain(organisations).chain(places))
            }
            (false, true) => {
                let is_read = |code: &&String| self.provinces.contains(*code);
                let whole = provinces.iter().filter(is_read).map(|code| of_province(code));
                let some = organisations
                    .flat_map(|one| provinces.iter().map(move |code| within(&one, code)));
                Box::new(whole.chain(some).chain(places))
            }
        }
    }
}

/// The types that are asked for.
#[derive(Clone)]
pub(super) struct Types {
    pub list: Vec<&'static FeedType>,
    /// Whether nothing was said: all that the reader may read, also those of tomorrow, and of yesterday what it has to
    /// drop.
    pub is_all: bool,
    /// Those that not everybody reads are among them for this reader.
    reads_offices: bool,
}

impl Types {
    /// The types of these names, for this reader.
    ///
    /// # Errors
    /// 400 for a name that no type has; 401 and 403 for a type of which the reader may read nothing.
    pub fn choose(state: &AppState, access: &Access, names: &BTreeSet<String>) -> ApiResult<Self> {
        let reads_offices = access.reads_offices;
        if names.is_empty() {
            let list = state.registry.feed().collect();
            return Ok(Self { list, is_all: true, reads_offices });
        }
        let mut list = Vec::new();
        for name in names {
            let Some(kind) = state.registry.feed().find(|kind| kind.name == name) else {
                return Err(ApiError::parameter("types", FieldCode::UnknownValue));
            };
            if !kind.is_public && !reads_offices {
                return Err(access.refusal());
            }
            list.push(kind);
        }
        Ok(Self { list, is_all: false, reads_offices })
    }

    /// This type alone.
    pub fn only(&self, kind: &'static FeedType) -> Self {
        Self { list: vec![kind], is_all: false, reads_offices: self.reads_offices }
    }

    /// Those that the reader may read.
    pub fn read(&self) -> impl Iterator<Item = &'static FeedType> {
        self.list.iter().copied().filter(|kind| kind.is_public || self.reads_offices)
    }

    pub fn names(&self) -> Vec<String> {
        self.read().map(|kind| kind.name.to_owned()).collect()
    }
}
