//! Where news comes from, and how each source is doing.

use crate::{Rhythm, SourceId, Timestamp};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// One source, as `sources.toml` describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Unique, lower case, country first.
    pub id: SourceId,
    /// As a reader knows it.
    pub name: String,
    /// How it is read.
    pub kind: SourceKind,
    /// What is polled.
    pub url: String,
    /// The site's front page.
    #[serde(default)]
    pub site: String,
    /// ISO 3166 alpha-2, `EU` or `INT`.
    #[serde(default)]
    pub country: String,
    /// BCP 47.
    #[serde(default)]
    pub lang: String,
    /// `government`, `regulator`, `press`, `lab`, …
    #[serde(default)]
    pub category: String,
    /// Subjects that it writes about.
    #[serde(default)]
    pub topics: Vec<String>,
    /// Whether it is polled.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Only entries whose title or summary speaks of AI or chips are fetched: for general press.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keyword_filter: bool,
    /// CSS selector of the article links, for listings where the general method is not enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_selector: Option<String>,
    /// Seconds between two requests to its site at least, where the usual rules would give less; at most 30.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_gap_s: Option<u32>,
    /// Minutes between two polls at least, where its rhythm would give less; at most a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_interval_min: Option<u32>,
}

fn yes() -> bool {
    true
}

/// How a source is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A news sitemap or an index of them.
    Sitemap,
    /// An HTML page that lists articles.
    Listing,
    /// One page that is watched itself.
    Page,
}

impl SourceKind {
    /// The word for it in files and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Sitemap => "sitemap",
            Self::Listing => "listing",
            Self::Page => "page",
        }
    }
}

/// How a source is doing; stored beside it, shown by `sources list`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// The state in one word.
    pub state: SourceState,
    /// When it last answered well.
    pub last_ok: Option<Timestamp>,
    /// When it answered well for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_ok: Option<Timestamp>,
    /// What went wrong last, in a sentence; `None` once it answered well again.
    pub last_error: Option<String>,
    /// Not polled before this moment.
    pub next_poll: Option<Timestamp>,
    /// Why then, in words.
    pub why_next: String,
    /// `ETag` of the last good answer.
    pub etag: Option<String>,
    /// `Last-Modified` of the last good answer.
    pub last_modified: Option<String>,
    /// The polling interval in seconds.
    pub interval_s: u64,
    /// Failed polls in a row.
    pub failures: u32,
    /// Polls in a row that it answered with "too often" (status 429).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub too_often: u32,
    /// When it publishes.
    #[serde(default)]
    pub rhythm: Rhythm,
    /// Since when it is in its state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The state that the operator was told of last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<SourceState>,
    /// The move that it was polled by last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
    /// What keeps us out, while it is blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barrier: Option<Barrier>,
    /// What was looked for since it is blocked or gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_way: Option<OtherWay>,
}

/// What keeps us out of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Barrier {
    /// Its robots.txt.
    Robots,
    /// A plain refusal: status 403.
    Refusal,
    /// It found, again and again, that it is asked too often: status 429.
    TooOften,
    /// A test whether a person is reading.
    BotWall,
    /// A login: status 401 or 407, or a page that asks for a password.
    Login,
    /// Terms: payment (402), legal reasons (451), or a question that wants a yes first.
    Terms,
}

impl Barrier {
    /// In words, behind "blocked by".
    pub fn words(self) -> &'static str {
        match self {
            Self::Robots => "its robots.txt",
            Self::Refusal => "a refusal (status 403)",
            Self::TooOften => "a limit to how often it is asked (status 429)",
            Self::BotWall => "a test whether a person is reading",
            Self::Login => "a login",
            Self::Terms => "its terms",
        }
    }
}

/// The honest other way to the same news: what the site itself publishes for readers like us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherWay {
    /// When it was looked for.
    pub looked: Timestamp,
    /// What was found, if anything was.
    pub found: Option<Way>,
    /// Whether the site could not be looked at well, so that there may be one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsure: bool,
}

/// A list of a site's articles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// What it is.
    pub kind: SourceKind,
    /// Where it is.
    pub url: String,
}

impl Way {
    /// In words, behind "its site offers".
    pub fn words(&self) -> String {
        format!("a {}: {}", self.kind.word(), self.url)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// A permanent redirect of a source, as far as it was followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The address that the config gives.
    pub from: String,
    /// Where that leads.
    pub to: String,
    /// When it was last seen that it leads there.
    pub seen: Timestamp,
}

/// For so long a move is believed. Some are mistakes, or the work of a network that lets nobody out.
const BELIEVED: SignedDuration = SignedDuration::from_hours(24);

impl Health {
    /// Where a source with this address in the config is polled now: where that leads for good, if it was followed
    /// within a day. Credentials in the config go nowhere else, so that such an address is always the one.
    pub fn address<'a>(&'a self, configured: &'a str, now: Timestamp) -> &'a str {
        match &self.moved {
            Some(moved) if moved.from == configured && moved.is_believed(now) => &moved.to,
            _ => configured,
        }
    }
}

impl Moved {
    /// Whether what it was once told holds at `now` without a look.
    fn is_believed(&self, now: Timestamp) -> bool {
        let authority = self.from.split('/').nth(2).unwrap_or_default();
        !authority.contains('@')
            && (SignedDuration::ZERO..BELIEVED).contains(&now.duration_since(self.seen))
    }
}

/// A source's state in one word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceState {
    /// Never polled.
    #[default]
    New,
    /// Answers, with news.
    Healthy,
    /// Answers, but is silent for longer than is usual for it.
    Quiet,
    /// Does not answer well.
    Failing,
    /// Something keeps us out: see [`Barrier`].
    Blocked,
    /// Answers 410, or 404 again and again.
    Gone,
    /// Redirects for good to another address.
    Moved,
}
