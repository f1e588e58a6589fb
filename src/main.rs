use clap::Parser;
use spinodal::{
    commands::{self, Cli},
    memory::Allocator,
};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn main() -> ExitCode {
    if commands::run(Cli::parse()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
