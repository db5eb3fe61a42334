//! A caller over HTTP, as small as it can be: what a load generator spends is not there for the service.

use std::io::{Read, Write};
use std::net::TcpStream;

/// Sends one request over an open connection and reads its whole answer into `buffer`. Returns its status.
///
/// # Panics
/// The service hangs up, or answers what is no HTTP.
pub fn post(stream: &mut TcpStream, path: &str, body: &str, buffer: &mut Vec<u8>) -> u16 {
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("the service reads");
    buffer.clear();
    let mut chunk = [0; 16_384];
    loop {
        let read = stream.read(&mut chunk).expect("the service answers");
        assert!(read > 0, "the service hung up");
        buffer.extend_from_slice(&chunk[..read]);
        let Some(head_end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&buffer[..head_end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.and_then(|text| text.parse().ok()).expect("a length");
        if buffer.len() >= head_end + 4 + length {
            return head.get(9..12).and_then(|status| status.parse().ok()).expect("a status");
        }
    }
}
