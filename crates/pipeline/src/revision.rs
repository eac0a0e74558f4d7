//! A story whose page is read once more: it stays the story that it is, and what it said before is kept.

use crate::judge::judge;
use crate::numbered::Numbered;
use crate::pass::Pass;
use crate::summary::judged_anew;
use serde::{Deserialize, Serialize};
use tocsin_core::{Article, Story, StoryId, Timestamp};
use tocsin_extractor::watched::Changes;
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
    let name = list_name(story);
    let revisions = Numbered(&name);
    let mut found = Vec::new();
    for number in 1..=revisions.last(store)? {
        found.extend(revisions.get(store, number)?);
    }
    Ok(found)
}

/// The changes that keep a story as its page is now, and what it said before; none where nothing changed that
/// matters.
///
/// # Errors
/// Where the store fails.
pub(crate) fn revise(
    pass: &Pass,
    story: Story,
    article: Article,
) -> Result<Vec<Change>, StoreError> {
    let article = under_its_name(&story.article, article);
    let before = &story.article;
    let changes = Changes::between(&before.text, &article.text);
    // A page that shows less to us than it did was not rewritten.
    let is_cut = article.teaser && !before.teaser;
    if is_cut || (changes.is_none() && before.title == article.title) {
        return Ok(Vec::new());
    }
    let store = pass.store.as_ref();
    let revision = Revision {
        at: pass.clock.now(),
        title: before.title.clone(),
        text: before.text.clone(),
        changes: changes.unwrap_or_default(),
    };
    let name = list_name(story.id());
    let revisions = Numbered(&name);
    let mut batch = revisions
        .append(revisions.last(store)? + 1, &revision)
        .to_vec();
    batch.extend(judged_anew(store, vec![revised(pass, story, article)?])?);
    Ok(batch)
}

/// The article under the story's address and id; where the page shows only its beginning, the feed may have had more.
pub(crate) fn under_its_name(known: &Article, mut article: Article) -> Article {
    article.id = known.id.clone();
    article.canonical_url.clone_from(&known.canonical_url);
    article.url.clone_from(&known.url);
    if article.teaser && known.text.len() > article.text.len() {
        article.text.clone_from(&known.text);
        article.teaser = known.teaser;
    }
    article
}

/// The story with the article as it is read today, judged anew; its event, copies and verdicts stay.
pub(crate) fn revised(
    pass: &Pass,
    story: Story,
    mut article: Article,
) -> Result<Story, StoreError> {
    article.published = article.published.or(story.article.published);
    if article.byline.is_empty() {
        article.byline.clone_from(&story.article.byline);
    }
    article.language = article.language.or(story.article.language);
    let judged = judge(&pass.classifier, article, story.source, story.first_seen);
    let mut now = Story {
        duplicate_of: story.duplicate_of,
        development: story.development,
        event: story.event,
        ..judged
    };
    if let Some(verdict) = pass.store.verdict(now.id())? {
        verdict.apply(&mut now);
    }
    Ok(now)
}

fn list_name(story: &StoryId) -> String {
    format!("revisions/{story}")
}
