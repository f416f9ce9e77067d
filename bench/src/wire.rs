//! A client connection that costs little: bytes out, status and body in, nothing else looked at.
//! HTTP/1.1, kept alive, one request at a time, answers with a length.

use std::io;
use std::net::SocketAddr;
use std::ops::Range;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const READ_BYTES: usize = 16_384;
const LENGTH: &[u8] = b"content-length:";

/// A connection to a server on this machine.
pub(crate) struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

/// What came back.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    head: &'a [u8],
    pub(crate) body: &'a [u8],
}

impl Answer<'_> {
    /// The text of a header, named in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let text = std::str::from_utf8(self.head).ok()?;
        let lines = text.lines().filter_map(|line| line.split_once(':'));
        let mut found = lines.filter(|(header, _)| header.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.trim())
    }
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, answer: Vec::with_capacity(READ_BYTES) })
    }

    /// Sends a request and waits for its whole answer.
    ///
    /// # Errors
    /// When the connection breaks, or the answer is not of the expected form.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.answer.clear();
        let (status, body) = loop {
            self.read_more().await?;
            if let Some(head) = Head::find(&self.answer)? {
                break (head.status, head.body);
            }
        };
        while self.answer.len() < body.end {
            self.read_more().await?;
        }
        Ok(Answer { status, head: &self.answer[..body.start], body: &self.answer[body] })
    }

    async fn read_more(&mut self) -> io::Result<()> {
        self.answer.reserve(READ_BYTES);
        match self.stream.read_buf(&mut self.answer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

struct Head {
    status: u16,
    body: Range<usize>,
}

impl Head {
    /// `None` until it is all there.
    fn find(bytes: &[u8]) -> io::Result<Option<Self>> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
        let head = &bytes[..end];
        let status = digits(head.get(9..12).unwrap_or_default());
        let length = head
            .split(|byte| *byte == b'\n')
            .find(|line| line.get(..LENGTH.len()).is_some_and(|name| name.eq_ignore_ascii_case(LENGTH)))
            .and_then(|line| digits(line[LENGTH.len()..].trim_ascii()));
        match (status.and_then(|status| u16::try_from(status).ok()), length) {
            (Some(status), Some(length)) => Ok(Some(Self { status, body: end + 4..end + 4 + length })),
            _ => Err(io::Error::other("an answer without a status or a length")),
        }
    }
}

fn digits(text: &[u8]) -> Option<usize> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn a_head_that_is_not_all_there_is_waited_for() {
        assert!(Head::find(b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n").unwrap().is_none());
    }

    #[test]
    fn a_head_says_the_status_and_where_the_body_is() {
        let bytes = b"HTTP/1.1 201 Created\r\netag: \"1\"\r\nContent-Length: 5\r\n\r\nhello";
        let head = Head::find(bytes).unwrap().unwrap();
        assert_eq!((head.status, &bytes[head.body]), (201, &b"hello"[..]));
    }

    #[test]
    fn a_header_is_found_however_it_is_written() {
        let head = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n\r\n";
        let answer = Answer { status: 503, head, body: b"" };
        assert_eq!((answer.header("retry-after"), answer.header("etag")), (Some("5"), None));
    }

    #[test]
    fn an_answer_without_a_length_is_an_error() {
        assert!(Head::find(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
