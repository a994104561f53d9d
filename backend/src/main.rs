//! The binary `nq57`: chooses the one crypto provider, then runs the command.

use std::process::ExitCode;

use clap::Parser;
use nq57_backend::cli::Cli;
use nq57_backend::data_folder;

#[actix_web::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    if !cli.is_pull() {
        data_folder::make_private();
    }
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        eprintln!("nq57: another crypto provider was installed before");
        return ExitCode::FAILURE;
    }
    match cli.run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("nq57: {error:#}");
            ExitCode::FAILURE
        }
    }
}
