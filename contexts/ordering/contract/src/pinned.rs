use catalog_contract::LifeHash;
use kernel::{DecodeError, Recorded};
use serde::Deserialize;

/// The life that a placed order is pinned to, and nothing else of the order: where that life leaves somebody
/// nothing to do, the rest need not be read. `None` for any other event.
///
/// # Errors
/// [`DecodeError::Malformed`] when the order names no life.
pub fn pinned_life(event: &Recorded) -> Result<Option<LifeHash>, DecodeError> {
    #[derive(Deserialize)]
    struct Pinned {
        life: LifeHash,
    }
    if event.name() != "order-placed" {
        return Ok(None);
    }
    if let Some(life) = written_first(&event.data) {
        return Ok(Some(life));
    }
    match serde_json::from_slice::<Pinned>(&event.data) {
        Ok(placed) => Ok(Some(placed.life)),
        Err(error) => {
            Err(DecodeError::Malformed { event_type: event.event_type.to_string(), cause: error.to_string() })
        }
    }
}

/// The life where it stands first, as it is written: what follows is not looked at.
fn written_first(data: &[u8]) -> Option<LifeHash> {
    let rest = data.strip_prefix(br#"{"life":"#)?;
    serde_json::Deserializer::from_slice(rest).into_iter().next()?.ok()
}

#[cfg(test)]
mod tests {
    use kernel::{Actor, Causation, Subject, Timestamp};
    use uuid::Uuid;

    use super::*;

    fn event(event_type: &str, data: &str) -> Recorded {
        Recorded {
            position: 1,
            stream_kind: "order".into(),
            stream_id: Uuid::nil(),
            version: 1,
            event_type: event_type.into(),
            at: Timestamp::from_millis(0),
            subject: Subject::shop("cafe".into()),
            causation: Causation::command(Uuid::nil()),
            actor: Actor::system(),
            data: data.into(),
            personal: None,
            previous_hash: Default::default(),
            hash: Default::default(),
        }
    }

    #[test]
    fn a_placed_order_names_its_life_and_nothing_else_of_it_is_read() {
        let placed = event("order-placed.v1", r#"{"life":"abc","lines":"unreadable"}"#);

        assert_eq!(pinned_life(&placed), Ok(Some("abc".into())));
    }

    #[test]
    fn a_life_is_found_wherever_it_stands() {
        let placed = event("order-placed.v1", r#"{ "total": 1, "life": "abc" }"#);

        assert_eq!(pinned_life(&placed), Ok(Some("abc".into())));
    }

    #[test]
    fn other_events_name_none() {
        assert_eq!(pinned_life(&event("order-paid.v1", "{}")), Ok(None));
    }

    #[test]
    fn a_placed_order_without_a_life_is_malformed() {
        assert!(matches!(pinned_life(&event("order-placed.v1", "{}")), Err(DecodeError::Malformed { .. })));
    }
}
