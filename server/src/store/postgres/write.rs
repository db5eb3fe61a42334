//! A change, written in one go: a statement for each kind of rows, all of them and the commit behind each other without a
//! wait between them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use deadpool_postgres::Object;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Statement};

use super::statements::trouble;
use super::text;
use crate::store::{Change, Fact, Kept, Put, Record, Trouble, What, sql};

type Column<T> = Vec<T>;
type Texts<'a> = Column<Cow<'a, str>>;

/// Writes a change in the transaction that is open, and commits it.
pub(super) async fn write(connection: &Object, tenant: &str, change: &Change) -> Result<(), Trouble> {
    let rows = Rows::of(change);
    send(connection, tenant, &rows, change.forget_kept_before).await.map_err(|error| trouble(&error))
}

/// What a change comes to, as columns.
#[derive(Default)]
struct Rows<'a> {
    /// Kinds of which nothing is kept.
    cleared: BTreeSet<&'static str>,
    removed: BTreeMap<&'static str, Texts<'a>>,
    puts: (Texts<'a>, Texts<'a>, Column<i64>, Texts<'a>, Texts<'a>),
    facts: (Column<i64>, Column<i64>, Texts<'a>, Texts<'a>, Texts<'a>, Texts<'a>, Texts<'a>),
    kept: Answers<'a>,
}

/// Answers to keep.
#[derive(Default)]
struct Answers<'a> {
    to: Texts<'a>,
    asked: Texts<'a>,
    at_us: Column<i64>,
    status: Column<i64>,
    version: Column<Option<i64>>,
    location: Column<Option<&'a str>>,
    body: Texts<'a>,
}

impl<'a> Rows<'a> {
    fn of(change: &'a Change) -> Rows<'a> {
        let mut rows = Rows::default();
        // Of a record that comes twice the later one holds, and a statement takes each row once.
        let mut records: BTreeMap<(&'static str, &str), Option<&Record>> = BTreeMap::new();
        for Put { kind, what } in &change.puts {
            let kind = kind.as_str();
            match what {
                What::Is(record) => {
                    records.insert((kind, &record.id), Some(record));
                }
                What::Gone(id) => {
                    records.insert((kind, id), None);
                }
                What::AllGone => {
                    records.retain(|(other, _), _| *other != kind);
                    rows.cleared.insert(kind);
                }
            }
        }
        for ((kind, id), record) in records {
            let Some(Record { version, tag, body, .. }) = record else {
                rows.removed.entry(kind).or_default().push(text::put(id));
                continue;
            };
            let (kinds, ids, versions, tags, bodies) = &mut rows.puts;
            kinds.push(kind.into());
            ids.push(text::put(id));
            versions.push(*version as i64);
            tags.push(text::put(tag));
            bodies.push(body.into());
        }
        let touched = change.touched();
        for (n, Fact { seq, at_us, actor, event, subject, body }) in change.facts.iter().enumerate() {
            let (seqs, at, actors, events, subjects, bodies, all_touched) = &mut rows.facts;
            seqs.push(*seq as i64);
            at.push(*at_us);
            actors.push(actor.into());
            events.push(event.into());
            subjects.push(text::put(subject));
            bodies.push(body.into());
            // It is JSON, in which a zero is written otherwise.
            all_touched.push(touched(n).into());
        }
        for Kept { key, asked, at_us, status, version, location, body } in &change.kept {
            let kept = &mut rows.kept;
            kept.to.push(key.into());
            kept.asked.push(asked.into());
            kept.at_us.push(*at_us);
            kept.status.push(i64::from(*status));
            kept.version.push(version.map(|version| version as i64));
            kept.location.push(location.as_deref());
            kept.body.push(body.into());
        }
        rows
    }
}

/// A statement with what it is asked.
type Step<'a> = (Statement, Vec<&'a (dyn ToSql + Sync)>);

/// An answer that is waited for.
type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;

async fn send(
    connection: &Object,
    tenant: &str,
    rows: &Rows<'_>,
    forget_before: Option<i64>,
) -> Result<(), Error> {
    let tenant: &(dyn ToSql + Sync) = &tenant;
    let last = rows.facts.0.last();
    let mut steps: Vec<Step<'_>> = Vec::new();
    // Made ready first: what waits for its making would be sent behind the commit.
    let ready = async |text: &str| connection.prepare_cached(&text::statement(text)).await;
    for kind in &rows.cleared {
        steps.push((ready(sql::CLEAR).await?, vec![tenant, kind]));
    }
    for (kind, ids) in &rows.removed {
        let remove = sql::REMOVE.replace("id = ?3", "id = any(?3)");
        steps.push((ready(&remove).await?, vec![tenant, kind, ids]));
    }
    let (kinds, ids, versions, tags, bodies) = &rows.puts;
    if !ids.is_empty() {
        let put = text::many(sql::PUT, &["text", "text", "bigint", "text", "text"]);
        steps.push((ready(&put).await?, vec![tenant, kinds, ids, versions, tags, bodies]));
    }
    if let Some(last) = last {
        let (seqs, at, actors, events, subjects, bodies, touched) = &rows.facts;
        let types = ["bigint", "bigint", "text", "text", "text", "text", "text"];
        let tell = ready(&text::many(sql::TELL, &types)).await?;
        steps.push((tell, vec![tenant, seqs, at, actors, events, subjects, bodies, touched]));
        steps.push((ready(sql::COUNT_ON).await?, vec![tenant, last]));
    }
    if let Some(before) = &forget_before {
        steps.push((ready(sql::FORGET_KEPT).await?, vec![tenant, before]));
    }
    if !rows.kept.to.is_empty() {
        let Answers { to, asked, at_us, status, version, location, body } = &rows.kept;
        let types = ["text", "text", "bigint", "bigint", "bigint", "text", "text"];
        let keep = ready(&text::many(sql::KEEP, &types)).await?;
        steps.push((keep, vec![tenant, to, asked, at_us, status, version, location, body]));
    }
    let mut asked: Vec<Answer<'_>> = Vec::new();
    for (statement, with) in &steps {
        asked.push(Box::pin(async { connection.execute(statement, with).await.map(drop) }));
    }
    asked.push(Box::pin(connection.batch_execute("commit")));
    one_behind_the_other(asked).await
}

/// Waits for all of them. Each is sent when it is first asked how it stands, so they go out in this order; and a commit
/// behind one that failed writes nothing.
async fn one_behind_the_other(mut asked: Vec<Answer<'_>>) -> Result<(), Error> {
    poll_fn(|context| {
        let mut failed = None;
        asked.retain_mut(|answer| match answer.as_mut().poll(context) {
            Poll::Pending => true,
            Poll::Ready(told) => {
                failed = failed.take().or(told.err());
                false
            }
        });
        match failed {
            Some(error) => Poll::Ready(Err(error)),
            None if asked.is_empty() => Poll::Ready(Ok(())),
            None => Poll::Pending,
        }
    })
    .await
}
