//! What is no password: too short, too plain, or what everybody tries first.

use crate::accounts::Refusal;

const PASSWORD_CHARACTERS: std::ops::RangeInclusive<usize> = 10..=128;
const DIFFERENT_CHARACTERS_MIN: usize = 5;
const PIN_DIGITS: std::ops::RangeInclusive<usize> = 4..=8;

/// What is tried first, and what begins with it.
const TRIED_FIRST: [&str; 14] = [
    "password",
    "passw0rd",
    "qwerty",
    "letmein",
    "welcome",
    "iloveyou",
    "changeme",
    "secret",
    "administrator",
    "12345",
    "abc123",
    "asdfgh",
    "1q2w3e",
    "dragon",
];

/// Refuses a password that is too weak.
pub(crate) fn check_password(password: &str, name: &str) -> Result<(), Refusal> {
    let characters = password.chars().count();
    if characters < *PASSWORD_CHARACTERS.start() {
        return Err(Refusal::Password("needs 10 characters or more"));
    }
    if characters > *PASSWORD_CHARACTERS.end() {
        return Err(Refusal::Password("has more than 128 characters"));
    }
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < DIFFERENT_CHARACTERS_MIN {
        return Err(Refusal::Password("is made of too few different characters"));
    }
    let plain = password.to_lowercase();
    if plain.contains(name) && name.len() >= 3 {
        return Err(Refusal::Password("holds the name"));
    }
    if TRIED_FIRST.iter().any(|first| plain.starts_with(first)) || is_a_row(&plain) {
        return Err(Refusal::Password("is one that everybody tries first"));
    }
    Ok(())
}

/// Refuses a PIN that is none, or that everybody tries first.
pub(crate) fn check_pin(pin: &str) -> Result<(), Refusal> {
    if !PIN_DIGITS.contains(&pin.len()) || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::Pin("is 4 to 8 digits"));
    }
    let first = pin.as_bytes()[0];
    if pin.bytes().all(|byte| byte == first) || is_a_row(pin) {
        return Err(Refusal::Pin("is one that everybody tries first"));
    }
    Ok(())
}

/// `1234`, `9876`, `abcdefghij`.
fn is_a_row(text: &str) -> bool {
    let bytes = text.as_bytes();
    [1_i16, -1]
        .iter()
        .any(|step| bytes.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == *step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused_and_say_why() {
        for good in ["correct horse battery", "한 번 더 해 보는 비밀번호", "tr0ub4dor&3x"] {
            assert!(check_password(good, "kim").is_ok(), "{good}");
        }
        for weak in [
            "",
            "short",
            "ninechars",
            "aaaaaaaaaaaa",
            "abababababab",
            "Password12345",
            "1234567890",
            "qwertyuiop",
            "abcdefghijklm",
            "i-am-kim-really",
            &"xyzvw".repeat(40),
        ] {
            assert!(check_password(weak, "kim").is_err(), "{weak}");
        }
    }

    #[test]
    fn weak_pins_are_refused() {
        for good in ["2580", "19370", "71280364"] {
            assert!(check_pin(good).is_ok(), "{good}");
        }
        for weak in ["", "123", "1234", "4321", "0000", "123456789", "12a4", "١٢٣٤", "45678"] {
            assert!(check_pin(weak).is_err(), "{weak}");
        }
    }
}
