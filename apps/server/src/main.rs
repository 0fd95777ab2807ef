//! The `maple-expectation` binary.

use std::process::ExitCode;

/// Small allocations by many threads are what this service mostly does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    #[cfg(feature = "failpoints")]
    let _scenario = fail::FailScenario::setup();
    server::cli::main()
}
