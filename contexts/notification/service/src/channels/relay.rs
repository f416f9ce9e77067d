//! A relay: somebody's HTTP service that carries messages to phones. One call is one message.
//!
//! It is asked in the shape that Korean relays have for AlimTalk and text messages: JSON by POST, the key of
//! the account and the message's own id in headers, and a result code for the call and for the message. The
//! id makes a repetition harmless: a relay that has it already says so, and that is as good as taken.

use http_body_util::Full;
use hyper::{Request, StatusCode};
use notification_contract::MessageId;
use serde::Deserialize;
use serde_json::Value;
use tokio_rustls::TlsConnector;
use url::Url;

use super::connection;
use super::lane::Carried;

/// The header with the key of the account.
const SECRET_HEADER: &str = "x-secret-key";
/// The header with the message's id.
const ID_HEADER: &str = "x-nc-api-idempotency-key";
/// Most bytes of an answer.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// The code of what went well.
const WELL: i64 = 0;
/// The code of an id that came before.
const CAME_BEFORE: i64 = -1005;
/// Codes of what may go better later: the day's quota is used up, the relay is in trouble itself.
const LATER: [i64; 2] = [-1017, -9999];

/// Where a relay is, and who asks it.
#[derive(Clone)]
pub struct RelayAddress {
    url: Url,
    secret_key: String,
}

impl RelayAddress {
    /// Where messages are posted to, and the key of the account.
    ///
    /// # Errors
    /// What was expected, without the address: `https`, or `http` on this machine, for the key travels with
    /// every message, and so does a person's phone number.
    pub fn try_new(url: &str, secret_key: String) -> Result<Self, &'static str> {
        const EXPECTED: &str = "expected an address that begins with https://, or http:// on this machine";
        let url = Url::parse(url).map_err(|_| EXPECTED)?;
        let is_safe =
            url.scheme() == "https" || (url.scheme() == "http" && connection::is_this_machine(&url));
        if is_safe && url.has_host() { Ok(Self { url, secret_key }) } else { Err(EXPECTED) }
    }
}

/// An address may hold a key of its own.
impl std::fmt::Debug for RelayAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[relay]")
    }
}

/// A relay as it answers.
#[derive(Deserialize)]
struct Answer {
    header: ResultHeader,
    /// What became of an AlimTalk message.
    message: Option<Results>,
    /// What became of a text message.
    body: Option<ResultBody>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResultHeader {
    result_code: i64,
}

#[derive(Deserialize)]
struct ResultBody {
    data: Option<Results>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Results {
    #[serde(alias = "sendResultList", default)]
    send_results: Vec<ResultHeader>,
}

/// Posts one message.
pub(super) async fn post(
    tls: &TlsConnector,
    address: &RelayAddress,
    message: MessageId,
    body: &Value,
) -> Carried {
    match call(tls, address, message, body).await {
        Ok((status, answer)) => judge(status, &answer),
        Err(cause) => Carried::Later(cause),
    }
}

async fn call(
    tls: &TlsConnector,
    address: &RelayAddress,
    message: MessageId,
    body: &Value,
) -> Result<(StatusCode, hyper::body::Bytes), String> {
    let url = &address.url;
    let addresses = connection::look_up(url).await?;
    let request = Request::post(connection::target_of(url))
        .header("host", connection::authority_of(url))
        .header("user-agent", "jumun-messages")
        .header("content-type", "application/json;charset=UTF-8")
        .header(SECRET_HEADER, &address.secret_key)
        .header(ID_HEADER, message.to_string())
        .body(Full::from(body.to_string()))
        .map_err(|_| "the key cannot stand in a header".to_owned())?;
    connection::ask(tls, url, &addresses, request, ANSWER_BYTES_MAX).await
}

/// What an answer means. What a relay writes in words is not kept: it may name a person's number.
fn judge(status: StatusCode, answer: &[u8]) -> Carried {
    let may_go_later = status.is_server_error()
        || [401, 403, 408, 425, 429].contains(&status.as_u16())
        || status.is_redirection()
        || status.is_informational();
    if may_go_later {
        return Carried::Later(format!("answered {status}"));
    }
    let Ok(answer) = serde_json::from_slice::<Answer>(answer) else {
        return if status.is_client_error() {
            Carried::Refused(format!("answered {status}"))
        } else {
            Carried::Later("answered in words that are no relay's".to_owned())
        };
    };
    let results = answer.message.or_else(|| answer.body.and_then(|body| body.data));
    let of_message = results.and_then(|results| results.send_results.into_iter().next());
    let codes = [Some(answer.header.result_code), of_message.map(|result| result.result_code)];
    match codes.into_iter().flatten().find(|code| *code != WELL) {
        None if status.is_success() => Carried::Taken,
        None => Carried::Refused(format!("answered {status}")),
        Some(CAME_BEFORE) => Carried::Taken,
        Some(code) if LATER.contains(&code) => Carried::Later(format!("answered with code {code}")),
        Some(code) => Carried::Refused(format!("refused with code {code}")),
    }
}

/// A phone number as relays want it, digits only and from within Korea: `01012345678`.
pub(super) fn digits_of(phone: &str) -> Option<String> {
    let is_between = |letter: char| matches!(letter, '-' | ' ' | '.' | '(' | ')');
    let written: String = phone.chars().filter(|letter| !is_between(*letter)).collect();
    let national = match written.strip_prefix("+82") {
        Some(rest) => format!("0{}", rest.trim_start_matches('0')),
        None => written,
    };
    let is_number = (8..=15).contains(&national.len()) && national.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(national)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use serde_json::json;

    use super::*;

    fn judged(status: u16, answer: &Value) -> Carried {
        judge(StatusCode::from_u16(status).unwrap(), answer.to_string().as_bytes())
    }

    fn said(header: i64, message: i64) -> Value {
        json!({
            "header": { "isSuccessful": header == 0, "resultCode": header, "resultMessage": "010-1234-5678" },
            "message": { "requestId": "r", "sendResults": [{ "recipientSeq": 1, "resultCode": message }] },
        })
    }

    #[test]
    fn a_message_is_taken_where_both_codes_say_so_and_where_it_came_before() {
        assert_eq!(judged(200, &said(0, 0)), Carried::Taken);
        assert_eq!(judged(200, &said(-1005, 0)), Carried::Taken);
        assert_eq!(judged(200, &said(0, -1005)), Carried::Taken);
        let text = json!({
            "header": { "resultCode": 0 }, "body": { "data": { "sendResultList": [{ "resultCode": 0 }] } },
        });
        assert_eq!(judged(200, &text), Carried::Taken);
    }

    #[test]
    fn a_refusal_is_for_good_and_keeps_the_code_and_no_word_of_the_relay() {
        for answer in [said(-3016, 0), said(0, -3016)] {
            assert_eq!(judged(200, &answer), Carried::Refused("refused with code -3016".to_owned()));
        }
        assert_eq!(judged(400, &json!("no")), Carried::Refused("answered 400 Bad Request".to_owned()));
        let text = json!({
            "header": { "resultCode": 0 }, "body": { "data": { "sendResultList": [{ "resultCode": 4 }] } },
        });
        assert_eq!(judged(200, &text), Carried::Refused("refused with code 4".to_owned()));
    }

    #[test]
    fn trouble_of_the_relay_or_of_the_account_may_pass() {
        for status in [401, 403, 408, 425, 429, 500, 502, 503, 504, 301] {
            assert!(matches!(judged(status, &said(0, 0)), Carried::Later(_)), "{status}");
        }
        for code in LATER {
            assert!(matches!(judged(200, &said(code, 0)), Carried::Later(_)), "{code}");
        }
        assert!(matches!(judged(200, &json!({ "ok": true })), Carried::Later(_)));
        assert!(matches!(judge(StatusCode::OK, b"<html>"), Carried::Later(_)));
    }

    #[test]
    fn a_phone_number_is_digits_from_within_korea() {
        for phone in
            ["010-1234-5678", "010 1234 5678", "01012345678", "+82 10-1234-5678", "+82(0)10.1234.5678"]
        {
            assert_eq!(digits_of(phone).as_deref(), Some("01012345678"), "{phone}");
        }
        for phone in ["", "none", "010-1234", "010-1234-5678 ext. 9", "٠١٠١٢٣٤٥٦٧٨", "+1 202 555 0100"]
        {
            assert_eq!(digits_of(phone), None, "{phone}");
        }
    }
}
