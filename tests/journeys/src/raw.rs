use std::io::{Read, Write};
use std::net::TcpStream;

use crate::wait::PATIENCE;

/// Sends bytes as they are and reads until the other side closes; for what no client would send.
///
/// # Panics
/// When nobody listens, or nothing is answered in time.
#[must_use]
pub fn raw(base: &str, bytes: &[u8]) -> String {
    let mut connection = TcpStream::connect(base.trim_start_matches("http://")).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    // The other side may refuse before it has read everything.
    let _refused_early = connection.write_all(bytes);
    let mut answer = Vec::new();
    let _reset_after_the_answer = connection.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A `POST` with these header lines and this body, `Content-Length` and `Connection: close` added.
#[must_use]
pub fn raw_request(path: &str, headers: &[&[u8]], body: &[u8]) -> Vec<u8> {
    let mut request = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\n").into_bytes();
    for header in headers {
        request.extend_from_slice(header);
        request.extend_from_slice(b"\r\n");
    }
    request
        .extend_from_slice(format!("Content-Length: {}\r\nConnection: close\r\n\r\n", body.len()).as_bytes());
    request.extend_from_slice(body);
    request
}
