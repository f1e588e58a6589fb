use clap::Parser;
use spinodal::commands::{self, Cli};
use std::process::ExitCode;

fn main() -> ExitCode {
    if commands::run(Cli::parse()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
