//! What the service counts. Prometheus reads it at `/metrics`.
//!
//! Every counter exists from the start, so counting allocates nothing and waits for nobody.

mod histogram;
mod text;
mod writes;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::{Method, StatusCode};
pub use histogram::{Histogram, LONG_S, QUICK_S};
pub use text::Text;
pub use writes::Writes;

/// Methods that are told apart; all others count as the last one.
const METHODS: [&str; 7] = ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "other"];
/// Statuses that the service answers, rising; any other counts as the last one.
const STATUSES: [&str; 22] = [
    "200", "201", "202", "204", "304", "400", "401", "403", "404", "405", "408", "409", "412", "413",
    "415", "422", "429", "431", "500", "503", "507", "other",
];
/// What requests that no route takes are counted under.
const NO_ROUTE: &str = "none";

/// Requests, by route template, method and status.
#[derive(Debug)]
pub struct Requests {
    /// The last one is [`NO_ROUTE`].
    routes: Vec<Route>,
}

#[derive(Debug)]
struct Route {
    template: String,
    methods: [Count; METHODS.len()],
}

#[derive(Debug)]
struct Count {
    statuses: [AtomicU64; STATUSES.len()],
    took: Histogram,
}

impl Default for Count {
    fn default() -> Count {
        Count { statuses: Default::default(), took: Histogram::new(QUICK_S) }
    }
}

/// The family of how long work waited in queues.
const QUEUE_WAIT: &str = "paidan_queue_wait_seconds";

/// Begins that family.
pub fn queue_waits(text: &mut Text) {
    text.family(QUEUE_WAIT, "histogram", "How long work waited in a queue before it began.");
}

/// Writes a queue of that family.
pub fn queue_wait(text: &mut Text, queue: &str, waits: &Histogram) {
    waits.write(text, QUEUE_WAIT, &[("queue", queue)]);
}

/// Where a request is counted: its route and its method.
#[derive(Clone, Copy, Debug)]
pub struct Row(usize, usize);

impl Requests {
    /// Counters for the routes with these templates.
    pub fn new<'t>(templates: impl Iterator<Item = &'t str>) -> Requests {
        let route = |template: &str| Route {
            template: template.to_owned(),
            methods: std::array::from_fn(|_| Count::default()),
        };
        Requests { routes: templates.chain([NO_ROUTE]).map(route).collect() }
    }

    /// Where a request is counted. `O(routes)`, and there are few.
    pub fn row(&self, template: Option<&str>, method: &Method) -> Row {
        let none = self.routes.len() - 1;
        let route = template.and_then(|own| self.routes.iter().position(|route| route.template == own));
        let method = METHODS.iter().position(|name| *name == method.as_str());
        Row(route.unwrap_or(none), method.unwrap_or(METHODS.len() - 1))
    }

    /// Counts an answer.
    pub fn count(&self, Row(route, method): Row, status: StatusCode, took: Duration) {
        let count = &self.routes[route].methods[method];
        let status = STATUSES.iter().position(|known| *known == status.as_str());
        count.statuses[status.unwrap_or(STATUSES.len() - 1)].fetch_add(1, Ordering::Relaxed);
        count.took.time(took);
    }

    /// Writes what has been counted.
    pub fn write(&self, text: &mut Text) {
        text.family("paidan_requests_total", "counter", "Requests answered.");
        for (route, method, count) in self.counts() {
            for (status, answered) in STATUSES.iter().zip(count.statuses.each_ref().map(read)) {
                if answered > 0 {
                    let labels = [("route", route), ("method", method), ("status", status)];
                    text.sample("paidan_requests_total", &labels, answered);
                }
            }
        }
        let name = "paidan_request_duration_seconds";
        text.family(name, "histogram", "From the head of a request to the head of its answer.");
        for (route, method, count) in self.counts() {
            count.took.write(text, name, &[("route", route), ("method", method)]);
        }
    }

    /// Every route and method that was asked.
    fn counts(&self) -> impl Iterator<Item = (&str, &'static str, &Count)> {
        self.routes
            .iter()
            .flat_map(|route| {
                METHODS.iter().zip(&route.methods).map(|(m, c)| (route.template.as_str(), *m, c))
            })
            .filter(|(.., count)| count.statuses.iter().any(|status| read(status) > 0))
    }
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_told_by_route_method_and_status_with_rising_buckets() {
        let requests = Requests::new(["/v1/plans/{id}"].into_iter());
        let row = requests.row(Some("/v1/plans/{id}"), &Method::GET);
        requests.count(row, StatusCode::OK, Duration::from_micros(700));
        requests.count(row, StatusCode::NOT_FOUND, Duration::from_secs(20));
        requests.count(requests.row(None, &Method::TRACE), StatusCode::IM_A_TEAPOT, Duration::ZERO);
        let mut text = Text::default();
        requests.write(&mut text);
        let text = text.finish();
        for line in [
            "paidan_requests_total{route=\"/v1/plans/{id}\",method=\"GET\",status=\"200\"} 1",
            "paidan_requests_total{route=\"/v1/plans/{id}\",method=\"GET\",status=\"404\"} 1",
            "paidan_requests_total{route=\"none\",method=\"other\",status=\"other\"} 1",
            "paidan_request_duration_seconds_bucket{route=\"/v1/plans/{id}\",method=\"GET\",le=\"0.0005\"} 0",
            "paidan_request_duration_seconds_bucket{route=\"/v1/plans/{id}\",method=\"GET\",le=\"0.001\"} 1",
            "paidan_request_duration_seconds_bucket{route=\"/v1/plans/{id}\",method=\"GET\",le=\"10\"} 1",
            "paidan_request_duration_seconds_bucket{route=\"/v1/plans/{id}\",method=\"GET\",le=\"+Inf\"} 2",
            "paidan_request_duration_seconds_count{route=\"/v1/plans/{id}\",method=\"GET\"} 2",
            "paidan_request_duration_seconds_sum{route=\"/v1/plans/{id}\",method=\"GET\"} 20.0007",
        ] {
            assert!(text.lines().any(|told| told == line), "{line} is not in\n{text}");
        }
    }
}
