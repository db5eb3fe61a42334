//! The `paidan` command.

use std::process::ExitCode;

// Plans and documents are many small pieces, made and dropped by several threads at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    paidan::cli::main()
}
