//! `/v1/import`.
//!
//! `IMPORT_ROWS=20000 cargo test -p paidan -- tickets_of_a_large_table --nocapture` says how long so many tickets take.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use paidan::config::Config;
use serde_json::{Value, json};

use crate::common::{Answer, Service, day, fleet, small, ticket};

const ROSTER: &str = "\
id,home_lat,home_lon,skills,territories,shift_start,shift_end,break_start,break_end,break_length_s
near,52.50,13.40,boiler:4,,2026-03-02T08:00:00+01:00,2026-03-02T16:00:00+01:00,12:00,13:00,1800
far,52.50,13.55,boiler:3;gas:2@2026-12-31,,2026-03-02T08:00:00+01:00,2026-03-02T16:00:00+01:00,,,
near,,,,,2026-03-03T08:00:00+01:00,2026-03-03T16:00:00+01:00,,,
";

async fn csv(service: &Service, path: &str, table: &str) -> Answer {
    service.send_as("POST", path, "text/csv; charset=utf-8", table).await
}

async fn engineers(service: &Service, table: &str) -> Answer {
    csv(service, "/v1/import/engineers", table).await
}

/// Line and outcome of each item.
fn outcomes(report: &Value) -> Vec<(u64, String)> {
    let lines = report["lines"].as_array().unwrap_or_else(|| panic!("{report}"));
    lines
        .iter()
        .map(|line| (line["line"].as_u64().unwrap(), line["outcome"].as_str().unwrap().to_owned()))
        .collect()
}

fn paths(refused: &Answer) -> Vec<&str> {
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    refused.body["flaws"].as_array().unwrap().iter().map(|flaw| flaw["path"].as_str().unwrap()).collect()
}

fn table(rows: &[(u64, &str)]) -> Vec<(u64, String)> {
    rows.iter().map(|(line, outcome)| (*line, (*outcome).to_owned())).collect()
}

#[tokio::test]
async fn a_table_of_engineers_is_a_fleet_where_there_was_none() {
    let service = Service::new();
    let told = engineers(&service, ROSTER).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    assert_eq!(outcomes(&told.body), table(&[(2, "made"), (3, "made")]));
    let near = service.get("/v1/engineers/near").await.body;
    assert_eq!(near["shifts"].as_array().unwrap().len(), 2);
    assert_eq!(near["shifts"][0]["breaks"][0]["length_s"], 1800);
    let far = service.get("/v1/engineers/far").await.body;
    assert_eq!(far["skills"]["gas"], json!({"level": 2, "valid_until": "2026-12-31"}));
    // Its clock is the service's, on the wall of its engineers.
    let now = service.get("/v1/fleet").await.body["now"].as_str().unwrap().to_owned();
    assert!(now.ends_with("+01:00") && now.as_str() > "2026-11-01", "{now}");
    service.put("/v1/setup", &json!({"now": "2026-03-02T07:00:00+01:00"})).await;
    let asked = service.post("/v1/dispatch", &json!({"ticket": ticket("T1")})).await;
    assert_eq!(asked.body["chosen"], "near", "{}", asked.body);
}

#[tokio::test]
async fn the_same_table_again_changes_nothing_and_is_told_so() {
    let service = Service::with_fleet(&fleet()).await;
    engineers(&service, ROSTER).await;
    let events = service.get("/v1/events").await.body;
    let again = engineers(&service, ROSTER).await.body;
    assert_eq!([&again["same"], &again["made"], &again["changed"]], [2, 0, 0], "{again}");
    assert_eq!(service.get("/v1/events").await.body, events);
    let other = engineers(&service, &ROSTER.replace("boiler:4", "boiler:5")).await.body;
    assert_eq!(outcomes(&other), table(&[(2, "changed"), (3, "same")]));
    let told = service.get("/v1/events").await.body;
    let last = told["items"].as_array().unwrap().last().unwrap();
    assert_eq!([&last["event"], &last["subject"]], ["engineer.changed", "near"]);
}

#[tokio::test]
async fn lines_that_leave_out_what_is_known_only_since_change_nothing() {
    let service = Service::new();
    let line = |id: &str, more: &str| format!("{{\"id\":\"{id}\",{more}}}\n");
    let people = line("ana", "\"home\":{\"lat\":39.1,\"lon\":-84.5}");
    let tickets = line("T1", "\"place\":{\"lat\":39.1,\"lon\":-84.4},\"work_s\":600");
    let import = async |path: &str, lines: &str| {
        let answer = service.send_as("POST", path, "application/jsonl", lines).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        ["made", "changed", "same"].map(|word| answer.body[word].clone())
    };
    let (engineers, work) = ("/v1/import/engineers", "/v1/import/tickets");
    assert_eq!(import(engineers, &people).await, [1, 0, 0]);
    assert_eq!(import(work, &tickets).await, [1, 0, 0]);
    // The desk has dated the ticket, and she was seen.
    let seen = json!({"positions": [{"engineer": "ana", "lat": 39.2, "lon": -84.5}]});
    assert_eq!(service.post("/v1/positions", &seen).await.status, StatusCode::OK);
    assert_eq!(import(engineers, &people).await, [0, 0, 1]);
    assert_eq!(import(work, &tickets).await, [0, 0, 1]);
    let later = tickets.replace("600", "900");
    assert_eq!(import(work, &later).await, [0, 1, 0]);
}

#[tokio::test]
async fn a_table_leaves_alone_what_it_has_no_column_for_and_a_line_of_json_is_the_whole() {
    let service = Service::with_fleet(&fleet()).await;
    let before = service.get("/v1/engineers/near").await.body;
    let told = engineers(&service, "id,skills\nnear,boiler:4;gas:1\n").await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    let mut expected = before.clone();
    expected["skills"]["gas"] = json!(1);
    assert_eq!(service.get("/v1/engineers/near").await.body, expected);
    // An empty cell gives its default back.
    engineers(&service, "id,skills\nnear,\n").await;
    assert_eq!(service.get("/v1/engineers/near").await.body["skills"], Value::Null);
    let line = "{\"id\": \"near\", \"home\": {\"lat\": 52.5, \"lon\": 13.4}}\n\n";
    let told = service.send_as("POST", "/v1/import/engineers", "application/x-ndjson", line).await;
    assert_eq!(outcomes(&told.body), table(&[(1, "changed")]));
    assert_eq!(service.get("/v1/engineers/near").await.body["shifts"], json!([]));
}

/// Line 3 cannot be read, 4 works two shifts at once, 5 is as the first.
const FLAWED: &str = "\
id,home_lat,home_lon,skills,shift_start,shift_end
new,52.50,13.41,boiler:4,2026-03-02T08:00:00+01:00,2026-03-02T16:00:00+01:00
wrong,north,13.55,boiler:9,2026-03-02,2026-03-02T16:00:00+01:00
twice,52.50,13.55,boiler:1,2026-03-02T08:00:00+01:00,2026-03-02T16:00:00+01:00
twice,52.50,13.55,boiler:1,2026-03-02T12:00:00+01:00,2026-03-02T18:00:00+01:00
";

#[tokio::test]
async fn all_or_nothing_tells_every_flaw_by_its_line_and_does_nothing() {
    let service = Service::with_fleet(&fleet()).await;
    let events = service.get("/v1/events").await.body;
    let refused = engineers(&service, FLAWED).await;
    assert_eq!(
        paths(&refused),
        ["line 3: home_lat", "line 3: shift_start", "line 5"],
        "{}",
        refused.body
    );
    assert_eq!(service.get("/v1/events").await.body, events);
    assert_eq!(service.get("/v1/engineers/new").await.status, StatusCode::NOT_FOUND);
    // The same where there is no fleet yet: there is none afterwards.
    let service = Service::new();
    assert_eq!(engineers(&service, FLAWED).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(service.get("/v1/fleet").await.body["code"], "no-fleet");
}

#[tokio::test]
async fn each_takes_the_sound_ones_and_a_dry_run_none() {
    for service in [Service::with_fleet(&fleet()).await, Service::new()] {
        let path = "/v1/import/engineers?mode=each";
        let dry = csv(&service, &format!("{path}&dry_run=true"), FLAWED).await.body;
        assert_eq!(service.get("/v1/engineers/new").await.status, StatusCode::NOT_FOUND);
        let told = csv(&service, path, FLAWED).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.body);
        assert_eq!(outcomes(&told.body), table(&[(2, "made"), (3, "refused"), (4, "refused")]));
        assert_eq!(dry["lines"], told.body["lines"]);
        assert_eq!([&dry["dry_run"], &told.body["dry_run"]], [&json!(true), &json!(false)]);
        assert_eq!(told.body["lines"][2]["flaws"][0]["code"], "overlapping-shifts");
        assert_eq!(service.get("/v1/engineers/new").await.status, StatusCode::OK);
        assert_eq!(service.get("/v1/engineers/twice").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn whoever_could_not_keep_a_promise_is_refused_by_their_line() {
    let service = Service::with_fleet(&day(1)).await;
    service.post("/v1/tickets/T1/commit", &json!({"engineer": "near"})).await;
    let mut refused = Vec::new();
    for table in [
        "id,skills\nfar,boiler:5\nnear,gas:1\n",
        "id,shift_start,shift_end\nfar,,\nnear,2026-03-03T08:00:00+01:00,2026-03-03T16:00:00+01:00\n",
    ] {
        let answer = engineers(&service, table).await;
        refused.push((answer.body["flaws"][0]["code"].clone(), paths(&answer)[0].to_owned()));
    }
    assert_eq!(refused[0], (json!("broken-route"), "line 3".to_owned()));
    assert_eq!(refused[1], (json!("broken-route"), "line 3: shifts".to_owned()));
    let each =
        csv(&service, "/v1/import/engineers?mode=each", "id,skills\nfar,boiler:5\nnear,gas:1\n").await;
    assert_eq!(outcomes(&each.body), table(&[(2, "changed"), (3, "refused")]));
    let route = service.get("/v1/routes/near/0").await.body;
    assert_eq!(route["tickets"], json!(["T1"]));
    // A shift that comes before the promised one moves its number, not the promise.
    let earlier = "id,shift_start,shift_end\nnear,2026-03-02T05:00:00+01:00,2026-03-02T07:30:00+01:00\n\
                   near,2026-03-02T08:00:00+01:00,2026-03-02T16:00:00+01:00\n";
    let moved = engineers(&service, earlier).await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.body);
    assert_eq!(service.get("/v1/routes/near/1").await.body["tickets"], json!(["T1"]));
}

#[tokio::test]
async fn tickets_come_in_as_a_table_with_windows_and_only_open_ones_change() {
    let service = Service::with_fleet(&day(2)).await;
    service.post("/v1/tickets/T1/commit", &json!({})).await;
    let rows = "\
id,customer,issue,lat,lon,work_s,requires,resolve_by,window_start,window_end
T8,C8,no-heat,52.51,13.41,1800,boiler:2/4,2026-03-02T20:00:00+01:00,2026-03-02T10:00:00+01:00,2026-03-02T11:00:00+01:00
T8,,,,,,,,2026-03-02T13:00:00+01:00,2026-03-02T14:00:00+01:00
T2,C1,no-heat,52.505,13.405,900,boiler:2/4,2026-03-02T20:00:00+01:00,,
";
    let told = csv(&service, "/v1/import/tickets", rows).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    assert_eq!(outcomes(&told.body), table(&[(2, "made"), (4, "changed")]));
    let made = service.get("/v1/tickets/T8").await.body;
    assert_eq!(
        (&made["state"], made["ticket"]["windows"].as_array().unwrap().len()),
        (&json!("open"), 2)
    );
    assert_eq!(service.get("/v1/tickets/T2").await.body["ticket"]["work_s"], 900);
    let chosen = service.post("/v1/dispatch", &json!({"ticket": "T8"})).await.body;
    assert_eq!(chosen["offers"][0]["start"], "2026-03-02T10:00:00+01:00", "{chosen}");
    let promised = "id,work_s\nT1,60\nT9,60\n";
    assert_eq!(paths(&csv(&service, "/v1/import/tickets", promised).await), ["line 2", "line 3: place"]);
    let none = Service::new();
    assert_eq!(csv(&none, "/v1/import/tickets", rows).await.body["code"], "no-fleet");
}

#[tokio::test]
async fn an_import_under_a_key_is_done_once() {
    let service = Service::with_fleet(&fleet()).await;
    let send = async |table: &str| {
        let request = Request::post("/v1/import/engineers")
            .header("content-type", "text/csv")
            .header("idempotency-key", "roster-1");
        service.ask(request.body(Body::from(table.to_owned())).unwrap()).await
    };
    let first = send(ROSTER).await;
    let events = service.get("/v1/events").await.body;
    assert_eq!(send(ROSTER).await.body, first.body);
    assert_eq!(service.get("/v1/events").await.body, events);
    assert_eq!(send("id\nnear\n").await.body["code"], "key-reused");
}

#[tokio::test]
async fn what_is_no_table_is_told_so() {
    let service = Service::with_fleet(&fleet()).await;
    assert_eq!(paths(&engineers(&service, "").await), ["line 1"]);
    assert_eq!(paths(&engineers(&service, "name,id\n").await), ["line 1: \"name\""]);
    assert_eq!(paths(&engineers(&service, "id,class\nnear\n").await), ["line 2"]);
    assert_eq!(paths(&csv(&service, "/v1/import/engineers?mode=some", "id\n").await), ["query.mode"]);
    let json = service.post("/v1/import/engineers", &json!({})).await;
    assert_eq!(json.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let lines = "{\"id\": \"far\"}\n{\"id\": \n{\"id\": \"far\"}\n";
    let refused = service.send_as("POST", "/v1/import/engineers", "application/jsonl", lines).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.body);
    let lines = "{\"id\": \"far\"}\n{\"id\": \"far\"}\n";
    let refused = service.send_as("POST", "/v1/import/engineers", "application/jsonl", lines).await;
    // What the first line lacks is told along.
    assert_eq!(paths(&refused), ["line 1", "line 2: id"]);
}

#[tokio::test]
async fn limits_hold_for_lines_engineers_and_flaws() {
    let service = Service::with(Config { import_lines: 3, engineers: 2, ..small() });
    assert_eq!(engineers(&service, "id\na\nb\nc\nd\n").await.body["flaws"][0]["code"], "too-large");
    assert_eq!(engineers(&service, "id\na\nb\nc\n").await.body["flaws"][0]["code"], "too-large");
    let mut rows = "id,home_lat,home_lon\n".to_owned();
    for n in 0..300 {
        writeln!(rows, "e{n},north,south").unwrap();
    }
    let service = Service::new();
    let refused = csv(&service, "/v1/import/engineers?mode=each", &rows).await;
    assert_eq!(paths(&refused).len(), 200);
    assert_eq!(service.get("/v1/fleet").await.body["code"], "no-fleet");
}

/// A table of so many tickets, each with so much work.
fn many(rows: usize, work_s: usize) -> String {
    let mut table = "id,customer,issue,lat,lon,work_s,requires\n".to_owned();
    for n in 0..rows {
        let lat = 52.4 + (n % 1000) as f64 / 5000.0;
        writeln!(table, "I{n:06},C{n},no-heat,{lat},13.41,{work_s},boiler:2/4").unwrap();
    }
    table
}

#[tokio::test]
async fn tickets_of_a_large_table_are_all_there_and_change_together() {
    let rows = std::env::var("IMPORT_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1500);
    let service = Service::with_fleet(&fleet()).await;
    for (work_s, outcome) in [(1800, "made"), (900, "changed")] {
        let begun = Instant::now();
        let told = csv(&service, "/v1/import/tickets", &many(rows, work_s)).await;
        println!("{rows} tickets {outcome} in {:.1} s", begun.elapsed().as_secs_f64());
        assert_eq!((told.status, &told.body[outcome]), (StatusCode::OK, &json!(rows)), "{}", told.body);
        let last = service.get(&format!("/v1/tickets/I{:06}", rows - 1)).await.body;
        assert_eq!(last["ticket"]["work_s"], work_s);
    }
    assert_eq!(service.get("/v1/fleet").await.body["tickets_open"], rows);
}

#[tokio::test]
async fn an_import_comes_to_its_end_while_others_write_all_the_time() {
    let service = Service::with_fleet(&day(1)).await;
    let (writer, has_ended) = (service.clone(), Arc::new(AtomicBool::new(false)));
    let ended = Arc::clone(&has_ended);
    let others = tokio::spawn(async move {
        let mut written = 0;
        while !ended.load(Ordering::Relaxed) {
            let mut other = ticket("T1");
            other["work_s"] = json!(600 + written % 2);
            let told = writer.put("/v1/tickets/T1", &other).await;
            assert_eq!(told.status, StatusCode::OK, "{}", told.body);
            written += 1;
        }
        written
    });
    let table = many(300, 1800);
    let import = csv(&service, "/v1/import/tickets", &table);
    let told = tokio::time::timeout(Duration::from_secs(60), import).await.expect("it ends");
    has_ended.store(true, Ordering::Relaxed);
    assert_eq!((told.status, &told.body["made"]), (StatusCode::OK, &json!(300)), "{}", told.body);
    assert!(others.await.expect("they can write") > 2);
}
