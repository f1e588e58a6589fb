use clap::Parser;
use spinodal::{
    commands::{self, Cli},
    memory::Allocator,
    threads,
};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn main() -> ExitCode {
    let code = u8::from(!commands::run(Cli::parse()));
    threads::leave_the_rest(code);
    code.into()
}
