use std::ops::BitOr;

/// What a way asks for, or each of several ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Asks(u8);

impl Asks {
    /// A way that can always be gone.
    pub(super) const NOTHING: Self = Self(1);
    /// `^`
    pub(super) const START: Self = Self(2);
    /// `$`
    pub(super) const END: Self = Self(4);
    /// `$` where lines have an end as well.
    pub(super) const LINE_END: Self = Self(8);
    /// `\b`
    pub(super) const BORDER: Self = Self(16);
    /// What is around, or was matched before.
    pub(super) const OTHER: Self = Self(32);

    /// `\B`
    pub(super) const NO_BORDER: Self = Self(64);

    pub(super) const ANY: Self = Self(127);

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The same where characters have been consumed: `^` then asks for the end of a line before it.
    fn behind_a_character(self) -> Self {
        if self.meets(Self::START) {
            Self(self.0 & !Self::START.0 | Self::OTHER.0)
        } else {
            self
        }
    }

    /// What two ways ask for that are gone one after the other.
    fn then(self, next: Self) -> Self {
        let mut asks = Self::default();
        if self.meets(Self::NOTHING) {
            asks = asks | next;
        }
        if next.meets(Self::NOTHING) {
            asks = asks | self;
        }
        let (one, other) = (self.0 & !Self::NOTHING.0, next.0 & !Self::NOTHING.0);
        match (one, other) {
            (0, _) | (_, 0) => asks,
            _ if one == other && one.is_power_of_two() => asks | Self(one),
            _ => asks | Self::OTHER,
        }
    }
}

impl BitOr for Asks {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

/// Ways to get somewhere without a character: how many, and what they ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ways {
    /// 2 stands for more.
    count: u8,
    pub(super) asks: Asks,
}

impl Ways {
    pub(super) fn one(asks: Asks) -> Self {
        Self { count: 1, asks }
    }

    pub(super) fn is_none(self) -> bool {
        self.count == 0
    }

    pub(super) fn are_many(self) -> bool {
        self.count > 1
    }

    /// What can be done in any number of ways, done in one.
    pub(super) fn once(self) -> Self {
        Self {
            count: self.count.min(1),
            ..self
        }
    }

    pub(super) fn behind_a_character(self) -> Self {
        Self {
            asks: self.asks.behind_a_character(),
            ..self
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            count: (self.count + other.count).min(2),
            asks: self.asks | other.asks,
        }
    }

    pub(super) fn then(self, next: Self) -> Self {
        if self.is_none() || next.is_none() {
            return Self::default();
        }
        Self {
            count: (self.count * next.count).min(2),
            asks: self.asks.then(next.asks),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_behind_one_another_ask_for_all_that_each_does() {
        let (free, end) = (Ways::one(Asks::NOTHING), Ways::one(Asks::END));
        assert_eq!(free.then(end), end);
        assert_eq!(end.then(end), end);
        assert_eq!(end.then(Ways::one(Asks::START)), Ways::one(Asks::OTHER));
        assert!(end.then(Ways::default()).is_none());
        let either = free.or(end);
        assert!(either.are_many() && either.then(end).asks == Asks::END);
        assert!(either.then(either).asks.meets(Asks::NOTHING));
    }
}
