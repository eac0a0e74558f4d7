//! Rules on the past: which mails the rules would have sent, had they been there all the time.
//!
//! What the passes met is gone through once more in its order, and the rules are asked by the same code as
//! in a pass, with a memory of their own. Nothing is stored.

use crate::find;
use crate::history::{self, Entry, Met, What};
use crate::summary::summary;
use std::collections::HashMap;
use tocsin_alerts::{Fired, Happening, Rules};
use tocsin_core::{Event, EventId, Note, Outgoing, Story, StoryId, Timestamp};
use tocsin_store::{Store, StoreError};

/// Merged into one that was merged itself, and so on: so many steps are followed.
const MOST_MERGES: usize = 32;

/// The mails since a moment, in the order of their sending; without one, all of them.
///
/// Events are taken as the passes met them, stories with the tags that they have now.
///
/// # Errors
/// Where the store fails.
pub fn replay(
    store: &dyn Store,
    rules: &Rules,
    since: Option<Timestamp>,
) -> Result<Vec<Outgoing>, StoreError> {
    replay_through(store, rules, since, &|story| story)
}

/// The same, with the stories as `through` shows them.
///
/// # Errors
/// Where the store fails.
pub(crate) fn replay_through(
    store: &dyn Store,
    rules: &Rules,
    since: Option<Timestamp>,
    through: &dyn Fn(Story) -> Story,
) -> Result<Vec<Outgoing>, StoreError> {
    let mut replay = Replay {
        store,
        rules,
        through,
        events: HashMap::new(),
        merged: HashMap::new(),
        marks: HashMap::new(),
        mails: Vec::new(),
    };
    // From the beginning, whatever is asked for: what was told and what waits comes from far back.
    history::for_each(store, |entry| replay.step(entry))?;
    let mut mails = replay.mails;
    mails.retain(|mail| since.is_none_or(|since| mail.queued_at >= since));
    Ok(mails)
}

struct Replay<'a> {
    store: &'a dyn Store,
    rules: &'a Rules,
    through: &'a dyn Fn(Story) -> Story,
    /// As they were met last.
    events: HashMap<EventId, Met>,
    /// Events that became part of others.
    merged: HashMap<EventId, EventId>,
    marks: HashMap<String, String>,
    mails: Vec<Outgoing>,
}

impl Replay<'_> {
    fn step(&mut self, Entry { at, what }: Entry) -> Result<(), StoreError> {
        let fired = match what {
            What::Fired(met) => {
                let fresh = self.meet(met);
                self.fire(&fresh, at)?
            }
            What::Released(at_once) => {
                let past = |key: &str| self.marks.get(key).cloned();
                let event = |id: &EventId| self.event(id);
                self.rules.release(at, at_once.as_deref(), &past, &event)?
            }
            What::Corrected(met) => {
                self.meet(met);
                return Ok(());
            }
            What::Noted(event, note) => self.note(&event, note, at)?,
            What::Marked(marks) => {
                self.marks.extend(marks);
                return Ok(());
            }
        };
        self.marks.extend(fired.marks);
        self.mails.extend(fired.mails);
        Ok(())
    }

    /// Remembers events as they are from now on; gives which of their stories came now.
    fn meet(&mut self, met: Vec<Met>) -> Vec<(EventId, Vec<StoryId>)> {
        let mut fresh = Vec::with_capacity(met.len());
        for met in met {
            self.merged.remove(&met.event);
            for gone in &met.merged {
                self.merged.insert(gone.clone(), met.event.clone());
            }
            fresh.push((met.event.clone(), met.fresh.clone()));
            self.events.insert(met.event.clone(), met);
        }
        fresh
    }

    fn fire(&self, fresh: &[(EventId, Vec<StoryId>)], now: Timestamp) -> Result<Fired, StoreError> {
        let mut touched = Vec::with_capacity(fresh.len());
        for (id, fresh) in fresh {
            if let Some((event, stories)) = self.event(id)? {
                touched.push((event, stories, fresh));
            }
        }
        let happenings: Vec<Happening<'_>> = touched
            .iter()
            .map(|(event, stories, fresh)| Happening {
                event,
                stories,
                fresh,
            })
            .collect();
        let past = |key: &str| self.marks.get(key).cloned();
        Ok(self.rules.fire(&happenings, now, &past))
    }

    fn note(&mut self, id: &EventId, note: Note, now: Timestamp) -> Result<Fired, StoreError> {
        if let Some(met) = self.events.get_mut(id) {
            met.notes.push(note);
        }
        let past = |key: &str| self.marks.get(key).cloned();
        Ok(match self.event(id)? {
            Some((event, stories)) => self.rules.noted(&event, &stories, now, &past),
            None => Fired::default(),
        })
    }

    /// An event as it was met last, also under the id of one that became part of it.
    fn event(&self, id: &EventId) -> Result<Option<(Event, Vec<Story>)>, StoreError> {
        let steps = std::iter::successors(Some(id), |id| self.merged.get(id));
        let Some(met) = steps.take(MOST_MERGES).find_map(|id| {
            self.events
                .get(id)
                .filter(|_| !self.merged.contains_key(id))
        }) else {
            return Ok(None);
        };
        let stories = find::stories_by_id(self.store, &met.stories)?;
        let mut stories: Vec<Story> = stories.into_iter().map(self.through).collect();
        for story in &mut stories {
            story.event = Some(met.event.clone());
            story.development = met.developments.get(story.id()).cloned();
        }
        if stories.is_empty() {
            return Ok(None);
        }
        let event = Event {
            merged: met.merged.clone(),
            split_from: met.split_from.clone(),
            notes: met.notes.clone(),
            ..summary(&met.event, &stories, met.novelty.clone())
        };
        Ok(Some((event, stories)))
    }
}
