//! What every store promises, whichever it is: the same calls of each, with the same answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use paidan::store::{
    self, Change, Fact, Kept, Kind, MOST_TOUCHED, Page, Put, Record, Store, Trouble, What,
};

use crate::lasting::File;
use crate::postgres::Database;

/// Where a store of a test is, gone with the test.
pub enum Place {
    Memory,
    File(File),
    Database(Database),
}

impl Place {
    /// One of each that outlives whoever has it open.
    pub fn lasting(name: &str) -> Vec<Place> {
        let database = Database::new().map(Place::Database);
        [Place::File(File::new(name))].into_iter().chain(database).collect()
    }

    /// One of each.
    fn all(name: &str) -> Vec<Place> {
        [Place::Memory].into_iter().chain(Place::lasting(name)).collect()
    }

    /// As `--store` names it.
    pub fn name(&self) -> &str {
        match self {
            Place::Memory => "memory",
            Place::File(file) => file.path(),
            Place::Database(database) => &database.url,
        }
    }

    fn open(&self) -> Arc<dyn Store> {
        store::open(self.name()).expect("it can be opened")
    }
}

fn is(kind: Kind, id: &str, version: u64, tag: &str) -> Put {
    let body = format!("{{\"id\":{}}}", serde_json::to_string(id).expect("text"));
    let record = Record { id: id.to_owned(), version, tag: tag.to_owned(), body };
    Put { kind, what: What::Is(record) }
}

fn gone(kind: Kind, id: &str) -> Put {
    Put { kind, what: What::Gone(id.to_owned()) }
}

fn fact(seq: u64) -> Fact {
    let [actor, event, subject, body] =
        ["crm", "ticket.created", "T\0", "{\"state\":\"open\"}"].map(str::to_owned);
    Fact { seq, at_us: -5 + seq as i64, actor, event, subject, body }
}

fn kept(key: &str, at_us: i64) -> Kept {
    let [key, asked, body] = [key, "00ff", "{\"chosen\":\"Ä\"}"].map(str::to_owned);
    Kept { key, asked, at_us, status: 201, version: Some(7), location: Some("/v1/x".to_owned()), body }
}

fn commit(store: &dyn Store, tenant: &str, puts: Vec<Put>, facts: &[u64]) {
    let facts = facts.iter().map(|&seq| fact(seq)).collect();
    let txn = store.begin(tenant).expect("it can be written to");
    txn.commit(tenant, &Change { puts: puts.into(), facts, ..Change::default() })
        .expect("it is written");
}

fn ids(store: &dyn Store, kind: Kind, page: Page<'_>) -> Vec<String> {
    let page = store.read(|read| read.page("main", kind, page)).expect("it can be read");
    page.into_iter().map(|record| record.id).collect()
}

const ALL: Page<'_> = Page { tag: None, after: "", most: 100 };

#[test]
fn records_are_kept_and_listed_in_the_order_of_their_bytes() {
    for place in Place::all("records") {
        let store = place.open();
        let sorted = ["\0", "\0a", "\u{1}", "B", "a", "a b", "a-b", "a/b", "ab", "z", "Ä", "ä", "中"];
        let puts = sorted.iter().rev().map(|id| is(Kind::Ticket, id, 1, "open")).collect();
        commit(&*store, "main", puts, &[1]);
        commit(&*store, "other", vec![is(Kind::Ticket, "theirs", 1, "open")], &[1]);
        assert_eq!(ids(&*store, Kind::Ticket, ALL), sorted, "{}", place.name());
        for (n, id) in sorted.iter().enumerate() {
            let page = Page { after: id, most: 2, tag: Some("open") };
            let behind: Vec<&str> = sorted[n + 1..].iter().take(2).copied().collect();
            assert_eq!(ids(&*store, Kind::Ticket, page), behind, "behind {id:?} in {}", place.name());
            let record = store.read(|read| read.record("main", Kind::Ticket, id)).unwrap();
            assert_eq!(record.map(|record| record.id).as_deref(), Some(*id));
        }
        let puts = vec![
            is(Kind::Ticket, "ab", 2, "done"),
            is(Kind::Ticket, "ab", 2, "rated"),
            gone(Kind::Ticket, "z"),
            is(Kind::Visit, "z", 2, "ab"),
            is(Kind::Ticket, "new", 2, "open"),
            gone(Kind::Ticket, "new"),
            gone(Kind::Ticket, "B"),
            is(Kind::Ticket, "B", 2, "done"),
        ];
        commit(&*store, "main", puts, &[2]);
        let tagged = |tag| Page { tag: Some(tag), ..ALL };
        assert_eq!(ids(&*store, Kind::Ticket, tagged("rated")), ["ab"], "the later one holds");
        assert_eq!(ids(&*store, Kind::Ticket, tagged("done")), ["B"]);
        assert!(!ids(&*store, Kind::Ticket, ALL).iter().any(|id| id == "z" || id == "new"));
        assert_eq!(ids(&*store, Kind::Visit, ALL), ["z"]);
        let latest = |tag: &str| store.read(|read| read.latest("main", Kind::Ticket, tag)).unwrap();
        assert_eq!(latest("open").map(|record| record.id).as_deref(), Some("中"));
        assert_eq!(latest("nobody"), None);
        let puts = vec![
            is(Kind::Ticket, "before", 3, ""),
            Put { kind: Kind::Ticket, what: What::AllGone },
            is(Kind::Ticket, "behind", 3, ""),
        ];
        commit(&*store, "main", puts, &[3]);
        assert_eq!(ids(&*store, Kind::Ticket, ALL), ["behind"], "{}", place.name());
        assert_eq!(ids(&*store, Kind::Visit, ALL), ["z"], "of another kind");
        let theirs = store.read(|read| read.page("other", Kind::Ticket, ALL)).unwrap();
        assert_eq!(theirs.len(), 1, "of another tenant");
    }
}

#[test]
fn facts_count_up_and_answers_are_kept_until_they_are_too_old() {
    for place in Place::all("facts") {
        let store = place.open();
        commit(&*store, "main", Vec::new(), &[1, 2, 3]);
        commit(&*store, "*keys", Vec::new(), &[1]);
        let read = |after, most| store.read(|read| read.facts("main", after, most)).unwrap();
        assert_eq!(read(0, 10), [fact(1), fact(2), fact(3)], "{}", place.name());
        assert_eq!(read(1, 1), [fact(2)]);
        assert_eq!(store.read(|read| read.seq("main")), Ok(3));
        assert_eq!(store.read(|read| read.seq("nobody")), Ok(0));
        let mut seqs = store.read(|read| read.seqs()).unwrap();
        seqs.retain(|(_, seq)| *seq > 0);
        seqs.sort();
        assert_eq!(seqs, [("*keys".to_owned(), 1), ("main".to_owned(), 3)]);
        let none = Kept { version: None, location: None, ..kept("k1", 10) };
        let change = Change { kept: vec![none.clone(), kept("k2", 20)], ..Change::default() };
        store.begin("main").unwrap().commit("main", &change).unwrap();
        let found = |key: &str| store.read(|read| read.kept("main", key)).unwrap();
        assert_eq!((found("k1"), found("k2"), found("k3")), (Some(none), Some(kept("k2", 20)), None));
        let change = Change {
            kept: vec![kept("k1", 30)],
            forget_kept_before: Some(20),
            facts: vec![fact(4)],
            ..Change::default()
        };
        store.begin("main").unwrap().commit("main", &change).unwrap();
        assert_eq!((found("k1"), found("k2")), (Some(kept("k1", 30)), Some(kept("k2", 20))));
    }
}

#[test]
fn a_store_tells_what_was_touched_since() {
    for place in Place::all("touched") {
        let store = place.open();
        let touched = |after| store.read(|read| read.touched("main", after)).unwrap();
        commit(&*store, "main", vec![is(Kind::Ticket, "T\0", 1, ""), gone(Kind::Route, "E/0")], &[1, 2]);
        commit(&*store, "main", vec![is(Kind::Ticket, "T2", 3, "")], &[3]);
        let pair = |kind, id: &str| (kind, id.to_owned());
        let [first, second, third] =
            [pair(Kind::Ticket, "T\0"), pair(Kind::Route, "E/0"), pair(Kind::Ticket, "T2")];
        assert_eq!(touched(0), Some([first, second, third.clone()].into()), "{}", place.name());
        assert_eq!(touched(2), Some([third].into()));
        assert_eq!(touched(3), Some([].into()));
        commit(&*store, "main", vec![Put { kind: Kind::Policy, what: What::AllGone }], &[4]);
        assert_eq!((touched(3), touched(4)), (None, Some([].into())));
        let many = (0..=MOST_TOUCHED).map(|n| is(Kind::Ticket, &format!("M{n}"), 5, "")).collect();
        commit(&*store, "main", many, &[5]);
        assert_eq!(touched(4), None, "more than are told");
        assert_eq!(ids(&*store, Kind::Ticket, Page { most: 5000, ..ALL }).len(), MOST_TOUCHED + 3);
    }
}

#[test]
fn what_is_not_committed_has_not_happened() {
    for place in Place::all("undone") {
        let store = place.open();
        drop(store.begin("main").unwrap());
        let seq = || store.read(|read| read.seq("main")).unwrap();
        assert_eq!((seq(), ids(&*store, Kind::Ticket, ALL).len()), (0, 0));
        commit(&*store, "main", vec![is(Kind::Ticket, "T1", 1, "")], &[1]);
        // A fact that is there already: nothing of the change is written, and the store goes on.
        let change = Change {
            puts: vec![is(Kind::Ticket, "T2", 1, "")].into(),
            facts: vec![fact(1)],
            ..Change::default()
        };
        let told = store.begin("main").unwrap().commit("main", &change);
        assert!(matches!(told, Err(Trouble::Gone(_))), "{told:?} of {}", place.name());
        assert_eq!((seq(), ids(&*store, Kind::Ticket, ALL)), (1, vec!["T1".to_owned()]));
        commit(&*store, "main", vec![is(Kind::Ticket, "T2", 2, "")], &[2]);
        assert_eq!(ids(&*store, Kind::Ticket, ALL), ["T1", "T2"]);
    }
}

#[test]
fn whoever_writes_has_the_tenant_alone_and_stands_on_what_was_committed() {
    for place in Place::lasting("alone") {
        let (one, other) = (place.open(), place.open());
        // The second time the tenant has a row already.
        for round in 0..2 {
            let first = one.begin("main").unwrap();
            let is_free = AtomicBool::new(false);
            std::thread::scope(|scope| {
                let waits = scope.spawn(|| {
                    let second = other.begin("main").unwrap();
                    assert!(is_free.load(Ordering::SeqCst), "it did not wait in {}", place.name());
                    second.read().seq("main").unwrap()
                });
                assert_eq!(first.read().seq("main"), Ok(round));
                let change = Change { facts: vec![fact(round + 1)], ..Change::default() };
                is_free.store(true, Ordering::SeqCst);
                first.commit("main", &change).unwrap();
                assert_eq!(waits.join().unwrap(), round + 1);
            });
        }
    }
}

#[test]
fn what_is_looked_at_at_once_is_of_one_moment() {
    for place in Place::lasting("moment") {
        let store = place.open();
        commit(&*store, "main", vec![is(Kind::Ticket, "T1", 1, "")], &[1]);
        let told = store.read_at_once(|read| {
            let before = read.seq("main")?;
            commit(&*place.open(), "main", vec![is(Kind::Ticket, "T2", 2, "")], &[2]);
            Ok((before, read.seq("main")?, read.page("main", Kind::Ticket, ALL)?.len()))
        });
        assert_eq!(told, Ok((1, 1, 1)), "{}", place.name());
        assert_eq!(store.read(|read| read.seq("main")), Ok(2));
    }
}

#[test]
fn a_store_of_before_is_brought_up_to_date() {
    for place in Place::lasting("before") {
        commit(&*place.open(), "main", vec![is(Kind::Ticket, "T1", 1, "")], &[1]);
        place.run("alter table facts drop column touched");
        place.set_version(1);
        let store = place.open();
        let touched = |after| store.read(|read| read.touched("main", after)).unwrap();
        assert_eq!((touched(0), touched(1)), (None, Some([].into())), "nobody knows of before");
        commit(&*store, "main", vec![is(Kind::Ticket, "T2", 2, "")], &[2]);
        assert_eq!(touched(1), Some([(Kind::Ticket, "T2".to_owned())].into()), "{}", place.name());
        assert_eq!(ids(&*store, Kind::Ticket, ALL), ["T1", "T2"]);
    }
}

#[test]
fn several_who_open_a_new_store_together_all_can() {
    for place in Place::lasting("together") {
        std::thread::scope(|scope| {
            let opened: Vec<_> = (0..6).map(|_| scope.spawn(|| place.open())).collect();
            for open in opened {
                drop(open.join().unwrap());
            }
        });
        commit(&*place.open(), "main", Vec::new(), &[1]);
    }
}

#[test]
fn a_store_of_another_version_or_of_somebody_else_is_refused() {
    for place in Place::lasting("later") {
        drop(place.open());
        place.set_version(99);
        let told = store::open(place.name()).map(drop);
        assert!(matches!(&told, Err(Trouble::Foreign(why)) if why.contains("99")), "{told:?}");
    }
    for place in Place::lasting("theirs") {
        place.run("create table invoices (number bigint)");
        let told = store::open(place.name()).map(drop);
        assert!(matches!(told, Err(Trouble::Foreign(_))), "{told:?} of {}", place.name());
    }
    let file = File::new("foreign");
    std::fs::write(file.path(), "no database, but long enough to be taken for one".repeat(40)).unwrap();
    assert!(matches!(store::open(file.path()), Err(Trouble::Foreign(_))));
    for nowhere in ["/nowhere/at/all.db", "postgres://nobody@127.0.0.1:1/none"] {
        assert!(matches!(store::open(nowhere), Err(Trouble::Gone(_))), "{nowhere}");
    }
    let told = store::open("postgres://crm:secret@[nonsense/db").map(drop);
    assert!(matches!(&told, Err(Trouble::Foreign(why)) if !why.contains("secret")), "{told:?}");
}

impl Place {
    /// Runs statements beside us.
    fn run(&self, statements: &str) {
        match self {
            Place::Memory => unreachable!("nobody is beside us there"),
            Place::File(file) => beside(file).execute_batch(statements).expect("they are understood"),
            Place::Database(database) => database.run(statements),
        }
    }

    fn set_version(&self, version: i64) {
        match self {
            Place::Memory => unreachable!("it is always of this one"),
            Place::File(_) => self.run(&format!("pragma user_version = {version}")),
            Place::Database(_) => self.run(&format!("update paidan_store set version = {version}")),
        }
    }
}

fn beside(file: &File) -> rusqlite::Connection {
    rusqlite::Connection::open(file.path()).expect("it can be opened")
}
