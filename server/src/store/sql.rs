//! The store's own language: one text for every database that it may be in.

/// The version of the tables below. A store of an earlier one is brought up to date when it is opened, a later one is
/// refused.
pub(super) const VERSION: i64 = 2;

/// What brings the tables from the version before to each version; the first from nothing.
pub(super) const MIGRATIONS: [&str; VERSION as usize] = [CREATE, TOUCHED];

const CREATE: &str = "
create table tenants (
    tenant text not null primary key,
    seq bigint not null
);
create table records (
    tenant text not null,
    kind text not null,
    id text not null,
    version bigint not null,
    tag text not null,
    body text not null,
    primary key (tenant, kind, id)
);
create index records_by_tag on records (tenant, kind, tag, id);
create table facts (
    tenant text not null,
    seq bigint not null,
    at_us bigint not null,
    actor text not null,
    event text not null,
    subject text not null,
    body text not null,
    primary key (tenant, seq)
);
create table kept (
    tenant text not null,
    answer_to text not null,
    asked text not null,
    at_us bigint not null,
    status bigint not null,
    version bigint,
    location text,
    body text not null,
    primary key (tenant, answer_to)
);
";

/// Which records came with a fact, so that whoever was there before need not read everything again: a list of pairs of
/// kind and id with the last fact of a commit, nothing with the others. Facts of before do not know.
const TOUCHED: &str = "alter table facts add column touched text";

pub(super) const RECORD: &str =
    "select id, version, tag, body from records where tenant = ?1 and kind = ?2 and id = ?3";

pub(super) const PAGE: &str = "select id, version, tag, body from records
    where tenant = ?1 and kind = ?2 and id > ?3 order by id limit ?4";

pub(super) const PAGE_OF_TAG: &str = "select id, version, tag, body from records
    where tenant = ?1 and kind = ?2 and tag = ?5 and id > ?3 order by id limit ?4";

pub(super) const LATEST: &str = "select id, version, tag, body from records
    where tenant = ?1 and kind = ?2 and tag = ?3 order by id desc limit 1";

pub(super) const FACTS: &str = "select seq, at_us, actor, event, subject, body from facts
    where tenant = ?1 and seq > ?2 order by seq limit ?3";

pub(super) const SEQ: &str = "select seq from tenants where tenant = ?1";

pub(super) const TENANTS_WITH: &str = "select tenant from tenants
    where exists (select 1 from records where records.tenant = tenants.tenant and kind = ?1) order by tenant";
pub(super) const SEQS: &str = "select tenant, seq from tenants";

pub(super) const TOUCHED_SINCE: &str = "select touched from facts
    where tenant = ?1 and seq > ?2 order by seq limit ?3";

pub(super) const KEPT: &str = "select answer_to, asked, at_us, status, version, location, body from kept
    where tenant = ?1 and answer_to = ?2";

pub(super) const PUT: &str = "insert into records (tenant, kind, id, version, tag, body)
    values (?1, ?2, ?3, ?4, ?5, ?6)
    on conflict (tenant, kind, id) do update
    set version = excluded.version, tag = excluded.tag, body = excluded.body";

pub(super) const REMOVE: &str = "delete from records where tenant = ?1 and kind = ?2 and id = ?3";

pub(super) const CLEAR: &str = "delete from records where tenant = ?1 and kind = ?2";

pub(super) const TELL: &str =
    "insert into facts (tenant, seq, at_us, actor, event, subject, body, touched)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

pub(super) const COUNT_ON: &str = "insert into tenants (tenant, seq) values (?1, ?2)
    on conflict (tenant) do update set seq = excluded.seq";

pub(super) const KEEP: &str =
    "insert into kept (tenant, answer_to, asked, at_us, status, version, location, body)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

pub(super) const FORGET_KEPT: &str = "delete from kept where tenant = ?1 and at_us < ?2";
