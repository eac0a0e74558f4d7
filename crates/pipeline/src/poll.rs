//! Step one: what is due is read, and what is new becomes pending stories.
//!
//! A source's validators (`ETag`, `Last-Modified`) are stored only after all its new pages were
//! dealt with: a source that was left half read is read whole again, and pages that were seen cost
//! no request then.

mod again;
mod entries;
mod lanes;
mod listed;
mod watched;

pub use entries::Rest;
pub use watched::{Kept, history};

use crate::coverage;
use crate::group::all_pending;
use crate::judge::judge;
use crate::pass::{Pass, Progress};
use crate::report::{Outcome, SourceReport};
use crate::{reading, twins};
use entries::Entries;
use futures::{StreamExt, TryStreamExt};
use lanes::lanes;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use tocsin_core::{
    Article, Barrier, FeedEntry, Health, Moved, Page, Source, SourceKind, Story, StoryId,
    Timestamp, canonical_url,
};
use tocsin_crawler::{Answer, FetchError, PollOutcome, Reading, Validators};
use tocsin_extractor::{ExtractError, Wall};
use tocsin_store::{Change, StoreError};
use tokio::time::Instant;

/// Problems of a source that are kept in words; the rest is counted.
const KEPT_PROBLEMS: usize = 5;
/// Of fewer sources that cannot be reached it is not known whose fault that is.
const SEVERAL: usize = 4;

/// What polling gave.
#[derive(Debug, Default)]
pub(crate) struct AllPolled {
    /// By id.
    pub(crate) reports: Vec<SourceReport>,
    /// By site, how many of its sources the next pass has to poll, since their time was up.
    pub(crate) left: BTreeMap<String, usize>,
}

/// Polls the given sources, several side by side.
///
/// # Errors
/// Where the store fails.
pub(crate) async fn poll_all(
    pass: &Pass,
    due: Vec<&Source>,
    progress: &dyn Progress,
) -> Result<AllPolled, StoreError> {
    let claims = Claims::after(all_pending(pass.store.as_ref())?);
    let all = due.clone();
    let polled: Vec<Vec<Polled>> = futures::stream::iter(lanes(pass, due).await?)
        .map(|lane| lane.poll(pass, &claims, progress))
        .buffer_unordered(pass.parallel_sources)
        .try_collect()
        .await?;
    let (mut reports, mut unreached, mut asked) = (Vec::new(), Vec::new(), 0);
    for polled in polled.into_iter().flatten() {
        asked += usize::from(!polled.is_read_on);
        reports.push(polled.report);
        unreached.extend(polled.unreached);
    }
    // Where of several no host at all could be reached, the fault is on our side: no source's health suffers,
    // and all are due again in the next pass.
    if unreached.len() < asked.max(SEVERAL) {
        pass.store.commit(&unreached.concat())?;
    }
    reports.sort_by(|a, b| a.source.cmp(&b.source));
    let mut left = BTreeMap::new();
    for source in all.into_iter().filter(|source| pass.rest.holds(&source.id)) {
        *left.entry(lanes::site(source)).or_default() += 1;
    }
    Ok(AllPolled { reports, left })
}

/// What polling a source gave.
struct Polled {
    report: SourceReport,
    /// Whether its list was not asked for, since there was a rest to read.
    is_read_on: bool,
    /// The health of a source whose host could not be reached, and the record of the poll, not stored yet.
    unreached: Option<[Change; 2]>,
}

/// Who reads which address in this pass.
#[derive(Debug, Default)]
struct Claims {
    /// Addresses of stories that a killed pass left pending: news of this poll all the same, so that
    /// a source's health does not depend on when the program was killed.
    left: HashSet<String>,
    /// Addresses that a source is already reading: two sources that list one page must not both
    /// fetch it.
    taken: Mutex<HashSet<String>>,
}

impl Claims {
    fn after(pending: Vec<Story>) -> Self {
        let addresses = |s: Story| [s.article.url, s.article.canonical_url];
        Self {
            left: pending.into_iter().flat_map(addresses).collect(),
            taken: Mutex::default(),
        }
    }

    fn take(&self, url: &str) -> bool {
        self.taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(url.to_owned())
    }
}

async fn poll(
    pass: &Pass,
    source: &Source,
    begun: Instant,
    claims: &Claims,
    progress: &dyn Progress,
) -> Result<Polled, StoreError> {
    let health = pass.store.health(&source.id)?.unwrap_or_default();
    if let Some(entries) = pass.rest.take(&source.id) {
        return entries::go_on(pass, (source, health), entries, (begun, claims), progress).await;
    }
    let now = pass.clock.now();
    let (address, validators) = question(source, &health, now);
    let mut visit = Visit::new(pass, source, begun, progress);
    visit.last_ok = health.last_ok;
    pass.fetcher.prepare(address).await;
    pass.keep_debts()?;
    let answer = pass.fetcher.get_list(address, &validators).await;
    pass.keep_debts()?;
    let outcome = match answer {
        Ok(Answer::NotModified) => {
            visit.report.outcome = Outcome::NotModified;
            PollOutcome::NotModified
        }
        Ok(Answer::Page {
            page,
            validators,
            moved_to,
            max_age_s,
        }) => match visit.reading(page, validators, claims).await? {
            Ok(reading) => PollOutcome::Read(Reading {
                max_age_s,
                moved: moved(&health, &source.url, (address, moved_to), now),
                ..reading
            }),
            Err(Unread { why, barrier }) => {
                visit.report.outcome = match barrier {
                    Some(_) => Outcome::Forbidden(why.clone()),
                    None => Outcome::Failed(why.clone()),
                };
                PollOutcome::Failed {
                    error: why,
                    barrier,
                    retry_at: None,
                    too_often: false,
                }
            }
        },
        Err(error) => {
            visit.report.outcome = failure(&error);
            PollOutcome::from(&error)
        }
    };
    pass.keep_debts()?;
    if let Some(entries) = visit.rest {
        pass.rest.leave(&source.id, entries, pass.clock.now());
    }
    let report = visit.report;
    let now = pass.clock.now();
    let is_good = matches!(outcome, PollOutcome::Read(_) | PollOutcome::NotModified);
    let record = coverage::record(pass.store.as_ref(), &report, (&health, is_good), now)?;
    let mut health = tocsin_crawler::after_poll(&health, &outcome, now);
    if let Some(minutes) = source.min_interval_min {
        health = tocsin_crawler::no_sooner(health, minutes, now);
    }
    let changes = [Change::PutHealth(source.id.clone(), health), record];
    let unreached = if matches!(report.outcome, Outcome::Unreachable(_)) {
        Some(changes)
    } else {
        pass.store.commit(&changes)?;
        None
    };
    tracing::info!(source = %source.id, outcome = report.outcome.word(), stories = report.stories, "polled");
    progress.source_done(&source.id);
    Ok(Polled {
        report,
        is_read_on: false,
        unreached,
    })
}

/// Where a source is asked, and with what.
fn question<'a>(source: &'a Source, health: &'a Health, now: Timestamp) -> (&'a str, Validators) {
    // Whatever page stands at a new address passes for a page or a list of links: there each poll asks the old one.
    let follows = matches!(source.kind, SourceKind::Feed | SourceKind::Sitemap);
    let address = match follows {
        true => health.address(&source.url, now),
        false => &source.url,
    };
    // Those are of the new address, and would mean something else to the old one.
    if follows && health.moved.is_some() && address == source.url {
        return (address, Validators::default());
    }
    let validators = Validators {
        etag: health.etag.clone(),
        last_modified: health.last_modified.clone(),
    };
    (address, validators)
}

/// The move of a source that was asked at `address` and answered, where that has moved again, from `moved_to`.
fn moved(
    health: &Health,
    configured: &str,
    (address, moved_to): (&str, Option<String>),
    now: Timestamp,
) -> Option<Moved> {
    let seen = match &health.moved {
        Some(moved) if address != configured => moved.seen,
        _ => now,
    };
    let to = moved_to.unwrap_or_else(|| address.to_owned());
    (to != configured).then(|| Moved {
        from: configured.to_owned(),
        to,
        seen,
    })
}

/// What a failed fetch of the source itself is called in the report.
fn failure(error: &FetchError) -> Outcome {
    let words = error.to_string();
    match error {
        FetchError::RetryLater { .. } | FetchError::Resting { .. } => Outcome::Later(words),
        e if e.barrier().is_some() => Outcome::Forbidden(words),
        e if e.is_unreachable() => Outcome::Unreachable(words),
        _ => Outcome::Failed(words),
    }
}

/// Why what a source answered with is not what it should be.
struct Unread {
    why: String,
    /// What stands in its place, if that keeps us out.
    barrier: Option<Barrier>,
}

impl From<ExtractError> for Unread {
    fn from(error: ExtractError) -> Self {
        let barrier = match &error {
            ExtractError::Wall(Wall::Challenge) => Some(Barrier::BotWall),
            ExtractError::Wall(Wall::Login) => Some(Barrier::Login),
            ExtractError::Wall(Wall::Consent) => Some(Barrier::Terms),
            _ => None,
        };
        Self {
            why: error.to_string(),
            barrier,
        }
    }
}

/// What became of one entry.
enum Read {
    /// A story, to be stored under these addresses.
    Story(Box<Story>, Vec<String>),
    /// Nothing is to be had there, now or later; why.
    Never(String),
    /// Nothing was to be had this time; why.
    NotNow(String),
    /// It was not asked for, since its host is left alone; why.
    HostRests(String),
}

/// What became of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visited {
    /// All that is to be had of it was.
    Had,
    /// It has to be tried again.
    NotHad,
    /// The same, and so have all others of its host.
    HostRests,
}

/// The reading of one source.
struct Visit<'a> {
    pass: &'a Pass,
    source: &'a Source,
    progress: &'a dyn Progress,
    report: SourceReport,
    /// When the source answered well for the last time.
    last_ok: Option<Timestamp>,
    /// When the time of its lane began.
    begun: Instant,
    /// Pages that were asked for.
    asked: usize,
    /// Entries that there was no time for.
    rest: Option<Entries>,
}

impl<'a> Visit<'a> {
    fn new(pass: &'a Pass, source: &'a Source, begun: Instant, progress: &'a dyn Progress) -> Self {
        let report = SourceReport {
            source: source.id.clone(),
            outcome: Outcome::Read,
            entries: 0,
            pages: 0,
            stories: 0,
            relevant: 0,
            revised: 0,
            problems: Vec::new(),
            problem_count: 0,
            is_cut: false,
            has_gap: false,
        };
        Self {
            pass,
            source,
            progress,
            report,
            last_ok: None,
            begun,
            asked: 0,
            rest: None,
        }
    }

    /// What the source holds: the entries that it lists, or the page that it is.
    async fn reading(
        &mut self,
        page: Page,
        validators: Validators,
        claims: &Claims,
    ) -> Result<Result<Reading, Unread>, StoreError> {
        if self.source.kind == SourceKind::Page {
            return self.watch(page, validators).await;
        }
        let list = match self.read(page).await {
            Ok(list) => list,
            Err(error) => return Ok(Err(error)),
        };
        // Those of an index say nothing of the sitemaps that it names.
        let validators = match list.is_of_several {
            true => Validators::default(),
            false => validators,
        };
        let published = list.published();
        self.report.has_gap = tocsin_crawler::has_gap(&published, self.last_ok);
        Ok(Ok(Reading {
            published,
            asks: list.asks,
            ..self.entries(list.entries, validators, claims).await?
        }))
    }

    fn problem(&mut self, words: String) {
        self.report.problem_count += 1;
        if self.report.problems.len() < KEPT_PROBLEMS {
            self.report.problems.push(words);
        }
    }

    fn is_wanted(&self, entry: &FeedEntry) -> bool {
        !self.source.keyword_filter
            || tocsin_crawler::speaks_of_ai(
                entry.title.as_deref().unwrap_or_default(),
                entry.summary.as_deref().unwrap_or_default(),
            )
    }

    /// Reads one entry and stores what it gave.
    async fn visit(&mut self, entry: FeedEntry, url: String) -> Result<Visited, StoreError> {
        let answer = self.ask(&url).await?;
        match self.read_page(&entry, &url, answer).await {
            Read::Story(story, mut addresses) => {
                addresses.push(url);
                self.store(*story, addresses)?;
                Ok(Visited::Had)
            }
            Read::Never(why) => {
                self.problem(format!("{url}: {why}"));
                let mut changes = vec![coverage::missed(&url, &why)];
                changes.extend(twins::marks(vec![url], None));
                self.pass.store.commit(&changes)?;
                Ok(Visited::Had)
            }
            Read::NotNow(why) => {
                self.problem(format!("{url}: {why}"));
                self.pass.store.commit(&[coverage::missed(&url, &why)])?;
                Ok(Visited::NotHad)
            }
            Read::HostRests(why) => {
                self.problem(format!("{url}: {why}"));
                Ok(Visited::HostRests)
            }
        }
    }

    /// Asks for a page; what is owed to its host is kept before and behind that.
    async fn ask(&self, url: &str) -> Result<Result<Answer, FetchError>, StoreError> {
        self.pass.fetcher.prepare(url).await;
        self.pass.keep_debts()?;
        let answer = self.pass.fetcher.get(url, &Validators::default()).await;
        self.pass.keep_debts()?;
        Ok(answer)
    }

    async fn read_page(
        &mut self,
        entry: &FeedEntry,
        url: &str,
        answer: Result<Answer, FetchError>,
    ) -> Read {
        match answer {
            Ok(Answer::Page { page, .. }) => {
                self.report.pages += 1;
                self.progress.page();
                self.archive(&page);
                let addresses = canonical_url(&page.final_url).into_iter().collect();
                match self.extract(page).await {
                    Ok(article) => self.judged(completed(article, entry), addresses).await,
                    Err(error @ ExtractError::Wall(Wall::Challenge)) if entry.title.is_none() => {
                        Read::NotNow(error.to_string())
                    }
                    Err(error) => self.entry_alone(entry, url, error.to_string()).await,
                }
            }
            Ok(Answer::NotModified) => Read::NotNow("answered 304 to a plain request".to_owned()),
            Err(error) if error.is_rest() => Read::HostRests(error.to_string()),
            Err(error) if error.is_temporary() => Read::NotNow(error.to_string()),
            Err(error) => self.entry_alone(entry, url, error.to_string()).await,
        }
    }

    /// A page that cannot be kept is a problem of the operator's, not of the source's.
    fn archive(&mut self, page: &Page) {
        let kept = self.pass.archive.as_ref().map(|archive| archive.keep(page));
        if let Some(Err(error)) = kept {
            tracing::error!(%error, "pages cannot be kept in the archive");
            self.problem(format!("a page was not kept in the archive: {error}"));
        }
    }

    /// Off the network threads: a large page may take a while.
    async fn extract(&self, page: Page) -> Result<Article, ExtractError> {
        let read_at = self.pass.clock.now();
        let publishers = Arc::clone(&self.pass.publishers);
        let work = move || tocsin_extractor::extract(&reading::of(&page, read_at, &publishers));
        match tokio::task::spawn_blocking(work).await {
            Ok(result) => result,
            Err(_) => Err(ExtractError::NoArticle),
        }
    }

    /// A page that cannot be had still has its headline and summary in the feed: better a short
    /// story than a missed one.
    async fn entry_alone(&self, entry: &FeedEntry, url: &str, why: String) -> Read {
        match article_of(entry, url) {
            Some(article) => {
                tracing::debug!(source = %self.source.id, url, why, "story taken from the entry alone");
                self.judged(article, Vec::new()).await
            }
            None => Read::Never(why),
        }
    }

    async fn judged(&self, mut article: Article, mut addresses: Vec<String>) -> Read {
        if article.language.is_none() && !self.source.lang.is_empty() {
            let primary = self.source.lang.split('-').next().unwrap_or_default();
            article.language = Some(primary.to_owned());
        }
        addresses.push(article.canonical_url.clone());
        let classifier = Arc::clone(&self.pass.classifier);
        let (source, now) = (self.source.id.clone(), self.pass.clock.now());
        let work = move || judge(&classifier, article, source, now);
        match tokio::task::spawn_blocking(work).await {
            Ok(story) => Read::Story(Box::new(story), addresses),
            Err(_) => Read::Never("its text could not be judged".to_owned()),
        }
    }

    fn store(&mut self, story: Story, addresses: Vec<String>) -> Result<(), StoreError> {
        let id = story.id().clone();
        let mut changes = Vec::new();
        for url in &addresses {
            changes.extend(coverage::found(self.pass.store.as_ref(), url)?);
        }
        changes.extend(twins::marks(addresses, Some(&id)));
        // The same page under another address: known, and not new.
        if self.pass.store.story(&id)?.is_none() {
            self.report.stories += 1;
            self.report.relevant += usize::from(story.relevant);
            self.progress.story(story.relevant);
            changes.push(Change::PutPending(story));
        }
        self.pass.store.commit(&changes)
    }
}

/// The page's word first; what it does not say, the entry may.
fn completed(mut article: Article, entry: &FeedEntry) -> Article {
    if article.title.is_empty() {
        article.title = entry.title.clone().unwrap_or_default();
    }
    if article.published.is_none() {
        article.published = entry.published;
        article.published_precision = entry.published.map(|_| tocsin_core::Precision::Second);
    }
    if article.byline.is_empty() {
        article.byline.clone_from(&entry.authors);
    }
    if article.teaser {
        take_longer_text(&mut article, entry);
    }
    article
}

/// Some feeds carry the whole of what the page shows only to subscribers.
fn take_longer_text(article: &mut Article, entry: &FeedEntry) {
    let content = entry.content_html.as_deref().unwrap_or_default();
    let text = tocsin_extractor::text_of_fragment(content);
    if text.len() > article.text.len() * 2 {
        article.text = text;
        article.teaser = false;
    }
}

/// The article that an entry is by itself; `None` without a title.
fn article_of(entry: &FeedEntry, url: &str) -> Option<Article> {
    let title = entry.title.clone().filter(|t| !t.trim().is_empty())?;
    let html = entry
        .content_html
        .as_deref()
        .or(entry.summary.as_deref())
        .unwrap_or_default();
    let text = tocsin_extractor::text_of_fragment(html);
    Some(Article {
        id: StoryId::of_url(url),
        url: url.to_owned(),
        canonical_url: url.to_owned(),
        language: tocsin_core::detect_language(&format!("{title}\n{text}")).map(str::to_owned),
        title,
        byline: entry.authors.clone(),
        published: entry.published,
        published_precision: entry.published.map(|_| tocsin_core::Precision::Second),
        utc_offset_minutes: None,
        teaser: false,
        modified: entry.updated,
        site_name: None,
        text,
        section: None,
        image: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_may_carry_what_the_page_keeps_for_subscribers() {
        let entry = |content: &str| FeedEntry {
            title: Some("Chip rule".to_owned()),
            content_html: Some(content.to_owned()),
            ..FeedEntry::default()
        };
        let beginning = "<p>The ministry published a rule on chips.</p>";
        let teaser = || Article {
            teaser: true,
            ..article_of(&entry(beginning), "https://news.example/a").unwrap()
        };
        let rest = "<p>It applies from May to every maker in the country, the ministry said on Monday.</p>";
        let whole = completed(teaser(), &entry(&format!("{beginning}{rest}")));
        assert!(!whole.teaser && whole.text.ends_with("Monday."));
        let same = completed(teaser(), &entry(beginning));
        assert_eq!(same, teaser());
    }
}
