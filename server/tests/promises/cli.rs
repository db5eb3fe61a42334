//! The command line, as a shell sees it: exit codes, stdin and stdout, what is said where.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

struct Ran {
    code: i32,
    out: String,
    err: String,
}

/// Runs `paidan` with these arguments and this stdin, in the folder of the fixtures.
fn paidan(arguments: &[&str], stdin: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_paidan"))
        .args(arguments)
        .current_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    // A command that does not read its stdin may have closed it by now.
    let _ = child.stdin.take().expect("stdin").write_all(stdin.as_bytes());
    let done = child.wait_with_output().expect("the command ends");
    Ran {
        code: done.status.code().expect("an exit code"),
        out: String::from_utf8(done.stdout).expect("text"),
        err: String::from_utf8(done.stderr).expect("text"),
    }
}

fn fixture(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(name);
    std::fs::read_to_string(path).expect("a fixture")
}

#[test]
fn a_plan_says_how_good_it_is_if_asked() {
    let asked = ["plan", "formats/two-arms.txt", "--rounds", "500", "--bound", "30"];
    let small = paidan(&asked, "");
    assert_eq!(small.code, 0, "{}", small.err);
    assert!(small.err.contains("Bound     this plan is the best possible"), "{}", small.err);
    let large = paidan(&["plan", "city/day.json", "--rounds", "1", "--bound", "30"], "");
    assert!(large.err.contains("Bound     none for more than 128 tickets"), "{}", large.err);
}

#[test]
fn help_teaches_and_wrong_usage_is_2() {
    let help = paidan(&["--help"], "");
    assert_eq!(help.code, 0);
    assert!(help.out.contains("Exit codes:") && help.out.contains("Examples:"), "{}", help.out);
    for command in ["plan", "dispatch", "assign", "check", "explain", "generate", "serve"] {
        let help = paidan(&[command, "--help"], "");
        assert!(help.code == 0 && help.out.contains("Examples:"), "{command}: {}", help.out);
    }
    // The examples can be pasted: the tickets that they name are the city's.
    let day = fixture("city/day.json");
    for command in ["dispatch", "assign", "explain", "serve", "help"] {
        let help = paidan(&[command, "--help"], "").out + &paidan(&["--help"], "").out;
        let ids = help.split(|c: char| !c.is_alphanumeric()).filter(|word| word.starts_with("SR"));
        assert!(ids.clone().count() > 0, "{help}");
        ids.for_each(|id| assert!(day.contains(&format!("\"id\":\"{id}\"")), "{id}"));
        assert!(!help.contains("T1"), "{help}");
    }
    for wrong in [&["fly"][..], &["plan"], &["plan", "x", "--rounds", "1", "--seconds", "1"]] {
        assert_eq!(paidan(wrong, "").code, 2, "{wrong:?}");
    }
}

#[test]
fn a_plan_goes_from_stdin_to_stdout_and_passes_the_check() {
    let made = paidan(&["plan", "-", "--rounds", "20", "--seed", "5"], &fixture("tiny/base.json"));
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(made.err.contains("Served    4 of 4 tickets"), "{}", made.err);
    assert!(made.err.contains("the independent checker agrees"), "{}", made.err);
    let checked = paidan(&["check", "tiny/base.json", "-"], &made.out);
    assert_eq!((checked.code, checked.err.as_str()), (0, ""), "{}", checked.out);
    assert!(checked.out.starts_with("sound: "), "{}", checked.out);
}

#[test]
fn one_route_is_no_routes_and_long_lists_are_cut() {
    let made = paidan(&["plan", "tiny/third-repeat.json", "--rounds", "1"], "");
    assert!(made.err.contains("1 of 1 ticket, 0 unserved"), "{}", made.err);
    let checked = paidan(&["check", "tiny/third-repeat.json", "-"], &made.out);
    assert_eq!(checked.out, "sound: 1 route, 1 stop, 0 tickets unserved\n");
    let made = paidan(&["plan", "city/day.json", "--rounds", "1"], "");
    for list in made.err.lines().filter(|line| line.trim_start().starts_with("not: ")) {
        assert!(list.matches(" (").count() <= 5, "{list}");
    }
    assert!(made.err.contains(" more; the plan lists them all"), "{}", made.err);
}

#[test]
fn a_spoilt_plan_fails_the_check_with_1() {
    let made = paidan(&["plan", "tiny/base.json", "--rounds", "1"], "");
    let spoilt = made.out.replacen("\"drive_s\": ", "\"drive_s\": 1", 1);
    assert_ne!(spoilt, made.out);
    let checked = paidan(&["check", "tiny/base.json", "-"], &spoilt);
    assert_eq!(checked.code, 1, "{}", checked.out);
    assert!(checked.out.contains("breach"), "{}", checked.out);
}

#[test]
fn flaws_are_told_one_a_line_with_a_count_and_3() {
    let flawed = r#"{"now": "soon", "engineers": [{"id": ""}], "colour": "red"}"#;
    let ran = paidan(&["plan", "-"], flawed);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    let lines: Vec<&str> = ran.err.lines().collect();
    let (last, flaws) = lines.split_last().expect("flaws");
    assert!(flaws.len() >= 2 && flaws.iter().all(|line| line.starts_with('[')), "{}", ran.err);
    assert_eq!(*last, format!("{} flaws in stdin", flaws.len()));
}

#[test]
fn files_that_cannot_be_had_are_4() {
    let ran = paidan(&["check", "tiny/nothing.json", "tiny/base.json"], "");
    assert_eq!(ran.code, 4);
    assert!(ran.err.contains("cannot read tiny/nothing.json"), "{}", ran.err);
    let ran = paidan(&["plan", "tiny/base.json", "--rounds", "1", "--out", "no/such/folder.json"], "");
    assert_eq!(ran.code, 4, "{}", ran.err);
}

#[test]
fn a_problem_and_a_plan_that_are_swapped_are_told_so() {
    let made = paidan(&["plan", "tiny/base.json", "--rounds", "1"], "");
    for arguments in
        [&["check", "-", "tiny/base.json"][..], &["explain", "-", "tiny/base.json", "--ticket", "T-1"]]
    {
        let ran = paidan(arguments, &made.out);
        assert_eq!((ran.code, ran.err.lines().count()), (3, 2), "{}", ran.err);
        assert!(ran.err.contains("this is a plan, and tiny/base.json is the problem"), "{}", ran.err);
    }
    let twice = paidan(&["check", "tiny/base.json", "tiny/base.json"], "");
    assert!(twice.code == 3 && !twice.err.contains("swap"), "{}", twice.err);
}

#[test]
fn seconds_below_0_are_refused_with_the_range() {
    let ran = paidan(&["plan", "tiny/base.json", "--seconds", "-1"], "");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("from 0 to 10000000") && ran.err.contains("--rounds"), "{}", ran.err);
}

#[test]
fn stdin_cannot_be_two_things() {
    assert_eq!(paidan(&["check", "-", "-"], "{}").code, 2);
}

#[test]
fn a_dispatch_names_the_engineer_and_json_is_the_services() {
    let ran = paidan(&["dispatch", "tiny/third-repeat.json", "--ticket", "T1"], "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("Third report: E1 goes"), "{}", ran.out);
    // The price is opened, and its columns are explained.
    let heads = ran.out.lines().find(|line| line.contains("price")).expect("a table");
    assert!(heads.contains("driving") && heads.ends_with("binding"), "{}", ran.out);
    for part in ["24 h 00", "binding: not the engineer bound by repeat", "first-time fix"] {
        assert!(ran.out.contains(part), "{part} is missing:\n{}", ran.out);
    }
    let ran = paidan(&["dispatch", "tiny/third-repeat.json", "--ticket", "T1", "--json"], "");
    let decision: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(decision["chosen"], "E1");
    let ran = paidan(&["dispatch", "tiny/too-far.json", "--ticket", "T1"], "");
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert_eq!(paidan(&["dispatch", "tiny/base.json", "--ticket", "T-9"], "").code, 2);
}

#[test]
fn an_assignment_is_told_and_its_routes_can_be_checked() {
    let ran = paidan(&["assign", "city/day.json"], "");
    assert_eq!(ran.code, 1, "the city's day is over-full: {}", ran.err);
    for part in
        ["tickets are given out", "proven to be the cheapest", "bound to the repeat", "and 198 more"]
    {
        assert!(ran.out.contains(part), "{part} is missing:\n{}", ran.out);
    }
    let ran = paidan(&["assign", "city/day.json", "--out", "-"], "");
    assert!(ran.err.contains("tickets are given out"), "{}", ran.err);
    let check = paidan(&["check", "city/day.json", "-"], &ran.out);
    assert_eq!(check.code, 0, "{}", check.out);
    // A third report goes to whom it is bound to, together or not.
    let ran = paidan(&["assign", "tiny/third-repeat.json", "--json"], "");
    let wave: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(wave["given"][0]["offer"]["engineer"], "E1");
    assert_eq!(ran.code, 0);
    // A crew comes along.
    let ran = paidan(&["assign", "tiny/crew.json", "--out", "-"], "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let check = paidan(&["check", "tiny/crew.json", "-"], &ran.out);
    assert_eq!(check.code, 0, "{}", check.out);
    // What waits for another is not lost from sight.
    let ran = paidan(&["assign", "tiny/after.json"], "");
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("To be planned"), "{}", ran.out);
}

#[test]
fn an_assignment_keeps_its_terms_and_says_what_they_hold() {
    let ran = paidan(&["assign", "tiny/territory.json", "--quota", "east=1"], "");
    assert_eq!(ran.code, 1, "{} {}", ran.out, ran.err);
    assert!(ran.out.contains("the quota of east is used up"), "{}", ran.out);
    let ran = paidan(&["assign", "tiny/territory.json", "--quota", "nowhere=1"], "");
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("nowhere"), "{}", ran.err);
    assert_eq!(paidan(&["assign", "tiny/territory.json", "--quota", "east"], "").code, 2);
    // With at most one emergency each, the city gives out no more of them than it has people.
    let ran = paidan(&["assign", "city/day.json", "--emergencies", "0", "--json"], "");
    let wave: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert!(!wave["held"].as_array().expect("some are held").is_empty());
}

#[test]
fn a_served_ticket_is_explained_by_its_receipt_and_the_alternatives() {
    let made = paidan(&["plan", "tiny/third-repeat.json", "--rounds", "10"], "");
    let ran = paidan(&["explain", "tiny/third-repeat.json", "-", "--ticket", "T1"], &made.out);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!ran.out.contains(" s "), "seconds among minutes:\n{}", ran.out);
    for part in ["E1 goes", "bound    to E1", "driving", "in all", "E2"] {
        assert!(ran.out.contains(part), "{part} is missing:\n{}", ran.out);
    }
}

#[test]
fn an_unserved_ticket_is_explained_engineer_by_engineer() {
    let made = paidan(&["plan", "tiny/over-full.json", "--rounds", "500"], "");
    // E1's shift of 2 h 30 is full to the second.
    assert!(made.err.contains("beside the planned work: E1 0 min free of 2 h 30"), "{}", made.err);
    let ran = paidan(&["explain", "tiny/over-full.json", "-", "--ticket", "T1"], &made.out);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(
        ran.out.contains("one engineer could, but has no room")
            && ran.out.contains("2 h 00 + drive  no gap is long enough"),
        "{}",
        ran.out
    );

    let made = paidan(&["plan", "tiny/too-far.json", "--rounds", "10"], "");
    let ran = paidan(&["explain", "tiny/too-far.json", "-", "--ticket", "T1"], &made.out);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("E1 is too far away"), "{}", ran.out);
}

#[test]
fn a_crew_is_explained_with_everybody_who_goes() {
    let made = paidan(&["plan", "tiny/crew.json", "--rounds", "20"], "");
    let ran = paidan(&["explain", "tiny/crew.json", "-", "--ticket", "T1"], &made.out);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in ["E1, E2 go together", "What E1's stop costs", "What E2's stop costs"] {
        assert!(ran.out.contains(part), "{part} is missing:\n{}", ran.out);
    }
    assert!(!ran.out.contains("else could have gone"), "{}", ran.out);
}

#[test]
fn an_order_is_explained_with_what_it_waits_for() {
    let made = paidan(&["plan", "tiny/after.json", "--rounds", "20"], "");
    let explain =
        |ticket| paidan(&["explain", "tiny/after.json", "-", "--ticket", ticket], &made.out).out;
    let [first, second] = ["T1", "T2"].map(explain);
    assert!(first.contains("E1 goes") && first.contains("before   T2, which waits for it"), "{first}");
    assert!(second.contains("after    T1, which ends 2026-03-02 "), "{second}");
    assert!(![first, second].concat().contains("else could have gone"));
}

#[test]
fn a_crew_that_lost_the_trade_is_told_whose_day_is_full() {
    // E2's whole day goes to T2, which only E2 may serve and which is worth more.
    let mut problem: serde_json::Value = serde_json::from_str(&fixture("tiny/crew.json")).expect("JSON");
    problem["tickets"][0]["priority"] = 10.into();
    problem["tickets"][1]["priority"] = 90.into();
    problem["tickets"][1]["work_s"] = 25_000.into();
    problem["tickets"][1]["engineers"] = serde_json::json!({"required": ["E2"]});
    let problem = problem.to_string();
    let made = paidan(&["plan", "-", "--rounds", "20"], &problem);
    let says = "2 engineers could, but too few have room at one moment beside the planned work: ";
    assert!(made.err.contains(says), "{}", made.err);
    assert!(
        made.err.contains("E1 8 h 00 free of 8 h 00, but no gap is at the right moment"),
        "{}",
        made.err
    );
    let plan = std::env::temp_dir().join(format!("paidan-crew-{}.json", std::process::id()));
    std::fs::write(&plan, &made.out).expect("it is written");
    let path = plan.to_str().expect("a path in UTF-8");
    let ran = paidan(&["explain", "-", path, "--ticket", "T1"], &problem);
    std::fs::remove_file(&plan).expect("it can be removed");
    assert_eq!(ran.code, 1, "{}", ran.err);
    for part in ["no gap is at the right moment", "no gap is long enough"] {
        assert!(ran.out.contains(part), "{part} is missing:\n{}", ran.out);
    }
    assert!(!ran.out.contains("more\n"), "{}", ran.out);
}

#[test]
fn a_generated_problem_is_sound() {
    let made = paidan(&["generate", "nation", "--tickets", "20", "--engineers", "4", "--seed", "2"], "");
    assert_eq!(made.code, 0, "{}", made.err);
    let planned = paidan(&["plan", "-", "--rounds", "20"], &made.out);
    assert_eq!(planned.code, 0, "{}", planned.err);
    assert_eq!(paidan(&["generate", "nation", "--engineers", "0"], "").code, 2);
}

#[test]
fn a_published_instance_is_answered_with_a_solution_text_that_passes_the_check() {
    let solution = std::env::temp_dir().join(format!("paidan-{}.sol", std::process::id()));
    let path = solution.to_str().expect("a path in UTF-8");
    let made = paidan(&["plan", "formats/two-arms.txt", "--rounds", "50", "--out", path], "");
    assert_eq!((made.code, made.err.as_str()), (0, ""), "{}", made.out);
    assert!(made.out.contains("Served    5 of 5 customers"), "{}", made.out);
    assert!(made.out.contains("Distance  40.0"), "{}", made.out);
    let text = std::fs::read_to_string(&solution).expect("it is written");
    std::fs::remove_file(&solution).expect("it can be removed");
    let checked = paidan(&["check", "formats/two-arms.txt", "-"], &text);
    assert_eq!(checked.out, "sound: 2 routes, 5 customers, distance 40.0\n", "{}", checked.err);
    let wrong = paidan(&["check", "formats/two-arms.txt", "-"], &text.replace("40.0", "39.0"));
    assert_eq!(wrong.code, 1, "{}", wrong.out);
    assert!(wrong.out.contains("plan-price"), "{}", wrong.out);
}

#[test]
fn an_answer_that_leaves_a_customer_out_is_incomplete_and_exits_with_1() {
    let heavy = fixture("formats/two-arms.txt").replace("  3          25", "  1          25");
    let made = paidan(&["plan", "-", "--rounds", "50"], &heavy);
    assert_eq!(made.code, 1, "{}", made.err);
    assert!(made.err.contains("INCOMPLETE, not served: "), "{}", made.err);
    assert!(made.out.contains("Route #1:"), "what could be served is told: {}", made.out);
}

#[test]
fn whoever_has_a_prize_may_be_left_out() {
    let made = paidan(&["plan", "formats/prizes.vrp", "--rounds", "50"], "");
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(made.err.contains("Prizes    109, 2 customers left out"), "{}", made.err);
    assert!(made.err.contains("Cost      289"), "{}", made.err);
    let checked = paidan(&["check", "formats/prizes.vrp", "-"], &made.out);
    assert_eq!(checked.out, "sound: 1 route, 3 customers, 2 left out for a prize, cost 289\n");
}

#[test]
fn a_pragmatic_problem_is_answered_in_its_own_words_and_notes_are_told() {
    let arguments =
        ["plan", "formats/lunch.json", "--matrix", "formats/lunch.matrix.json", "--rounds", "50"];
    let made = paidan(&arguments, "");
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(
        made.err.contains("note: fleet.vehicles[0].costs.time: while planning, time that is spent on"),
        "{}",
        made.err
    );
    assert!(made.out.contains("\"vehicleId\": \"ada_1\""), "{}", made.out);
    let without = paidan(&arguments[..2], "");
    assert_eq!(without.code, 3);
    assert!(
        without.err.contains("[no-place] plan.jobs[0].services[0].places[0].location"),
        "{}",
        without.err
    );
}

#[test]
fn a_format_can_be_named_and_what_belongs_to_another_is_wrong_usage() {
    let forced = paidan(&["plan", "formats/two-arms.txt", "--format", "vrplib"], "");
    assert_eq!(forced.code, 3);
    assert!(forced.err.contains("[missing-key] DIMENSION is missing"), "{}", forced.err);
    let few = ["plan", "formats/two-arms.txt", "--objective", "vehicles", "--rounds", "50"];
    let made = paidan(&few, "");
    assert!(made.out.ends_with("Cost 40.018\n"), "{}{}", made.out, made.err);
    for wrong in [
        &["plan", "tiny/base.json", "--objective", "distance"][..],
        &["plan", "formats/two-arms.txt", "--matrix", "formats/lunch.matrix.json"],
        &["plan", "formats/two-arms.txt", "--format", "excel"],
    ] {
        assert_eq!(paidan(wrong, "").code, 2, "{wrong:?}");
    }
}
