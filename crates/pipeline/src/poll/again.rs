//! Pages of known stories that their source says have changed.

use super::{Visit, Visited};
use crate::{revision, twins, value};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tocsin_core::{FeedEntry, Page, Story, StoryId, Timestamp, canonical_url};
use tocsin_crawler::Answer;
use tocsin_store::{Change, StoreError};

/// A page is read once more at most so often.
const AT_MOST: u32 = 4;
/// Hours between the first reading and the second; four times as many before each one that follows.
const FIRST_WAIT_H: i64 = 1;
/// The time between the last two looks, and a little more.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(72);
/// An entry that was changed so shortly after its page was read is the one that was read.
const SLACK: SignedDuration = SignedDuration::from_mins(5);

/// When a story's page was read after the first time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Looks {
    times: u32,
    last: Option<Timestamp>,
}

impl Looks {
    /// What a page needs that was first read at `first`, and changed at `changed` by its source's word.
    fn need(&self, first: Timestamp, changed: Timestamp, now: Timestamp) -> Need {
        let last = self.last.unwrap_or(first);
        let is_read = changed.duration_since(last) <= SLACK || changed > now;
        if is_read || self.times >= AT_MOST {
            return Need::Nothing;
        }
        let wait = SignedDuration::from_hours(FIRST_WAIT_H << (2 * self.times.min(AT_MOST)));
        match now.duration_since(last) >= wait {
            true => Need::Look,
            false => Need::Later,
        }
    }
}

/// What is to be done about the page of a known story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Nothing,
    Later,
    Look,
}

/// What is known of the page of an entry.
pub(super) enum Known {
    /// It was never read.
    No,
    /// It is as it was, as far as its source says.
    Same,
    /// It has changed, and was read a short while ago.
    NotYet,
    /// It is to be read once more.
    Changed(Box<Changed>),
}

/// A story whose page changed.
pub(super) struct Changed {
    story: Story,
    looks: Looks,
}

impl Visit<'_> {
    /// What the entry of a page that was read before says of it: only relevant stories are read again, and only where
    /// their source gives them a later time than that of the last reading.
    pub(super) fn known(&self, entry: &FeedEntry, url: &str) -> Result<Known, StoreError> {
        // Nothing waits for longer than the time between two looks.
        let oldest = self
            .last_ok
            .and_then(|last| last.checked_sub(LONGEST_WAIT).ok());
        let changed = entry.updated.max(entry.published);
        let Some(changed) = changed.filter(|changed| Some(*changed) > oldest) else {
            return Ok(Known::Same);
        };
        let store = self.pass.store.as_ref();
        let Some(id) = twins::story_at(store, url)? else {
            return Ok(Known::Same);
        };
        let Some(story) = store.story(&id)?.filter(|story| story.relevant) else {
            return Ok(Known::Same);
        };
        let looks: Looks = value::get(store, &looks_key(&id))?.unwrap_or_default();
        let need = looks.need(story.first_seen, changed, self.pass.clock.now());
        Ok(match need {
            Need::Nothing => Known::Same,
            Need::Later => Known::NotYet,
            Need::Look => Known::Changed(Box::new(Changed { story, looks })),
        })
    }

    /// Reads the page of a known story once more. What cannot be had leaves the story as it is.
    pub(super) async fn look_again(
        &mut self,
        changed: Changed,
        url: &str,
    ) -> Result<Visited, StoreError> {
        let Changed { story, looks } = changed;
        let page = match self.ask(url).await? {
            Ok(Answer::Page { page, .. }) => Some(page),
            Err(error) if error.is_temporary() => {
                self.problem(format!("{url}: {error}"));
                return Ok(match error.is_rest() {
                    true => Visited::HostRests,
                    false => Visited::NotHad,
                });
            }
            Ok(Answer::NotModified) | Err(_) => None,
        };
        let looks = Looks {
            times: looks.times + 1,
            last: Some(self.pass.clock.now()),
        };
        let mut batch = vec![value::put(looks_key(story.id()), &looks)];
        if let Some(page) = page {
            batch.extend(self.revision(story, page).await?);
        }
        self.report.revised += usize::from(batch.len() > 1);
        self.pass.store.commit(&batch)?;
        Ok(Visited::Had)
    }

    /// What keeps a story as its page is now; nothing where that holds another one, or nothing new.
    async fn revision(&mut self, story: Story, page: Page) -> Result<Vec<Change>, StoreError> {
        self.report.pages += 1;
        self.progress.page();
        self.archive(&page);
        let store = self.pass.store.as_ref();
        let arrived = canonical_url(&page.final_url);
        let article = match self.extract(page).await {
            Ok(article) => article,
            Err(error) => {
                tracing::debug!(story = %story.id(), %error, "a changed page gave nothing");
                return Ok(Vec::new());
            }
        };
        // A page that was taken away often leads to another.
        let mut is_it = article.id == *story.id();
        for url in arrived.iter().chain([&article.canonical_url]) {
            is_it |= twins::story_at(store, url)?.is_some_and(|id| id == *story.id());
        }
        let article = revision::under_its_name(&story.article, article);
        let Some(changes) = revision::changed(&story.article, &article).filter(|_| is_it) else {
            return Ok(Vec::new());
        };
        let classifier = Arc::clone(&self.pass.classifier);
        let before = story.article.clone();
        let work = move || revision::judged_again(&classifier, story, article);
        match tokio::task::spawn_blocking(work).await {
            Ok(now) => revision::keep(store, before, now, changes, self.pass.clock.now()),
            Err(_) => Ok(Vec::new()),
        }
    }
}

fn looks_key(story: &StoryId) -> String {
    format!("looks/{story}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_again_ever_less_often_and_not_for_ever() {
        let first: Timestamp = "2026-03-02T06:00:00Z".parse().unwrap();
        let hours = |n: i64| first + SignedDuration::from_hours(n);
        let mut looks = Looks::default();
        assert_eq!(looks.need(first, first, hours(9)), Need::Nothing);
        assert_eq!(
            looks.need(first, hours(99), hours(9)),
            Need::Nothing,
            "a wrong clock"
        );
        let soon = first + SLACK * 2;
        assert_eq!(looks.need(first, soon, soon), Need::Later);
        let mut read = Vec::new();
        // Its source gives it a new time every hour.
        for hour in 0..400 {
            if looks.need(first, hours(hour), hours(hour)) == Need::Look {
                read.push(hour);
                looks = Looks {
                    times: looks.times + 1,
                    last: Some(hours(hour)),
                };
            }
        }
        assert_eq!(read, [1, 5, 21, 85]);
    }
}
