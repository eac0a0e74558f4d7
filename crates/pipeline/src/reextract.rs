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

/// Pages that are read side by side, and changed together.
const AT_ONCE: usize = 128;

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
    let (mut reread, mut changed, mut pages) = (Reread::default(), 0, Vec::new());
    loop {
        let page = reader.next_page()?;
        let is_last = page.is_none();
        pages.extend(page);
        if pages.len() >= AT_ONCE || is_last {
            let differing = batch(pass, std::mem::take(&mut pages), &mut reread)?;
            changed += differing.len();
            if apply.is_some() {
                keep(pass, differing)?;
            }
        }
        if is_last {
            break;
        }
    }
    if let Some(actor) = apply.filter(|_| changed > 0) {
        let store = pass.store.as_ref();
        let (_, recorded) = acts::record(store, actor, Deed::Reprocess { stories: changed })?;
        store.commit(&recorded)?;
    }
    Ok(reread)
}

/// The stories of these pages that differ, as they are from today on.
fn batch(pass: &Pass, pages: Vec<Page>, reread: &mut Reread) -> Result<Vec<Story>, StoreError> {
    let mut known = Vec::with_capacity(pages.len());
    for page in pages {
        let id = canonical_url(&page.url).map(|url| StoryId::of_url(&url));
        let story = id.map(|id| pass.store.story(&id)).transpose()?.flatten();
        known.extend(story.map(|story| (story, page)));
    }
    reread.pages += known.len();
    let read: Vec<(Story, Option<Article>)> = known
        .into_par_iter()
        .map(|(story, page)| {
            let article = tocsin_extractor::extract(&tocsin_extractor::Page {
                body: &page.body,
                content_type: page.content_type.as_deref(),
                url: &page.final_url,
                read_at: Some(page.fetched_at),
                publishers: &pass.publishers,
            });
            (story, article.ok())
        })
        .collect();
    let mut differing = Vec::new();
    for (story, article) in read {
        let Some(article) = article.filter(|article| article.id == *story.id()) else {
            reread.lost += 1;
            continue;
        };
        if reread.compare(&story.article, &article) {
            differing.push(changed(pass, story, article)?);
        }
    }
    Ok(differing)
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

fn keep(pass: &Pass, stories: Vec<Story>) -> Result<(), StoreError> {
    let mut changes = refreshed(pass.store.as_ref(), &stories)?;
    let waiting: Vec<Change> = stories.iter().filter_map(to_be_grouped).collect();
    changes.extend(stories.into_iter().map(Change::PutStory));
    changes.extend(waiting);
    pass.store.commit(&changes)
}
