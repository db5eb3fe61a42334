//! The service is killed while a plan is applied: then all of it is promised, or nothing.

use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::caller::ask;
use crate::crash::{all, day, judge, kills, ticket};
use crate::lasting::File;
use crate::running::Running;

/// Tickets of each plan.
const TICKETS: usize = 40;

/// Asks for what must be answered.
fn done(service: &Running, method: &str, path: &str, body: &Value) -> Value {
    let (status, told) = ask(service.address, method, path, None, body).expect("it answers");
    assert!(status < 300, "{method} {path}: {status} {told}");
    told
}

/// Plans the fleet; the id of the plan, and how many tickets it serves.
fn planned(service: &Running) -> (String, usize) {
    let order = json!({"problem": "fleet", "rounds": 20});
    let id = done(service, "POST", "/v1/plans", &order)["id"].as_str().expect("an id").to_owned();
    for _ in 0..600 {
        let plan = done(service, "GET", &format!("/v1/plans/{id}"), &Value::Null);
        if plan["status"] == "done" {
            let routes = plan["plan"]["routes"].as_array().expect("routes").iter();
            return (id, routes.map(|route| route["stops"].as_array().expect("stops").len()).sum());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the plan is never done");
}

#[test]
fn a_plan_is_applied_as_a_whole_or_not_at_all_whenever_the_service_is_killed() {
    let file = File::new("crash-plans");
    let mut service = Running::start(file.path());
    done(&service, "PUT", "/v1/fleet", &day());
    let mut dice = SmallRng::seed_from_u64(5);
    let (mut whole, mut nothing) = (0, 0);
    for kill in 0..kills() {
        for n in 0..TICKETS {
            let new = ticket(&format!("K{kill}-{n}"), &mut dice);
            done(&service, "POST", "/v1/tickets", &new);
        }
        let (id, served) = planned(&service);
        assert!(served > 0, "it has nothing to give");
        let (path, address) = (format!("/v1/plans/{id}/apply"), service.address);
        let told = std::thread::scope(|scope| {
            let path = &path;
            let asked = scope.spawn(move || ask(address, "POST", path, Some(path), &Value::Null));
            std::thread::sleep(Duration::from_millis(dice.random_range(0..60)));
            service.kill();
            asked.join().expect("a caller")
        });
        service = Running::start(file.path());
        let tickets = all(service.address, "/v1/tickets");
        let by_plan: Vec<&Value> = tickets.iter().filter(|ticket| ticket["plan"] == json!(id)).collect();
        // The kept answer is told again; if there is none, the plan is applied by the next service.
        let again = ask(service.address, "POST", &path, Some(&path), &Value::Null).expect("it answers");
        match (&told, by_plan.len()) {
            (Ok((200, answer)), all) => {
                assert_eq!((all, &again), (served, &(200, answer.clone())));
                whole += 1;
            }
            (Err(_), 0) => {
                let given = again.1["given"].as_array().map(Vec::len);
                assert_eq!((again.0, given), (200, Some(served)), "{}", again.1);
                nothing += 1;
            }
            (Err(_), all) => {
                assert_eq!((all, again.0), (served, 200), "all of it: {}", again.1);
                whole += 1;
            }
            (Ok((status, answer)), _) => panic!("{status} {answer}"),
        }
        let tickets = all(service.address, "/v1/tickets");
        judge(&tickets, &all(service.address, "/v1/routes"));
        for ticket in tickets.iter().filter(|ticket| ticket["state"] == "assigned") {
            let path = format!("/v1/tickets/{}/state", ticket["id"].as_str().expect("an id"));
            done(&service, "POST", &path, &json!({"to": "done"}));
        }
    }
    println!("{whole} plans were applied before a kill, {nothing} after one");
}
