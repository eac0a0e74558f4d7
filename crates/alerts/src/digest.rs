//! One mail about several things: digests, and what was held back. Pure.

use crate::compose::{self, Message};
use crate::fire::{Fired, token};
use crate::past::{Held, Past, RATE};
use crate::rules::{Rule, Rules, Target, When};
use jiff::SignedDuration;
use std::collections::{BTreeMap, HashSet};
use tocsin_core::{Alert, Event, EventId, Note, Outgoing, Story, StoryId, Timestamp};

/// Clocks that are farther off than this were wrong.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// Gives an event as it is now, with its stories.
pub type Known<'a, E> = dyn Fn(&EventId) -> Result<Option<(Event, Vec<Story>)>, E> + 'a;

impl Rules {
    /// The mails for which the time has come: digests, and what was held back; or, where a rule is named,
    /// all that waits for it, and no other. `event` gives an event as it is now, with its stories, also
    /// under the id of one that became part of it.
    ///
    /// # Errors
    /// Those of `event`.
    pub fn release<E>(
        &self,
        now: Timestamp,
        at_once: Option<&str>,
        past: &dyn Fn(&str) -> Option<String>,
        event: &Known<'_, E>,
    ) -> Result<Fired, E> {
        let (mut past, mut mails) = (Past::new(past), Vec::new());
        let chosen = |rule: &&Rule| at_once.is_none_or(|name| rule.name == name);
        for rule in self.iter().filter(chosen) {
            for target in &rule.to {
                if past.is_off(rule, target) {
                    continue;
                }
                let slot = match at_once {
                    Some(_) => Some(now),
                    None => rule.due_slot(target, now, &mut past),
                };
                if let Some(slot) = slot {
                    mails.extend(rule.digest(target, slot, now, &mut past, event)?);
                }
            }
        }
        Ok(Fired {
            mails,
            marks: past.into_marks(),
        })
    }
}

impl Rule {
    /// The moment for which a mail about several things is due now, if one is.
    fn due_slot(&self, target: &Target, now: Timestamp, past: &mut Past<'_>) -> Option<Timestamp> {
        let mut held = past.held(self, target);
        if held
            .since
            .is_some_and(|since| now.duration_since(since) < -A_DAY)
        {
            // It was held by a clock that has been put right since.
            held.since = Some(now);
            past.set_held(self, target, held.clone());
        }
        let slot = match (&self.when, held.since) {
            (When::Digest(schedule), Some(since)) => schedule.next_after(since)?,
            (When::Digest(schedule), None) => {
                // Empty ones are only sent where they are asked for, and never for the time before the rule.
                let last = past.slot(self, target).filter(|last| !is_wrong(*last, now));
                if last.is_none() {
                    past.set_slot(self, target, now);
                }
                schedule.next_after(last?).filter(|_| self.send_empty)?
            }
            (_, since) => since?.checked_add(RATE).ok()?,
        };
        // What a reader is not to be woken for can be told after the quiet hours, too.
        let is_due = match &self.when {
            When::Digest(_) => slot <= now,
            // What came in the night need not wait for an hour to pass as well.
            _ => !self.is_quiet(now) && (slot <= now || self.is_quiet(held.since?)),
        };
        is_due.then_some(slot)
    }

    fn digest<E>(
        &self,
        target: &Target,
        slot: Timestamp,
        now: Timestamp,
        past: &mut Past<'_>,
        event: &Known<'_, E>,
    ) -> Result<Option<Outgoing>, E> {
        let held = past.held(self, target);
        let mut things = things(&held, event)?;
        things.iter_mut().for_each(Thing::leave_out_removed);
        things.retain(|thing| !thing.stories.is_empty());
        for thing in &mut things {
            thing.notes = past.untold_notes(self, target, &thing.event);
        }
        // What was held may have been taken back since: a note, for example.
        things.retain(|thing| thing.is_new || !thing.updates.is_empty() || !thing.notes.is_empty());
        past.release(&self.name, target);
        // A clock that was set back comes to the same time twice, with other things to tell.
        let mut id = token(&self.name, target, &format!("digest/{slot}"));
        if past.is_told(&id) {
            id = token(&self.name, target, &format!("digest/{slot}/{now}"));
        }
        past.set_slot(self, target, slot.max(now));
        let is_empty = things.is_empty() && held.more == 0;
        if is_empty && !self.send_empty {
            return Ok(None);
        }
        let stories = things.iter().flat_map(|thing| &thing.stories);
        let stories = stories.map(|story| story.id().clone());
        let alert = Alert {
            rule: self.name.clone(),
            event: None,
            stories: stories.collect(),
            reason: match &self.when {
                When::Digest(schedule) => format!("digest: {schedule}"),
                _ => "held back: quiet hours, or more at once than the rule allows".to_owned(),
            },
            to: target.to_string(),
            sent_at: None,
            message_id: id.clone(),
        };
        past.tell(&id, &id);
        let message: Message = compose::digest(self, &things, held.more, slot);
        Ok(Some(message.outgoing(alert, now)))
    }
}

/// Whether a time is one that a wrong clock gave.
fn is_wrong(time: Timestamp, now: Timestamp) -> bool {
    now.duration_since(time) < -A_DAY
}

/// An event of a digest, and what is new in it.
#[derive(Debug)]
pub(crate) struct Thing {
    pub(crate) event: Event,
    pub(crate) stories: Vec<Story>,
    /// Whether the event itself is told, not only a fact in it.
    pub(crate) is_new: bool,
    /// Stories with a new fact, or told by themselves.
    pub(crate) updates: Vec<StoryId>,
    /// What analysts wrote that this reader was not told yet.
    pub(crate) notes: Vec<Note>,
}

impl Thing {
    /// Stories that a person took out since are told of no more.
    fn leave_out_removed(&mut self) {
        let removed = self.stories.iter().filter(|story| story.removed);
        let removed: HashSet<StoryId> = removed.map(|story| story.id().clone()).collect();
        self.updates.retain(|update| !removed.contains(update));
        self.stories.retain(|story| !story.removed);
    }
}

/// What was held, event by event: in the order of arrival, none twice.
fn things<E>(held: &Held, event: &Known<'_, E>) -> Result<Vec<Thing>, E> {
    let mut things: Vec<Thing> = Vec::new();
    // By the id under which it was held: several may have become one event since.
    let mut places: BTreeMap<&EventId, Option<usize>> = BTreeMap::new();
    let mut updated: HashSet<&StoryId> = HashSet::new();
    for item in &held.items {
        let place = match places.get(&item.event) {
            Some(place) => *place,
            None => place_of(&mut things, event(&item.event)?),
        };
        places.insert(&item.event, place);
        let Some(place) = place else {
            continue;
        };
        let Some(thing) = things.get_mut(place) else {
            continue;
        };
        match &item.story {
            Some(story) if updated.insert(story) => thing.updates.push(story.clone()),
            Some(_) => {}
            None => thing.is_new |= !item.is_note,
        }
    }
    Ok(things)
}

/// The place of an event among those of a digest; it is put behind them where it is not there yet.
fn place_of(things: &mut Vec<Thing>, known: Option<(Event, Vec<Story>)>) -> Option<usize> {
    let (event, stories) = known?;
    let there = things.iter().position(|thing| thing.event.id == event.id);
    Some(there.unwrap_or_else(|| {
        things.push(Thing {
            event,
            stories,
            is_new: false,
            updates: Vec::new(),
            notes: Vec::new(),
        });
        things.len() - 1
    }))
}
