use crate::chance::Chance;

/// Bytes that mean something to a parser of texts.
const TOKENS: [&[u8]; 24] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b":",
    b",",
    b"\\u0000",
    b"\\ud800",
    b"\n",
    b"\r\n",
    b"=",
    b"&",
    b"%00",
    b"%ff",
    b"-1",
    b"9223372036854775808",
    b"1e400",
    b"null",
    b"\0",
    b"\xff",
    b"'",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
];

/// Other bytes, made of some that mean something: bits flipped, pieces cut, doubled, moved, mixed with others.
#[must_use]
pub fn mutated(seeds: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = if seeds.is_empty() { Vec::new() } else { chance.one_of(seeds).clone() };
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len() + 1);
        let until = (at + 1 + chance.below(16)).min(bytes.len()).max(at);
        match chance.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            1 => drop(bytes.drain(at..until)),
            2 => {
                let piece = bytes[at..until].repeat(1 + chance.below(40));
                bytes.splice(at..at, piece);
            }
            3 if !seeds.is_empty() => {
                let other = chance.one_of(seeds).clone();
                let from = chance.below(other.len() + 1);
                bytes.splice(at..until, other[from..].iter().copied());
            }
            4 if at < bytes.len() => bytes[at] = u8::try_from(chance.below(256)).unwrap_or(0),
            _ => {
                let token = *chance.one_of(&TOKENS);
                bytes.splice(at..at, token.iter().copied());
            }
        }
    }
    bytes.truncate(128 << 10);
    bytes
}
