use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// Chance from a seed: the same seed, the same run.
pub(crate) struct Chance(SmallRng);

impl Chance {
    /// From a seed and a name, so that one part's draws do not move another's.
    pub(crate) fn of(seed: u64, part: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.to_le_bytes());
        hasher.update(part.as_bytes());
        let mut words = [0u8; 8];
        words.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        Self(SmallRng::seed_from_u64(u64::from_le_bytes(words)))
    }

    /// Whether something of this probability happens.
    pub(crate) fn hits(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.0.random_bool(probability.min(1.0))
    }

    /// A whole number between two, both included.
    pub(crate) fn between(&mut self, least: u64, most: u64) -> u64 {
        self.0.random_range(least..=most)
    }

    /// A number between two whose logarithm is evenly spread: small ones are as likely as large.
    pub(crate) fn spread(&mut self, least: f64, most: f64) -> f64 {
        (self.0.random_range(least.ln()..=most.ln())).exp()
    }

    /// One of several.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.0.random_range(0..of.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_and_another_part_draws_its_own() {
        let draws = |part| {
            let mut chance = Chance::of(7, part);
            (0..5).map(|_| chance.between(0, 1_000)).collect::<Vec<_>>()
        };
        assert_eq!(draws("clients"), draws("clients"));
        assert_ne!(draws("clients"), draws("links"));
    }
}
