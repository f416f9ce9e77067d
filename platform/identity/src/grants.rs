//! The parts that somebody may play, as tokens and accounts write them: `customer`, `staff@SHOP`.

use edge::actor::ActorRole;
use edge::principal::Grant;
use serde_json::Value;

/// Most grants of one person.
const GRANTS_MAX: usize = 256;
/// The longest key of a shop.
const SHOP_BYTES_MAX: usize = 64;

const WORDS: [(&str, ActorRole); 5] = [
    ("customer", ActorRole::Customer),
    ("staff", ActorRole::Staff),
    ("courier", ActorRole::Courier),
    ("manager", ActorRole::Manager),
    ("operator", ActorRole::Operator),
];

/// Reads `role` or `role@shop`; `None` where it is neither.
#[must_use]
pub fn read_grant(text: &str) -> Option<Grant> {
    let (word, shop) = match text.split_once('@') {
        Some((word, shop)) => (word, Some(shop)),
        None => (text, None),
    };
    let (_, role) = WORDS.into_iter().find(|(known, _)| *known == word)?;
    if shop.is_some_and(|shop| !is_shop(shop)) {
        return None;
    }
    Some(Grant { role, shop: shop.map(Into::into) })
}

/// The grants of a claim: a list of texts, or one text with blanks between them. What is none is
/// passed over: an issuer's list is rarely ours alone.
#[must_use]
pub fn grants_of(claim: Option<&Value>) -> Vec<Grant> {
    let mut grants: Vec<Grant> = match claim {
        Some(Value::String(texts)) => texts.split(' ').filter_map(read_grant).take(GRANTS_MAX).collect(),
        Some(Value::Array(texts)) => {
            texts.iter().filter_map(Value::as_str).filter_map(read_grant).take(GRANTS_MAX).collect()
        }
        _ => Vec::new(),
    };
    grants.sort();
    grants.dedup();
    grants
}

/// A grant as [`read_grant`] reads it.
#[must_use]
pub fn grant_to_text(grant: &Grant) -> String {
    let word = WORDS.into_iter().find(|(_, role)| *role == grant.role).map_or("anonymous", |(word, _)| word);
    match &grant.shop {
        Some(shop) => format!("{word}@{shop}"),
        None => word.to_owned(),
    }
}

fn is_shop(text: &str) -> bool {
    (1..=SHOP_BYTES_MAX).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_part_is_read_with_its_shop_and_nothing_else_is_one() {
        assert_eq!(read_grant("customer"), Some(Grant { role: ActorRole::Customer, shop: None }));
        assert_eq!(read_grant("staff@cafe").unwrap().shop.as_deref(), Some("cafe"));
        for wrong in [
            "",
            "@",
            "staff@",
            "@cafe",
            "staff@Cafe",
            "staff@cafe@x",
            "STAFF",
            "root",
            "anonymous",
            "service",
            " staff",
            "staff@ca fe",
            "staff@../x",
        ] {
            assert_eq!(read_grant(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn what_is_no_part_is_passed_over_and_what_stands_twice_counts_once() {
        let claim = json!(["offline_access", "staff@cafe", 7, null, "staff@cafe", "operator"]);
        let texts: Vec<String> = grants_of(Some(&claim)).iter().map(grant_to_text).collect();
        assert_eq!(texts, ["staff@cafe", "operator"]);
        assert_eq!(grants_of(Some(&json!("openid customer"))).len(), 1);
        for none in [json!(null), json!({ "staff": true }), json!(7), json!([]), json!([["staff"]])] {
            assert_eq!(grants_of(Some(&none)), [], "{none}");
        }
        assert_eq!(grants_of(None), []);
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same_again(text in "[a-z]{0,9}(@[a-z0-9_-]{0,9})?") {
            if let Some(grant) = read_grant(&text) {
                prop_assert_eq!(grant_to_text(&grant), text);
            }
        }

        #[test]
        fn every_part_in_every_shop_comes_back(role in 0..5_usize, shop in proptest::option::of("[a-z0-9_-]{1,64}")) {
            let grant = Grant { role: WORDS[role].1, shop: shop.map(Into::into) };
            prop_assert_eq!(read_grant(&grant_to_text(&grant)), Some(grant));
        }

        #[test]
        fn no_text_gives_a_part_in_a_shop_whose_key_it_is_not(text in "\\PC{0,40}") {
            for grant in grants_of(Some(&Value::from(text.clone()))) {
                prop_assert!(text.split(' ').any(|word| word == grant_to_text(&grant)));
            }
        }
    }
}
