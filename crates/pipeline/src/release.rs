//! Between grouping and delivery: mails for which the time has come, digests and what was held back.

use crate::find;
use crate::history::{self, What};
use crate::pass::Pass;
use jiff::SignedDuration;
use tocsin_alerts::{Fired, Rules};
use tocsin_core::{EventId, Timestamp};
use tocsin_store::{Change, Store, StoreError};

/// The time between two passes without anything to tell that are remembered.
const SELDOM: SignedDuration = SignedDuration::from_mins(30);

/// Puts them into the outbox, in one batch with what is remembered of it.
///
/// # Errors
/// Where the store fails.
pub(crate) fn release_due(pass: &Pass) -> Result<(), StoreError> {
    let store = pass.store.as_ref();
    let now = pass.clock.now();
    let fired = due(store, &pass.rules, now, None)?;
    // That there was nothing is written down now and then: a rule of tomorrow may be asked about it.
    let is_nothing = fired.mails.is_empty() && fired.marks.is_empty();
    let last = history::last(store)?;
    let is_recent = |at: Timestamp| now >= at && now.duration_since(at) < SELDOM;
    if is_nothing && last.is_some_and(is_recent) {
        return Ok(());
    }
    store.commit(&changes(store, fired, now, None)?)
}

/// The mails that are due now, or all that waits for the rule of this name; none is in the outbox yet.
///
/// # Errors
/// Where the store fails.
pub fn due(
    store: &dyn Store,
    rules: &Rules,
    now: Timestamp,
    at_once: Option<&str>,
) -> Result<Fired, StoreError> {
    let event = |id: &EventId| match store.event(id)? {
        Some(event) => {
            let stories = find::stories_of(store, &event)?;
            Ok(Some((event, stories)))
        }
        None => Ok(None),
    };
    with_marks(store, |past| rules.release(now, at_once, past, &event))?
}

/// Lets the rules ask the store for what they remember.
///
/// # Errors
/// Where the store fails.
pub(crate) fn with_marks<T>(
    store: &dyn Store,
    ask: impl FnOnce(&dyn Fn(&str) -> Option<String>) -> T,
) -> Result<T, StoreError> {
    let failure = std::cell::RefCell::new(None);
    let past = |key: &str| match store.meta(key) {
        Ok(mark) => mark,
        Err(error) => {
            failure.replace(Some(error));
            None
        }
    };
    let answer = ask(&past);
    match failure.into_inner() {
        Some(error) => Err(error),
        None => Ok(answer),
    }
}

/// What was released, as changes of one batch.
///
/// # Errors
/// Where the store fails.
pub fn changes(
    store: &dyn Store,
    fired: Fired,
    now: Timestamp,
    at_once: Option<&str>,
) -> Result<Vec<Change>, StoreError> {
    let what = What::Released(at_once.map(str::to_owned));
    let mut changes = kept(fired);
    changes.extend(history::entry(store, now, what)?);
    Ok(changes)
}

/// What the rules want done, as changes.
pub(crate) fn kept(fired: Fired) -> Vec<Change> {
    let marks = fired.marks.into_iter();
    let marks = marks.map(|(key, value)| Change::SetMeta { key, value });
    marks
        .chain(fired.mails.into_iter().map(Change::Enqueue))
        .collect()
}
