use std::hash::Hash;

use foldhash::{HashMap, HashMapExt};

/// The smallest generation: what is under way at once fits it many times.
const SIZE_MIN: usize = 1_024;

/// What a writer remembers of many things, by their keys. Two generations: when the young one is full it
/// becomes the old one, and what the old one still held is forgotten; who is asked for is young again.
///
/// A generation is as large as it has to be. Memory that is used again soon is still in the processor's
/// caches: while nearly everything that is asked for is remembered, generations become smaller, and where
/// much has to be read back (a backlog is worked off) they grow, up to what they may be.
pub struct Generations<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    size: usize,
    size_max: usize,
    read_back: usize,
}

impl<K: Copy + Eq + Hash, V> Generations<K, V> {
    /// Generations of up to so many.
    #[must_use]
    pub fn new(size_max: usize) -> Self {
        let size = SIZE_MIN.min(size_max);
        Self { young: HashMap::new(), old: HashMap::new(), size, size_max, read_back: 0 }
    }

    /// What is remembered of a key, which is young again.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if !self.young.contains_key(key)
            && let Some(value) = self.old.remove(key)
        {
            self.young.insert(*key, value);
        }
        self.young.get_mut(key)
    }

    /// What is remembered of a key.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        self.young.get(key).or_else(|| self.old.get(key))
    }

    /// What is remembered of a key, which is forgotten.
    pub fn take(&mut self, key: &K) -> Option<V> {
        let old = self.old.remove(key);
        self.young.remove(key).or(old)
    }

    /// Remembers something that is new.
    pub fn put(&mut self, key: K, value: V) {
        self.young.insert(key, value);
    }

    /// Remembers something that had to be read: it was there before.
    pub fn put_back(&mut self, key: K, value: V) {
        self.read_back += 1;
        self.put(key, value);
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }

    /// How many are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets what is old, where it is time: between batches only, so that nothing of one is lost.
    pub fn age(&mut self) {
        if self.young.len() < self.size {
            return;
        }
        let much_is_read_back = self.read_back * 4 >= self.young.len();
        self.read_back = 0;
        if much_is_read_back && self.size < self.size_max {
            self.size = (self.size * 2).min(self.size_max);
            return;
        }
        if !much_is_read_back {
            self.size = (self.size / 2).max(SIZE_MIN.min(self.size_max));
        }
        // What the old one held is forgotten; its room is kept.
        std::mem::swap(&mut self.old, &mut self.young);
        self.young.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest number of things remembered while so many are put, one by one.
    fn most_of(
        generations: &mut Generations<usize, usize>,
        put: impl Fn(&mut Generations<usize, usize>, usize),
    ) -> usize {
        let numbers = 0..20 * SIZE_MIN;
        let most = numbers.map(|number| {
            put(generations, number);
            generations.age();
            generations.len()
        });
        most.max().unwrap_or_default()
    }

    #[test]
    fn what_is_asked_for_again_and_again_is_never_forgotten() {
        let mut generations = Generations::new(8 * SIZE_MIN);
        generations.put(usize::MAX, 7);

        most_of(&mut generations, |generations, number| {
            generations.put(number, number);
            assert_eq!(generations.get_mut(&usize::MAX), Some(&mut 7));
        });
    }

    #[test]
    fn what_was_taken_is_gone_even_where_an_older_word_of_it_was_kept() {
        let mut generations = Generations::new(SIZE_MIN);
        (0..SIZE_MIN).for_each(|number| generations.put(number, number));
        generations.age();
        generations.put(1, 8);

        assert_eq!(generations.take(&1), Some(8));
        assert_eq!(generations.get(&1), None);
    }

    #[test]
    fn few_are_remembered_while_nothing_has_to_be_read_back() {
        let mut generations = Generations::new(8 * SIZE_MIN);

        let most = most_of(&mut generations, |generations, number| generations.put(number, number));

        assert!(most <= 2 * SIZE_MIN, "{most}");
    }

    #[test]
    fn many_are_remembered_where_much_is_read_back_and_few_again_afterwards() {
        let mut generations = Generations::new(8 * SIZE_MIN);

        let most = most_of(&mut generations, |generations, number| generations.put_back(number, number));
        assert!(most > 8 * SIZE_MIN && most <= 16 * SIZE_MIN, "{most}");

        most_of(&mut generations, |generations, number| generations.put(number, number));
        assert!(generations.len() <= 2 * SIZE_MIN, "{}", generations.len());
    }

    #[test]
    fn a_generation_is_never_larger_than_it_may_be() {
        let mut generations = Generations::new(4);

        let most = most_of(&mut generations, |generations, number| generations.put_back(number, number));

        assert!(most <= 8, "{most}");
    }
}
