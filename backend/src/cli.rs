//! The commands of the binary.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use nq57_platform::clock::Clock;
use nq57_platform::config::{Config, Operator};
use nq57_platform::feed::{self, FeedType};
use nq57_platform::http::observability;
use nq57_platform::persistence::connect;
use nq57_platform::state::AppState;
use nq57_platform::{audit, reference};
use sea_orm::DatabaseConnection;

use crate::identity::administration;
use crate::pull::{self, PullArgs};
use crate::slices::REGISTRY;
use crate::{data_folder, demo, migrations, server};

/// NQ57: the platform of Resolution 57.
#[derive(Debug, Parser)]
#[command(name = "nq57", version)]
pub struct Cli {
    /// TOML file with the configuration; `nq57.toml` is read when it exists.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the embedded database, keys, files and mails.
    #[arg(long, global = true, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Migrate the database and serve the platform.
    Serve {
        /// Known accounts and invented content.
        #[arg(long)]
        demo: bool,
        #[arg(long)]
        port: Option<u16>,
    },
    /// Bring the schema up to date and end.
    Migrate,
    /// Fill an empty database with the demo: known accounts and invented content.
    Seed,
    /// Print the OpenAPI document.
    Openapi,
    /// Make an account that administers everything: the first one of a new platform.
    CreateAdmin {
        #[arg(long)]
        email: String,
        /// The name that others see.
        #[arg(long)]
        name: Option<String>,
        /// A file that holds the password in one line; without it a password is made and printed.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Look into the audit.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Keep a copy of a portal's data in a database or a folder.
    Pull(PullArgs),
    /// Look after the change feed.
    Feed {
        #[command(subcommand)]
        command: FeedCommand,
    },
}

#[derive(Debug, Subcommand)]
enum FeedCommand {
    /// Put into the feed what stands there otherwise than in the tables, and nothing else.
    Rebuild {
        /// Only this type; all when absent.
        #[arg(long = "type", value_name = "TYPE")]
        kind: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Check the chain of hashes from the first entry to the last.
    Verify {
        /// A head of the chain that was kept elsewhere: it must lead through it.
        #[arg(long, value_name = "SEQUENCE:HASH", value_parser = parse_head)]
        known: Option<audit::Head>,
    },
}

impl Cli {
    /// Whether it keeps a copy of another portal, and has nothing to do with the server of this one.
    #[must_use]
    pub fn is_pull(&self) -> bool {
        matches!(self.command, Command::Pull(_))
    }

    /// Runs the command.
    ///
    /// # Errors
    /// In words for the operator.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let Self { config, data_dir, command } = self;
        match command {
            Command::Pull(args) => Ok(pull::run(args).await),
            command => Self { config, data_dir, command }.work().await.map(|()| ExitCode::SUCCESS),
        }
    }

    async fn work(self) -> anyhow::Result<()> {
        if matches!(self.command, Command::Openapi) {
            print!("{}", REGISTRY.document().text());
            return Ok(());
        }
        let mut config = Config::load(self.config.as_deref())?;
        if let Some(folder) = self.data_dir {
            config.data_dir = folder;
        }
        if let Command::Serve { demo, port } = &self.command {
            config.demo |= demo;
            config.http.port = port.unwrap_or(config.http.port);
            if config.demo && config.operator.name.is_empty() {
                config.operator = Operator::invented();
            }
            config.operator.check()?;
        }
        observability::start_logging(&config.log)?;
        data_folder::look_at(&config.data_dir);
        let clock = Clock::system();
        let db = connect::connect(&config).await?;
        migrations::run(&db).await?;
        reference::install(&db, &clock).await?;
        match self.command {
            Command::Migrate | Command::Openapi | Command::Pull(_) => Ok(()),
            Command::Serve { .. } => {
                observability::metrics()?;
                let state = AppState::with_database(config, clock, db, &REGISTRY).await?;
                if state.config.demo {
                    seed(&state).await?;
                }
                server::run(state).await
            }
            Command::Seed => {
                seed(&AppState::with_database(config, clock, db, &REGISTRY).await?).await
            }
            Command::CreateAdmin { email, name, password_file } => {
                let state = AppState::with_database(config, clock, db, &REGISTRY).await?;
                create_admin(&state, &email, name, password_file).await
            }
            Command::Audit { command: AuditCommand::Verify { known } } => {
                verify_audit(&db, known).await
            }
            Command::Feed { command: FeedCommand::Rebuild { kind } } => {
                let state = AppState::with_database(config, clock, db, &REGISTRY).await?;
                rebuild_feed(&state, kind.as_deref()).await
            }
        }
    }
}

async fn seed(state: &AppState) -> anyhow::Result<()> {
    if !demo::seed(state).await? {
        println!("the database is not empty, so it keeps what it has");
    }
    Ok(())
}

async fn create_admin(
    state: &AppState,
    email: &str,
    name: Option<String>,
    password_file: Option<PathBuf>,
) -> anyhow::Result<()> {
    let password = match password_file {
        Some(file) => {
            let text = std::fs::read_to_string(&file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            Some(text.trim_end_matches(['\r', '\n']).to_owned())
        }
        None => None,
    };
    let made =
        administration::create_admin(state, email, name.as_deref(), password.as_deref()).await?;
    match made.generated_password {
        Some(password) => println!("{email} is an administrator; the password is {password}"),
        None => println!("{email} is an administrator"),
    }
    Ok(())
}

async fn rebuild_feed(state: &AppState, only: Option<&str>) -> anyhow::Result<()> {
    let is_wanted = |kind: &&FeedType| only.is_none_or(|only| kind.name == only);
    let wanted: Vec<_> = REGISTRY.feed().filter(is_wanted).collect();
    if wanted.is_empty() {
        let known: Vec<_> = REGISTRY.feed().map(|kind| kind.name).collect();
        anyhow::bail!("there is no such type; there are {}", known.join(", "));
    }
    for kind in wanted {
        println!("{}: {} objects were put right", kind.name, feed::rebuild(state, kind).await?);
    }
    Ok(())
}

/// `12:3ab4…` as a head of the audit.
fn parse_head(text: &str) -> Result<audit::Head, String> {
    let (sequence, hash) = text.split_once(':').ok_or("a sequence, a colon, a hash are needed")?;
    let sequence = sequence.parse().map_err(|_| "the sequence is not a number")?;
    Ok(audit::Head { sequence, hash: hash.to_owned() })
}

async fn verify_audit(db: &DatabaseConnection, known: Option<audit::Head>) -> anyhow::Result<()> {
    audit::seal_all(db).await?;
    if let Some(known) = known {
        anyhow::ensure!(
            audit::leads_through(db, &known).await?,
            "the chain does not lead through {}:{}: entries were lost or exchanged",
            known.sequence,
            known.hash
        );
    }
    let verification = audit::verify(db).await?;
    match verification.first_break {
        None => {
            let head = audit::head(db).await?;
            println!("{} entries, the chain is whole", verification.rows);
            println!("its head: {}:{}", head.sequence, head.hash);
            Ok(())
        }
        Some(broken) => anyhow::bail!(
            "the chain is broken at entry {} of {}: {:?}",
            broken.sequence,
            verification.rows,
            broken.reason
        ),
    }
}
