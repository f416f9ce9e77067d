//! The routes that a relay has: one for AlimTalk, one for text messages. Fields and codes are those that
//! `contexts/notification/service/src/channels/relay.rs` speaks of.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use catalog_contract::{Channel, TextPiece, text_pieces};
use catalog_domain::ShopFile;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Sandbox;
use super::book::Incoming;
use super::switches::Fate;

const WELL: i64 = 0;
const WRONG_FIELD: i64 = 4;
const CAME_BEFORE: i64 = -1005;
/// KakaoTalk's own numbers for a template that is not there, and a text that is not its template's.
const NO_TEMPLATE: i64 = 3015;
const OTHER_TEXT: i64 = 3016;

/// The templates that are approved, by code; any is where there are none.
#[derive(Default)]
pub(super) struct Approved(BTreeMap<String, String>);

impl Approved {
    /// Those of these shops.
    pub(super) fn of(shops: &[ShopFile]) -> Self {
        let rules = shops.iter().filter_map(|shop| shop.life.messages.as_ref());
        let templates = rules.flat_map(|rule| {
            rule.templates.iter().filter_map(|(milestone, code)| {
                let text = rule.texts.get(milestone)?;
                Some((code.clone(), rule.language.of(text).to_owned()))
            })
        });
        Self(templates.collect())
    }

    /// Whether a text is its template's, with the variables filled in; the code of what is wrong.
    fn refuses(&self, code: &str, variables: &BTreeMap<String, String>, text: &str) -> Option<i64> {
        if self.0.is_empty() {
            return None;
        }
        let Some(template) = self.0.get(code) else { return Some(NO_TEMPLATE) };
        let pieces = text_pieces(template).unwrap_or_default().into_iter();
        let filled: Option<String> = pieces
            .map(|piece| match piece {
                TextPiece::Words(words) => Some(words),
                TextPiece::Placeholder(name) => variables.get(name).map(String::as_str),
            })
            .collect();
        (filled.as_deref() != Some(text)).then_some(OTHER_TEXT)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AlimTalk {
    #[serde(rename = "senderKey")]
    _sender_key: String,
    template_code: String,
    recipient_list: [AlimTalkRecipient; 1],
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AlimTalkRecipient {
    recipient_no: String,
    content: String,
    #[serde(default)]
    template_parameter: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TextMessage {
    #[serde(rename = "sendNo")]
    _send_no: String,
    body: String,
    recipient_list: [TextRecipient; 1],
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TextRecipient {
    recipient_no: String,
}

pub(super) fn routes() -> Router<Sandbox> {
    Router::new().route("/alimtalk/messages", post(take_alimtalk)).route("/sms/messages", post(take_text))
}

async fn take_alimtalk(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    let read = serde_json::from_slice::<AlimTalk>(&body).map(|message| {
        let [recipient] = message.recipient_list;
        Incoming {
            channel: Channel::Kakao,
            id: String::new(),
            to: recipient.recipient_no,
            text: recipient.content,
            template: Some(message.template_code),
            variables: recipient.template_parameter,
            subject: None,
        }
    });
    take(&sandbox, &headers, Channel::Kakao, read).await
}

async fn take_text(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    let read = serde_json::from_slice::<TextMessage>(&body).map(|message| {
        let [recipient] = message.recipient_list;
        Incoming {
            channel: Channel::Sms,
            id: String::new(),
            to: recipient.recipient_no,
            text: message.body,
            template: None,
            variables: BTreeMap::new(),
            subject: None,
        }
    });
    take(&sandbox, &headers, Channel::Sms, read).await
}

async fn take(
    sandbox: &Sandbox,
    headers: &HeaderMap,
    channel: Channel,
    read: serde_json::Result<Incoming>,
) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if header("x-secret-key").is_empty() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let fate = sandbox.switches.fate(channel);
    match fate {
        Fate::Down => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Fate::Refused => return answer(channel, WELL, OTHER_TEXT),
        Fate::Taken { after_millis } => tokio::time::sleep(Duration::from_millis(after_millis)).await,
        Fate::AnswerLost => {}
    }
    let id = header("x-nc-api-idempotency-key").to_owned();
    let incoming = match read {
        Ok(incoming) if !id.is_empty() => Incoming { id, ..incoming },
        _ => return (StatusCode::BAD_REQUEST, answer(channel, WRONG_FIELD, WELL)).into_response(),
    };
    if let Some(code) = incoming
        .template
        .as_deref()
        .and_then(|template| sandbox.approved.refuses(template, &incoming.variables, &incoming.text))
    {
        return answer(channel, WELL, code);
    }
    let is_new = sandbox.book.take(incoming);
    match fate {
        Fate::AnswerLost => StatusCode::GATEWAY_TIMEOUT.into_response(),
        _ if is_new => answer(channel, WELL, WELL),
        _ => answer(channel, CAME_BEFORE, WELL),
    }
}

/// An answer of a relay: a code for the call, and one for the message.
fn answer(channel: Channel, call: i64, message: i64) -> Response {
    let header = json!({ "isSuccessful": call == WELL, "resultCode": call, "resultMessage": "" });
    let result = json!([{ "recipientSeq": 1, "resultCode": message, "resultMessage": "" }]);
    let said: Value = match channel {
        Channel::Sms => json!({ "header": header, "body": { "data": { "sendResultList": result } } }),
        _ => json!({ "header": header, "message": { "sendResults": result } }),
    };
    Json(said).into_response()
}
