//! A caller over HTTP, as small as it can be: what a load generator spends is not there for the service.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

/// Sends one request over an open connection and reads its whole answer into `buffer`. Returns its status.
///
/// # Panics
/// The service hangs up, or answers what is no HTTP.
pub fn post(stream: &mut TcpStream, path: &str, body: &str, buffer: &mut Vec<u8>) -> u16 {
    stream.write_all(request(path, body).as_bytes()).expect("the service reads");
    buffer.clear();
    let mut chunk = [0; 16_384];
    loop {
        let read = stream.read(&mut chunk).expect("the service answers");
        if let Some(status) = take(buffer, &chunk[..read]) {
            return status;
        }
    }
}

/// The same beside many others on one thread.
///
/// # Panics
/// As [`post`].
pub async fn post_beside(
    stream: &tokio::net::TcpStream,
    path: &str,
    body: &str,
    buffer: &mut Vec<u8>,
) -> u16 {
    let request = request(path, body);
    let mut rest = request.as_bytes();
    while !rest.is_empty() {
        stream.writable().await.expect("the service reads");
        match stream.try_write(rest) {
            Ok(written) => rest = &rest[written..],
            Err(trouble) => assert_eq!(trouble.kind(), ErrorKind::WouldBlock, "the service reads"),
        }
    }
    buffer.clear();
    let mut chunk = [0; 4096];
    loop {
        stream.readable().await.expect("the service answers");
        let read = match stream.try_read(&mut chunk) {
            Ok(read) => read,
            Err(trouble) => {
                assert_eq!(trouble.kind(), ErrorKind::WouldBlock, "the service answers");
                continue;
            }
        };
        if let Some(status) = take(buffer, &chunk[..read]) {
            return status;
        }
    }
}

fn request(path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Takes in what has come of an answer; its status, if that was the rest.
fn take(buffer: &mut Vec<u8>, more: &[u8]) -> Option<u16> {
    assert!(!more.is_empty(), "the service hung up");
    buffer.extend_from_slice(more);
    let head_end = buffer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&buffer[..head_end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.and_then(|text| text.parse().ok()).expect("a length");
    let is_whole = buffer.len() >= head_end + 4 + length;
    is_whole.then(|| head.get(9..12).and_then(|status| status.parse().ok()).expect("a status"))
}
