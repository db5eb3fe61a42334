//! The embedded store: one file of `SQLite`, written by one connection and read by a few.
//!
//! Readers see what was committed and wait for nobody; `synchronous = full` has every commit wait for the
//! disk. One process writes at a time: a second one waits, and then finds that the numbers have gone on.

mod copy;
mod statements;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{Change, Read, Store, Trouble, Write, sql};
pub use copy::copy;
use statements::{trouble, write};

/// How long to wait for another process that writes.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connections that are kept open for readers who come later.
const READERS: usize = 8;

/// Statements that a connection keeps ready.
const STATEMENTS: usize = 32;

/// The embedded store.
#[derive(Debug)]
pub struct Sqlite {
    place: Place,
    writer: Mutex<Opened>,
    readers: Mutex<Vec<Opened>>,
}

/// Where it is.
#[derive(Debug)]
enum Place {
    /// In memory, gone with the process; readers use the writer's connection.
    Memory,
    /// In a file.
    File(PathBuf),
}

/// A connection, and which file it was opened to: one that was moved or deleted is still written to by whoever has it
/// open, and lost afterwards.
#[derive(Debug)]
struct Opened {
    connection: Connection,
    file: Option<Identity>,
    /// False if nobody can tell what it would do next.
    is_sound: bool,
}

type Identity = (u64, u64);

impl Sqlite {
    /// Opens a store in a file, or makes it.
    ///
    /// # Errors
    /// The file cannot be opened or is no store of ours.
    pub fn open(path: &Path) -> Result<Sqlite, Trouble> {
        Sqlite::at(Place::File(path.to_owned()))
    }

    /// A store in memory, gone with the process.
    ///
    /// # Errors
    /// There is no memory.
    pub fn in_memory() -> Result<Sqlite, Trouble> {
        Sqlite::at(Place::Memory)
    }

    fn at(place: Place) -> Result<Sqlite, Trouble> {
        let writer = Mutex::new(connect_to_write(&place)?);
        Ok(Sqlite { place, writer, readers: Mutex::default() })
    }

    /// The writer's connection, opened anew if its file is another one by now.
    fn writer(&self) -> Result<MutexGuard<'_, Opened>, Trouble> {
        let mut writer = lock(&self.writer);
        if !writer.is_sound || writer.file != identity(&self.place)? {
            *writer = connect_to_write(&self.place)?;
        }
        Ok(writer)
    }

    /// Looks by a connection that nobody else uses meanwhile.
    fn by_reader(&self, ask: impl FnOnce(&Connection) -> Result<(), Trouble>) -> Result<(), Trouble> {
        if let Place::Memory = self.place {
            return ask(&self.writer()?.connection);
        }
        let reader = self.reader()?;
        // One that had trouble is not used again.
        ask(&reader.connection)?;
        let mut idle = lock(&self.readers);
        if idle.len() < READERS {
            idle.push(reader);
        }
        Ok(())
    }

    fn reader(&self) -> Result<Opened, Trouble> {
        let file = identity(&self.place)?;
        let mut idle = lock(&self.readers);
        idle.retain(|reader| reader.file == file);
        let kept = idle.pop();
        drop(idle);
        kept.map_or_else(|| connect(&self.place), Ok)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(place: &Place) -> Result<Opened, Trouble> {
    let connection = match place {
        Place::Memory => Connection::open_in_memory(),
        Place::File(path) => {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
                | OpenFlags::SQLITE_OPEN_CREATE
                | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            Connection::open_with_flags(path, flags)
        }
    }
    .map_err(trouble)?;
    let set = || {
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "cache_size", -16_000)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(())
    };
    set().map_err(trouble)?;
    Ok(Opened { file: identity(place)?, connection, is_sound: true })
}

/// The same with its tables brought up to date.
fn connect_to_write(place: &Place) -> Result<Opened, Trouble> {
    let mut opened = connect(place)?;
    migrate(&mut opened.connection)?;
    Ok(opened)
}

/// Which file stands at the place of the store.
fn identity(place: &Place) -> Result<Option<Identity>, Trouble> {
    let Place::File(path) = place else { return Ok(None) };
    let gone = |trouble: std::io::Error| Trouble::Gone(format!("its file: {trouble}"));
    Ok(Some(identity_of(&std::fs::metadata(path).map_err(gone)?)))
}

#[cfg(unix)]
fn identity_of(file: &std::fs::Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (file.dev(), file.ino())
}

/// Where files have no numbers, nobody can tell.
#[cfg(not(unix))]
fn identity_of(_: &std::fs::Metadata) -> Identity {
    (0, 0)
}

/// Brings the tables up to date, all or nothing.
fn migrate(connection: &mut Connection) -> Result<(), Trouble> {
    let version = |connection: &Connection| -> rusqlite::Result<i64> {
        connection.pragma_query_value(None, "user_version", |row| row.get(0))
    };
    if version(connection).map_err(trouble)? == sql::VERSION {
        return Ok(());
    }
    let txn = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(trouble)?;
    // Another process may have done it meanwhile.
    let found = version(&txn).map_err(trouble)?;
    let tables: i64 =
        txn.query_row("select count(*) from sqlite_master", [], |row| row.get(0)).map_err(trouble)?;
    let is_foreign = found == 0 && tables > 0;
    let steps = usize::try_from(found).ok().and_then(|version| sql::MIGRATIONS.get(version..));
    let Some(steps) = steps.filter(|_| !is_foreign) else {
        let known = sql::VERSION;
        return Err(Trouble::Foreign(format!("its tables are of version {found}, known is {known}")));
    };
    let all = || {
        for step in steps {
            txn.execute_batch(step)?;
        }
        txn.pragma_update(None, "user_version", sql::VERSION)
    };
    all().map_err(trouble)?;
    txn.commit().map_err(trouble)
}

impl Store for Sqlite {
    fn look(&self, ask: &mut dyn FnMut(&dyn Read) -> Result<(), Trouble>) -> Result<(), Trouble> {
        self.by_reader(|reader| ask(reader))
    }

    fn look_at_once(
        &self,
        ask: &mut dyn FnMut(&dyn Read) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        self.by_reader(|reader| {
            if let Place::Memory = self.place {
                return ask(reader);
            }
            reader.execute_batch("begin").map_err(trouble)?;
            ask(reader)?;
            reader.execute_batch("commit").map_err(trouble)
        })
    }

    fn is_private(&self) -> bool {
        matches!(self.place, Place::Memory)
    }

    fn reads_beside_writes(&self) -> bool {
        matches!(self.place, Place::File(_))
    }

    fn begin(&self, _tenant: &str) -> Result<Box<dyn Write + '_>, Trouble> {
        let writer = self.writer()?;
        writer.connection.execute_batch("begin immediate").map_err(trouble)?;
        Ok(Box::new(Writing { writer, is_open: true }))
    }
}

/// The writer's connection, in a transaction.
struct Writing<'s> {
    writer: MutexGuard<'s, Opened>,
    is_open: bool,
}

impl Write for Writing<'_> {
    fn read(&self) -> &dyn Read {
        &self.writer.connection
    }

    fn commit(mut self: Box<Self>, tenant: &str, change: &Change) -> Result<(), Trouble> {
        write(&self.writer.connection, tenant, change).map_err(trouble)?;
        self.writer.connection.execute_batch("commit").map_err(trouble)?;
        self.is_open = false;
        Ok(())
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if self.is_open {
            let connection = &self.writer.connection;
            // Some troubles have rolled it back already.
            let is_undone = connection.is_autocommit() || connection.execute_batch("rollback").is_ok();
            self.writer.is_sound = is_undone;
        }
    }
}
