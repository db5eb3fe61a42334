//! Tables as this version has them.

use deadpool_postgres::Object;

use super::statements::trouble;
use super::text;
use crate::store::{Trouble, sql};

/// Number of the lock that whoever changes the tables has: "paidan", read as digits of 36.
const LOCK: i64 = 1_523_451_311;

// Read as rows, which are as they were committed: what the database remembers of names may be older.
const TABLES: &str = "select count(*) from pg_class
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p', 'f', 'v', 'm')";
const IS_OURS: &str = "select exists (select from pg_class
    where relnamespace = current_schema()::regnamespace and relname = 'paidan_store')";
const VERSION: &str = "select version from paidan_store";

/// Brings the tables up to date, all or nothing. Of several services that start together one does, the others wait.
pub(super) async fn migrate(connection: &mut Object) -> Result<(), Trouble> {
    all(connection).await.map_err(|error| trouble(&error))?
}

async fn all(connection: &mut Object) -> Result<Result<(), Trouble>, tokio_postgres::Error> {
    if connection.query_one(IS_OURS, &[]).await?.get::<_, bool>(0) {
        let version: Option<i64> = connection.query_opt(VERSION, &[]).await?.map(|row| row.get(0));
        if version == Some(sql::VERSION) {
            return Ok(Ok(()));
        }
    }
    let txn = connection.transaction().await?;
    txn.execute("select pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    // Another service may have done it meanwhile.
    let is_ours: bool = txn.query_one(IS_OURS, &[]).await?.get(0);
    let found: i64 = if is_ours {
        txn.query_opt(VERSION, &[]).await?.map_or(0, |row| row.get(0))
    } else {
        let tables: i64 = txn.query_one(TABLES, &[]).await?.get(0);
        if tables > 0 {
            let why =
                "its schema has tables of something else; give it a database, or a schema, of its own";
            return Ok(Err(Trouble::Foreign(why.to_owned())));
        }
        txn.batch_execute("create table paidan_store (version bigint not null)").await?;
        txn.execute("insert into paidan_store values (0)", &[]).await?;
        0
    };
    let steps = usize::try_from(found).ok().and_then(|version| sql::MIGRATIONS.get(version..));
    let Some(steps) = steps else {
        let known = sql::VERSION;
        let why = format!("its tables are of version {found}, known is {known}");
        return Ok(Err(Trouble::Foreign(why)));
    };
    for step in steps {
        txn.batch_execute(&text::tables(step)).await?;
    }
    txn.execute("update paidan_store set version = $1", &[&sql::VERSION]).await?;
    txn.commit().await?;
    Ok(Ok(()))
}
