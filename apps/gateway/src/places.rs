//! Where customers see another address than this process, places are named under that one.

use axum::response::Response;
use http::HeaderValue;
use http::header::LOCATION;

/// Names the place of an answer in full, under this address.
pub(crate) fn name_in_full(public_url: &str, response: &mut Response) {
    let place = response.headers().get(LOCATION).and_then(|place| place.to_str().ok());
    if let Some(place) = place.filter(|place| place.starts_with('/'))
        && let Ok(full) = HeaderValue::from_str(&format!("{}{place}", public_url.trim_end_matches('/')))
    {
        response.headers_mut().insert(LOCATION, full);
    }
}
