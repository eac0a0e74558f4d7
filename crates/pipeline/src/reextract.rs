//! Stored stories read once more from pages that were kept: after a better extractor.

use crate::acts::{self, Actor};
use crate::judge::judge;
use crate::pass::Pass;
use crate::summary::refreshed;
use crate::verdicts::to_be_grouped;
use rayon::prelude::*;
use std::io;
use std::path::Path;
use tocsin_core::{Article, Deed, Page, Story, StoryId, canonical_url};
use tocsin_crawler::warc;
use tocsin_store::{Change, StoreError};

/// Pages that are read side by side, and changed together; and their bytes.
const AT_ONCE: usize = 128;
const MOST_BYTES: usize = 32 << 20;

/// Why a file was not read on; what was read before stands.
#[derive(Debug, thiserror::Error)]
pub enum ReextractError {
    /// It is none of this kind, or cannot be read.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What differs between stored stories and the same pages as they are read today.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Reread {
    /// Pages of stored stories.
    pub pages: usize,
    /// Stories whose title differs.
    pub titles: usize,
    /// Those whose text differs.
    pub texts: usize,
    /// Those whose day differs.
    pub days: usize,
    /// Those whose authors differ.
    pub bylines: usize,
    /// Pages that give no article any more.
    pub lost: usize,
}

/// Reads the pages of a WARC file once more; with an actor, stories that differ are changed and judged anew, and
/// the log says so. Verdicts stand.
///
/// # Errors
/// See [`ReextractError`].
pub fn reextract(
    pass: &Pass,
    path: &Path,
    apply: Option<&Actor>,
) -> Result<Reread, ReextractError> {
    let mut reader = warc::Reader::new(std::fs::File::open(path)?)?;
    let (mut reread, mut pages, mut bytes) = (Reread::default(), Vec::new(), 0);
    loop {
        let page = reader.next_page()?;
        let is_last = page.is_none();
        bytes += page.as_ref().map_or(0, |page| page.body.len());
        pages.extend(page);
        if pages.len() >= AT_ONCE || bytes >= MOST_BYTES || is_last {
            bytes = 0;
            let differing = batch(pass, std::mem::take(&mut pages), &mut reread)?;
            if let (Some(actor), false) = (apply, differing.is_empty()) {
                keep(pass, differing, actor)?;
            }
        }
        if is_last {
            return Ok(reread);
        }
    }
}

/// The stories of these pages that differ, as they are from today on.
fn batch(pass: &Pass, pages: Vec<Page>, reread: &mut Reread) -> Result<Vec<Story>, StoreError> {
    let read: Vec<(Page, Option<Article>)> = pages
        .into_par_iter()
        .map(|page| {
            let article = tocsin_extractor::extract(&tocsin_extractor::Page {
                body: &page.body,
                content_type: page.content_type.as_deref(),
                url: &page.final_url,
                read_at: Some(page.fetched_at),
                publishers: &pass.publishers,
            });
            (page, article.ok())
        })
        .collect();
    let mut differing = Vec::new();
    for (page, article) in read {
        let of_article = article.as_ref().map(|article| article.id.clone());
        let of_page = canonical_url(&page.url).map(|url| StoryId::of_url(&url));
        let mut story = None;
        for id in of_article.into_iter().chain(of_page) {
            story = match story {
                None => pass.store.story(&id)?,
                found => found,
            };
        }
        let Some(story) = story else {
            continue;
        };
        reread.pages += 1;
        let Some(article) = article else {
            reread.lost += 1;
            continue;
        };
        let article = kept_identity(&story, article);
        if reread.compare(&story.article, &article) {
            differing.push(changed(pass, story, article)?);
        }
    }
    Ok(differing)
}

/// The article under the story's address and id; where the page shows only its beginning, the feed may have had more.
fn kept_identity(story: &Story, mut article: Article) -> Article {
    let known = &story.article;
    article.id = known.id.clone();
    article.canonical_url.clone_from(&known.canonical_url);
    article.url.clone_from(&known.url);
    if article.teaser && known.text.len() > article.text.len() {
        article.text.clone_from(&known.text);
        article.teaser = known.teaser;
    }
    article
}

impl Reread {
    /// Counts what differs; false where nothing does.
    fn compare(&mut self, before: &Article, now: &Article) -> bool {
        let differs = [
            before.title != now.title,
            before.text != now.text,
            // What only the feed knew stays.
            now.published.is_some() && before.published != now.published,
            !now.byline.is_empty() && before.byline != now.byline,
        ];
        let counts = [
            &mut self.titles,
            &mut self.texts,
            &mut self.days,
            &mut self.bylines,
        ];
        for (count, differs) in counts.into_iter().zip(differs) {
            *count += usize::from(differs);
        }
        differs.contains(&true)
    }
}

/// The story with the article as it is read today, judged anew; its event, copies and verdicts stay.
fn changed(pass: &Pass, story: Story, mut article: Article) -> Result<Story, StoreError> {
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

fn keep(pass: &Pass, stories: Vec<Story>, actor: &Actor) -> Result<(), StoreError> {
    let store = pass.store.as_ref();
    let mut changes = refreshed(store, &stories)?;
    let deed = Deed::Reprocess {
        stories: stories.len(),
    };
    changes.extend(acts::record(store, actor, deed)?.1);
    let waiting: Vec<Change> = stories.iter().filter_map(to_be_grouped).collect();
    changes.extend(stories.into_iter().map(Change::PutStory));
    changes.extend(waiting);
    store.commit(&changes)
}
