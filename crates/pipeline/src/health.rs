//! The operator is told once of a source whose state changed, in one mail a pass.

use crate::pass::Pass;
use jiff::SignedDuration;
use tocsin_alerts::{Ailing, health_note};
use tocsin_core::{Health, Source, SourceState, Timestamp};
use tocsin_store::{Change, StoreError};

/// A source that fails for less is not worth a mail: most come back.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// Puts a mail about the changes into the outbox, in one batch with the note that they were told.
///
/// # Errors
/// Where the store fails.
pub(crate) fn tell_operator(pass: &Pass, sources: &[Source]) -> Result<(), StoreError> {
    let operator = pass.outlets.as_ref().and_then(|outlets| outlets.operator());
    let Some(operator) = operator else {
        return Ok(());
    };
    let now = pass.clock.now();
    let (mut changes, mut ailing) = (Vec::new(), Vec::new());
    for source in sources.iter().filter(|source| source.enabled) {
        let Some(health) = pass.store.health(&source.id)? else {
            continue;
        };
        if !is_news(&health, now) {
            continue;
        }
        ailing.push(Ailing {
            source,
            state: health.state,
            why: why(&health),
            other_way: health.other_way.as_ref().and_then(|way| way.found.clone()),
        });
        let told = Health {
            told: Some(health.state),
            ..health.clone()
        };
        changes.push(Change::PutHealth(source.id.clone(), told));
    }
    if ailing.is_empty() {
        return Ok(());
    }
    changes.push(Change::Enqueue(health_note(operator, &ailing, now)));
    pass.store.commit(&changes)
}

/// Whether the operator has to hear of it: a state that stays and needs a hand, or the end of one that was told.
fn is_news(health: &Health, now: Timestamp) -> bool {
    let lasts = health
        .since
        .is_some_and(|since| now.duration_since(since) >= PATIENCE);
    let is_bad = match health.state {
        SourceState::Failing => lasts,
        SourceState::Quiet | SourceState::Blocked | SourceState::Gone | SourceState::Moved => true,
        SourceState::New | SourceState::Healthy => false,
    };
    match health.told {
        Some(told) if told == health.state => false,
        Some(told) if told != SourceState::Healthy => {
            is_bad || health.state == SourceState::Healthy
        }
        _ => is_bad,
    }
}

fn why(health: &Health) -> String {
    match &health.last_error {
        Some(error) => error.clone(),
        None => health.why_next.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_told_once_and_its_end_once() {
        let now: Timestamp = "2026-03-02T06:00:00Z".parse().unwrap();
        let health = |state, told, hours: i64| Health {
            state,
            told,
            since: Some(now - SignedDuration::from_hours(hours)),
            ..Health::default()
        };
        use SourceState::{Blocked, Failing, Healthy, New, Quiet};
        for (state, told, hours, expected) in [
            (New, None, 0, false),
            (Healthy, None, 0, false),
            (Failing, None, 3, false),
            (Failing, None, 24, true),
            (Failing, Some(Failing), 48, false),
            (Quiet, None, 0, true),
            (Blocked, Some(Failing), 0, true),
            (Healthy, Some(Blocked), 0, true),
            (Healthy, Some(Healthy), 0, false),
            (Quiet, Some(Healthy), 0, true),
        ] {
            let found = is_news(&health(state, told, hours), now);
            assert_eq!(found, expected, "{state:?} {told:?} {hours}");
        }
    }
}
