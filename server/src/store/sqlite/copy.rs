//! A copy of a store that is in use.

use std::fs::File;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::PATIENCE;
use super::statements::trouble;
use crate::store::{Trouble, sql};

/// Copies the store in a file to another file, as it is at one moment, while others write to it and wait for nothing; the
/// copy is read once and on disk when this returns. `O(n)`, and the copy has no gaps.
///
/// # Errors
/// There is no store of ours; the copy cannot be written, and then there is none.
pub fn copy(from: &Path, to: &Path) -> Result<(), Trouble> {
    // No flag to make it: what is not there is not copied.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let store = Connection::open_with_flags(from, flags).map_err(trouble)?;
    store.busy_timeout(PATIENCE).map_err(trouble)?;
    known(&store)?;
    let copied = copy_of(&store, to);
    if copied.is_err() {
        // What is there of it is no copy. It may not even have been begun.
        let _ = std::fs::remove_file(to);
    }
    copied
}

fn copy_of(store: &Connection, to: &Path) -> Result<(), Trouble> {
    let lasting = |trouble: std::io::Error| Trouble::Gone(format!("the copy: {trouble}"));
    let text = to.to_str().ok_or_else(|| Trouble::Gone("the copy's path is no text".to_owned()))?;
    store.execute("vacuum into ?1", [text]).map_err(trouble)?;
    let copy = Connection::open_with_flags(to, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(trouble)?;
    known(&copy)?;
    let sound: String =
        copy.pragma_query_value(None, "quick_check", |row| row.get(0)).map_err(trouble)?;
    if sound != "ok" {
        return Err(Trouble::Gone(format!("the copy is not sound: {sound}")));
    }
    File::open(to).and_then(|file| file.sync_all()).map_err(lasting)?;
    // So that its name is on disk as well; where folders cannot be opened the system sees to that itself.
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
        folder.sync_all().map_err(lasting)?;
    }
    Ok(())
}

/// Refuses what is no store of ours.
fn known(store: &Connection) -> Result<(), Trouble> {
    let version: i64 =
        store.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(trouble)?;
    let tables: i64 = store
        .query_row("select count(*) from sqlite_master where name in ('records', 'facts')", [], |row| {
            row.get(0)
        })
        .map_err(trouble)?;
    if (1..=sql::VERSION).contains(&version) && tables == 2 {
        return Ok(());
    }
    Err(Trouble::Foreign("it is no store of this version".to_owned()))
}
