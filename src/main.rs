use spinodal::{commands, memory::Allocator, threads};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn main() -> ExitCode {
    let code = commands::run();
    threads::leave_the_rest(code);
    code.into()
}
