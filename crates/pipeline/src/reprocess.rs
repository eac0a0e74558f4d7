//! Stored stories under the taxonomy and the model of today: what would differ, and the change itself.

use crate::acts::{self, Actor};
use crate::find;
use crate::replay::replay_through;
use crate::summary::judged_anew;
use crate::verdicts;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;
use tocsin_alerts::Rules;
use tocsin_classifier::{Classifier, Input};
use tocsin_core::{Alert, Deed, Entity, Judgement, Outgoing, Story, StoryId, TagScore};
use tocsin_search::Query;
use tocsin_store::{Store, StoreError};

/// Stories judged side by side, and changed together.
const PAGE: usize = 256;

/// What would differ.
#[derive(Debug, Default)]
pub struct Differences {
    /// Stories that were judged anew.
    pub judged: usize,
    /// Those that change, the newest first.
    pub stories: Vec<Difference>,
    /// Alerts that would have been sent too: today's rules over the stored past, with the new tags and with
    /// the stored ones. Those of stories that become relevant are not among them: they have no event yet.
    pub more_alerts: Vec<Alert>,
    /// Alerts that would not have been sent.
    pub fewer_alerts: Vec<Alert>,
    /// Digests that would have told of other stories.
    pub other_alerts: Vec<Alert>,
    /// What each of these stories becomes.
    becomes: HashMap<StoryId, Becomes>,
}

/// What differs in one story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The story.
    pub story: StoryId,
    /// Its title.
    pub title: String,
    /// Tags that it gets.
    pub gained: Vec<String>,
    /// Tags that it loses.
    pub lost: Vec<String>,
    /// Whether it is relevant from then on, where that changes.
    pub relevant: Option<bool>,
}

#[derive(Debug, Clone)]
struct Becomes {
    judgement: Judgement,
    entities: Vec<Entity>,
}

impl Becomes {
    fn put(&self, mut story: Story) -> Story {
        let Judgement {
            tags,
            review,
            relevance,
            relevant,
            removed,
        } = self.judgement.clone();
        story.tags = tags;
        story.review = review;
        story.relevance = relevance;
        story.relevant = relevant;
        story.removed = removed;
        story.entities.clone_from(&self.entities);
        story
    }
}

impl Differences {
    /// How many stories change at all: most only in their scores.
    pub fn changed(&self) -> usize {
        self.becomes.len()
    }

    /// How many stories would get and lose each tag.
    pub fn by_tag(&self) -> BTreeMap<&str, (usize, usize)> {
        let mut tags: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for story in &self.stories {
            for tag in &story.gained {
                tags.entry(tag).or_default().0 += 1;
            }
            for tag in &story.lost {
                tags.entry(tag).or_default().1 += 1;
            }
        }
        tags
    }
}

/// Judges the stories of a query anew and says what would differ, in the past's alerts too. Nothing is
/// stored. An analyst's verdicts stand. `progress` is told of each page of stories.
///
/// # Errors
/// Where the store fails.
pub fn differences(
    store: &dyn Store,
    classifier: &Classifier,
    rules: &Rules,
    query: &Query,
    progress: &dyn Fn(usize),
) -> Result<Differences, StoreError> {
    let mut found = Differences::default();
    let mut page = Vec::with_capacity(PAGE);
    let mut failure = None;
    find::for_each_story(store, query, |story| {
        page.push(story);
        if page.len() < PAGE {
            return ControlFlow::Continue(());
        }
        match found.judge(store, classifier, std::mem::take(&mut page)) {
            Ok(()) => {
                progress(PAGE);
                ControlFlow::Continue(())
            }
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    if let Some(error) = failure {
        return Err(error);
    }
    found.judge(store, classifier, page)?;
    found.compare_alerts(store, rules)?;
    Ok(found)
}

impl Differences {
    fn judge(
        &mut self,
        store: &dyn Store,
        classifier: &Classifier,
        page: Vec<Story>,
    ) -> Result<(), StoreError> {
        self.judged += page.len();
        let judged: Vec<(Story, Story)> = page
            .into_par_iter()
            .map(|story| (anew(classifier, &story), story))
            .collect();
        for (mut now, before) in judged {
            verdicts::apply(store, &mut now)?;
            let is_same =
                Judgement::of(&now) == Judgement::of(&before) && now.entities == before.entities;
            if !is_same {
                self.stories.extend(difference(&before, &now));
                let becomes = Becomes {
                    judgement: Judgement::of(&now),
                    entities: now.entities,
                };
                self.becomes.insert(before.article.id, becomes);
            }
        }
        Ok(())
    }

    fn compare_alerts(&mut self, store: &dyn Store, rules: &Rules) -> Result<(), StoreError> {
        let through = |story: Story| match self.becomes.get(story.id()) {
            Some(becomes) => becomes.put(story),
            None => story,
        };
        let before = replay_through(store, rules, None, &|story| story)?;
        let after = replay_through(store, rules, None, &through)?;
        let alerts = |mails: Vec<Outgoing>| -> BTreeMap<String, Alert> {
            let alerts = mails.into_iter().map(|mail| mail.alert);
            alerts
                .map(|alert| (alert.message_id.clone(), alert))
                .collect()
        };
        let (had, has) = (alerts(before), alerts(after));
        let without = |these: &BTreeMap<String, Alert>, those: &BTreeMap<String, Alert>| {
            let gone = these.iter().filter(|(id, _)| !those.contains_key(*id));
            gone.map(|(_, alert)| alert.clone()).collect()
        };
        self.more_alerts = without(&has, &had);
        self.fewer_alerts = without(&had, &has);
        let others = has.into_iter().filter(|(id, alert)| {
            had.get(id)
                .is_some_and(|before| before.stories != alert.stories)
        });
        self.other_alerts = others.map(|(_, alert)| alert).collect();
        Ok(())
    }
}

/// The story as it would be judged today.
fn anew(classifier: &Classifier, story: &Story) -> Story {
    let judged = classifier.classify(&Input {
        title: &story.article.title,
        text: &story.article.text,
        lang: story.article.language.as_deref(),
    });
    Story {
        tags: judged.tags,
        review: judged.review,
        relevance: judged.relevance,
        relevant: judged.relevant,
        entities: judged.entities,
        ..story.clone()
    }
}

/// What a reader would notice; scores that move a little are none of it.
fn difference(before: &Story, now: &Story) -> Option<Difference> {
    let names = |tags: &[TagScore]| -> BTreeSet<String> {
        tags.iter().map(|tag| tag.tag.clone()).collect()
    };
    let (had, has) = (names(&before.tags), names(&now.tags));
    let difference = Difference {
        story: before.id().clone(),
        title: before.article.title.clone(),
        gained: has.difference(&had).cloned().collect(),
        lost: had.difference(&has).cloned().collect(),
        relevant: (before.relevant != now.relevant).then_some(now.relevant),
    };
    let is_some = !difference.gained.is_empty()
        || !difference.lost.is_empty()
        || difference.relevant.is_some();
    is_some.then_some(difference)
}

/// Changes the stored stories, and the tags and names of their events; those that are relevant from now on
/// wait to be grouped by the next pass. Gives the number in the log; `None` where nothing differs.
///
/// # Errors
/// Where the store fails; each page is changed as a whole or not at all, so doing it again mends it.
pub fn apply(
    store: &dyn Store,
    differences: &Differences,
    actor: &Actor,
) -> Result<Option<u64>, StoreError> {
    let mut ids: Vec<&StoryId> = differences.becomes.keys().collect();
    if ids.is_empty() {
        return Ok(None);
    }
    ids.sort();
    let stories = ids.len();
    // With the first page: a kill behind it leaves no change without its act.
    let (number, recorded) = acts::record(store, actor, Deed::Reprocess { stories })?;
    let mut recorded = Some(recorded);
    for page in ids.chunks(PAGE) {
        let mut changed = Vec::with_capacity(page.len());
        for id in page {
            if let (Some(story), Some(becomes)) = (store.story(id)?, differences.becomes.get(*id)) {
                changed.push(becomes.put(story));
            }
        }
        let mut changes = judged_anew(store, changed)?;
        changes.extend(recorded.take().into_iter().flatten());
        store.commit(&changes)?;
    }
    Ok(Some(number))
}
