//! `paidan backup`.

use std::path::PathBuf;

use clap::Args;

use super::outcome::{Exit, Trouble};
use crate::store;

const EXAMPLES: &str = "\
Examples:
  paidan backup --store /var/lib/paidan/paidan.db --to /backup/paidan-2026-03-02.db
  paidan serve --store /backup/paidan-2026-03-02.db      the copy is a store; to restore is to start on it

The service may go on meanwhile and waits for nothing. A PostgreSQL database is copied with pg_dump.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct BackupArgs {
    /// The store, whether a service runs on it or not.
    #[arg(long, value_name = "FILE", default_value = "paidan.db")]
    store: PathBuf,
    /// The copy; nothing may be there yet.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

pub(super) fn run(args: &BackupArgs) -> Result<Exit, Trouble> {
    let name = args.store.to_string_lossy();
    if store::is_postgres(&name) {
        let shown = store::shown(&name);
        return Err(Trouble::Usage(format!(
            "{shown:?} is a PostgreSQL database; copy it with pg_dump, which waits for no service either:\n  \
             pg_dump --format=custom --file=FILE DATABASE"
        )));
    }
    if args.to.exists() {
        return Err(Trouble::Usage(format!("{} is there already; name a new file", args.to.display())));
    }
    store::copy(&args.store, &args.to).map_err(|trouble| {
        Trouble::System(format!("cannot copy the store {name:?}"), std::io::Error::other(trouble))
    })?;
    Ok(Exit::Fine)
}
