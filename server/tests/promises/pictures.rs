//! `paidan plan --html --geojson --ics`, as a shell sees it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("paidan-pictures-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn plan(folder: &Path, problem: &str, arguments: &[&str]) -> Output {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    Command::new(env!("CARGO_BIN_EXE_paidan"))
        .arg("plan")
        .arg(fixtures.join(problem))
        .args(["--rounds", "1"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the command runs")
}

#[test]
fn every_picture_is_written_beside_the_plan() {
    let folder = folder("all");
    let pictures =
        ["--out", "plan.json", "--html", "a.html", "--geojson", "a.geojson", "--ics", "new/calendars"];
    let done = plan(&folder, "city/day.json", &pictures);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a file");
    let planned: serde_json::Value = serde_json::from_str(&text("plan.json")).expect("JSON");
    let routes = planned["routes"].as_array().expect("routes").len();
    assert!(text("a.html").starts_with("<!doctype html>"));
    assert_eq!(text("a.geojson").matches("\"kind\":\"route\"").count(), routes);
    let calendars = std::fs::read_dir(folder.join("new/calendars")).expect("a folder").count();
    assert_eq!(calendars, routes);
    assert!(text("new/calendars/alma-reyes.ics").contains("BEGIN:VEVENT\r\n"));
    std::fs::remove_dir_all(&folder).ok();
}

#[test]
fn what_cannot_be_drawn_is_refused_before_the_search() {
    let folder = folder("refused");
    for (problem, arguments, says) in [
        ("tiny/over-full.json", &["--out", "p.json", "--geojson", "m.geojson"][..], "has coordinates"),
        ("city/day.json", &["--html", "-"], "stdout can take one document"),
        ("city/day.json", &["--ics", "-"], "name a folder"),
    ] {
        let done = plan(&folder, problem, arguments);
        let told = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{told}");
        assert!(told.contains(says) && done.stdout.is_empty(), "{told}");
    }
    assert_eq!(std::fs::read_dir(&folder).expect("a folder").count(), 0);
    std::fs::remove_dir_all(&folder).ok();
}
