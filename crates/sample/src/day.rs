//! The two states of the sample world.

use tocsin_core::Timestamp;

/// How far the sample world's story has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Day {
    /// Monday, 5 October 2026.
    First,
    /// Tuesday, 6 October 2026.
    Second,
}

impl Day {
    /// Both days, in order.
    pub const ALL: [Self; 2] = [Self::First, Self::Second];

    /// The moment at which this day is looked at: 18:00 UTC. Nothing is published later than that.
    pub const fn now(self) -> Timestamp {
        match self {
            Self::First => Timestamp::constant(1_791_223_200, 0),
            Self::Second => Timestamp::constant(1_791_309_600, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_are_monday_and_tuesday_evening() {
        assert_eq!(Day::First.now().to_string(), "2026-10-05T18:00:00Z");
        assert_eq!(Day::Second.now().to_string(), "2026-10-06T18:00:00Z");
    }
}
