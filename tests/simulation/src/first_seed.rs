//! Which seeds a run begins with, where nobody names them: another commit, other seeds; the same
//! commit, the same seeds.

use std::process::Command;

/// The largest first seed: short enough to be read aloud.
const FIRST_MAX: u64 = 100_000_000;
/// Runs of so many seeds or fewer do not overlap, or are the same.
const RANGE: u64 = 10_000;

/// The first seed that the present commit draws; 0 where there is none.
#[must_use]
pub fn first_of_commit() -> u64 {
    let head = Command::new("git").args(["rev-parse", "HEAD"]).output().ok();
    let head = head.filter(|output| output.status.success());
    head.map_or(0, |output| first_of(&output.stdout))
}

fn first_of(commit: &[u8]) -> u64 {
    let mut word = [0u8; 8];
    word.copy_from_slice(&blake3::hash(commit.trim_ascii()).as_bytes()[..8]);
    u64::from_le_bytes(word) % (FIRST_MAX / RANGE) * RANGE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_draws_one_first_seed_and_another_commit_another() {
        let (one, other) = (first_of(b"3e8e3a0"), first_of(b"2cb0fed"));
        assert_eq!(one, first_of(b"3e8e3a0\n"));
        assert_ne!(one, other);
        assert!(one < FIRST_MAX && one.is_multiple_of(RANGE), "{one}");
    }
}
