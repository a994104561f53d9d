//! What all requests and jobs share: the parts of the platform, and what the slices have handed down.
//! The parts do not know the whole: whoever needs several of them takes the state.

use std::future::{Ready, ready};
use std::ops::Deref;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use anyhow::{Context, anyhow};
use sea_orm::DatabaseConnection;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::config::Config;
use crate::error::{ApiError, ApiResult};
use crate::feed::hub::Feed;
use crate::files::{FileStore, Scanner};
use crate::http::client_address::TrustedProxies;
use crate::http::client_log::ClientLog;
use crate::http::in_flight::InFlight;
use crate::http::known_callers::KnownCallers;
use crate::http::known_clients::KnownClients;
use crate::http::openapi;
use crate::http::public_cache::PublicCache;
use crate::http::rate_limit::RateLimits;
use crate::http::signals::Signals;
use crate::http::signing_keys::SigningKeys;
use crate::mail::Mailer;
use crate::persistence::connect;
use crate::persistence::cursor::{self, CursorKeys};
use crate::persistence::probe::WriteProbe;
use crate::reference::Reference;
use crate::registry::Registry;
use crate::turns::Turns;

/// Everything that requests and jobs share. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// The fields of [`AppState`].
pub struct Shared {
    pub db: DatabaseConnection,
    pub config: Config,
    pub clock: Clock,
    pub keys: SigningKeys,
    pub cursors: CursorKeys,
    pub callers: KnownCallers,
    pub clients: KnownClients,
    pub client_log: ClientLog,
    pub public_cache: PublicCache,
    pub signals: Signals,
    pub feed: Feed,
    pub rate_limits: RateLimits,
    pub in_flight: InFlight,
    pub write_probe: WriteProbe,
    pub trusted_proxies: TrustedProxies,
    pub reference: Reference,
    pub files: FileStore,
    pub scanner: Option<Scanner>,
    pub uploads: Turns,
    pub mailer: Mailer,
    pub document: openapi::Served,
    pub registry: &'static Registry,
    draining: watch::Sender<bool>,
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl AppState {
    /// Connects and loads what requests need. The schema and the reference data must be there.
    ///
    /// # Errors
    /// When the database, the keys or the configuration cannot be used.
    pub async fn build(
        config: Config,
        clock: Clock,
        registry: &'static Registry,
    ) -> anyhow::Result<Self> {
        let db = connect::connect(&config).await?;
        Self::with_database(config, clock, db, registry).await
    }

    /// The same over a database that is already open.
    ///
    /// # Errors
    /// When the keys or the configuration cannot be used.
    pub async fn with_database(
        config: Config,
        clock: Clock,
        db: DatabaseConnection,
        registry: &'static Registry,
    ) -> anyhow::Result<Self> {
        config.deadlines.check(registry.allowances()).context("the configuration is not valid")?;
        registry.catalogue().context("the notices do not fit together")?;
        let signals = Signals::new();
        let keys = SigningKeys::load(&config)?;
        Ok(Self(Arc::new(Shared {
            cursors: CursorKeys::new(&keys.secrets(cursor::PURPOSE)?)?,
            keys,
            callers: KnownCallers::new(signals.clone()),
            clients: KnownClients::new(signals.clone()),
            client_log: ClientLog::default(),
            public_cache: PublicCache::new(signals.clone()),
            feed: Feed::new(signals.clone()),
            signals,
            rate_limits: RateLimits::new(&config.limits),
            in_flight: InFlight::default(),
            write_probe: WriteProbe::default(),
            trusted_proxies: TrustedProxies::parse(&config.http.trusted_proxies)?,
            reference: Reference::load(&db).await?,
            files: FileStore::from_config(&config)?,
            scanner: Scanner::from_config(&config.files)?,
            uploads: Turns::default(),
            mailer: Mailer::from_config(&config)?,
            document: openapi::Served::default(),
            registry,
            draining: watch::Sender::new(false),
            db,
            config,
            clock,
        })))
    }

    /// The state behind a request.
    ///
    /// # Errors
    /// 500 when the application was put together without it.
    pub fn of(request: &HttpRequest) -> ApiResult<Self> {
        let state = request.app_data::<Self>().cloned();
        state.ok_or_else(|| ApiError::internal(anyhow!("the application has no state")))
    }

    /// Begins the stop: not ready any more, jobs end.
    pub fn drain(&self) {
        self.draining.send_replace(true);
    }

    /// Whether the server is stopping.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        *self.draining.borrow()
    }

    /// Waits until the server is stopping.
    pub async fn drained(&self) {
        let mut draining = self.draining.subscribe();
        // The sender lives as long as `self`.
        let _ = draining.wait_for(|is_draining| *is_draining).await;
    }
}

impl FromRequest for AppState {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}
