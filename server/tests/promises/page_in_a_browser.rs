//! The page of a plan, looked at in a real browser.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::browser::Browser;
use serde_json::{Value, json};

/// A folder of its own, and in it the page and the plan of a problem.
fn made(name: &str, problem: &Path) -> (PathBuf, Value) {
    let folder = std::env::temp_dir().join(format!("paidan-page-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let done = Command::new(env!("CARGO_BIN_EXE_paidan"))
        .arg("plan")
        .arg(problem)
        .args(["--rounds", "300", "--out", "plan.json", "--html", "page.html"])
        .current_dir(&folder)
        .output()
        .expect("the command runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let plan = std::fs::read(folder.join("plan.json")).expect("a plan");
    (folder, serde_json::from_slice(&plan).expect("JSON"))
}

fn city() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/city/day.json")
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().expect("a list")
}

/// The card as it is shown: the ticket or engineer, the amounts of its lines, its total.
const CARD: &str = "(() => { const card = document.querySelector('#card'); if (card.hidden) return null;
    const amounts = (part) => [...card.querySelectorAll(`${part} td`)].map((cell) => Number(cell.dataset.seconds));
    return { of: card.querySelector('h3').textContent, lines: amounts('tbody'), total: amounts('tfoot')[0] }; })()";

/// What a card must say about a stop of the plan.
fn assert_is_receipt(card: &Value, stop: &Value) {
    assert_eq!(card["of"], stop["ticket"]);
    assert_eq!(card["total"], stop["receipt"]["total"], "{card}");
    let sum: i64 = list(card, "lines").iter().map(|line| line.as_i64().expect("whole seconds")).sum();
    assert_eq!(card["total"], json!(sum), "{card}");
    assert!(!list(card, "lines").is_empty(), "{card}");
}

/// The middle of the element that a script finds.
fn middle_of(browser: &mut Browser, element: &str) -> [f64; 2] {
    let box_of = format!(
        "(() => {{ const box = {element}.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
    );
    let at = browser.run(&box_of);
    [at[0].as_f64().expect("x"), at[1].as_f64().expect("y")]
}

#[test]
fn the_page_of_a_citys_day_draws_every_route_and_asks_nobody() {
    let (folder, plan) = made("city", &city());
    let size = std::fs::metadata(folder.join("page.html")).expect("a page").len();
    assert!(size < 2_000_000, "{size} bytes");
    // So high that every row is in sight.
    let Some(mut browser) = Browser::start(&folder, 1400, 4000) else { return };
    browser.open(&folder.join("page.html"));

    let routes = list(&plan, "routes");
    let stops: usize = routes.iter().map(|route| list(route, "stops").len()).sum();
    let drawn = |what: &str| format!("document.querySelectorAll('{what}').length");
    assert_eq!(browser.run(&drawn("#days .row:has(.work)")), json!(routes.len()));
    assert_eq!(browser.run(&drawn("#days .row .work")), json!(stops));
    assert_eq!(browser.run(&drawn("#left .left")), json!(list(&plan, "unserved").len()));
    let breaks: usize = routes.iter().map(|route| list(route, "breaks").len()).sum();
    assert_eq!(browser.run(&drawn("#days .row .break")), json!(breaks));

    // By keyboard: every stop of the first route.
    let first = list(&routes[0], "stops");
    browser.run("document.querySelector('#days .row .who').focus()");
    for stop in first {
        browser.press("ArrowRight");
        assert_is_receipt(&browser.run(CARD), stop);
    }
    browser.press("ArrowDown");
    let below = browser.run(CARD);
    assert!(list(&routes[1], "stops").iter().any(|stop| stop["ticket"] == below["of"]), "{below}");

    // By mouse, and to the map: what is chosen here is what is lit there.
    let last = list(routes.last().expect("a route"), "stops").last().expect("a stop");
    let rows = "[...document.querySelectorAll('#days .row:has(.work)')]";
    let at = middle_of(&mut browser, &format!("[...{rows}.at(-1).querySelectorAll('.work')].at(-1)"));
    browser.mouse(at, true);
    assert_is_receipt(&browser.run(CARD), last);
    assert_eq!(browser.run("paidan.store.state.chosen.ticket.id"), last["ticket"]);
    browser.press("Escape");
    assert_eq!(browser.run(CARD), Value::Null);

    // And back: what is chosen on the map is lit in its row.
    let spot = browser.run("paidan.map.spotOf(paidan.model.shifts[0].stops[0])");
    let at = [spot[0].as_f64().expect("x"), spot[1].as_f64().expect("y")];
    browser.mouse(at, true);
    let chosen = browser.run("paidan.store.state.chosen.ticket?.id ?? null");
    assert!(!chosen.is_null(), "nothing is there to be chosen");
    assert_eq!(browser.run(CARD)["of"], chosen);
    let lit = "document.querySelector('#days .row.chosen .work.chosen')?.thing.ticket.id ?? null";
    assert_eq!(browser.run(lit), chosen);

    // Searching leaves the rows that hold what is sought.
    browser.run("paidan.store.set({ query: 'alma-reyes' })");
    assert_eq!(browser.run(&drawn("#days .row")), json!(1));

    assert_eq!(browser.complaints, Vec::<Value>::new());
    let page = format!("file://{}", folder.join("page.html").display());
    assert!(
        browser.requests.iter().all(|url| *url == page || url == "data:,"),
        "{:?}",
        browser.requests
    );
    std::fs::remove_dir_all(&folder).ok();
}

#[test]
fn ids_that_look_like_markup_are_shown_as_they_are() {
    let hostile = "</script><img src=x onerror=alert(1)>\"'&";
    let text = std::fs::read_to_string(city()).expect("the city");
    let mut problem: Value = serde_json::from_str(&text).expect("JSON");
    problem["engineers"].as_array_mut().expect("engineers").truncate(1);
    problem["engineers"][0]["id"] = json!(hostile);
    problem["visits"] = json!([]);
    let folder = std::env::temp_dir().join(format!("paidan-page-problem-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("day.json"), problem.to_string()).expect("a file");
    let (made, _) = made("hostile", &folder.join("day.json"));
    let Some(mut browser) = Browser::start(&made, 1200, 900) else { return };
    browser.open(&made.join("page.html"));
    assert_eq!(browser.run("document.querySelector('#days .row .id').textContent"), json!(hostile));
    assert_eq!(browser.run("document.querySelectorAll('img').length"), json!(0));
    assert_eq!(browser.complaints, Vec::<Value>::new());
    std::fs::remove_dir_all(&folder).ok();
    std::fs::remove_dir_all(&made).ok();
}

#[test]
fn without_coordinates_there_are_the_days_alone_and_the_page_says_so() {
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/tiny/over-full.json");
    let (folder, plan) = made("table", &tiny);
    let Some(mut browser) = Browser::start(&folder, 1200, 900) else { return };
    browser.open(&folder.join("page.html"));
    let says = browser.run("document.querySelector('#map').textContent");
    assert!(says.as_str().expect("text").contains("no map"), "{says}");
    assert_eq!(browser.run("document.querySelectorAll('canvas').length"), json!(0));
    let rows = browser.run("document.querySelectorAll('#days .row').length");
    assert_eq!(rows, json!(list(&plan, "routes").len()));
    assert_eq!(browser.complaints, Vec::<Value>::new());
    std::fs::remove_dir_all(&folder).ok();
}
