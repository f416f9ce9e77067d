//! Random texts: for tokens, for secrets of devices, for the code of the set-up.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::Chance;

/// Letters that nobody takes for another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A text that nobody can guess.
pub(crate) fn secret<const BYTES: usize>(chance: &dyn Chance) -> String {
    let mut bytes = [0; BYTES];
    chance.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A code that somebody can type: four times four letters, 80 bits.
pub(crate) fn typed(chance: &dyn Chance) -> String {
    let mut bytes = [0; 16];
    chance.fill(&mut bytes);
    let letters: Vec<u8> = bytes.iter().map(|byte| LETTERS[usize::from(byte % 32)]).collect();
    let groups: Vec<String> =
        letters.chunks(4).map(|group| group.iter().map(|letter| char::from(*letter)).collect()).collect();
    groups.join("-")
}

/// What is kept of a random text.
pub(crate) fn hash(text: &str) -> Box<str> {
    blake3::hash(text.as_bytes()).to_hex().as_str().into()
}

/// Whether a text is the one whose hash was kept, in a time that tells nothing.
pub(crate) fn is(text: &str, kept: &str) -> bool {
    // Comparing hashes of blake3 takes the same time whatever differs.
    blake3::Hash::from_hex(kept).is_ok_and(|kept| kept == blake3::hash(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_can_be_typed_and_is_known_again() {
        let code = typed(&|bytes: &mut [u8]| (0..16).zip(bytes).for_each(|(at, byte)| *byte = at));
        assert_eq!(code, "abcd-efgh-ijkm-npqr");
        assert!(is(&code, &hash(&code)));
        assert!(!is("abcd-efgh-ijkm-npqs", &hash(&code)));
        assert!(!is(&code, ""));
    }
}
