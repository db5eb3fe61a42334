//! Key figures are those that a slow count comes to, of all that a service has told on random days.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use paidan_engine::units::Moment;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Value, json};

use super::{PERIOD, figure, kpis};
use crate::common::Service;
use crate::lasting::File;
use crate::same_again::{self, act, start};
use crate::stores::Place;

/// A ticket's life as the test has seen it.
#[derive(Default)]
struct Life {
    record: Value,
    /// Whether it was a repeat when it was closed, and if it was bound then: whether it was kept to that.
    is_repeat: bool,
    bound: Option<bool>,
    /// Engineer, begin of the shift, drive, of those who went.
    shares: Vec<(String, Value, f64)>,
    /// The work that was booked for each of them.
    work: f64,
}

/// What a service says of everything, and what the test has seen happen.
#[derive(Default)]
struct Witness {
    lives: BTreeMap<(String, u64), Life>,
    last: BTreeMap<String, (i64, Value)>,
    tickets: Vec<Value>,
    visits: Vec<Value>,
    routes: Vec<Value>,
    engineers: Vec<Value>,
    /// How many visits bind, and how fast cars are.
    binding: u64,
    kmh: f64,
    /// What its clock shows; in seconds since 1970.
    now: i64,
}

fn seconds(text: &Value) -> i64 {
    paidan_engine::wire::moment(text.as_str().expect("a moment")).expect("a moment").0
}

fn step<'r>(record: &'r Value, state: &str) -> Option<&'r Value> {
    let mut life = record["life"].as_array().expect("a life").iter();
    life.find(|step| step["state"] == state).map(|step| &step["at"])
}

/// As the crow flies, with a detour of 1.3.
fn drive(from: &Value, to: &Value, kmh: f64) -> f64 {
    let of = |place: &Value, key: &str| place[key].as_f64().expect("degrees").to_radians();
    let (north, east) = (of(to, "lat") - of(from, "lat"), of(to, "lon") - of(from, "lon"));
    let half = (north / 2.0).sin().powi(2)
        + of(from, "lat").cos() * of(to, "lat").cos() * (east / 2.0).sin().powi(2);
    (2.0 * 6_371_008.8 * half.sqrt().asin() * 1.3 / (kmh / 3.6) + 0.5).floor()
}

/// The work that is booked for a ticket: as long as it was told to last, if somebody at it runs late.
fn booked(record: &Value) -> f64 {
    let mut life = record["life"].as_array().expect("a life").iter().rev();
    let began = life.find(|step| step["state"] == "on_site").map(|step| seconds(&step["at"]));
    match (&record["state"], &record["expected"], began) {
        (state, Value::String(_), Some(began)) if state == "on_site" => {
            (seconds(&record["expected"]) - began).max(0) as f64
        }
        _ => record["ticket"]["work_s"].as_f64().expect("seconds"),
    }
}

/// Whether an engineer is away for all of a shift.
fn is_away(engineer: &Value, shift: &Value) -> bool {
    let absences = engineer["absences"].as_array().into_iter().flatten();
    let mut spans: Vec<(i64, i64)> =
        absences.map(|span| (seconds(&span["start"]), seconds(&span["end"]))).collect();
    spans.sort_unstable();
    let mut here = seconds(&shift["start"]);
    for (start, end) in spans {
        if start <= here {
            here = here.max(end);
        }
    }
    here >= seconds(&shift["end"])
}

fn is_related(visit: &Value, other: &Value) -> bool {
    visit["customer"] == other["customer"]
        && visit["issue"] == other["issue"]
        && other["issue"].is_string()
}

impl Witness {
    /// Looks at what has become of everything.
    async fn look(&mut self, service: &Service) {
        let list = async |path: &str| {
            let answer = service.get(&format!("{path}?limit=1000")).await.body;
            answer["items"].as_array().expect("a list").clone()
        };
        let setup = service.get("/v1/setup").await.body;
        self.now = seconds(&setup["now"]);
        let tickets = list("/v1/tickets").await;
        for record in &tickets {
            let id = record["id"].as_str().expect("an id").to_owned();
            let known =
                self.lives.entry((id, record["opened"].as_u64().expect("a number"))).or_default();
            let ended = |record: &Value| step(record, "done").or(step(record, "cancelled")).is_some();
            let has_ended = ended(record) && (known.record.is_null() || !ended(&known.record));
            if !ended(record) || known.record.is_null() {
                known.work = booked(record);
            }
            known.record = record.clone();
            if !has_ended {
                continue;
            }
            let asked = &record["ticket"];
            let since = seconds(&json!("2026-03-02T07:00:00+01:00")) - 90 * 86_400;
            let mut earlier: Vec<&Value> =
                self.visits.iter().filter(|visit| is_related(visit, asked)).collect();
            earlier.retain(|visit| seconds(&visit["start"]) >= since);
            earlier.sort_by_key(|visit| seconds(&visit["start"]));
            known.is_repeat = !earlier.is_empty();
            let holders: Vec<&Value> = self
                .routes
                .iter()
                .filter(|route| route["tickets"].as_array().expect("a list").contains(&record["id"]))
                .collect();
            let binding = self.binding as usize;
            if binding > 0 && earlier.len() >= binding {
                let latest = &earlier[earlier.len() - binding..];
                let goes =
                    |visit: &&Value| holders.iter().any(|route| route["engineer"] == visit["engineer"]);
                known.bound = Some(latest.iter().any(goes));
            }
            for route in holders {
                let name = route["engineer"].as_str().expect("an id").to_owned();
                let engineer = self
                    .engineers
                    .iter()
                    .find(|one| one["id"] == route["engineer"])
                    .expect("they are there");
                let number = route["shift"].as_u64().expect("a number") as usize;
                let begin = engineer["shifts"][number]["start"].clone();
                let mut way = 0.0;
                if let Some(at) = step(record, "done") {
                    let at = seconds(at);
                    let before =
                        self.last.get(&name).filter(|(then, _)| (seconds(&begin)..=at).contains(then));
                    way = drive(
                        before.map_or(&engineer["home"], |(_, place)| place),
                        &asked["place"],
                        self.kmh,
                    );
                    // Whatever is told last, unless the clock was set back behind it.
                    let is_last = |(then, _): &(i64, Value)| *then <= at || *then > self.now;
                    if self.last.get(&name).is_none_or(is_last) {
                        self.last.insert(name.clone(), (at, asked["place"].clone()));
                    }
                }
                known.shares.push((name, begin, way));
            }
        }
        (self.tickets, self.visits) = (tickets, list("/v1/visits").await);
        (self.routes, self.engineers) = (list("/v1/routes").await, list("/v1/engineers").await);
        let policy = service.get("/v1/policy").await.body;
        self.binding = policy["binding"]["visits"].as_u64().expect("a number");
        self.kmh = setup["travel"]["speed_kmh"].as_f64().unwrap_or(35.0);
    }

    /// Goes on with some ticket that is promised.
    async fn serve(&self, service: &Service, dice: &mut Xoshiro256PlusPlus) -> String {
        let promised = self.tickets.iter().filter(|record| {
            ["assigned", "accepted", "on_site"].contains(&record["state"].as_str().expect("a state"))
        });
        let promised: Vec<&Value> = promised.collect();
        if promised.is_empty() || dice.random_bool(0.4) {
            return "nobody goes on".to_owned();
        }
        let record = promised[dice.random_range(0..promised.len())];
        let to = if dice.random_bool(0.5) { "on_site" } else { "done" };
        let mut change = json!({"to": to, "at": paidan_engine::wire::rfc3339(Moment(self.now - dice.random_range(0..7200)), 3600)});
        if to == "done" && dice.random_bool(0.5) {
            change["rating"] = json!(dice.random_range(1..6));
        }
        let path = format!("/v1/tickets/{}/state", record["id"].as_str().expect("an id"));
        let answer = service.post(&path, &change).await;
        assert!(answer.status < StatusCode::INTERNAL_SERVER_ERROR, "{}", answer.body);
        format!("{path} {change}: {}", answer.status)
    }

    /// How full the engineers' shifts are.
    fn loads(&self, (from, to): (i64, i64)) -> Vec<f64> {
        let mut loads = Vec::new();
        for engineer in &self.engineers {
            let (mut booked_s, mut length) = (0.0, 0.0);
            for (number, shift) in engineer["shifts"].as_array().expect("shifts").iter().enumerate() {
                if !(from..to).contains(&seconds(&shift["start"])) || is_away(engineer, shift) {
                    continue;
                }
                length += (seconds(&shift["end"]) - seconds(&shift["start"])) as f64;
                let promised = self.routes.iter().filter(|route| {
                    route["engineer"] == engineer["id"] && route["shift"] == json!(number)
                });
                let promised = promised.flat_map(|route| route["tickets"].as_array().expect("a list"));
                for id in promised {
                    let record =
                        self.tickets.iter().find(|record| record["id"] == *id).expect("it is there");
                    booked_s += booked(record);
                }
                for life in self.lives.values() {
                    let ended =
                        step(&life.record, "done").is_some_and(|at| (from..to).contains(&seconds(at)));
                    let own = |(name, begin, _): &(String, Value, f64)| {
                        engineer["id"] == json!(name) && seconds(begin) == seconds(&shift["start"])
                    };
                    if ended && life.shares.iter().any(own) {
                        booked_s += life.work;
                    }
                }
            }
            if length > 0.0 {
                loads.push(booked_s / length);
            }
        }
        loads
    }
}

/// Figures by name: the value, and on how many cases it stands.
#[derive(Default)]
struct Told(BTreeMap<&'static str, (Option<f64>, u64)>);

impl Told {
    fn tell(&mut self, name: &'static str, value: f64, n: usize) {
        self.0.insert(name, ((n > 0).then_some(value), n as u64));
    }

    fn count(&mut self, name: &'static str, n: usize) {
        self.0.insert(name, (Some(n as f64), n as u64));
    }

    fn share(&mut self, name: &'static str, kept: &[bool]) {
        let some = kept.iter().filter(|kept| **kept).count();
        self.tell(name, some as f64 / kept.len() as f64, kept.len());
    }
}

/// A slow count of a period, of a group if one is named.
struct Slow<'w> {
    witness: &'w Witness,
    ends: (i64, i64),
    group: Option<(&'w str, &'w Value)>,
}

fn day(at: &Value) -> Value {
    json!(paidan_engine::wire::rfc3339(Moment(seconds(at)), 3600)[..10])
}

fn reported(life: &Life) -> i64 {
    let reported = &life.record["ticket"]["reported_at"];
    seconds(if reported.is_null() { &life.record["life"][0]["at"] } else { reported })
}

/// When work began, if it was told.
fn began(life: &Life) -> Option<i64> {
    step(&life.record, "on_site").map(seconds)
}

/// Whether it was begun in time. By the policy, complaints are to be within two hours.
fn responded(life: &Life) -> Option<bool> {
    let by = (life.record["ticket"]["type"] == "complaint").then(|| reported(life) + 7200);
    by.zip(began(life)).map(|(by, began)| began <= by)
}

/// Whether it was ended in time. By the policy, repairs are to be within a day.
fn resolved(life: &Life) -> Option<bool> {
    let own = &life.record["ticket"]["sla"]["resolve_by"];
    let is_repair = life.record["ticket"]["type"] != "complaint";
    let by = if own.is_null() { is_repair.then(|| reported(life) + 86_400) } else { Some(seconds(own)) };
    by.map(|by| seconds(step(&life.record, "done").expect("it is done")) <= by)
}

impl Slow<'_> {
    fn holds(&self, at: &Value) -> bool {
        (self.ends.0..self.ends.1).contains(&seconds(at))
    }

    fn is_of(&self, by: &str, word: &Value) -> bool {
        self.group.is_none_or(|(own, name)| own != by || name == word)
    }

    /// Whether something happened in the period and the group, but for who did it.
    fn is_in(&self, at: &Value, issue: &Value) -> bool {
        self.holds(at) && self.is_of("issue", issue) && self.is_of("day", &day(at))
    }

    /// Lives that came to a state.
    fn of(&self, state: &str) -> Vec<&Life> {
        let lives = self.witness.lives.values();
        let went = |life: &Life| {
            let goes = |(name, ..): &(String, Value, f64)| self.is_of("engineer", &json!(name));
            life.shares.iter().any(goes)
                || life.shares.is_empty() && self.is_of("engineer", &Value::Null)
        };
        lives
            .filter(|life| {
                let issue = &life.record["ticket"]["issue"];
                step(&life.record, state).is_some_and(|at| self.is_in(at, issue)) && went(life)
            })
            .collect()
    }

    fn figures(&self) -> Told {
        let mut told = Told::default();
        let done = self.of("done");
        told.count("done", done.len());
        told.count("cancelled", self.of("cancelled").len());
        let by_engineer = self.group.is_some_and(|(by, _)| by == "engineer");
        if !by_engineer {
            let opened = self.witness.lives.values().filter(|life| {
                self.is_in(&life.record["life"][0]["at"], &life.record["ticket"]["issue"])
            });
            told.count("opened", opened.count());
        }
        times(&mut told, &done);
        let repeats = done.iter().filter(|life| life.is_repeat).count();
        told.tell("repeats", repeats as f64, done.len());
        let bound: Vec<bool> = done.iter().filter_map(|life| life.bound).collect();
        told.share("repeats_bound", &bound);
        let (mut way, mut work) = (0.0, 0.0);
        for life in &done {
            let goes = |name: &str| !by_engineer || self.is_of("engineer", &json!(name));
            for (.., own) in life.shares.iter().filter(|(name, ..)| goes(name)) {
                way += own;
                work += life.work;
            }
        }
        told.tell("drive_total_s", way, done.len());
        told.tell("drive_mean_s", way / done.len() as f64, done.len());
        told.tell("work_total_s", work, done.len());
        self.visits(&mut told);
        if self.group.is_none() {
            spread(&mut told, &self.witness.loads(self.ends));
        }
        told
    }

    fn visits(&self, told: &mut Told) {
        let all = &self.witness.visits;
        let visits = all.iter().filter(|visit| {
            self.is_in(&visit["end"], &visit["issue"]) && self.is_of("engineer", &visit["engineer"])
        });
        let visits: Vec<&Value> = visits.collect();
        let is_fix = |visit: &&Value| {
            let end = seconds(&visit["end"]);
            let follows = |other: &Value| {
                let start = seconds(&other["start"]);
                is_related(visit, other) && start > end && start <= end + 90 * 86_400
            };
            let is_poor = visit["rating"].as_u64().is_some_and(|rating| rating <= 3);
            visit["resolved"] == true && !is_poor && !all.iter().any(follows)
        };
        told.share("first_time_fix", &visits.iter().map(is_fix).collect::<Vec<bool>>());
        let ratings: Vec<u64> = visits.iter().filter_map(|visit| visit["rating"].as_u64()).collect();
        let mean = ratings.iter().sum::<u64>() as f64 / ratings.len() as f64;
        told.tell("csat_mean", mean, ratings.len());
        told.share("csat_satisfied", &ratings.iter().map(|rating| *rating >= 4).collect::<Vec<bool>>());
        told.count("rated", ratings.len());
    }
}

/// What was in time, and how long it took.
fn times(told: &mut Told, done: &[&Life]) {
    let each = |of: fn(&Life) -> Option<bool>| -> Vec<bool> {
        done.iter().filter_map(|life| of(life)).collect()
    };
    told.share("respond_kept", &each(responded));
    told.share("resolve_kept", &each(resolved));
    let judged = done.iter().filter(|life| responded(life).or(resolved(life)).is_some()).count();
    let is_late = |life: &&&Life| responded(life) == Some(false) || resolved(life) == Some(false);
    told.tell("late", done.iter().filter(is_late).count() as f64, judged);
    let mut took: Vec<i64> =
        done.iter().filter_map(|life| Some(began(life)? - reported(life))).collect();
    took.sort_unstable();
    let n = took.len();
    for (name, share) in [("response_median_s", 0.5), ("response_p90_s", 0.9)] {
        let is_enough =
            |one: &&i64| took.iter().filter(|other| other <= one).count() as f64 >= share * n as f64;
        told.tell(name, took.iter().find(is_enough).map_or(0.0, |one| *one as f64), n);
    }
    told.tell("response_mean_s", took.iter().sum::<i64>() as f64 / n as f64, n);
}

/// How evenly work is spread.
fn spread(told: &mut Told, loads: &[f64]) {
    let n = loads.len() as f64;
    let mean = loads.iter().sum::<f64>() / n;
    let squares: f64 = loads.iter().map(|load| (load - mean) * (load - mean)).sum();
    told.tell("load_mean", mean, loads.len());
    told.tell("load_sd", (squares / n).sqrt(), loads.len());
    told.tell("load_max", loads.iter().copied().fold(0.0, f64::max), loads.len());
    if mean > 0.0 {
        let differences =
            loads.iter().flat_map(|one| loads.iter().map(move |other| (one - other).abs()));
        told.tell("load_gini", differences.sum::<f64>() / (2.0 * n * n * mean), loads.len());
    }
}

fn compare(slow: &Slow<'_>, told: &Value, what: &str) {
    for (name, (value, n)) in &slow.figures().0 {
        let (own, cases) = figure(told, name);
        let is_near = match (value, own.as_f64()) {
            (None, None) => true,
            (Some(value), Some(own)) => (value - own).abs() < 2e-6,
            _ => false,
        };
        assert!(is_near && *n == cases, "{name} of {what}: {own} of {cases}, and not {value:?} of {n}");
    }
}

#[tokio::test]
async fn figures_are_those_that_a_slow_count_of_all_that_is_told_comes_to() {
    let periods = [PERIOD, "from=2026-03-02T08:00:00Z&to=2026-03-02T15:00:00Z"];
    let (mut done, mut bound, mut fixes) = (0, 0, 0);
    for seed in 0..14 {
        let place = Place::File(File::new(&format!("kpis-{seed}")));
        let service = start(&place);
        service
            .put("/v1/fleet", &same_again::fleet(if seed % 2 == 0 { "strict" } else { "relax" }))
            .await;
        let mut dice = Xoshiro256PlusPlus::seed_from_u64(100 + seed);
        let (mut witness, mut story) = (Witness::default(), Vec::new());
        witness.look(&service).await;
        for _ in 0..80 {
            story.push(act(&service, &mut dice).await);
            witness.look(&service).await;
            story.push(witness.serve(&service, &mut dice).await);
            witness.look(&service).await;
        }
        // The same from the store as from those who have been at work.
        for service in [service, start(&place)] {
            for period in periods {
                let ends = period.split('&').map(|end| seconds(&json!(end.split('=').nth(1))));
                let ends: Vec<i64> = ends.collect();
                let ends = (ends[0], ends[1]);
                let story = || format!("seed {seed}, {period}, after\n{}", story.join("\n"));
                for by in ["engineer", "issue", "day"] {
                    let told = kpis(&service, &format!("{period}&by={by}")).await;
                    let slow = |group| Slow { witness: &witness, ends, group };
                    compare(&slow(None), &told["total"], &story());
                    for group in told["groups"].as_array().expect("groups") {
                        let (word, what) =
                            (&group["group"], format!("{by} {}: {}", group["group"], story()));
                        compare(&slow(Some((by, word))), &group["values"], &what);
                    }
                    done += figure(&told["total"], "done").1;
                    bound += figure(&told["total"], "repeats_bound").1;
                    fixes += figure(&told["total"], "first_time_fix").1;
                }
            }
        }
    }
    assert!(done > 400 && bound > 30 && fixes > 100, "only {done}, {bound}, {fixes} cases");
}
