//! Who is told: readers that unsubscribe, addresses that are stopped and resumed, changes of the rules.

use crate::acts::{self, Actor};
use crate::history::{self, What};
use std::collections::BTreeMap;
use tocsin_alerts::subscription::{self, Mark, Stopped};
use tocsin_alerts::unsubscribe::Wishes;
use tocsin_alerts::{Outlets, Rules, Target};
use tocsin_core::{Deed, Outgoing, Timestamp};
use tocsin_store::{Change, Store, StoreError};

/// The name under which the text of the rules is kept that the last pass went by.
const RULES: &str = "rules";
/// Mails read at a time.
const PAGE: usize = 500;

/// One reader of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// The rule.
    pub rule: String,
    /// Where its mails go.
    pub to: Target,
    /// Since when the reader wants no more of them.
    pub unsubscribed: Option<Timestamp>,
    /// Why nothing is sent to the address.
    pub stopped: Option<Stopped>,
}

/// All readers, in the order of the rules.
///
/// # Errors
/// Where the store fails.
pub fn list(store: &dyn Store, rules: &Rules) -> Result<Vec<Subscriber>, StoreError> {
    let mut found = Vec::new();
    for rule in rules.iter() {
        for to in &rule.to {
            found.push(Subscriber {
                rule: rule.name.clone(),
                to: to.clone(),
                unsubscribed: unsubscribed(store, &rule.name, to)?,
                stopped: stopped(store, to)?,
            });
        }
    }
    Ok(found)
}

/// Since when a rule tells a reader no more; `None` where it does.
///
/// # Errors
/// Where the store fails.
pub fn unsubscribed(
    store: &dyn Store,
    rule: &str,
    to: &Target,
) -> Result<Option<Timestamp>, StoreError> {
    crate::release::with_marks(store, |marks| subscription::unsubscribed(rule, to, marks))
}

/// Why nothing is sent to an address; `None` where it is.
///
/// # Errors
/// Where the store fails.
pub fn stopped(store: &dyn Store, to: &Target) -> Result<Option<Stopped>, StoreError> {
    crate::release::with_marks(store, |marks| subscription::stopped(to, marks))
}

/// The rule tells the reader no more; gives the number in the log.
///
/// # Errors
/// Where the store fails.
pub fn unsubscribe(
    store: &dyn Store,
    rule: &str,
    to: &Target,
    actor: &Actor,
) -> Result<u64, StoreError> {
    let deed = Deed::Unsubscribe {
        rule: rule.to_owned(),
        to: to.to_string(),
    };
    let (number, recorded) = acts::record(store, actor, deed)?;
    let marks = subscription::unsubscribe(rule, to, actor.at);
    let mut changes = marked(store, marks.into(), actor.at)?;
    changes.extend(recorded);
    store.commit(&changes)?;
    Ok(number)
}

/// The rule tells a reader again who had unsubscribed; `None` where nobody had.
///
/// # Errors
/// Where the store fails.
pub fn subscribe(
    store: &dyn Store,
    rule: &str,
    to: &Target,
    actor: &Actor,
) -> Result<Option<u64>, StoreError> {
    if unsubscribed(store, rule, to)?.is_none() {
        return Ok(None);
    }
    let deed = Deed::Subscribe {
        rule: rule.to_owned(),
        to: to.to_string(),
    };
    let (number, recorded) = acts::record(store, actor, deed)?;
    let mut changes = subscribe_again(store, rule, &to.to_string(), actor.at)?;
    changes.extend(recorded);
    store.commit(&changes)?;
    Ok(Some(number))
}

/// The changes after which a rule tells a reader again.
pub(crate) fn subscribe_again(
    store: &dyn Store,
    rule: &str,
    to: &str,
    now: Timestamp,
) -> Result<Vec<Change>, StoreError> {
    match to.parse() {
        Ok(to) => marked(store, vec![subscription::subscribe(rule, &to)], now),
        Err(_) => Ok(Vec::new()),
    }
}

/// Marks that the rules go by, with their place in the history.
fn marked(store: &dyn Store, marks: Vec<Mark>, now: Timestamp) -> Result<Vec<Change>, StoreError> {
    let mut changes: Vec<Change> = marks.iter().cloned().map(set).collect();
    changes.extend(history::entry(store, now, What::Marked(marks))?);
    Ok(changes)
}

/// The changes by which nothing more is sent to an address.
pub(crate) fn stop(
    store: &dyn Store,
    to: &Target,
    stopped: &Stopped,
) -> Result<Vec<Change>, StoreError> {
    let deed = Deed::Stop {
        to: to.to_string(),
        why: stopped.why.clone(),
    };
    let actor = Actor {
        by: "delivery".to_owned(),
        at: stopped.since,
    };
    let (_, recorded) = acts::record(store, &actor, deed)?;
    let mut changes = vec![set(subscription::stop(to, stopped))];
    changes.extend(recorded);
    Ok(changes)
}

/// Mails to an address go out again, those that wait with the next pass. `None` where nothing was stopped.
///
/// # Errors
/// Where the store fails.
pub fn resume(store: &dyn Store, to: &Target, actor: &Actor) -> Result<Option<u64>, StoreError> {
    if stopped(store, to)?.is_none() {
        return Ok(None);
    }
    let deed = Deed::Resume { to: to.to_string() };
    let (number, recorded) = acts::record(store, actor, deed)?;
    let mut changes = resume_changes(store, &to.to_string())?;
    changes.extend(recorded);
    store.commit(&changes)?;
    Ok(Some(number))
}

/// The changes after which mails to an address go out again, those that wait at once.
pub(crate) fn resume_changes(store: &dyn Store, to: &str) -> Result<Vec<Change>, StoreError> {
    let target: Option<Target> = to.parse().ok();
    let mut changes: Vec<Change> = target
        .iter()
        .map(|to| set(subscription::resume(to)))
        .collect();
    let waiting = waiting(store, |mail| mail.alert.to == to)?;
    changes.extend(waiting.into_iter().map(|mail| {
        Change::Deferred(Outgoing {
            next_try: None,
            ..mail
        })
    }));
    Ok(changes)
}

/// Drops what waits for a reader of these rules, in the outbox and for a digest; gives how many mails.
///
/// # Errors
/// Where the store fails.
pub fn forget(
    store: &dyn Store,
    rules: &[String],
    to: &Target,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let address = to.to_string();
    let is_theirs = |mail: &Outgoing| mail.alert.to == address && rules.contains(&mail.alert.rule);
    let mails = waiting(store, is_theirs)?;
    let count = mails.len();
    let marks = rules.iter().map(|rule| subscription::forget(rule, to));
    let mut changes = marked(store, marks.collect(), now)?;
    changes.extend(mails.into_iter().map(|mail| Change::Withdraw {
        message_id: mail.alert.message_id,
    }));
    store.commit(&changes)?;
    Ok(count)
}

/// The mails of the outbox that are wanted.
///
/// # Errors
/// Where the store fails.
pub(crate) fn waiting(
    store: &dyn Store,
    wanted: impl Fn(&Outgoing) -> bool,
) -> Result<Vec<Outgoing>, StoreError> {
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let mails = store.outbox(after.as_deref(), PAGE)?;
        let Some(last) = mails.last() else {
            return Ok(found);
        };
        after = Some(last.alert.message_id.clone());
        found.extend(mails.into_iter().filter(&wanted));
    }
}

/// How many mails wait, by address and rule.
///
/// # Errors
/// Where the store fails.
pub fn waiting_counts(store: &dyn Store) -> Result<BTreeMap<(String, String), usize>, StoreError> {
    let mut counts = BTreeMap::new();
    for mail in waiting(store, |_| true)? {
        *counts.entry((mail.alert.to, mail.alert.rule)).or_default() += 1;
    }
    Ok(counts)
}

/// Writes down that the rules are others than those of the last pass; `None` where they are the same, or
/// the first.
///
/// # Errors
/// Where the store fails.
pub fn note_rules(store: &dyn Store, text: &str, actor: &Actor) -> Result<Option<u64>, StoreError> {
    let before = store.meta(RULES)?;
    if before.as_deref() == Some(text) {
        return Ok(None);
    }
    let mut changes = vec![rules_mark(text)];
    let mut number = None;
    if let Some(before) = before {
        let after = text.to_owned();
        let (own, recorded) = acts::record(store, actor, Deed::Rules { before, after })?;
        changes.extend(recorded);
        number = Some(own);
    }
    store.commit(&changes)?;
    Ok(number)
}

pub(crate) fn rules_mark(text: &str) -> Change {
    set((RULES.to_owned(), text.to_owned()))
}

/// Carries out the wishes of readers who unsubscribed by one click. A wish whose rule or reader is no more,
/// in two passes, has come true already.
///
/// # Errors
/// Where the store fails. A folder that cannot be read is told in the log: the wishes stay there.
pub(crate) fn carry_out(
    store: &dyn Store,
    rules: &Rules,
    outlets: &Outlets,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (Some(links), wishes) = (outlets.links(), Wishes::of(outlets.base())) else {
        return Ok(());
    };
    let tokens = wishes.all().unwrap_or_else(|error| {
        tracing::error!(%error, "wishes to unsubscribe cannot be read");
        Vec::new()
    });
    let readers: Vec<(String, Target)> = rules
        .iter()
        .flat_map(|rule| rule.to.iter().map(|to| (rule.name.clone(), to.clone())))
        .collect();
    for token in tokens {
        let done = match links.find(&token, &readers) {
            Some((rule, to)) => {
                let actor = Actor {
                    by: to.to_string(),
                    at: now,
                };
                if unsubscribed(store, rule, to)?.is_none() {
                    unsubscribe(store, rule, to, &actor)?;
                }
                wishes.remove(&token)
            }
            None => wishes.doubt(&token),
        };
        if let Err(error) = done {
            tracing::error!(%error, "a wish to unsubscribe stays in its folder");
        }
    }
    Ok(())
}

fn set((key, value): Mark) -> Change {
    Change::SetMeta { key, value }
}
