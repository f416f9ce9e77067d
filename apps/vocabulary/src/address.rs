use std::sync::Arc;

use catalog_contract::{Collection, CommandForm, ShopDirectory, ShopLife, Vocabulary};
use kernel::ShopKey;

/// Where a request goes: which shop, and what in it.
pub(crate) struct Address {
    pub(crate) life: Arc<ShopLife>,
    pub(crate) words: Arc<Vocabulary>,
    /// The part of the path before the collection: empty at the root.
    pub(crate) prefix: String,
    pub(crate) place: Place,
}

/// What in a shop. The first text is the collection's name as the client says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Root,
    Collection(String),
    Item(String, String),
    Command(String, String, String),
    Searches(String),
    Search(String, String),
}

/// Reads a path: below a shop's key, or at the root where one shop is alone.
pub(crate) fn read(shops: &ShopDirectory, alone: Option<&ShopKey>, path: &str) -> Option<Address> {
    let path = path.strip_prefix('/')?;
    let mut segments: Vec<&str> = path.split('/').collect();
    if segments.last() == Some(&"") {
        segments.pop();
    }
    let named = segments.first().map(|first| ShopKey::from(*first));
    let named = named.filter(|key| shops.words(key).is_some());
    let (key, prefix, rest) = match (named, alone) {
        (Some(key), _) => {
            let prefix = format!("/{key}");
            (key, prefix, segments.get(1..).unwrap_or_default())
        }
        (None, Some(alone)) => (alone.clone(), String::new(), segments.as_slice()),
        (None, None) => return None,
    };
    let words = shops.words(&key)?.clone();
    let (_, life) = shops.current(&key)?;
    let place = place(rest)?;
    Some(Address { life: life.clone(), words, prefix, place })
}

fn place(segments: &[&str]) -> Option<Place> {
    let decoded: Option<Vec<String>> = segments.iter().map(|segment| decode(segment)).collect();
    match decoded?.as_slice() {
        [] => Some(Place::Root),
        [name] => Some(Place::Collection(name.clone())),
        [name, search] if search == "search" => Some(Place::Searches(name.clone())),
        [name, search, by] if search == "search" => Some(Place::Search(name.clone(), by.clone())),
        [name, id] => Some(Place::Item(name.clone(), id.clone())),
        [name, id, command] => Some(Place::Command(name.clone(), id.clone(), command.clone())),
        _ => None,
    }
}

impl Place {
    /// The collection's own name, whichever of its names was said, and the place in it; `None` at the
    /// root. A command that there is not is another place.
    pub(crate) fn split(self, words: &Vocabulary) -> Option<(String, Self)> {
        let said = match &self {
            Self::Root => return None,
            Self::Collection(name)
            | Self::Item(name, _)
            | Self::Command(name, ..)
            | Self::Searches(name)
            | Self::Search(name, _) => name,
        };
        let own =
            |(name, collection): &(&String, &Collection)| *name == said || collection.aliases.contains(said);
        let found = words.collections.iter().find(own);
        let name = found.map_or_else(|| said.clone(), |(name, _)| name.clone());
        if let (Self::Command(_, _, command), Some((_, collection))) = (&self, found)
            && !collection.commands.iter().any(|known| known.said == CommandForm::Put(command.clone()))
        {
            return Some((String::new(), self));
        }
        Some((name, self))
    }
}

/// A segment of a path as it is meant.
fn decode(segment: &str) -> Option<String> {
    if !segment.contains('%') {
        return Some(segment.to_owned());
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        // Digits only: a sign would be read too.
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// A text as a segment of a path, or a value of a query.
pub(crate) fn encode(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut segment, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            segment.push(char::from(byte));
        } else {
            let _ = write!(segment, "%{byte:02X}");
        }
        segment
    })
}

/// The pairs of a query, decoded; what cannot be decoded is left out.
pub(crate) fn pairs(query: Option<&str>) -> Vec<(String, String)> {
    let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    pairs
        .filter_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(&name.replace('+', " "))?, decode(&value.replace('+', " "))?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_is_decoded() {
        for text in ["1", "a b", "물", "100%", "a/b?c"] {
            assert_eq!(decode(&encode(text)).as_deref(), Some(text));
        }
        assert_eq!(decode("%4"), None);
        assert_eq!(decode("%ff"), None);
    }

    #[test]
    fn a_query_is_read_in_pairs() {
        assert_eq!(
            pairs(Some("page=1&sort=a%2Cdesc&x")),
            [("page".into(), "1".into()), ("sort".into(), "a,desc".into()), ("x".into(), String::new())]
        );
    }
}
