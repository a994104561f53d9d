//! The binary `nq57`: chooses the one crypto provider, then runs the command.

use std::process::ExitCode;

use clap::Parser;
use nq57_backend::cli::Cli;

#[actix_web::main]
async fn main() -> ExitCode {
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        eprintln!("nq57: another crypto provider was installed before");
        return ExitCode::FAILURE;
    }
    match Cli::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("nq57: {error:#}");
            ExitCode::FAILURE
        }
    }
}
