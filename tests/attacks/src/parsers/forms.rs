use std::sync::LazyLock;

use edge::form::Form;
use edge::paging::{Cursor, CursorText};
use edge::problem::Problem;

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    [
        catalog_service::rest::forms(),
        delivery_service::rest::forms(),
        inventory_service::rest::forms(),
        kitchen_service::rest::forms(),
        notification_service::rest::forms(),
        ordering_service::rest::forms(),
        payment_service::rest::forms(),
        tracking_service::rest::forms(),
    ]
    .concat()
});

/// The types that bodies and queries become, without their modules.
#[must_use]
pub fn form_names() -> Vec<&'static str> {
    FORMS.iter().map(|form| form.name.rsplit("::").next().unwrap_or(form.name)).collect()
}

/// Reads bytes as every body and every query of every context, and as any JSON.
pub(super) fn forms(bytes: &[u8]) {
    for form in FORMS.iter() {
        holds(form.name, (form.read)(bytes));
    }
    holds("any", edge::json::read_json::<serde_json::Value>(bytes).map(drop));
}

/// Opens bytes as the cursor of a page, and one that was sealed for them.
pub(super) fn cursors(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let said: CursorText = serde_json::from_value(text.as_ref().into()).unwrap();
    holds("cursor", said.open("orders").map(drop));
    let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, bytes);
    let cursor = Cursor { position: i64::try_from(bytes.len()).unwrap_or(0), id };
    let sealed: CursorText = serde_json::from_value(cursor.seal(&text).into()).unwrap();
    assert_eq!(sealed.open(&text).unwrap(), cursor);
    assert!(sealed.open(&format!("{text}.")).is_err(), "a cursor of another list is opened");
}

/// A refusal is the client's fault, says why, and repeats nothing long.
pub(super) fn holds(what: &str, read: Result<(), Problem>) {
    let Err(problem) = read else { return };
    assert!(problem.status().is_client_error(), "{what}: {problem:?}");
    let json = problem.to_json();
    assert!(json.len() <= 32 * 1024, "{what}: a refusal of {} bytes", json.len());
    let document: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert!(document["detail"].is_string() || document["errors"].is_array(), "{what}: {document}");
}
