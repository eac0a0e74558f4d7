//! An analyst's own words about an event: shown with it, and carried into its next digest and mail.

use crate::acts::{self, Actor, corrected};
use crate::find;
use crate::history::{self, What};
use crate::regroup::{RegroupError, event};
use crate::release::{kept, with_marks};
use tocsin_alerts::Rules;
use tocsin_core::text::one_line;
use tocsin_core::{Deed, Event, EventId, Note, Timestamp};
use tocsin_store::{Change, Store, StoreError};

/// Characters of a note at most.
const LONGEST: usize = 2_000;

/// Keeps the words with the event; gives it as it is then, and the number in the log.
///
/// # Errors
/// Where there is no such event, or the store fails.
pub fn write(
    store: &dyn Store,
    rules: &Rules,
    id: &EventId,
    words: &str,
    actor: &Actor,
) -> Result<(Event, u64), RegroupError> {
    let text = one_line(words);
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(RegroupError::Words(LONGEST));
    }
    let mut event = event(store, id)?;
    let note = Note {
        by: actor.by.clone(),
        at: actor.at,
        text,
    };
    event.notes.push(note.clone());
    let stories = find::stories_of(store, &event)?;
    let fired = with_marks(store, |past| rules.noted(&event, &stories, actor.at, past))?;
    let deed = Deed::Note {
        event: event.id.clone(),
        note: note.clone(),
    };
    let (number, recorded) = acts::record(store, actor, deed)?;
    let mut changes = vec![Change::PutEvent(event.clone())];
    changes.extend(kept(fired));
    changes.extend(history::entry(
        store,
        actor.at,
        What::Noted(event.id.clone(), note),
    )?);
    changes.extend(recorded);
    store.commit(&changes)?;
    Ok((event, number))
}

/// The changes that take the words back.
pub(crate) fn take_back(
    store: &dyn Store,
    id: &EventId,
    note: &Note,
    now: Timestamp,
) -> Result<Vec<Change>, StoreError> {
    let Some(mut event) = store.event(id)? else {
        return Ok(Vec::new());
    };
    event.notes.retain(|other| other != note);
    let mut changes = vec![Change::PutEvent(event)];
    changes.extend(corrected(store, now, &changes)?);
    Ok(changes)
}
