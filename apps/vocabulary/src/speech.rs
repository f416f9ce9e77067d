use std::sync::Arc;

use axum::extract::Request;
use catalog_contract::{Collection, ShopLife, Vocabulary};
use edge::problem::{Problem, ProblemKind};
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Map, Value};

use crate::address::Address;
use crate::canonical::{Asker, Canonical};

/// Largest body, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// What a list of operations is called.
const OPERATIONS: &str = "application/json-patch+json";

/// How a client speaks: to which shop, under which address, as whom.
pub(crate) struct Speech {
    pub(crate) life: Arc<ShopLife>,
    pub(crate) canonical: Canonical,
    /// What links begin with.
    pub(crate) base: String,
    /// Whether plain JSON is asked for rather than HAL.
    pub(crate) plain: bool,
    /// Whether English is read rather than Korean.
    pub(crate) english: bool,
    /// Who asks.
    pub(crate) who: Asker,
    /// The client's key.
    pub(crate) key: Option<HeaderValue>,
}

/// A request to a collection.
pub(crate) struct Asked<'a> {
    pub(crate) speech: &'a Speech,
    pub(crate) words: &'a Vocabulary,
    pub(crate) name: &'a str,
    pub(crate) collection: &'a Collection,
}

impl Speech {
    pub(crate) fn of(
        address: &Address,
        public_url: Option<&str>,
        canonical: Canonical,
        request: &Request,
    ) -> Self {
        let headers = request.headers();
        let host = public_url.map_or_else(|| called(headers), |url| url.trim_end_matches('/').to_owned());
        let language = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self {
            life: address.life.clone(),
            canonical,
            base: format!("{host}{}", address.prefix),
            plain: prefers_plain(headers),
            english: language.is_some_and(|language| language.trim_start().starts_with("en")),
            who: Asker::of(request),
            key: headers.get("idempotency-key").cloned(),
        }
    }

    /// Reads the body: one JSON object.
    pub(crate) async fn body(&self, request: Request) -> Result<Map<String, Value>, Problem> {
        fields(read(request).await?)
    }

    /// Reads what a client says of a row that is there: its fields, or with PATCH operations on them.
    pub(crate) async fn change(&self, request: Request) -> Result<Change, Problem> {
        let are_operations =
            request.method() == Method::PATCH && media(request.headers()).as_deref() == Some(OPERATIONS);
        let said = read(request).await?;
        if !are_operations {
            return fields(said).map(Change::Fields);
        }
        let operations = serde_json::from_value(said);
        operations.map(Change::Operations).map_err(|error| {
            let expected = format!("expected a list of operations (RFC 6902): {error}");
            Problem::of(ProblemKind::UnreadableJson).detail(expected)
        })
    }
}

/// What a client says of a row that is there.
pub(crate) enum Change {
    /// Fields as they shall be (RFC 7396); those that are not said stay.
    Fields(Map<String, Value>),
    /// What is to be done to the row as it is shown (RFC 6902).
    Operations(json_patch::Patch),
}

async fn read(request: Request) -> Result<Value, Problem> {
    check_media(request.headers())?;
    let bytes = axum::body::to_bytes(request.into_body(), BODY_BYTES_MAX)
        .await
        .map_err(|_| Problem::of(ProblemKind::BodyTooLarge))?;
    edge::json::read_json(&bytes)
}

fn fields(said: Value) -> Result<Map<String, Value>, Problem> {
    match said {
        Value::Object(fields) => Ok(fields),
        _ => Err(Problem::of(ProblemKind::UnreadableJson).detail("expected an object with fields")),
    }
}

/// The address that the client called; nothing where it does not say.
fn called(headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let is_host = |host: &&str| {
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-_[]".contains(&byte))
    };
    host.filter(is_host).map(|host| format!("http://{host}")).unwrap_or_default()
}

/// What a body is said to be, without its parameters.
fn media(headers: &HeaderMap) -> Option<String> {
    let said = headers.get(CONTENT_TYPE)?.to_str().unwrap_or_default();
    Some(said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// JSON, in whichever of its forms; a body without a type is taken for JSON.
fn check_media(headers: &HeaderMap) -> Result<(), Problem> {
    let refused = Err(Problem::of(ProblemKind::UnsupportedMediaType));
    if headers.contains_key(CONTENT_ENCODING) {
        return refused;
    }
    let Some(media) = media(headers) else { return Ok(()) };
    if media == "application/json" || media.starts_with("application/") && media.ends_with("+json") {
        return Ok(());
    }
    refused
}

/// Whether plain JSON weighs more than HAL.
fn prefers_plain(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let (mut plain, mut hal, mut any) = (None, None, None);
    for part in accepted.flat_map(|value| value.split(',')) {
        let mut pieces = part.split(';').map(str::trim);
        let media = pieces.next().unwrap_or_default().to_ascii_lowercase();
        let weight =
            pieces.find_map(|piece| piece.strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
        let place: &mut Option<f32> = match media.as_str() {
            "application/json" => &mut plain,
            "application/hal+json" => &mut hal,
            "*/*" | "application/*" => &mut any,
            _ => continue,
        };
        *place = Some(place.map_or(weight, |former: f32| former.max(weight)));
    }
    plain.is_some_and(|plain| plain > hal.or(any).unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(accept: &'static str) -> bool {
        prefers_plain(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]))
    }

    #[test]
    fn plain_json_is_sent_to_whom_it_is_dearer() {
        assert!(accepting("application/json, */*;q=0.5"));
        assert!(accepting("application/json"));
        assert!(!accepting("*/*"));
        assert!(!accepting("application/hal+json, application/json;q=0.9"));
        assert!(!prefers_plain(&HeaderMap::new()));
    }

    #[test]
    fn an_address_that_is_none_is_not_repeated() {
        let host = |host| called(&HeaderMap::from_iter([(HOST, HeaderValue::from_static(host))]));
        assert_eq!(host("localhost:8088"), "http://localhost:8088");
        assert_eq!(host("evil\"><b"), "");
    }
}
