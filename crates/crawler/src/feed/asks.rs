//! What a feed asks of those who poll it: RSS 2.0 `ttl`, `skipHours` and `skipDays`, RSS 1.0's syndication module.

use super::names::Field;
use tocsin_core::Asks;

/// A feed that asks for a longer pause is asked once a day all the same.
const LONGEST_S: u64 = 24 * 3_600;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    ttl_s: Option<u64>,
    period_s: Option<u64>,
    frequency: Option<u64>,
    asks: Asks,
}

impl Wishes {
    /// Reads one field; what is none of ours, or says nothing, is left out.
    pub(super) fn note(&mut self, field: Field, text: &str) {
        let number = text.parse::<u64>().ok();
        match field {
            Field::Ttl => self.ttl_s = number.map(|minutes| minutes.saturating_mul(60)),
            Field::UpdatePeriod => self.period_s = period(text),
            Field::UpdateFrequency => self.frequency = number.filter(|times| *times > 0),
            Field::SkipHour => {
                // Some count from 1 to 24.
                let hour = number.and_then(|hour| u8::try_from(hour % 24).ok());
                self.asks
                    .skip_hours
                    .extend(hour.filter(|_| number <= Some(24)));
            }
            Field::SkipDay => {
                let name = text.to_lowercase();
                let day = DAYS.iter().position(|day| name.starts_with(day));
                self.asks
                    .skip_days
                    .extend(day.and_then(|day| u8::try_from(day).ok()));
            }
            _ => {}
        }
    }

    /// All of it. A feed that bars every hour or every day bars none.
    pub(super) fn into_asks(self) -> Asks {
        let mut asks = self.asks;
        let by_period = self
            .period_s
            .map(|period| period / self.frequency.unwrap_or(1));
        let least = self.ttl_s.max(by_period).filter(|seconds| *seconds > 0);
        asks.min_interval_s = least.map(|seconds| seconds.min(LONGEST_S));
        for (list, all) in [(&mut asks.skip_hours, 24), (&mut asks.skip_days, 7)] {
            list.sort_unstable();
            list.dedup();
            if list.len() >= all {
                list.clear();
            }
        }
        asks
    }
}

fn period(text: &str) -> Option<u64> {
    let hours = match text.to_lowercase().as_str() {
        "hourly" => 1,
        "daily" => 24,
        "weekly" => 7 * 24,
        "monthly" => 30 * 24,
        "yearly" => 365 * 24,
        _ => return None,
    };
    Some(hours * 3_600)
}
