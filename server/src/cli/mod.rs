//! The command line: `paidan plan`, `dispatch`, `assign`, `check`, `explain`, `generate`, `serve`, `health`,
//! `key`, `backup`, `openapi`.

mod assign;
mod backup;
mod check;
mod dispatch;
mod explain;
mod files;
mod flags;
mod format;
mod generate;
mod health;
mod interrupt;
mod key;
mod manager;
mod openapi;
mod outcome;
mod pictures;
mod plan;
mod serve;
mod summary;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

// For the modules below, which all speak to people.
use crate::{room, text};
use outcome::Exit;

const EXAMPLES: &str = "\
Examples:
  paidan generate city --out day.json                    a real city's day to play with
  paidan plan day.json --out plan.json                   ten seconds of search, then a summary
  paidan explain day.json plan.json --ticket SR25077191  why this engineer, why not served
  paidan dispatch day.json --ticket SR25077191           who should take this one ticket
  paidan assign day.json                                 give all open tickets out at once
  paidan serve --fleet day.json                          the same over HTTP
  paidan plan C101.txt --out C101.sol                    a published instance, answered as a solution text

A dash reads from stdin or writes to stdout:
  paidan generate nation | paidan plan - > plan.json

Exit codes:
  0  fine
  1  no: the check found breaches; nobody can go; the ticket is promised already;
     a published instance is answered, but not every customer is served
  2  wrong usage
  3  flawed input; every flaw on stderr, one a line
  4  a file cannot be read or written, a port cannot be had";

/// Field-service dispatch: who goes, when and why.
#[derive(Debug, Parser)]
#[command(name = "paidan", version, after_help = EXAMPLES, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Plan whole days: every ticket to an engineer, in order, as cheap as can be found.
    Plan(plan::PlanArgs),
    /// Ask who should take one ticket of a problem, given its promised routes.
    Dispatch(dispatch::DispatchArgs),
    /// Give all open tickets of a problem out at once, on top of its promised routes.
    Assign(assign::AssignArgs),
    /// Check a plan against its problem, independently of whatever made it.
    Check(check::CheckArgs),
    /// Explain what a plan does with one ticket.
    Explain(explain::ExplainArgs),
    /// Make a problem to try things on.
    Generate(generate::GenerateArgs),
    /// Answer over HTTP.
    Serve(serve::ServeArgs),
    /// Ask a service on this machine how it is.
    Health(health::HealthArgs),
    /// Make a key for the service, in its store.
    Key(key::KeyArgs),
    /// Copy the store of a service, while it runs.
    Backup(backup::BackupArgs),
    /// Write the description of the HTTP API: OpenAPI 3.1.
    Openapi,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => {
            // Nothing can be told if the terminal is gone.
            let _ = usage.print();
            return if usage.use_stderr() { Exit::Usage.into() } else { Exit::Fine.into() };
        }
    };
    let done = match cli.command {
        Command::Plan(args) => plan::run(&args),
        Command::Dispatch(args) => dispatch::run(&args),
        Command::Assign(args) => assign::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Health(args) => health::run(&args),
        Command::Key(args) => key::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::Openapi => openapi::run(),
    };
    done.unwrap_or_else(|trouble| {
        trouble.tell();
        trouble.exit()
    })
    .into()
}
