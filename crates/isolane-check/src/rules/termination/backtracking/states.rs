/// The most states that an automaton has.
pub(super) const MOST_STATES: usize = 256;

const BITS: usize = u64::BITS as usize;

/// A set of states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct States([u64; MOST_STATES / BITS]);

impl States {
    pub(super) fn of(states: impl IntoIterator<Item = usize>) -> Self {
        let mut set = Self::default();
        for state in states {
            set.insert(state);
        }
        set
    }

    pub(super) fn insert(&mut self, state: usize) {
        self.0[state / BITS] |= 1 << (state % BITS);
    }

    pub(super) fn contains(&self, state: usize) -> bool {
        self.0[state / BITS] & (1 << (state % BITS)) != 0
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (mine, its) in self.0.iter_mut().zip(other.0) {
            *mine |= its;
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(at, mut word)| {
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros() as usize;
                word &= word.wrapping_sub(1);
                (bit < BITS).then_some(at * BITS + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_put_into_it() {
        let mut set = States::of([255, 0, 63]);
        set.add(&States::of([64, 0]));
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 63, 64, 255]);
        assert!(set.contains(64) && !set.contains(1));
        assert_eq!(States::default().iter().count(), 0);
    }
}
