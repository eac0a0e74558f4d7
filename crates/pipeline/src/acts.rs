//! The log of what people did: who, what, when, and how it is taken back.
//!
//! An act is written in the batch of what it did, under the next number.

use crate::history::{self, Met, What};
use crate::numbered::Numbered;
use crate::regroup::{self, RegroupError};
use crate::{find, notes, revision, subscribers, verdicts};
use tocsin_core::{Act, Deed, Timestamp};
use tocsin_store::{Change, Store, StoreError};

const LOG: Numbered<'static> = Numbered("acts");

/// Somebody, at a moment.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Why an act stays.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// There is no such act.
    #[error("the log has no number {0}\n  hint: `tocsin log` shows the numbers")]
    None(u64),
    /// It was taken back before.
    #[error("number {number} was taken back already, by number {by}")]
    Undone {
        /// The act.
        number: u64,
        /// The act that took it back.
        by: u64,
    },
    /// A later act changed the same thing.
    #[error(
        "number {later} changed the same after number {number}; take that back first: tocsin log undo {later}"
    )]
    LaterFirst {
        /// The act.
        number: u64,
        /// The later one.
        later: u64,
    },
    /// It is of a kind that cannot be taken back, or what it changed is no more.
    #[error("number {number} cannot be taken back: {why}")]
    Final {
        /// The act.
        number: u64,
        /// Why, and what to do instead.
        why: String,
    },
    /// Events stay as they are.
    #[error(transparent)]
    Regroup(#[from] RegroupError),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What taking an act back comes to.
#[derive(Debug)]
pub struct Undo {
    /// The act that is taken back.
    pub act: Act,
    /// The number of the act that takes it back.
    pub number: u64,
    /// For a change of the rules: the text that `alerts.toml` has to get before the changes are kept.
    pub rules: Option<(String, String)>,
    /// To be kept as one batch.
    pub changes: Vec<Change>,
}

/// The changes that write an act down behind the last one, and its number.
///
/// # Errors
/// Where the store fails.
pub(crate) fn record(
    store: &dyn Store,
    actor: &Actor,
    deed: Deed,
) -> Result<(u64, [Change; 2]), StoreError> {
    let number = LOG.last(store)? + 1;
    let act = Act {
        number,
        at: actor.at,
        by: actor.by.clone(),
        undone_by: None,
        deed,
    };
    Ok((number, LOG.append(number, &act)))
}

/// The acts, the latest first, at most `limit`.
///
/// # Errors
/// Where the store fails.
pub fn list(store: &dyn Store, limit: usize) -> Result<Vec<Act>, StoreError> {
    let mut acts = Vec::new();
    for number in (1..=LOG.last(store)?).rev().take(limit) {
        acts.extend(LOG.get::<Act>(store, number)?);
    }
    Ok(acts)
}

/// What takes an act back; nothing is kept yet.
///
/// # Errors
/// See [`UndoError`].
pub fn undo(store: &dyn Store, number: u64, actor: &Actor) -> Result<Undo, UndoError> {
    let act: Option<Act> = LOG.get(store, number)?;
    let mut act = act.ok_or(UndoError::None(number))?;
    if let Some(by) = act.undone_by {
        return Err(UndoError::Undone { number, by });
    }
    later(store, &act)?;
    let (mut changes, rules) = back(store, &act, actor.at)?;
    let (own, recorded) = record(store, actor, Deed::Undo { of: number })?;
    act.undone_by = Some(own);
    changes.push(LOG.put(number, &act));
    changes.extend(recorded);
    Ok(Undo {
        act,
        number: own,
        rules,
        changes,
    })
}

/// Refuses where a later act that stands changed the same.
fn later(store: &dyn Store, this: &Act) -> Result<(), UndoError> {
    let is_verdict = this.deed.judges();
    for later in (this.number + 1..=LOG.last(store)?).rev() {
        let Some(other) = LOG.get::<Act>(store, later)? else {
            continue;
        };
        let number = this.number;
        if other.undone_by.is_none() && other.deed.touches(&this.deed) {
            return Err(UndoError::LaterFirst { number, later });
        }
        // What the judges said before the verdict is not what they say today.
        if is_verdict && matches!(other.deed, Deed::Reprocess { .. }) {
            let why = format!(
                "stories were judged anew since, by number {later}; decide with `tocsin tag`"
            );
            return Err(UndoError::Final { number, why });
        }
    }
    let changed = match this.deed.story() {
        Some(story) if is_verdict => revision::revisions(store, story)?,
        _ => Vec::new(),
    };
    match changed.iter().any(|revision| revision.at > this.at) {
        true => Err(UndoError::Final {
            number: this.number,
            why: "the story's page changed since; decide with `tocsin tag`".to_owned(),
        }),
        false => Ok(()),
    }
}

type Back = (Vec<Change>, Option<(String, String)>);

fn back(store: &dyn Store, act: &Act, now: Timestamp) -> Result<Back, UndoError> {
    let final_because = |why: &str| UndoError::Final {
        number: act.number,
        why: why.to_owned(),
    };
    let changes = match &act.deed {
        Deed::Verdict {
            given,
            before,
            judged,
        } => verdicts::take_back(store, given, before.as_ref(), judged)?,
        Deed::Note { event, note } => notes::take_back(store, event, note, now)?,
        Deed::Merge { into, others } => regroup::unmerge(store, into, others, now)?,
        Deed::Split { from, into } => {
            regroup::merge_changes(store, from, std::slice::from_ref(into), now)?.1
        }
        Deed::Rules { before, after } => {
            let changes = vec![subscribers::rules_mark(before)];
            return Ok((changes, Some((after.clone(), before.clone()))));
        }
        Deed::Unsubscribe { rule, to } => subscribers::subscribe_again(store, rule, to, now)?,
        Deed::Stop { to, .. } => subscribers::resume_changes(store, to)?,
        Deed::Subscribe { .. } | Deed::Resume { .. } => {
            return Err(final_because(
                "mails may have gone out since; see `tocsin subscribers`",
            ));
        }
        Deed::Reprocess { .. } => {
            return Err(final_because(
                "put the former taxonomy or model back and reprocess again",
            ));
        }
        Deed::Undo { .. } => return Err(final_because("do once more what was taken back")),
    };
    Ok((changes, None))
}

/// The history's entry for events that somebody corrected, as they are after these changes.
pub(crate) fn corrected(
    store: &dyn Store,
    now: Timestamp,
    changes: &[Change],
) -> Result<[Change; 2], StoreError> {
    let mut met = Vec::new();
    for change in changes {
        if let Change::PutEvent(event) = change {
            let stories = find::stories_by_id(store, &event.stories)?;
            met.push(Met::new(event, &stories, &[]));
        }
    }
    history::entry(store, now, What::Corrected(met))
}
