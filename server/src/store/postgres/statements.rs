//! What a connection is told, and what it answers.

use deadpool_postgres::Object;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};

use super::{Postgres, text};
use crate::store::{Fact, Kept, Kind, MOST_TOUCHED, Page, Read, Record, Touched, Trouble, sql, touched};

/// What makes the row of a tenant who has none yet.
const FOUND: &str = "insert into tenants (tenant, seq) values ($1, 0) on conflict (tenant) do nothing";

type Params<'a> = [&'a (dyn ToSql + Sync)];

/// What an error comes to.
pub(super) fn trouble(error: &Error) -> Trouble {
    let Some(told) = error.as_db_error() else {
        let why = std::error::Error::source(error).map(ToString::to_string);
        return Trouble::Gone(why.map_or_else(|| error.to_string(), |why| format!("{error}: {why}")));
    };
    match *told.code() {
        SqlState::DISK_FULL => Trouble::Full,
        SqlState::UNDEFINED_TABLE | SqlState::UNDEFINED_COLUMN | SqlState::INVALID_CATALOG_NAME => {
            Trouble::Foreign(told.message().to_owned())
        }
        SqlState::LOCK_NOT_AVAILABLE | SqlState::QUERY_CANCELED => {
            Trouble::Gone(format!("another service holds it for too long ({})", told.message()))
        }
        _ => Trouble::Gone(told.message().to_owned()),
    }
}

/// The question for a tenant's row that waits for its lock.
pub(super) fn seq_locked() -> String {
    text::statement(sql::SEQ) + " for update"
}

/// Makes the row of a tenant who has none yet, and waits for its lock.
pub(super) async fn found(connection: &Object, tenant: &str) -> Result<(), Error> {
    connection.execute(FOUND, &[&tenant]).await?;
    connection.query_one(&seq_locked(), &[&tenant]).await.map(drop)
}

/// A connection that is read by.
pub(super) struct Reading<'s> {
    pub store: &'s Postgres,
    /// There unless it had trouble.
    pub connection: Option<Object>,
}

impl Reading<'_> {
    pub(super) fn connection(&self) -> Result<&Object, Trouble> {
        self.connection.as_ref().ok_or_else(|| Trouble::Gone("its connection had trouble".to_owned()))
    }

    /// Has the connection closed: nobody can tell what it would do next.
    pub(super) fn discard(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(Object::take(connection));
        }
    }

    /// Tells it something that is not asked for an answer.
    pub(super) fn tell(&self, what: &str) -> Result<(), Trouble> {
        let connection = self.connection()?;
        self.store.wait(async { connection.batch_execute(what).await.map_err(|error| trouble(&error)) })
    }

    /// The rows of a question.
    fn ask<T>(&self, question: &str, with: &Params<'_>, of: fn(&Row) -> T) -> Result<Vec<T>, Trouble> {
        let connection = self.connection()?;
        let ask = async {
            let statement = connection.prepare_cached(&text::statement(question)).await?;
            connection.query(&statement, with).await
        };
        let rows = self.store.wait(async { ask.await.map_err(|error| trouble(&error)) })?;
        Ok(rows.iter().map(of).collect())
    }
}

impl Read for Reading<'_> {
    fn record(&self, tenant: &str, kind: Kind, id: &str) -> Result<Option<Record>, Trouble> {
        Ok(self.ask(sql::RECORD, &[&tenant, &kind.as_str(), &text::put(id)], record_of)?.pop())
    }

    fn page(&self, tenant: &str, kind: Kind, page: Page<'_>) -> Result<Vec<Record>, Trouble> {
        let (after, most) = (text::put(page.after), page.most as i64);
        match page.tag {
            None => self.ask(sql::PAGE, &[&tenant, &kind.as_str(), &after, &most], record_of),
            Some(tag) => {
                let with: &Params<'_> = &[&tenant, &kind.as_str(), &after, &most, &text::put(tag)];
                self.ask(sql::PAGE_OF_TAG, with, record_of)
            }
        }
    }

    fn latest(&self, tenant: &str, kind: Kind, tag: &str) -> Result<Option<Record>, Trouble> {
        Ok(self.ask(sql::LATEST, &[&tenant, &kind.as_str(), &text::put(tag)], record_of)?.pop())
    }

    fn facts(&self, tenant: &str, after: u64, most: usize) -> Result<Vec<Fact>, Trouble> {
        self.ask(sql::FACTS, &[&tenant, &(after as i64), &(most as i64)], fact_of)
    }

    fn seq(&self, tenant: &str) -> Result<u64, Trouble> {
        Ok(self.ask(sql::SEQ, &[&tenant], |row| number(row, 0))?.pop().unwrap_or(0))
    }

    fn seqs(&self) -> Result<Vec<(String, u64)>, Trouble> {
        self.ask(sql::SEQS, &[], |row| (row.get(0), number(row, 1)))
    }

    fn tenants_with(&self, kind: Kind) -> Result<Vec<String>, Trouble> {
        self.ask(sql::TENANTS_WITH, &[&kind.as_str()], |row| row.get(0))
    }

    fn touched(&self, tenant: &str, after: u64) -> Result<Option<Touched>, Trouble> {
        let most = MOST_TOUCHED as i64 + 1;
        touched::all_of(
            self.ask(sql::TOUCHED_SINCE, &[&tenant, &(after as i64), &most], |row| row.get(0))?,
        )
    }

    fn kept(&self, tenant: &str, key: &str) -> Result<Option<Kept>, Trouble> {
        Ok(self.ask(sql::KEPT, &[&tenant, &key], kept_of)?.pop())
    }
}

fn record_of(row: &Row) -> Record {
    Record {
        id: text::taken(row.get(0)),
        version: number(row, 1),
        tag: text::taken(row.get(2)),
        body: row.get(3),
    }
}

fn fact_of(row: &Row) -> Fact {
    Fact {
        seq: number(row, 0),
        at_us: row.get(1),
        actor: row.get(2),
        event: row.get(3),
        subject: text::taken(row.get(4)),
        body: row.get(5),
    }
}

fn kept_of(row: &Row) -> Kept {
    Kept {
        key: row.get(0),
        asked: row.get(1),
        at_us: row.get(2),
        status: row.get::<_, i64>(3) as u16,
        version: row.get::<_, Option<i64>>(4).map(|version| version as u64),
        location: row.get(5),
        body: row.get(6),
    }
}

/// A number that counts up from 0, which the database keeps with a sign.
fn number(row: &Row, column: usize) -> u64 {
    row.get::<_, i64>(column) as u64
}
