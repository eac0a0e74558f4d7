//! Pages of known stories that their source says have changed.

use super::Visit;
use crate::{revision, twins, value};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use tocsin_core::{FeedEntry, Story, StoryId, Timestamp};
use tocsin_crawler::{Answer, Validators};
use tocsin_store::{Change, StoreError};

/// A page is read once more at most so often.
const AT_MOST: u32 = 4;
/// Hours between the first reading and the second; four times as many before each one that follows.
const FIRST_WAIT_H: i64 = 1;
/// An entry that was changed so shortly after its page was read is the one that was read.
const SLACK: SignedDuration = SignedDuration::from_mins(5);

/// When a story's page was read after the first time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Looks {
    times: u32,
    last: Option<Timestamp>,
}

impl Looks {
    /// Whether a page that was first read at `first`, and changed at `changed` by its source's word, is due.
    fn is_due(&self, first: Timestamp, changed: Timestamp, now: Timestamp) -> bool {
        let last = self.last.unwrap_or(first);
        let wait = SignedDuration::from_hours(FIRST_WAIT_H << (2 * self.times.min(AT_MOST)));
        self.times < AT_MOST
            && changed.duration_since(last) > SLACK
            && changed <= now
            && now.duration_since(last) >= wait
    }
}

impl Visit<'_> {
    /// The story of an entry whose page is to be read once more: it is relevant, and its source gives it a later
    /// time than that of the last reading.
    pub(super) fn changed_story(
        &self,
        entry: &FeedEntry,
        url: &str,
    ) -> Result<Option<Story>, StoreError> {
        let Some(changed) = entry.updated.max(entry.published) else {
            return Ok(None);
        };
        let store = self.pass.store.as_ref();
        let Some(id) = twins::story_at(store, url)? else {
            return Ok(None);
        };
        let Some(story) = store.story(&id)?.filter(|story| story.relevant) else {
            return Ok(None);
        };
        let looks: Looks = value::get(store, &looks_key(&id))?.unwrap_or_default();
        let is_due = looks.is_due(story.first_seen, changed, self.pass.clock.now());
        Ok(is_due.then_some(story))
    }

    /// Reads the page of a known story once more. What cannot be had leaves the story as it is.
    pub(super) async fn look_again(&mut self, story: Story, url: &str) -> Result<(), StoreError> {
        let answer = self.pass.fetcher.get(url, &Validators::default()).await;
        self.pass.keep_debts()?;
        let (store, id) = (self.pass.store.as_ref(), story.id().clone());
        let looks: Looks = value::get(store, &looks_key(&id))?.unwrap_or_default();
        let looks = Looks {
            times: looks.times + 1,
            last: Some(self.pass.clock.now()),
        };
        let mut batch = vec![value::put(looks_key(&id), &looks)];
        batch.extend(self.revision(story, answer.ok()).await?);
        self.report.revised += usize::from(batch.len() > 1);
        self.pass.store.commit(&batch)
    }

    async fn revision(
        &mut self,
        story: Story,
        answer: Option<Answer>,
    ) -> Result<Vec<Change>, StoreError> {
        let Some(Answer::Page { page, .. }) = answer else {
            return Ok(Vec::new());
        };
        self.report.pages += 1;
        self.progress.page();
        self.archive(&page);
        match self.extract(page).await {
            Ok(article) => revision::revise(self.pass, story, article),
            Err(error) => {
                tracing::debug!(story = %story.id(), %error, "a changed page gave nothing");
                Ok(Vec::new())
            }
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
        assert!(!looks.is_due(first, first, hours(9)), "nothing changed");
        assert!(!looks.is_due(first, hours(99), hours(9)), "not yet");
        let mut read = Vec::new();
        // Its source gives it a new time every hour.
        for hour in 0..400 {
            if looks.is_due(first, hours(hour), hours(hour)) {
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
