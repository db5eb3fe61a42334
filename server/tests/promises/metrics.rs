//! `/metrics`: what Prometheus reads there follows its format and its rules for names.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::json;
use tower::ServiceExt;

use crate::common::{Service, day, ticket};

/// A family of samples.
#[derive(Debug, Default)]
struct Family {
    kind: String,
    /// By name and labels.
    samples: BTreeMap<(String, String), f64>,
}

async fn exposed(service: &Service) -> String {
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let response = service.0.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

/// Reads the text as the format has it; panics at whatever is not so.
fn families(text: &str) -> BTreeMap<String, Family> {
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let mut current = String::new();
    let mut helped = BTreeSet::new();
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, says) = help.split_once(' ').expect("a help says something");
            assert!(helped.insert(name.to_owned()), "{name} comes twice");
            assert!(says.ends_with('.'), "{line}");
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').expect("a type");
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(helped.contains(name), "{name} has no help");
            name.clone_into(&mut current);
            families.insert(current.clone(), Family { kind: kind.to_owned(), ..Family::default() });
        } else {
            let (series, value) = line.rsplit_once(' ').expect("a value");
            let value: f64 = value.parse().expect("a number");
            let (name, labels) = series.split_once('{').map_or((series, ""), |(name, labels)| {
                (name, labels.strip_suffix('}').expect("labels end"))
            });
            for label in labels.split("\",").filter(|label| !label.is_empty()) {
                let (key, of) = label.split_once("=\"").expect("a label in quotes");
                assert!(key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{line}");
                assert!(!of.trim_end_matches('"').contains(['"', '\\']), "{line}");
            }
            let family = families.get_mut(&current).expect("a type comes first");
            let ends: &[&str] =
                if family.kind == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
            assert!(ends.iter().any(|end| name == format!("{current}{end}")), "{line} in {current}");
            let before = family.samples.insert((name.to_owned(), labels.to_owned()), value);
            assert_eq!(before, None, "{line} comes twice");
        }
    }
    families
}

#[tokio::test]
async fn the_text_follows_the_format_and_the_rules_for_names() {
    let service = Service::with_fleet(&day(2)).await;
    let id = service.order(&json!({"problem": day(2), "rounds": 5})).await;
    service.wait(&id, "done").await;
    service.post("/v1/tickets/T1/commit", &json!({})).await;
    service.post("/v1/tickets/T1/commit", &json!({})).await;
    service.post("/v1/dispatch", &json!({"ticket": ticket("T9")})).await;
    let families = families(&exposed(&service).await);
    for (name, family) in &families {
        assert!(name.starts_with("paidan_"), "{name}");
        assert_eq!(family.kind == "counter", name.ends_with("_total"), "{name} is a {}", family.kind);
        for unit in ["_ms", "_milliseconds", "_minutes", "_micros", "_mib"] {
            assert!(!name.contains(unit), "{name}: base units are seconds and bytes");
        }
        if family.kind == "histogram" {
            rises(name, family);
        }
    }
    let value = |name: &str, labels: &str| {
        let family = name.trim_end_matches("_count").trim_end_matches("_sum");
        let sample = families[family].samples.get(&(name.to_owned(), labels.to_owned()));
        *sample.unwrap_or_else(|| panic!("{name} {labels}: {families:?}"))
    };
    for queue in ["dispatches", "documents", "waves", "questions", "searches", "writes"] {
        let labels = format!("queue=\"{queue}\"");
        assert!(value("paidan_queue_waiting", &labels) >= 0.0);
        let waited = value("paidan_queue_wait_seconds_count", &labels);
        assert_eq!(waited > 0.0, !["waves", "questions"].contains(&queue), "{queue} {waited}");
    }
    assert!((value("paidan_search_duration_seconds_count", "") - 1.0).abs() < 0.5);
    assert!(value("paidan_rounds_total", "") >= 5.0);
    // The fleet, the order, the plan, the promise, the decision.
    assert!((value("paidan_store_commit_writes_sum", "") - 5.0).abs() < 1.5);
    assert!(value("paidan_store_commit_duration_seconds_count", "") > 0.0);
    assert!(value("paidan_store_failures_total", "") < 0.5);
    assert!((value("paidan_writes_refused_total", "code=\"already-promised\"") - 1.0).abs() < 0.5);
    assert!((value("paidan_tenants", "") - 1.0).abs() < 0.5);
}

/// The buckets of every row rise up to its count.
fn rises(name: &str, family: &Family) {
    let mut rows: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    for ((_, labels), value) in family.samples.iter().filter(|((own, _), _)| own.ends_with("_bucket")) {
        let (row, end) = labels.rsplit_once("le=\"").expect("buckets have ends");
        let end = end.trim_end_matches('"').parse().expect("a number, or +Inf");
        rows.entry(row.trim_end_matches(',').to_owned()).or_default().push((end, *value));
    }
    for (row, mut buckets) in rows {
        buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
        assert!(buckets.is_sorted_by(|one, other| one.0 < other.0 && one.1 <= other.1), "{name} {row}");
        let all = buckets.last().expect("+Inf");
        assert!(all.0.is_infinite(), "{name} {row}");
        assert_eq!(family.samples.get(&(format!("{name}_count"), row.clone())), Some(&all.1), "{row}");
        assert!(family.samples.contains_key(&(format!("{name}_sum"), row)));
    }
}
