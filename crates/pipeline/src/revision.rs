//! A story whose page is read once more: it stays the story that it is, and what it said before is kept.

use crate::judge::judge;
use crate::numbered::Numbered;
use crate::summary::judged_anew;
use crate::verdicts;
use serde::{Deserialize, Serialize};
use tocsin_classifier::Classifier;
use tocsin_core::{Article, Story, StoryId, Timestamp};
use tocsin_extractor::watched::{self, Changes};
use tocsin_store::{Change, Store, StoreError};

/// What a story said before its page changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// When the change was seen.
    pub at: Timestamp,
    /// The title until then.
    pub title: String,
    /// The text until then.
    pub text: String,
    /// What changed in the text.
    pub changes: Changes,
}

/// What a story said before each change of its page, the earliest first.
///
/// # Errors
/// Where the store fails.
pub fn revisions(store: &dyn Store, story: &StoryId) -> Result<Vec<Revision>, StoreError> {
    Numbered(&list_name(story)).all(store)
}

/// What of a known article's page matters, where it was read once more: `None` where nothing does.
pub(crate) fn changed(before: &Article, now: &Article) -> Option<Changes> {
    // A page that shows us less than it did was not rewritten.
    let is_cut = now.teaser && !before.teaser;
    if is_cut || watched::is_ruin(before.text.len(), now.text.len()) {
        return None;
    }
    let changes = Changes::between(&before.text, &now.text);
    match changes {
        None if before.title == now.title => None,
        changes => Some(changes.unwrap_or_default()),
    }
}

/// The changes that keep a story as its page is now, and what it said before.
///
/// # Errors
/// Where the store fails.
pub(crate) fn keep(
    store: &dyn Store,
    before: Article,
    mut now: Story,
    changes: Changes,
    at: Timestamp,
) -> Result<Vec<Change>, StoreError> {
    verdicts::apply(store, &mut now)?;
    let revision = Revision {
        at,
        title: before.title,
        text: before.text,
        changes,
    };
    let name = list_name(now.id());
    let revisions = Numbered(&name);
    let number = revisions.last(store)? + 1;
    let mut batch = revisions.append(number, &revision).to_vec();
    batch.extend(judged_anew(store, vec![now])?);
    Ok(batch)
}

/// The article under the story's address and id; where the page shows only its beginning, the feed may have had more.
pub(crate) fn under_its_name(known: &Article, mut article: Article) -> Article {
    article.id = known.id.clone();
    article.canonical_url.clone_from(&known.canonical_url);
    article.url.clone_from(&known.url);
    // Only the feed may have had one.
    if article.title.is_empty() {
        article.title.clone_from(&known.title);
    }
    if article.teaser && known.text.len() > article.text.len() {
        article.text.clone_from(&known.text);
        article.teaser = known.teaser;
    }
    article
}

/// The story with the article as it is read today, judged anew, without the verdict on it; its event and copies stay.
pub(crate) fn judged_again(classifier: &Classifier, story: Story, mut article: Article) -> Story {
    article.published = article.published.or(story.article.published);
    if article.byline.is_empty() {
        article.byline.clone_from(&story.article.byline);
    }
    article.language = article.language.or(story.article.language);
    let judged = judge(classifier, article, story.source, story.first_seen);
    Story {
        duplicate_of: story.duplicate_of,
        development: story.development,
        event: story.event,
        ..judged
    }
}

fn list_name(story: &StoryId) -> String {
    format!("revisions/{story}")
}
