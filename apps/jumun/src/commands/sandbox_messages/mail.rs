//! A mail as the sandbox shows it: its id, its subject, its text, in letters that people read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What of a mail is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mail {
    /// What stands before the @ of its `Message-ID`.
    pub(super) id: String,
    pub(super) subject: String,
    pub(super) text: String,
}

impl Mail {
    /// Reads one; `None` where it has no id.
    pub(super) fn read(mail: &[u8]) -> Option<Self> {
        let whole = String::from_utf8_lossy(mail);
        let (head, body) = whole.split_once("\r\n\r\n")?;
        // A header goes on where a line begins with a space.
        let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let header = |name: &str| {
            let lines = head.lines().filter_map(|line| line.split_once(':'));
            let mut found = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name));
            found.next().map(|(_, value)| value.trim().to_owned())
        };
        let id = header("Message-ID")?;
        let id = id.trim_matches(['<', '>']).split('@').next()?.to_owned();
        let encoding = header("Content-Transfer-Encoding").unwrap_or_default().to_ascii_lowercase();
        let text = match encoding.as_str() {
            "base64" => base64_text(body),
            "quoted-printable" => quoted_text(body, false),
            _ => body.to_owned(),
        };
        let subject = words(&header("Subject").unwrap_or_default());
        Some(Self { id, subject, text: text.trim_end().replace("\r\n", "\n") })
    }
}

fn base64_text(text: &str) -> String {
    let written: String = text.split_whitespace().collect();
    String::from_utf8_lossy(&STANDARD.decode(written).unwrap_or_default()).into_owned()
}

/// Quoted-printable; in a header an underline is a space.
fn quoted_text(text: &str, is_header: bool) -> String {
    let text = text.replace("=\r\n", "");
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, behind @ ..] = rest {
        let code = (*first == b'=').then(|| behind.get(..2)).flatten();
        let code = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        rest = if code.is_some() { &behind[2..] } else { behind };
        bytes.push(match (code, *first) {
            (Some(code), _) => code,
            (None, b'_') if is_header => b' ',
            (None, plain) => plain,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The words of a header; encoded ones that follow each other are one.
fn words(header: &str) -> String {
    let (mut said, mut after_encoded) = (String::new(), false);
    for word in header.split(' ').filter(|word| !word.is_empty()) {
        let inner = word.strip_prefix("=?").and_then(|word| word.strip_suffix("?="));
        let parts: Vec<&str> = inner.map(|inner| inner.splitn(3, '?').collect()).unwrap_or_default();
        let decoded = match parts.as_slice() {
            [_, "b" | "B", text] => Some(base64_text(text)),
            [_, "q" | "Q", text] => Some(quoted_text(text, true)),
            _ => None,
        };
        let goes_on = after_encoded && decoded.is_some();
        if !(said.is_empty() || goes_on) {
            said.push(' ');
        }
        after_encoded = decoded.is_some();
        said.push_str(&decoded.unwrap_or_else(|| word.to_owned()));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mail: &str) -> Option<Mail> {
        Mail::read(mail.as_bytes())
    }

    #[test]
    fn a_mail_is_read_in_letters() {
        let mail = read(
            "Message-ID: <5@shop.example>\r\nSubject: =?utf-8?b?7KO866y4?= =?utf-8?b?IDE3?= ready\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n7KO866y4\r\nIDE3\r\n",
        );
        let wanted = Mail { id: "5".into(), subject: "주문 17 ready".into(), text: "주문 17".into() };
        assert_eq!(mail, Some(wanted));
    }

    #[test]
    fn quoted_letters_and_folded_headers_are_read_too() {
        let mail = read(
            "Subject: Your\r\n order\r\nmessage-id: <6@x>\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
             =EC=A3=BC=EB=AC=B8 =\r\n17=3D1\r\n",
        );
        let wanted = Mail { id: "6".into(), subject: "Your order".into(), text: "주문 17=1".into() };
        assert_eq!(mail, Some(wanted));
    }

    #[test]
    fn what_has_no_id_is_no_mail() {
        assert_eq!(read("Subject: hello\r\n\r\nhello\r\n"), None);
        assert_eq!(read("nothing"), None);
    }
}
