//! Connections over a real socket: how they end. The service has threads of its own, so that the tests may
//! block.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use crate::common::{day, memory, small};
use paidan::config::Config;
use paidan::listen::serve;
use paidan::plans::Phase;
use paidan::state::{Shared, State};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A service on a port; stops when told.
struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<bool>,
    state: Shared,
}

async fn run(config: Config) -> Running {
    let state = State::start(config, memory()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let end = async { stopped.await.unwrap_or(()) };
    let ended = tokio::spawn(serve(listener, None, state.clone(), end));
    Running { address, stop, ended, state }
}

impl Running {
    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).unwrap()
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> TcpStream {
        let mut stream = self.connect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    /// Orders a plan and listens to it; its id, and the stream after the first event.
    fn listen(&self) -> (String, TcpStream) {
        let order = json!({"problem": day(8), "seconds": 600}).to_string();
        let ordered = read_until(&mut self.ask("POST", "/v1/plans", &order), "\"checked\"");
        let id = ordered.split("\"id\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let mut events = self.ask("GET", &format!("/v1/plans/{id}/events"), "");
        read_until(&mut events, "event: snapshot");
        (id.to_owned(), events)
    }
}

fn read_until(stream: &mut TcpStream, mark: &str) -> String {
    let mut text = String::new();
    let mut chunk = [0; 4096];
    while !text.contains(mark) {
        let read = stream.read(&mut chunk).unwrap();
        assert!(read > 0, "hung up after {text}");
        text.push_str(std::str::from_utf8(&chunk[..read]).unwrap());
    }
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_stops_ends_searches_and_streams_and_takes_no_more_connections() {
    let service = run(small()).await;
    let (id, mut events) = service.listen();
    // One that still waits for its turn has no plan to keep.
    let tenant = service.state.live.tenant("main").unwrap();
    let job = service.state.planner.held(&tenant, &id).unwrap();
    while job.moment().phase == Phase::Queued {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut idle = service.connect();

    service.stop.send(()).unwrap();
    let mut rest = String::new();
    events.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("event: stopped"), "{rest}");
    assert!(service.ended.await.unwrap(), "all answers went out");
    assert!(TcpStream::connect(service.address).is_err());
    assert_eq!(idle.read(&mut [0; 8]).unwrap_or(0), 0);
    let kept = job.status();
    assert_eq!((kept.checked, kept.plan.is_some()), (Some(true), true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_asks_nothing_is_hung_up_on() {
    let service = run(Config { head_wait: Duration::from_millis(20), ..small() }).await;
    let mut silent = service.connect();
    silent.write_all(b"GET /v1/limits HTTP/1.1\r\nhost:").unwrap();
    let mut rest = Vec::new();
    silent.read_to_end(&mut rest).unwrap();
    assert!(!rest.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&rest));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_does_not_come_is_refused() {
    let service = run(Config { body_wait: Duration::from_millis(20), ..small() }).await;
    let mut slow = service.connect();
    let head = "POST /v1/dispatch HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                content-length: 100\r\n\r\n{";
    slow.write_all(head.as_bytes()).unwrap();
    let answer = read_until(&mut slow, "slow-body");
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_closes_their_half_has_hung_up() {
    let service = run(Config { listeners: 1, ..small() }).await;
    let (_, mut events) = service.listen();
    assert_eq!(service.state.listeners.available_permits(), 0);
    events.shutdown(Shutdown::Write).unwrap();
    events.read_to_end(&mut Vec::new()).unwrap();
    let seat = service.state.listeners.acquire();
    assert!(tokio::time::timeout(Duration::from_secs(10), seat).await.is_ok(), "the seat is not free");
    service.stop.send(()).unwrap();
    assert!(service.ended.await.unwrap());
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_takes_nothing_of_an_answer_is_cut_off() {
    let service = run(Config { read_wait: Duration::from_secs(1), connections: 1, ..small() }).await;
    let mut stalled = service.connect();
    // More than the system's buffers hold.
    for _ in 0..100 {
        stalled.write_all(b"GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    }
    let mut second = service.ask("GET", "/readyz", "");
    second.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    read_until(&mut second, "ready");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_connections_than_the_limit_wait_for_their_turn() {
    let service = run(Config { connections: 1, ..small() }).await;
    let mut first = service.ask("GET", "/readyz", "");
    read_until(&mut first, "ready");
    let mut second = service.ask("GET", "/readyz", "");
    second.set_read_timeout(Some(Duration::from_millis(30))).unwrap();
    let early = second.read(&mut [0; 8]).map_err(|trouble| trouble.kind());
    assert!(matches!(early, Err(ErrorKind::WouldBlock | ErrorKind::TimedOut)), "{early:?}");
    second.set_read_timeout(None).unwrap();
    drop(first);
    read_until(&mut second, "ready");
}
