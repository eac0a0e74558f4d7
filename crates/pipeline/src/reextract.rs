//! Stored stories read once more from pages that were kept: after a better extractor.

use crate::acts::{self, Actor};
use crate::pass::Pass;
use crate::reading::{self, Batches};
use crate::revision;
use crate::summary::judged_anew;
use rayon::prelude::*;
use std::io;
use std::path::Path;
use tocsin_core::{Article, Deed, Page, Story, StoryId, canonical_url};
use tocsin_store::StoreError;

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
    let mut reread = Reread::default();
    for pages in Batches::open(path)? {
        let differing = batch(pass, pages?, &mut reread)?;
        if let (Some(actor), false) = (apply, differing.is_empty()) {
            keep(pass, differing, actor)?;
        }
    }
    Ok(reread)
}

/// The stories of these pages that differ, as they are from today on.
fn batch(pass: &Pass, pages: Vec<Page>, reread: &mut Reread) -> Result<Vec<Story>, StoreError> {
    let read: Vec<(Page, Option<Article>)> = pages
        .into_par_iter()
        .map(|page| {
            let of_page = reading::of(&page, page.fetched_at, &pass.publishers);
            let article = tocsin_extractor::extract(&of_page).ok();
            (page, article)
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
        let article = revision::under_its_name(&story.article, article);
        if reread.compare(&story.article, &article) {
            let mut now = revision::judged_again(&pass.classifier, story, article);
            if let Some(verdict) = pass.store.verdict(now.id())? {
                verdict.apply(&mut now);
            }
            differing.push(now);
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

fn keep(pass: &Pass, stories: Vec<Story>, actor: &Actor) -> Result<(), StoreError> {
    let store = pass.store.as_ref();
    let deed = Deed::Reprocess {
        stories: stories.len(),
    };
    let mut changes = judged_anew(store, stories)?;
    changes.extend(acts::record(store, actor, deed)?.1);
    store.commit(&changes)
}
