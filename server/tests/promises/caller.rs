//! A caller of a service that runs on its own: one request for each connection, and none that hangs.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer: its status, its document.
pub type Told = (u16, Value);

/// Sends one request. What breaks off before its answer is whole is an error, whether it was done or not.
pub fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    key: Option<&str>,
    body: &Value,
) -> io::Result<Told> {
    let key = key.map(|key| ("idempotency-key", key));
    ask_with(address, (method, path), key.as_slice(), body).map(|(status, _, body)| (status, body))
}

/// The same with any headers; tells the entity tag as well, which is empty if there is none.
pub fn ask_with(
    address: SocketAddr,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    body: &Value,
) -> io::Result<(u16, String, Value)> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let kind = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
    let headers: Vec<String> =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let headers = headers.concat();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n\
         {kind}{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    read(&answer).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))
}

fn read(answer: &[u8]) -> Option<(u16, String, Value)> {
    let text = std::str::from_utf8(answer).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let header = |wanted: &str| {
        let of = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        };
        head.lines().find_map(of)
    };
    let length: usize = header("content-length")?.parse().ok()?;
    (body.len() == length).then_some(())?;
    Some((status, header("etag").unwrap_or_default(), serde_json::from_str(body).ok()?))
}
