//! `cargo xtask`: every chore of this repository as a program that needs nothing but Rust to start.
//! Only the command line; each command has its own module.

mod bench;
mod cargo;
mod openapi;
mod postgres;
mod process;
mod serve;
mod server;
mod setup;
mod spa;
mod test;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::serve::Options;
use crate::setup::Need;
use crate::test::Step;
use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Builds, serves and tests NQ57")]
struct Arguments {
    #[command(subcommand)]
    command: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Build bundle and server as far as needed, then serve with the data of `data/`
    Serve {
        /// Create the demo accounts and content
        #[arg(long)]
        demo: bool,
        #[arg(long, default_value_t = 8057)]
        port: u16,
        /// Optimised server and bundle
        #[arg(long)]
        release: bool,
    },
    /// Serve, rebuild on change, restart the server when its part changed
    Dev {
        /// Create the demo accounts and content
        #[arg(long)]
        demo: bool,
        #[arg(long, default_value_t = 8057)]
        port: u16,
    },
    /// Run the tests; the last line reads `N passed, M failed`
    Test {
        /// Only these steps, in their usual order
        #[arg(long, value_delimiter = ',')]
        only: Vec<Step>,
        /// Of the step e2e only the journeys whose file or title has one of these words
        #[arg(long, value_delimiter = ',')]
        journeys: Vec<String>,
    },
    /// Measure against the floors of this machine; writes target/bench/report.md and .json
    Bench {
        /// A minute's version: less content, shorter runs
        #[arg(long)]
        quick: bool,
        /// Without the rows about a million products, which take most of the time
        #[arg(long)]
        without_million: bool,
    },
    /// Write openapi/openapi.json from the handlers
    Openapi {
        /// Instead of writing it, say what of it breaks programs written against this document
        #[arg(long)]
        against: Option<PathBuf>,
    },
    /// Build the browser bundle into dist/
    Bundle {
        /// As browsers download it in production
        #[arg(long)]
        release: bool,
    },
    /// Install what this machine lacks for all the other commands
    Setup,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: Chore) -> Result<ExitCode> {
    process::handle_interrupts()?;
    let workspace = Workspace::find();
    match chore {
        Chore::Serve { demo, port, release } => {
            serve::serve(&workspace, Options { port, demo, release })?
        }
        Chore::Dev { demo, port } => {
            serve::dev(&workspace, Options { port, demo, release: false })?
        }
        Chore::Test { only, journeys } => return test::run(&workspace, &only, &journeys),
        Chore::Bench { quick, without_million } => {
            bench::run(&workspace, quick, without_million)?;
        }
        Chore::Openapi { against: Some(released) } => {
            openapi::breaking::check(&workspace, &released)?
        }
        Chore::Openapi { against: None } => {
            openapi::regenerate(&workspace, &cargo::build_server(&workspace, false)?)?
        }
        Chore::Bundle { release } => {
            let bundle = spa::build(&workspace, release)?;
            for (file, bytes) in &bundle.first_load {
                println!("{bytes:>9}  {file}");
            }
            println!("{:>9}  first load", bundle.first_load_bytes());
        }
        Chore::Setup => {
            setup::ensure(&Need::ALL)?;
            setup::ensure_e2e_packages(&workspace)?;
            setup::ensure_python_tool(&workspace, "schemathesis", test::SCHEMATHESIS)?;
            setup::ensure_python_tool(&workspace, "clients-python", test::CLIENTS_PYTHON)?;
            setup::ensure_node_tool(&workspace, "clients-node", test::CLIENTS_NODE)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
