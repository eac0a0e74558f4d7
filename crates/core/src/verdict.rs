//! What an analyst decided about a story.

use crate::{Evidence, Field, Judge, Judgement, Score, Story, StoryId, TagScore, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An analyst's decisions about one story. They outrank model and rules for that story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The story.
    pub story: StoryId,
    /// The tags that it has (`true`) or has not; the others are left to the model.
    pub tags: BTreeMap<String, bool>,
    /// Whether it is relevant, where that was decided.
    pub relevant: Option<bool>,
    /// Whether it is taken out of all that is shown and sent, where that was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<bool>,
    /// When the last decision was made.
    pub at: Timestamp,
}

impl Verdict {
    /// Writes the decisions into the story. Doing it twice changes nothing more.
    pub fn apply(&self, story: &mut Story) {
        for (tag, yes) in &self.tags {
            let known = take(&mut story.tags, tag).or_else(|| take(&mut story.review, tag));
            if !yes {
                continue;
            }
            story.tags.push(TagScore {
                tag: tag.clone(),
                score: Score::ONE,
                by: Judge::Analyst,
                evidence: known.map_or_else(|| whole_title(story), |t| t.evidence),
            });
        }
        sort(&mut story.tags);
        if let Some(relevant) = self.relevant {
            story.relevant = relevant;
            story.relevance = if relevant { Score::ONE } else { Score::ZERO };
        }
        story.removed = self.removed.unwrap_or(story.removed);
    }

    /// Writes back into the story what the judges had said before of what was decided here.
    pub fn take_back(&self, judged: &Judgement, story: &mut Story) {
        for tag in self.tags.keys() {
            take(&mut story.tags, tag);
            take(&mut story.review, tag);
            let is_this = |t: &&TagScore| t.tag == *tag;
            story.tags.extend(judged.tags.iter().find(is_this).cloned());
            story
                .review
                .extend(judged.review.iter().find(is_this).cloned());
        }
        sort(&mut story.tags);
        sort(&mut story.review);
        if self.relevant.is_some() {
            story.relevant = judged.relevant;
            story.relevance = judged.relevance;
        }
        if self.removed.is_some() {
            story.removed = judged.removed;
        }
    }

    /// Adds later decisions, which win.
    #[must_use]
    pub fn followed_by(mut self, later: Self) -> Self {
        self.tags.extend(later.tags);
        Self {
            tags: self.tags,
            relevant: later.relevant.or(self.relevant),
            removed: later.removed.or(self.removed),
            ..later
        }
    }
}

/// The most likely first.
fn sort(tags: &mut [TagScore]) {
    tags.sort_by(|a, b| {
        let by_score = b.score.get().total_cmp(&a.score.get());
        by_score.then_with(|| a.tag.cmp(&b.tag))
    });
}

fn take(tags: &mut Vec<TagScore>, tag: &str) -> Option<TagScore> {
    let at = tags.iter().position(|t| t.tag == tag)?;
    Some(tags.remove(at))
}

/// What stands as evidence where an analyst gives a tag that nothing else spoke for.
fn whole_title(story: &Story) -> Vec<Evidence> {
    let (field, text) = match story.article.title.is_empty() {
        false => (Field::Title, &story.article.title),
        true => (Field::Text, &story.article.text),
    };
    let first = text.lines().next().unwrap_or_default();
    vec![Evidence {
        field,
        start: 0,
        end: first.chars().count(),
        text: first.to_owned(),
    }]
}
