use std::path::Path;
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use catalog_contract::{CatalogEvent, ShopDefinedV1, ShopWordsSetV1};
use catalog_domain::ShopFile;
use http::{Method, Request, Uri};
use kernel::{ManualClock, SeededIds};
use tokio::runtime::Runtime;
use vocabulary::{Door, DoorSettings, SharedShops};

static DOOR: LazyLock<Door> = LazyLock::new(open);
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap());

/// A door before all shops of the house, behind which nobody is.
fn open() -> Door {
    let shops = SharedShops::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shops");
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let ShopFile { life, hash, vocabulary, .. } = ShopFile::read("shop.toml", &text).unwrap();
        let shop = life.key.clone();
        shops.hear(&[
            CatalogEvent::ShopDefined(ShopDefinedV1 { hash, life }),
            CatalogEvent::ShopWordsSet(ShopWordsSetV1 { shop, vocabulary }),
        ]);
    }
    let settings = DoorSettings {
        shops,
        alone: None,
        public_url: None,
        ids: Arc::new(SeededIds::new(1)),
        clock: Arc::new(ManualClock::default()),
    };
    Door::new(axum::Router::new().fallback(edge::params::not_found), settings)
}

/// Reads bytes as a request in a shop's own words: method and path on the first line, then the body.
pub(super) fn words(bytes: &[u8]) {
    let (first, body) = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[][..]),
    };
    let (method, path) = match first.iter().position(|byte| *byte == b' ') {
        Some(end) => (&first[..end], &first[end + 1..]),
        None => (&b"GET"[..], first),
    };
    let Ok(uri) = Uri::try_from(path) else { return };
    let method = Method::from_bytes(method).unwrap_or(Method::POST);
    let mut request = Request::new(Body::from(body.to_vec()));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    let json = http::HeaderValue::from_static("application/json");
    request.headers_mut().insert(http::header::CONTENT_TYPE, json);
    let status = RUNTIME.block_on(DOOR.clone().answer(request)).status();
    assert!(!status.is_server_error(), "{status}");
}
