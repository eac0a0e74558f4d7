//! Stored stories read once more from pages that were kept: after a better extractor.

use crate::acts::{self, Actor};
use crate::pass::Pass;
use crate::reading::{self, Batches};
use crate::revision;
use crate::summary::judged_anew;
use crate::verdicts;
use rayon::prelude::*;
use std::path::Path;
use tocsin_core::{Article, Deed, Page, Story, StoryId, canonical_url};
use tocsin_store::StoreError;

/// What differs between stored stories and the same pages as they are read today.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
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
    /// Records that were too long or broken.
    pub broken: usize,
    /// Why the file was not read on, if it was not; what was read before stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Reads the pages of a WARC file once more; with an actor, stories that differ are changed and judged anew, and
/// the log says so. Verdicts stand.
///
/// # Errors
/// Where the store fails. A file that cannot be read is told in the answer.
pub fn reextract(pass: &Pass, path: &Path, apply: Option<&Actor>) -> Result<Reread, StoreError> {
    let mut reread = Reread::default();
    let mut batches = match Batches::open(path) {
        Ok(batches) => batches,
        Err(error) => {
            reread.error = Some(error.to_string());
            return Ok(reread);
        }
    };
    for pages in batches.by_ref() {
        match pages {
            Ok(pages) => {
                let differing = batch(pass, pages, &mut reread)?;
                if let (Some(actor), false) = (apply, differing.is_empty()) {
                    keep(pass, differing, actor)?;
                }
            }
            Err(error) => reread.error = Some(error.to_string()),
        }
    }
    reread.broken = batches.broken();
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
            verdicts::apply(pass.store.as_ref(), &mut now)?;
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
