//! What the slices hand down to the platform: routes, work, answers. The platform calls whatever stands
//! here and knows none of those who put it here.

mod directory;

use std::sync::OnceLock;

use futures_util::future::LocalBoxFuture;
use nq57_core::access::AccountActor;
use nq57_core::ids::{AccountId, OrganisationId};
use nq57_core::tracking::TrackedCase;
use sea_orm::sea_query::{Expr, SelectStatement, SimpleExpr};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::audit::By;
use crate::config::Allowance;
use crate::error::ApiResult;
use crate::feed::FeedType;
use crate::http::openapi::Document;
use crate::jobs::Job;
use crate::notifications::{Catalogue, Notices, Template};
use crate::outbox::Topic;
use crate::persistence::transaction::Tx;
use crate::state::AppState;
use crate::subject::Subject;

pub use directory::{Clients, Contact, Directory};

/// What one slice brings. Each has a constant of this type, named in `slices.rs`.
#[derive(Clone, Copy)]
pub struct Slice {
    /// Groups of operations in the document: name and description.
    pub tags: &'static [(&'static str, &'static str)],
    /// The operations below `/api/v1`: one registration makes route and document.
    pub routes: fn(&mut ServiceConfig),
    /// Who delivers which messages of the outbox.
    pub topics: &'static [Topic],
    /// Work that repeats while the server runs.
    pub jobs: &'static [Job],
    /// Times that the operator may choose: `deadlines.<kind>.<name>` in the configuration.
    pub allowances: &'static [Allowance],
    /// Cases that can be followed by code and secret.
    pub tracked: &'static [Tracked],
    /// What people are told, with its texts in both languages.
    pub notices: Notices,
    /// What follows here from changes of cases that other slices own.
    pub on_transition: &'static [TransitionListener],
    /// The things from whose inside an account is kept, whatever its roles.
    pub kept_from: Option<KeptFrom>,
    /// What the audit shows to nobody.
    pub unsent: Option<Unsent>,
    /// What follows here when cases go over to another office.
    pub on_handover: &'static [HandoverListener],
    /// What goes along though it is no case yet.
    pub drafts: Option<DraftsListener>,
    /// What follows here when somebody comes to an organisation.
    pub on_joining: &'static [JoiningListener],
    /// Whoever knows the clients: programs with keys.
    pub clients: Option<&'static dyn Clients>,
    /// What follows here when an account can act in other roles than before.
    pub on_roles: &'static [RolesListener],
    /// What of this slice others can copy.
    pub feed: &'static [FeedType],
}

impl Slice {
    /// Brings nothing: the rest of a constant that names what it brings.
    pub const EMPTY: Self = Self {
        tags: &[],
        routes: |_| (),
        topics: &[],
        jobs: &[],
        allowances: &[],
        tracked: &[],
        notices: Notices::NONE,
        on_transition: &[],
        kept_from: None,
        unsent: None,
        on_handover: &[],
        drafts: None,
        on_joining: &[],
        clients: None,
        on_roles: &[],
        feed: &[],
    };
}

/// A query of the ids of things from whose inside this account is kept.
pub type KeptFrom = fn(&AccountActor) -> SelectStatement;

/// Columns of an entry of the audit.
#[derive(Clone, Debug)]
pub struct EntryColumns {
    pub id: Expr,
    pub action: Expr,
    /// The case that it is about; never NULL where this is asked.
    pub case: Expr,
}

/// Whether an entry is about something that somebody has written and not sent.
pub type Unsent = fn(&EntryColumns) -> SimpleExpr;

/// A kind of case that can be followed by code and secret.
#[derive(Clone, Copy)]
pub struct Tracked {
    /// Of its codes: up to four capital letters that no other kind has.
    pub series: &'static str,
    pub kind: &'static str,
    /// Makes of what every kind shows what this one shows.
    pub show: Option<ShowTracked>,
}

/// Who asks has proved to know the secret of the case of this id.
pub type ShowTracked =
    fn(AppState, Uuid, TrackedCase) -> LocalBoxFuture<'static, ApiResult<TrackedCase>>;

impl Tracked {
    /// Shows what every kind shows.
    #[must_use]
    pub const fn new(series: &'static str, kind: &'static str) -> Self {
        Self { series, kind, show: None }
    }
}

/// A change of state of a case, as other slices hear of it.
#[derive(Clone, Copy, Debug)]
pub struct Transitioned {
    pub case: Subject,
    pub event: &'static str,
    pub from: &'static str,
    pub to: &'static str,
}

/// What a slice does when a case of another one has changed its state, in the same transaction.
#[derive(Clone, Copy)]
pub struct TransitionListener {
    /// The kind of case, for example `product`.
    pub kind: &'static str,
    pub run: for<'a> fn(&'a Tx, &'a AppState, Transitioned) -> LocalBoxFuture<'a, ApiResult<()>>,
}

/// What takes the place of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Succession<'a> {
    /// One organisation of another: whoever sent the cases, or for whom work waits.
    Organisation { from: OrganisationId, to: OrganisationId },
    /// The office of one province of that of another.
    Province { from: &'a str, to: &'a str },
}

/// What a slice does when cases of this kind have gone over, in the same transaction: change what its own rows say
/// of organisation or office, under a new revision.
#[derive(Clone, Copy)]
pub struct HandoverListener {
    /// The kind of case, for example `product`.
    pub kind: &'static str,
    /// The cases are at most as many as one request hands over.
    pub run: for<'a> fn(
        &'a Tx,
        &'a AppState,
        &'a [Uuid],
        Succession<'a>,
    ) -> LocalBoxFuture<'a, ApiResult<()>>,
}

/// So many drafts may go over, and so many of those that are left are counted.
#[derive(Clone, Copy, Debug)]
pub struct DraftBounds {
    pub go: u64,
    pub counted: u64,
}

/// What a slice does with what members of an organisation have written and never sent, when its cases go over: it
/// belongs to the organisation, and goes along. Answers how many went and how many are left, and nothing else of them.
pub type DraftsListener = for<'a> fn(
    &'a Tx,
    &'a AppState,
    By<'a>,
    Succession<'a>,
    DraftBounds,
) -> LocalBoxFuture<'a, ApiResult<(u64, u64)>>;

/// What a slice does when an account has become a member of an organisation, in the same transaction: whoever judged
/// what the organisation has sent stands on its side from now on.
pub type JoiningListener = for<'a> fn(
    &'a Tx,
    &'a AppState,
    OrganisationId,
    AccountId,
) -> LocalBoxFuture<'a, ApiResult<()>>;

/// What a slice does when an account was given a role, has lost one, was suspended or is back, in the same transaction.
pub type RolesListener =
    for<'a> fn(&'a Tx, &'a AppState, AccountId) -> LocalBoxFuture<'a, ApiResult<()>>;

/// All slices, and the one that knows people.
pub struct Registry {
    slices: &'static [Slice],
    directory: &'static dyn Directory,
    document: OnceLock<Document>,
    catalogue: OnceLock<Result<Catalogue, String>>,
}

impl Registry {
    /// Of these slices, in the order in which their operations are documented.
    #[must_use]
    pub const fn new(slices: &'static [Slice], directory: &'static dyn Directory) -> Self {
        Self { slices, directory, document: OnceLock::new(), catalogue: OnceLock::new() }
    }

    /// Registers the operations of all slices.
    pub fn routes(&self, routes: &mut ServiceConfig) {
        for slice in self.slices {
            (slice.routes)(routes);
        }
    }

    /// The document of these operations.
    pub fn document(&self) -> &Document {
        self.document.get_or_init(|| {
            let tags = self.slices.iter().flat_map(|slice| slice.tags);
            Document::of(tags, |routes| self.routes(routes))
        })
    }

    /// The texts of all notices.
    ///
    /// # Errors
    /// When those of two slices do not fit together, or one does not fit its texts: the start refuses it.
    pub fn catalogue(&self) -> anyhow::Result<&Catalogue> {
        let load = || {
            let notices = self.slices.iter().map(|slice| slice.notices);
            Catalogue::load(notices).map_err(|error| format!("{error:#}"))
        };
        let loaded = self.catalogue.get_or_init(load).as_ref();
        loaded.map_err(|error| anyhow::anyhow!("{error}"))
    }

    /// What people can be told, by all slices.
    pub fn templates(&self) -> impl Iterator<Item = &'static Template> {
        self.slices.iter().flat_map(|slice| slice.notices.templates)
    }

    /// Who delivers messages of this name.
    #[must_use]
    pub fn topic(&self, name: &str) -> Option<&'static Topic> {
        self.slices.iter().flat_map(|slice| slice.topics).find(|topic| topic.name == name)
    }

    /// Queries of the ids of everything from whose inside this account is kept.
    pub fn kept_from(&self, account: &AccountActor) -> impl Iterator<Item = SelectStatement> {
        self.slices.iter().filter_map(|slice| slice.kept_from).map(|kept_from| kept_from(account))
    }

    /// Whether an entry of the audit is about something that was not sent, by each slice that knows of such.
    pub fn unsent(&self, entry: &EntryColumns) -> impl Iterator<Item = SimpleExpr> {
        self.slices.iter().filter_map(|slice| slice.unsent).map(|unsent| unsent(entry))
    }

    /// The times that all slices let the operator choose.
    pub fn allowances(&self) -> impl Iterator<Item = &'static Allowance> + Clone {
        self.slices.iter().flat_map(|slice| slice.allowances)
    }

    /// The types of the change feed.
    pub fn feed(&self) -> impl Iterator<Item = &'static FeedType> {
        self.slices.iter().flat_map(|slice| slice.feed)
    }

    /// The work of all slices.
    pub fn jobs(&self) -> impl Iterator<Item = Job> {
        self.slices.iter().flat_map(|slice| slice.jobs).copied()
    }

    /// Lets other slices do what follows from the change of a case. The first failure ends all of it.
    ///
    /// # Errors
    /// Whatever a listener answers.
    pub async fn tell_of(&self, tx: &Tx, state: &AppState, change: Transitioned) -> ApiResult<()> {
        let listeners = self.slices.iter().flat_map(|slice| slice.on_transition);
        for listener in listeners.filter(|listener| listener.kind == change.case.kind) {
            (listener.run)(tx, state, change).await?;
        }
        Ok(())
    }

    /// Lets the slices change what their own rows say of cases that have gone over.
    ///
    /// # Errors
    /// Whatever a listener answers.
    pub async fn tell_of_handover(
        &self,
        tx: &Tx,
        state: &AppState,
        (kind, cases): (&str, &[Uuid]),
        succession: Succession<'_>,
    ) -> ApiResult<()> {
        let listeners = self.slices.iter().flat_map(|slice| slice.on_handover);
        for listener in listeners.filter(|listener| listener.kind == kind) {
            (listener.run)(tx, state, cases, succession).await?;
        }
        Ok(())
    }

    /// Lets the slices hand over what was never sent. How many went, and how many are left.
    ///
    /// # Errors
    /// Whatever a slice answers.
    pub async fn hand_drafts_over(
        &self,
        tx: &Tx,
        state: &AppState,
        by: By<'_>,
        succession: Succession<'_>,
        bounds: DraftBounds,
    ) -> ApiResult<(u64, u64)> {
        let (mut went, mut left) = (0, 0);
        for hand_over in self.slices.iter().filter_map(|slice| slice.drafts) {
            let bounds = DraftBounds { go: bounds.go.saturating_sub(went), ..bounds };
            let (some, rest) = hand_over(tx, state, by, succession, bounds).await?;
            (went, left) = (went + some, left + rest);
        }
        Ok((went, left))
    }

    /// Lets the slices do what follows when an account has become a member of an organisation.
    ///
    /// # Errors
    /// Whatever a listener answers.
    pub async fn tell_of_joining(
        &self,
        tx: &Tx,
        state: &AppState,
        organisation: OrganisationId,
        account: AccountId,
    ) -> ApiResult<()> {
        for listener in self.slices.iter().flat_map(|slice| slice.on_joining) {
            listener(tx, state, organisation, account).await?;
        }
        Ok(())
    }

    /// Lets the slices do what follows when the roles in which an account can act have changed.
    ///
    /// # Errors
    /// Whatever a listener answers.
    pub async fn tell_of_roles(
        &self,
        tx: &Tx,
        state: &AppState,
        account: AccountId,
    ) -> ApiResult<()> {
        for listener in self.slices.iter().flat_map(|slice| slice.on_roles) {
            listener(tx, state, account).await?;
        }
        Ok(())
    }

    /// Whoever knows people.
    #[must_use]
    pub fn directory(&self) -> &'static dyn Directory {
        self.directory
    }

    /// Whoever knows clients, if there are any.
    #[must_use]
    pub fn clients(&self) -> Option<&'static dyn Clients> {
        self.slices.iter().find_map(|slice| slice.clients)
    }

    /// The kind of case that codes of this series stand for.
    #[must_use]
    pub fn tracked(&self, code: &str) -> Option<&'static Tracked> {
        let series = code.split_once('-').map(|(series, _)| series)?;
        self.all_tracked().find(|tracked| tracked.series == series)
    }

    /// All kinds of cases that can be followed.
    pub fn all_tracked(&self) -> impl Iterator<Item = &'static Tracked> {
        self.slices.iter().flat_map(|slice| slice.tracked)
    }
}
