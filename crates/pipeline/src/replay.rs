//! What rules would have sent over the stored past: the same code as a pass, a clock that runs through the
//! stories' arrivals, and a memory of its own.

use crate::summary::{in_order_of_arrival, summary};
use crate::{find, release};
use jiff::SignedDuration;
use std::collections::{BTreeMap, HashMap};
use tocsin_alerts::{Fired, Happening, Rules};
use tocsin_core::{Event, EventId, Outgoing, Story, StoryId, Timestamp};
use tocsin_store::{Range, Store, StoreError};

/// Stories read from the store at a time.
const PAGE: usize = 500;
/// Where it is not remembered when passes were, each story's came so much after it.
const AN_HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Shorter than any month: so none is left out.
const MONTH: SignedDuration = SignedDuration::from_hours(27 * 24);
/// So long before the asked time the replay begins: what was told then is not told again, and a weekly
/// digest holds what came before.
const RUN_UP: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Stories are kept by their own time; those that arrived are looked for so much farther back.
const LATE: SignedDuration = SignedDuration::from_hours(60 * 24);

/// The mails from `since` until `until`, in the order of their sending; without `since`, all of them.
///
/// Events are taken as they are known now: what a later story corrected is corrected here from the start.
///
/// # Errors
/// Where the store fails.
pub fn replay(
    store: &dyn Store,
    rules: &Rules,
    since: Option<Timestamp>,
    until: Timestamp,
) -> Result<Vec<Outgoing>, StoreError> {
    let mut replay = Replay {
        store,
        rules,
        marks: HashMap::new(),
        mails: Vec::new(),
    };
    let arrived = arrivals(store, since, until)?;
    let mut rest = arrived.as_slice();
    for now in passes(store, &arrived, until)? {
        let came = rest.partition_point(|story| story.first_seen <= now);
        let (pass, later) = rest.split_at_checked(came).unwrap_or((rest, &[]));
        rest = later;
        replay.fire(pass, now)?;
        replay.release(now)?;
    }
    let mut mails = replay.mails;
    mails.retain(|mail| since.is_none_or(|since| mail.queued_at >= since));
    Ok(mails)
}

/// The stories of events in the order of their arrival.
fn arrivals(
    store: &dyn Store,
    since: Option<Timestamp>,
    until: Timestamp,
) -> Result<Vec<Story>, StoreError> {
    let before = |time: Timestamp, by: SignedDuration| time.saturating_sub(by).ok();
    let start = since.and_then(|since| before(since, RUN_UP));
    let mut range = Range {
        from: start.and_then(|start| before(start, LATE)),
        limit: PAGE,
        ..Range::default()
    };
    let mut arrived = Vec::new();
    loop {
        let batch = store.stories(&range)?;
        let counts = |story: &Story| {
            story.event.is_some()
                && start.is_none_or(|start| story.first_seen >= start)
                && story.first_seen <= until
        };
        arrived.extend(batch.items.into_iter().filter(counts));
        match batch.next {
            Some(next) => range.after = Some(next),
            None => break,
        }
    }
    in_order_of_arrival(&mut arrived);
    Ok(arrived)
}

/// When there were passes, as far as they are remembered; else one an hour behind each arrival.
fn passes(
    store: &dyn Store,
    arrived: &[Story],
    until: Timestamp,
) -> Result<Vec<Timestamp>, StoreError> {
    let Some(first) = arrived.first().map(|story| story.first_seen) else {
        return Ok(vec![until]);
    };
    let mut passes: Vec<Timestamp> = Vec::new();
    let mut month = first;
    while month <= until {
        passes.extend(release::passes_of_month(store, month)?);
        match month.checked_add(MONTH) {
            Ok(next) => month = next,
            Err(_) => break,
        }
    }
    passes.extend(release::passes_of_month(store, until)?);
    let remembered = passes.iter().min().copied().unwrap_or(until);
    let before = arrived
        .iter()
        .map(|story| story.first_seen)
        .filter(|time| *time < remembered);
    passes.extend(before.filter_map(|time| time.checked_add(AN_HOUR).ok()));
    passes.retain(|pass| *pass >= first && *pass <= until);
    passes.push(until);
    passes.sort_unstable();
    passes.dedup();
    Ok(passes)
}

struct Replay<'a> {
    store: &'a dyn Store,
    rules: &'a Rules,
    marks: HashMap<String, String>,
    mails: Vec<Outgoing>,
}

impl Replay<'_> {
    fn fire(&mut self, pass: &[Story], now: Timestamp) -> Result<(), StoreError> {
        let mut joined: BTreeMap<&EventId, Vec<StoryId>> = BTreeMap::new();
        for story in pass {
            if let Some(event) = &story.event {
                joined.entry(event).or_default().push(story.id().clone());
            }
        }
        let mut touched = Vec::with_capacity(joined.len());
        for (id, fresh) in joined {
            if let Some((event, stories)) = as_of(self.store, id, now)? {
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
        let fired = self
            .rules
            .fire(&happenings, now, &|key| self.marks.get(key).cloned());
        self.keep(fired);
        Ok(())
    }

    fn release(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let event = |id: &EventId| as_of(self.store, id, now);
        let past = |key: &str| self.marks.get(key).cloned();
        let fired = self.rules.release(now, None, &past, &event)?;
        self.keep(fired);
        Ok(())
    }

    fn keep(&mut self, fired: Fired) {
        self.marks.extend(fired.marks);
        self.mails.extend(fired.mails);
    }
}

/// An event with the stories that had arrived by then.
fn as_of(
    store: &dyn Store,
    id: &EventId,
    now: Timestamp,
) -> Result<Option<(Event, Vec<Story>)>, StoreError> {
    let Some(known) = store.event(id)? else {
        return Ok(None);
    };
    let mut stories = find::stories_of(store, &known)?;
    stories.retain(|story| story.first_seen <= now);
    if stories.is_empty() {
        return Ok(None);
    }
    let event = Event {
        merged: known.merged,
        split_from: known.split_from,
        ..summary(&known.id, &stories, known.novelty)
    };
    Ok(Some((event, stories)))
}
