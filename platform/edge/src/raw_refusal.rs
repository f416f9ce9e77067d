//! What hyper answers by itself to bytes that are no HTTP - a bare status - replaced by the
//! problem that every refusal is.

use http::StatusCode;

use crate::problem::{PROBLEM_JSON, Problem};

/// Recognises hyper's own refusals on their way out and holds what is sent instead.
#[derive(Debug, Default)]
pub(crate) struct RawRefusal {
    instead: Vec<u8>,
    written: usize,
}

impl RawRefusal {
    /// What is left to send instead of `bytes`; `None` when they are to be sent themselves.
    pub(crate) fn instead_of(&mut self, bytes: &[u8]) -> Option<&[u8]> {
        if self.instead.is_empty() {
            self.instead = render(refused_with(bytes)?);
            self.written = 0;
        }
        Some(&self.instead[self.written..])
    }

    /// Notes how much of it was sent; `true` when that was the last of it.
    pub(crate) fn wrote(&mut self, count: usize) -> bool {
        self.written += count;
        let all = self.written >= self.instead.len();
        if all {
            self.instead.clear();
        }
        all
    }
}

/// The status of a refusal that hyper wrote itself: no body, and the connection ends. An
/// application's answers from 400 up have a body.
fn refused_with(bytes: &[u8]) -> Option<StatusCode> {
    let status = bytes.strip_prefix(b"HTTP/1.1 ").or_else(|| bytes.strip_prefix(b"HTTP/1.0 "))?;
    let status = match status.get(..3)? {
        b"400" => StatusCode::BAD_REQUEST,
        b"414" => StatusCode::URI_TOO_LONG,
        b"431" => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        _ => return None,
    };
    let head = std::str::from_utf8(bytes).ok()?;
    let bare = head.ends_with("\r\n\r\n")
        && head.contains("\r\nconnection: close\r\n")
        && head.contains("\r\ncontent-length: 0\r\n");
    bare.then_some(status)
}

fn render(status: StatusCode) -> Vec<u8> {
    let problem = Problem::from_status(status);
    let body = problem.to_json();
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {PROBLEM_JSON}\r\nx-content-type-options: nosniff\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(&body);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_refusal_is_replaced_and_sent_in_pieces() {
        let bare = b"HTTP/1.1 431 X\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n";
        let mut refusal = RawRefusal::default();
        let mut sent = Vec::new();

        while let Some(rest) = refusal.instead_of(bare) {
            let piece = &rest[..rest.len().min(50)];
            sent.extend_from_slice(piece);
            let count = piece.len();
            if refusal.wrote(count) {
                break;
            }
        }

        let sent = String::from_utf8_lossy(&sent);
        assert!(sent.starts_with("HTTP/1.1 431 "), "{sent}");
        assert!(sent.ends_with('}') && sent.contains("headers-too-large"), "{sent}");
    }

    #[test]
    fn an_answer_of_the_application_is_left_alone() {
        let mut refusal = RawRefusal::default();
        for answer in [
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}",
            "HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
            "{}",
            "",
        ] {
            assert_eq!(refusal.instead_of(answer.as_bytes()), None);
        }
    }
}
