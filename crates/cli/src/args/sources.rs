//! The arguments of `sources`.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use tocsin_core::SourceKind;

/// `sources`
#[derive(Debug, Subcommand)]
pub(crate) enum Sources {
    /// What changed on a page that is watched, version by version
    #[command(
        after_help = "Examples:\n  tocsin sources history eu-ai-act\n  tocsin sources history eu-ai-act --json"
    )]
    History(SourcesHistory),
    /// Every source with its health and its next poll
    #[command(
        after_help = "Examples:\n  tocsin sources list\n  tocsin sources list --json | jq 'select(.state == \"failing\")'"
    )]
    List,
    /// Fetch sources and report, without storing anything
    #[command(after_help = "Example:\n  tocsin sources check fr-cnil jp-meti")]
    Check(SourcesCheck),
    /// Find out how a site can be followed: its feeds, sitemaps and lists of articles, the best first
    #[command(after_help = "Examples:
  tocsin sources discover https://www.ministry.example/
  tocsin sources discover https://www.ministry.example/ --json | jq -r '.url'
  tocsin sources discover --batch < pages.jsonl            what pages name, without asking anybody:
                                                           lines of {\"id\",\"url\",\"html\"}

Asks the site as politely as a poll does, at most 30 times, so it may take a minute.")]
    Discover(SourcesDiscover),
    /// Add a site to sources.toml: finds out how to follow it, or takes the address as it is with --kind
    #[command(after_help = "Examples:
  tocsin sources add https://www.ministry.example/
  tocsin sources add https://www.ministry.example/ --pick 2 --category government --topics policy,safety
  tocsin sources add https://www.ministry.example/rss.xml --kind feed --id xx-ministry
  tocsin sources add https://www.ministry.example/ --dry-run    only shows the table")]
    Add(SourcesAdd),
    /// Take sources out of sources.toml; their stories stay
    #[command(after_help = "Example:\n  tocsin sources remove fr-cnil")]
    Remove(SourcesRemove),
    /// Add the sources of another reader's list; folders become categories
    #[command(after_help = "Examples:
  tocsin sources import-opml subscriptions.opml --dry-run
  tocsin sources import-opml subscriptions.opml")]
    ImportOpml(SourcesImport),
    /// All sources as a list that other readers take
    #[command(after_help = "Example:\n  tocsin sources export-opml > sources.opml")]
    ExportOpml,
}

/// `sources check`
#[derive(Debug, Args)]
pub(crate) struct SourcesCheck {
    /// Their ids; all enabled ones without any
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
}

/// `sources discover`
#[derive(Debug, Args)]
pub(crate) struct SourcesDiscover {
    /// A page of the site
    #[arg(value_name = "URL", required_unless_present = "batch")]
    pub(crate) url: Option<String>,
    /// Act as a filter over JSON lines: what the pages name
    #[arg(long, conflicts_with = "url")]
    pub(crate) batch: bool,
}

/// `sources add`
#[derive(Debug, Args)]
pub(crate) struct SourcesAdd {
    /// A page of the site, or with --kind what is to be polled
    #[arg(value_name = "URL")]
    pub(crate) url: String,
    /// Take the address as it is, as one of this kind
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<Kind>,
    /// Which of the found ones, counted from 1
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "kind")]
    pub(crate) pick: usize,
    /// Its id [default: made of country and site]
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    /// Its name [default: as it calls itself]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// ISO 3166 alpha-2, EU or INT [default: by its address and language]
    #[arg(long, value_name = "CODE")]
    pub(crate) country: Option<String>,
    /// BCP 47 [default: as it says]
    #[arg(long, value_name = "CODE")]
    pub(crate) lang: Option<String>,
    /// government, regulator, press, lab, …
    #[arg(long, value_name = "WORD")]
    pub(crate) category: Option<String>,
    /// What it writes about, separated by commas
    #[arg(long, value_name = "WORDS", value_delimiter = ',')]
    pub(crate) topics: Vec<String>,
    /// Whether only entries that speak of AI or chips are fetched [default: by what it lists now]
    #[arg(long, value_name = "YES|NO")]
    pub(crate) keyword_filter: Option<YesNo>,
    /// Show the table, change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// A source's kind, as a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// RSS, Atom or JSON Feed
    Feed,
    /// A sitemap or an index of them
    Sitemap,
    /// A page that lists articles
    Listing,
    /// One page that is watched itself
    Page,
}

impl From<Kind> for SourceKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Feed => Self::Feed,
            Kind::Sitemap => Self::Sitemap,
            Kind::Listing => Self::Listing,
            Kind::Page => Self::Page,
        }
    }
}

/// A choice that has a default of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum YesNo {
    /// It is so
    Yes,
    /// It is not
    No,
}

/// `sources remove`
#[derive(Debug, Args)]
pub(crate) struct SourcesRemove {
    /// Their ids
    #[arg(value_name = "ID", required = true)]
    pub(crate) ids: Vec<String>,
}

/// `sources import-opml`
#[derive(Debug, Args)]
pub(crate) struct SourcesImport {
    /// The file; standard input without it
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Show the tables, change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// `sources history`
#[derive(Debug, Args)]
pub(crate) struct SourcesHistory {
    /// A source of kind "page"
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}
