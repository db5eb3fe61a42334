//! What a connection is told, and what it answers.

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};

use crate::store::{
    Change, Fact, Kept, Kind, MOST_TOUCHED, Page, Put, Read, Record, Touched, Trouble, What, sql,
    touched,
};

/// What an error comes to.
#[allow(clippy::needless_pass_by_value, reason = "what `map_err` hands over")]
pub(super) fn trouble(error: rusqlite::Error) -> Trouble {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Trouble::Full,
        Some(ErrorCode::NotADatabase) => Trouble::Foreign("it is no store".to_owned()),
        _ => Trouble::Gone(error.to_string()),
    }
}

/// Writes a change, in whatever transaction is open.
pub(super) fn write(connection: &Connection, tenant: &str, change: &Change) -> rusqlite::Result<()> {
    for Put { kind, what } in &change.puts {
        let kind = kind.as_str();
        match what {
            What::Is(Record { id, version, tag, body }) => connection
                .prepare_cached(sql::PUT)?
                .execute(params![tenant, kind, id, *version as i64, tag, body])?,
            What::Gone(id) => {
                connection.prepare_cached(sql::REMOVE)?.execute(params![tenant, kind, id])?
            }
            What::AllGone => connection.prepare_cached(sql::CLEAR)?.execute(params![tenant, kind])?,
        };
    }
    let touched = change.touched();
    for (n, Fact { seq, at_us, actor, event, subject, body }) in change.facts.iter().enumerate() {
        let told = params![tenant, *seq as i64, at_us, actor, event, subject, body, touched(n)];
        connection.prepare_cached(sql::TELL)?.execute(told)?;
    }
    if let Some(last) = change.facts.last() {
        connection.prepare_cached(sql::COUNT_ON)?.execute(params![tenant, last.seq as i64])?;
    }
    if let Some(before) = change.forget_kept_before {
        connection.prepare_cached(sql::FORGET_KEPT)?.execute(params![tenant, before])?;
    }
    for Kept { key, asked, at_us, status, version, location, body } in &change.kept {
        let version = version.map(|version| version as i64);
        let kept = params![tenant, key, asked, at_us, status, version, location, body];
        connection.prepare_cached(sql::KEEP)?.execute(kept)?;
    }
    Ok(())
}

/// What is read by a connection, whoever's it is.
impl Read for Connection {
    fn record(&self, tenant: &str, kind: Kind, id: &str) -> Result<Option<Record>, Trouble> {
        let read = || {
            let mut found = self.prepare_cached(sql::RECORD)?;
            found.query_row(params![tenant, kind.as_str(), id], record_of).optional()
        };
        read().map_err(trouble)
    }

    fn page(&self, tenant: &str, kind: Kind, page: Page<'_>) -> Result<Vec<Record>, Trouble> {
        let (after, most) = (page.after, page.most as i64);
        let read = || match page.tag {
            None => {
                let mut found = self.prepare_cached(sql::PAGE)?;
                found
                    .query_map(params![tenant, kind.as_str(), after, most], record_of)?
                    .collect::<rusqlite::Result<_>>()
            }
            Some(tag) => {
                let mut found = self.prepare_cached(sql::PAGE_OF_TAG)?;
                found
                    .query_map(params![tenant, kind.as_str(), after, most, tag], record_of)?
                    .collect::<rusqlite::Result<_>>()
            }
        };
        read().map_err(trouble)
    }

    fn latest(&self, tenant: &str, kind: Kind, tag: &str) -> Result<Option<Record>, Trouble> {
        let read = || {
            let mut found = self.prepare_cached(sql::LATEST)?;
            found.query_row(params![tenant, kind.as_str(), tag], record_of).optional()
        };
        read().map_err(trouble)
    }

    fn facts(&self, tenant: &str, after: u64, most: usize) -> Result<Vec<Fact>, Trouble> {
        let read = || {
            let mut found = self.prepare_cached(sql::FACTS)?;
            found
                .query_map(params![tenant, after as i64, most as i64], fact_of)?
                .collect::<rusqlite::Result<_>>()
        };
        read().map_err(trouble)
    }

    fn seq(&self, tenant: &str) -> Result<u64, Trouble> {
        let read = || {
            let mut found = self.prepare_cached(sql::SEQ)?;
            found.query_row(params![tenant], |row| number(row, 0)).optional()
        };
        Ok(read().map_err(trouble)?.unwrap_or(0))
    }

    fn tenants_with(&self, kind: Kind) -> Result<Vec<String>, Trouble> {
        let read = || {
            let mut found = self.prepare_cached(sql::TENANTS_WITH)?;
            found.query_map(params![kind.as_str()], |row| row.get(0))?.collect::<rusqlite::Result<_>>()
        };
        read().map_err(trouble)
    }

    fn seqs(&self) -> Result<Vec<(String, u64)>, Trouble> {
        let read = || {
            let mut found = self.prepare_cached(sql::SEQS)?;
            found
                .query_map([], |row| Ok((row.get(0)?, number(row, 1)?)))?
                .collect::<rusqlite::Result<_>>()
        };
        read().map_err(trouble)
    }

    fn touched(&self, tenant: &str, after: u64) -> Result<Option<Touched>, Trouble> {
        let read = || {
            let mut found = self.prepare_cached(sql::TOUCHED_SINCE)?;
            found
                .query_map(params![tenant, after as i64, MOST_TOUCHED as i64 + 1], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()
        };
        touched::all_of(read().map_err(trouble)?)
    }

    fn kept(&self, tenant: &str, key: &str) -> Result<Option<Kept>, Trouble> {
        let read = || {
            let mut found = self.prepare_cached(sql::KEPT)?;
            found.query_row(params![tenant, key], kept_of).optional()
        };
        read().map_err(trouble)
    }
}

fn record_of(row: &Row<'_>) -> rusqlite::Result<Record> {
    Ok(Record { id: row.get(0)?, version: number(row, 1)?, tag: row.get(2)?, body: row.get(3)? })
}

fn fact_of(row: &Row<'_>) -> rusqlite::Result<Fact> {
    Ok(Fact {
        seq: number(row, 0)?,
        at_us: row.get(1)?,
        actor: row.get(2)?,
        event: row.get(3)?,
        subject: row.get(4)?,
        body: row.get(5)?,
    })
}

fn kept_of(row: &Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept {
        key: row.get(0)?,
        asked: row.get(1)?,
        at_us: row.get(2)?,
        status: row.get(3)?,
        version: row.get::<_, Option<i64>>(4)?.map(|version| version as u64),
        location: row.get(5)?,
        body: row.get(6)?,
    })
}

/// A number that counts up from 0, which the database keeps with a sign.
fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|number| number as u64)
}
