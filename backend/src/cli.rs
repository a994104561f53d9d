//! The commands of the binary.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::app::AppState;
use crate::clock::Clock;
use crate::config::Config;
use crate::http::{observability, openapi, server};
use crate::migrations;
use crate::persistence::connect;

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
    /// Print the OpenAPI document.
    Openapi,
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// In words for the operator.
    pub async fn run(self) -> anyhow::Result<()> {
        if matches!(self.command, Command::Openapi) {
            print!("{}", openapi::text());
            return Ok(());
        }
        let mut config = Config::load(self.config.as_deref())?;
        if let Some(folder) = self.data_dir {
            config.data_dir = folder;
        }
        if let Command::Serve { demo, port } = &self.command {
            config.demo |= demo;
            config.http.port = port.unwrap_or(config.http.port);
        }
        observability::start_logging(&config.log)?;
        let db = connect::connect(&config).await?;
        migrations::run(&db).await?;
        match self.command {
            Command::Migrate | Command::Openapi => Ok(()),
            Command::Serve { .. } => {
                observability::metrics()?;
                let state = AppState::with_database(config, Clock::system(), db).await?;
                server::run(state).await
            }
        }
    }
}
