//! `paidan backup`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::flags::{self, FileFlag};
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
    #[command(flatten)]
    file: FileFlag,
    /// The store, whether a service runs on it or not [default: as the service has it].
    #[arg(long, value_name = "FILE")]
    store: Option<String>,
    /// The copy; nothing may be there yet.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

pub(super) fn run(args: &BackupArgs) -> Result<Exit, Trouble> {
    let flags = args.store.iter().map(|store| ("store", store.clone())).collect();
    let name = flags::read(&args.file, flags)?.store;
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
    store::copy(Path::new(&name), &args.to).map_err(|trouble| {
        Trouble::System(format!("cannot copy the store {name:?}"), std::io::Error::other(trouble))
    })?;
    Ok(Exit::Fine)
}
