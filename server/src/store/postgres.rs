//! `PostgreSQL`, for several services on one state.
//!
//! A tenant's row is the lock: whoever has it writes, in a transaction of *read committed*. The lock is taken first and
//! everything else is read behind it, each statement seeing what is committed by then, so a write stands on all that
//! whoever had the lock before has committed. A stricter level would fix its view before the wait for the lock, and fail.
//!
//! The seam is synchronous and the client is not: the calling thread waits, a thread of the store's own minds the
//! connections.

mod migrate;
mod statements;
mod text;
mod write;

use std::future::Future;
use std::time::Duration;

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod,
};
use futures_util::future::try_join;
use tokio::runtime::Runtime;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config as Connecting, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{Change, Read, Store, Trouble, Write};
use crate::config::Config;
use statements::{Reading, found, seq_locked, trouble};
use write::write;

/// Longest wait for a connection to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How much longer than the database itself the client waits for it, so that its own word comes first.
const STILL: Duration = Duration::from_secs(5);

/// What every connection is told first: how long it may wait, and hold a tenant without a word; and that what it commits
/// is to be on disk, whatever the database's default.
const SETTINGS: &str = "select
    set_config('statement_timeout', $1, false), set_config('lock_timeout', $1, false),
    set_config('idle_in_transaction_session_timeout', $2, false),
    set_config('synchronous_commit', case current_setting('synchronous_commit')
        when 'off' then 'on' else current_setting('synchronous_commit') end, false)";

/// A store in a `PostgreSQL` database.
#[derive(Debug)]
pub struct Postgres {
    pool: Pool,
    /// There until the end.
    runtime: Option<Runtime>,
    /// Longest wait for an answer of the database.
    patience: Duration,
}

impl Postgres {
    /// Connects to the database of a URL and brings its tables up to date.
    ///
    /// # Errors
    /// It cannot be reached, or is no store of ours.
    pub fn open(url: &str, config: &Config) -> Result<Postgres, Trouble> {
        // What is wrong with the URL must not be told with the password in it.
        let foreign = |trouble: tokio_postgres::Error| Trouble::Foreign(format!("its URL: {trouble}"));
        let mut connecting: Connecting = url.parse().map_err(foreign)?;
        if connecting.get_connect_timeout().is_none() {
            connecting.connect_timeout(CONNECT);
        }
        if connecting.get_application_name().is_none() {
            connecting.application_name("paidan");
        }
        connecting.keepalives_idle(config.store_wait).tcp_user_timeout(config.store_wait);
        let lasting = |trouble: std::io::Error| Trouble::Gone(trouble.to_string());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("store")
            .enable_all()
            .build()
            .map_err(lasting)?;
        let pool = Pool::builder(manager(connecting)?)
            .max_size(config.store_connections.max(2))
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .wait_timeout(Some(config.store_wait))
            .post_create(settle(config.store_wait, config.store_hold))
            .build()
            .map_err(|trouble| Trouble::Gone(trouble.to_string()))?;
        let patience = config.store_wait + STILL;
        let store = Postgres { pool, runtime: Some(runtime), patience };
        let mut connection = store.connection()?;
        store.wait(migrate::migrate(&mut connection))?;
        Ok(store)
    }

    /// A connection that nobody else uses meanwhile.
    fn connection(&self) -> Result<Object, Trouble> {
        self.wait(async {
            self.pool.get().await.map_err(|error| match error {
                PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
                    trouble(&error)
                }
                PoolError::Timeout(_) => Trouble::Gone("all its connections are in use".to_owned()),
                other => Trouble::Gone(other.to_string()),
            })
        })
    }

    /// Waits for an answer, on a thread that may.
    fn wait<T>(&self, answer: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
        let closed = || Trouble::Gone("it is closed".to_owned());
        let _inside = self.runtime.as_ref().ok_or_else(closed)?.enter();
        let answer = async { tokio::time::timeout(self.patience, answer).await };
        // On a thread of a runtime, which it need not be, a task that asks for long would be told to let others go first,
        // and here are none.
        futures_executor::block_on(tokio::task::unconstrained(answer)).unwrap_or_else(|_| {
            Err(Trouble::Gone(format!("no answer for {} s", self.patience.as_secs())))
        })
    }

    fn reading(&self) -> Result<Reading<'_>, Trouble> {
        Ok(Reading { store: self, connection: Some(self.connection()?) })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Whoever drops it may be a thread that must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Makes connections: encrypted, to a server that the system's certificates vouch for, if the URL says
/// `sslmode=require`; else as they are.
fn manager(connecting: Connecting) -> Result<Manager, Trouble> {
    let fast = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    if connecting.get_ssl_mode() != SslMode::Require {
        return Ok(Manager::from_config(connecting, NoTls, fast));
    }
    // Somebody else may have chosen one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (tls, _) = MakeRustlsConnect::with_native_certs().map_err(|_| {
        Trouble::Gone("this system has no certificates that could vouch for it".to_owned())
    })?;
    Ok(Manager::from_config(connecting, tls, fast))
}

/// What a new connection is told.
fn settle(wait: Duration, hold: Duration) -> Hook {
    let [wait, hold] = [wait, hold].map(|time| time.as_millis().to_string());
    Hook::async_fn(move |connection, _| {
        let (wait, hold) = (wait.clone(), hold.clone());
        Box::pin(async move {
            let told = connection.query_one(SETTINGS, &[&wait, &hold]).await;
            told.map(drop).map_err(HookError::Backend)
        })
    })
}

impl Store for Postgres {
    fn look(&self, ask: &mut dyn FnMut(&dyn Read) -> Result<(), Trouble>) -> Result<(), Trouble> {
        let mut reading = self.reading()?;
        ask(&reading).inspect_err(|_| reading.discard())
    }

    fn look_at_once(
        &self,
        ask: &mut dyn FnMut(&dyn Read) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let mut reading = self.reading()?;
        let mut look = || {
            reading.tell("begin isolation level repeatable read, read only")?;
            ask(&reading)?;
            reading.tell("commit")
        };
        let looked = look();
        looked.inspect_err(|_| reading.discard())
    }

    fn is_private(&self) -> bool {
        false
    }

    /// One may, but services on one database come between each other all the time.
    fn reads_beside_writes(&self) -> bool {
        false
    }

    fn begin(&self, tenant: &str) -> Result<Box<dyn Write + '_>, Trouble> {
        let mut reading = self.reading()?;
        let begun = reading.connection().and_then(|connection| {
            let begin = async {
                let lock = connection.prepare_cached(&seq_locked()).await?;
                let begin = connection.batch_execute("begin isolation level read committed");
                let ((), row) = try_join(begin, connection.query_opt(&lock, &[&tenant])).await?;
                if row.is_none() {
                    found(connection, tenant).await?;
                }
                Ok(())
            };
            self.wait(async { begin.await.map_err(|error| trouble(&error)) })
        });
        begun.inspect_err(|_| reading.discard())?;
        Ok(Box::new(Writing { reading, is_open: true }))
    }
}

/// A connection in a transaction that has the tenant's lock.
struct Writing<'s> {
    reading: Reading<'s>,
    is_open: bool,
}

impl Write for Writing<'_> {
    fn read(&self) -> &dyn Read {
        &self.reading
    }

    fn commit(mut self: Box<Self>, tenant: &str, change: &Change) -> Result<(), Trouble> {
        let store = self.reading.store;
        let written = self
            .reading
            .connection()
            .and_then(|connection| store.wait(write(connection, tenant, change)));
        self.is_open = false;
        written.inspect_err(|_| self.reading.discard())
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if self.is_open && self.reading.tell("rollback").is_err() {
            self.reading.discard();
        }
    }
}
