//! A source that is one page: each change of its text is a story, and its versions are kept.

use super::{Read, Unread, Visit};
use crate::numbered::Numbered;
use crate::reading;
use serde::{Deserialize, Serialize};
use tocsin_core::{
    Article, Page, Precision, SourceId, StoryId, Timestamp, detect_language, digest_hex,
};
use tocsin_crawler::{Reading, Validators};
use tocsin_extractor::ExtractError;
use tocsin_extractor::watched::{Changes, Version};
use tocsin_store::{Change, Store, StoreError};

/// A version of a page, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The address that it was read at.
    pub url: String,
    /// When it was read.
    pub at: Timestamp,
    /// Its text.
    pub version: Version,
    /// What changed since the version before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
}

/// The versions of a page, the earliest first.
///
/// # Errors
/// Where the store fails.
pub fn history(store: &dyn Store, source: &SourceId) -> Result<Vec<Kept>, StoreError> {
    Numbered(&list_name(source)).all(store)
}

impl Visit<'_> {
    /// Compares the page with what was read before; gives what the schedule has to know.
    pub(super) async fn watch(
        &mut self,
        page: Page,
        validators: Validators,
    ) -> Result<Result<Reading, Unread>, StoreError> {
        self.report.entries = 1;
        self.report.pages += 1;
        self.archive(&page);
        let url = self.source.url.clone();
        let version = match self.version(page).await {
            Ok(version) => version,
            Err(error) => return Ok(Err(error.into())),
        };
        let (store, now) = (self.pass.store.as_ref(), self.pass.clock.now());
        let name = list_name(&self.source.id);
        let versions = Numbered(&name);
        let number = versions.last(store)?;
        let before: Option<Kept> = versions.get(store, number)?;
        let mut kept = Kept {
            url,
            at: now,
            version,
            changes: None,
        };
        let unchanged = Reading {
            validators: validators.clone(),
            ..Reading::default()
        };
        // Another address is another page.
        let Some(before) = before.filter(|before| before.url == kept.url) else {
            store.commit(&versions.append(number + 1, &kept))?;
            return Ok(Ok(unchanged));
        };
        let Some(changes) = kept.version.since(&before.version) else {
            self.forget_doubt()?;
            return Ok(Ok(unchanged));
        };
        if kept.version.is_ruin_of(&before.version) && !self.is_seen_twice(&kept.version)? {
            self.problem("nearly all of its text is gone; told if it stays so".to_owned());
            // Asked without validators, it is read whole once more.
            return Ok(Ok(Reading::default()));
        }
        let article = article(&kept, &changes, number + 1);
        kept.changes = Some(changes);
        let mut batch = versions.append(number + 1, &kept).to_vec();
        if let Read::Story(story, _) = self.judged(article, Vec::new()).await {
            self.report.stories += 1;
            self.report.relevant += usize::from(story.relevant);
            self.progress.story(story.relevant);
            batch.push(Change::PutPending(*story));
        }
        store.commit(&batch)?;
        Ok(Ok(Reading {
            new_entries: 1,
            published: vec![before.at, now],
            validators,
            ..Reading::default()
        }))
    }

    /// Off the network threads: a large page may take a while.
    async fn version(&self, page: Page) -> Result<Version, ExtractError> {
        let publishers = std::sync::Arc::clone(&self.pass.publishers);
        let read_at = self.pass.clock.now();
        let work = move || Version::of(&reading::of(&page, read_at, &publishers));
        match tokio::task::spawn_blocking(work).await {
            Ok(version) => version,
            Err(_) => Err(ExtractError::NoArticle),
        }
    }

    /// Whether the last look found the same; if not, this one is remembered.
    fn is_seen_twice(&self, version: &Version) -> Result<bool, StoreError> {
        let text: Vec<&str> = version.main.iter().map(String::as_str).collect();
        let (key, value) = (self.doubt(), digest_hex(&text, 32));
        let store = self.pass.store.as_ref();
        if store.meta(&key)?.as_deref() == Some(&value) {
            return Ok(true);
        }
        store.commit(&[Change::SetMeta { key, value }])?;
        Ok(false)
    }

    fn forget_doubt(&self) -> Result<(), StoreError> {
        let (key, store) = (self.doubt(), self.pass.store.as_ref());
        match store.meta(&key)?.is_none_or(|doubt| doubt.is_empty()) {
            true => Ok(()),
            false => store.commit(&[Change::SetMeta {
                key,
                value: String::new(),
            }]),
        }
    }

    /// The name under which a doubtful version is remembered.
    fn doubt(&self) -> String {
        format!("{}/doubt", list_name(&self.source.id))
    }
}

/// A change as an article: each has an address of its own, at which the page is found.
fn article(kept: &Kept, changes: &Changes, number: u64) -> Article {
    let url = format!("{}#change-{number}", kept.url);
    let text = changes.text();
    let language = kept.version.language.clone();
    Article {
        id: StoryId::of_url(&url),
        canonical_url: url,
        url: kept.url.clone(),
        title: changes.headline(&kept.version.title),
        byline: Vec::new(),
        published: Some(kept.at),
        published_precision: Some(Precision::Second),
        utc_offset_minutes: None,
        teaser: false,
        modified: None,
        site_name: None,
        language: language.or_else(|| detect_language(&text).map(str::to_owned)),
        text,
        section: None,
        image: None,
    }
}

fn list_name(source: &SourceId) -> String {
    format!("page/{source}")
}
