//! The command line, as a user types it. The texts here are the help pages.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The AI-policy news monitor: reads sources, tags stories and says why, groups them into events,
/// answers queries and mails an alert when something new happens.
#[derive(Debug, Parser)]
#[command(name = "tocsin", version, after_help = "\
Start here:
  tocsin run --sample                       the whole product on a bundled sample world, offline
  tocsin init && tocsin run                 the real sources
  tocsin query 'tag:chip-restrictions since:7d'

Exit status: 0 done; 1 failed; 2 wrong usage or config; 3 done, but no source could be reached.")]
pub struct Cli {
    /// Options that every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The directory with the config files [default: the user's config directory, tocsin/]
    #[arg(long, global = true, env = "TOCSIN_CONFIG", value_name = "DIR", hide_env_values = true)]
    pub config: Option<PathBuf>,
    /// The directory with the store [default: the user's data directory, tocsin/]
    #[arg(long, global = true, env = "TOCSIN_DATA", value_name = "DIR", hide_env_values = true)]
    pub data: Option<PathBuf>,
    /// Results as JSON: lists as one object a line
    #[arg(long, global = true)]
    pub json: bool,
    /// Log more: -v for what is done, -vv for every request
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Print results only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// No progress display, even on a terminal
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// The form of log lines, on standard error
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, value_name = "FORM")]
    pub log_format: LogFormat,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write an editable copy of the default config
    #[command(after_help = "Examples:\n  tocsin init\n  tocsin init --config /etc/tocsin")]
    Init(Init),
    /// One pass: poll what is due, fetch, extract, tag, group, store, alert
    #[command(after_help = "Examples:
  tocsin run --sample                  offline, on the bundled sample world; run it twice for its second day
  tocsin run                           what is due, of all sources
  tocsin run --source de-bundestag     one source, due or not
  tocsin run --dry-run --json          what would be stored, without storing it")]
    Run(Run),
    /// Files into the pipeline, as if they had been fetched
    #[command(after_help = "Examples:
  tocsin ingest page.html --url https://news.example/a
  tocsin ingest notes/*.txt            plain text, the title in the first line")]
    Ingest(Ingest),
    /// Find stories
    #[command(after_help = "Examples:
  tocsin query 'tag:chip-restrictions entity:Huawei since:monday'
  tocsin query '\"export controls\" -tag:conference lang:zh' --json
  tocsin query 'is:relevant (tag:regulation OR tag:privacy-data) country:FR' --csv > stories.csv

The language: docs/query.md.")]
    Query(Query),
    /// One story with its evidence, or one event with its stories
    #[command(after_help = "Examples:\n  tocsin show s0123456789abcdef\n  tocsin show e0123456789abcdef --json")]
    Show(Show),
    /// Events, the latest first; with an expression, those with a story that matches
    #[command(after_help = "Examples:\n  tocsin events\n  tocsin events 'tag:export-enforcement since:30d' --json")]
    Events(Events),
    /// A page to an article, as JSON
    #[command(after_help = "Examples:
  tocsin extract page.html --url https://news.example/a
  tocsin extract --batch < pages.jsonl > articles.jsonl    lines of {\"id\",\"url\",\"html\"} or \"html_b64\"")]
    Extract(Extract),
    /// Tags, relevance and names of a text
    #[command(after_help = "Examples:
  tocsin classify article.txt --explain
  tocsin classify --batch < stories.jsonl > tags.jsonl     lines of {\"id\",\"title\",\"text\",\"lang\"}")]
    Classify(Classify),
    /// Stories to events and near-copies
    #[command(after_help = "Example:
  tocsin cluster --batch < stories.jsonl > events.jsonl    lines of {\"id\",\"title\",\"text\",\"published\",\"source\",\"lang\"}, in time order")]
    Cluster(Batch),
    /// Read feeds
    #[command(subcommand)]
    Feed(Feed),
    /// Ask robots.txt
    #[command(subcommand)]
    Robots(Robots),
    /// The sources and how they are doing
    #[command(subcommand)]
    Sources(Sources),
    /// The alert rules and their mails
    #[command(subcommand)]
    Alerts(Alerts),
    /// Say what is wrong with this installation
    #[command(after_help = "Example:\n  tocsin doctor")]
    Doctor,
}

/// `init`
#[derive(Debug, Args)]
pub struct Init {
    /// Replace files that are there already
    #[arg(long)]
    pub force: bool,
}

/// `run`
#[derive(Debug, Args)]
pub struct Run {
    /// Work on the bundled sample world, served over loopback
    #[arg(long, conflicts_with_all = ["source", "dry_run"])]
    pub sample: bool,
    /// Only this source, due or not; may be given several times
    #[arg(long, value_name = "ID")]
    pub source: Vec<String>,
    /// Fetch and judge, but store nothing and send nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `ingest`
#[derive(Debug, Args)]
pub struct Ingest {
    /// HTML pages, or plain text in files named .txt
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The address that the page came from (one file only)
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// The source that it is credited to
    #[arg(long, value_name = "ID", default_value = "ingest")]
    pub source: String,
}

/// `query`
#[derive(Debug, Args)]
pub struct Query {
    /// What to find; several words are joined by spaces
    #[arg(value_name = "EXPR", allow_hyphen_values = true)]
    pub expression: Vec<String>,
    /// At most so many; 0 for all [default: 20 on a screen, all for --json, --csv and --count]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Their order; the same as sort: in the expression
    #[arg(long, value_name = "ORDER", value_parser = ["newest", "oldest", "score", "relevance"])]
    pub sort: Option<String>,
    /// As comma-separated values, with a heading line
    #[arg(long, conflicts_with_all = ["json", "count"])]
    pub csv: bool,
    /// Only how many there are
    #[arg(long)]
    pub count: bool,
}

/// `show`
#[derive(Debug, Args)]
pub struct Show {
    /// The id of a story (s…) or an event (e…)
    #[arg(value_name = "ID")]
    pub id: String,
}

/// `events`
#[derive(Debug, Args)]
pub struct Events {
    /// Only events with a story that matches
    #[arg(value_name = "EXPR", allow_hyphen_values = true)]
    pub expression: Vec<String>,
    /// At most so many; 0 for all [default: 20 on a screen, all for --json]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
}

/// `extract`
#[derive(Debug, Args)]
pub struct Extract {
    /// The page; standard input without it
    #[arg(value_name = "FILE", conflicts_with = "batch")]
    pub file: Option<PathBuf>,
    /// The address that the page came from
    #[arg(long, value_name = "URL", default_value = "http://page.invalid/")]
    pub url: String,
    /// Act as a filter over JSON lines
    #[arg(long)]
    pub batch: bool,
}

/// `classify`
#[derive(Debug, Args)]
pub struct Classify {
    /// The text, its title in the first line; standard input without it
    #[arg(value_name = "FILE", conflicts_with = "batch")]
    pub file: Option<PathBuf>,
    /// Show every rule that spoke, and how the scores came about
    #[arg(long, conflicts_with = "batch")]
    pub explain: bool,
    /// Act as a filter over JSON lines
    #[arg(long)]
    pub batch: bool,
}

/// A command that is only a filter.
#[derive(Debug, Args)]
pub struct Batch {
    /// Act as a filter over JSON lines
    #[arg(long, required = true)]
    pub batch: bool,
}

/// `feed`
#[derive(Debug, Subcommand)]
pub enum Feed {
    /// A feed's entries, as JSON
    #[command(after_help = "Examples:
  tocsin feed parse feed.xml --url https://news.example/feed.xml
  tocsin feed parse --batch < feeds.jsonl > entries.jsonl  lines of {\"id\",\"bytes_b64\",\"content_type\",\"url\"}")]
    Parse(FeedParse),
}

/// `feed parse`
#[derive(Debug, Args)]
pub struct FeedParse {
    /// The feed; standard input without it
    #[arg(value_name = "FILE", conflicts_with = "batch")]
    pub file: Option<PathBuf>,
    /// The address that it came from
    #[arg(long, value_name = "URL", default_value = "http://feed.invalid/")]
    pub url: String,
    /// The Content-Type header that it came with
    #[arg(long, value_name = "TYPE")]
    pub content_type: Option<String>,
    /// Act as a filter over JSON lines
    #[arg(long)]
    pub batch: bool,
}

/// `robots`
#[derive(Debug, Subcommand)]
pub enum Robots {
    /// Whether a robots.txt lets a robot fetch an address
    #[command(after_help = "Examples:
  tocsin robots check robots.txt --url https://news.example/a --agent tocsin
  tocsin robots check --batch < cases.jsonl                lines of {\"id\",\"robots\",\"agent\",\"url\"}")]
    Check(RobotsCheck),
}

/// `robots check`
#[derive(Debug, Args)]
pub struct RobotsCheck {
    /// The robots.txt; standard input without it
    #[arg(value_name = "FILE", conflicts_with = "batch")]
    pub file: Option<PathBuf>,
    /// The address to fetch
    #[arg(long, value_name = "URL", required_unless_present = "batch")]
    pub url: Option<String>,
    /// The robot's product token
    #[arg(long, value_name = "NAME", default_value = "tocsin")]
    pub agent: String,
    /// Act as a filter over JSON lines
    #[arg(long)]
    pub batch: bool,
}

/// `sources`
#[derive(Debug, Subcommand)]
pub enum Sources {
    /// Every source with its health and its next poll
    #[command(after_help = "Examples:\n  tocsin sources list\n  tocsin sources list --json | jq 'select(.state == \"failing\")'")]
    List,
    /// Fetch sources and report, without storing anything
    #[command(after_help = "Example:\n  tocsin sources check fr-cnil jp-meti")]
    Check(SourcesCheck),
}

/// `sources check`
#[derive(Debug, Args)]
pub struct SourcesCheck {
    /// Their ids; all enabled ones without any
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
}

/// `alerts`
#[derive(Debug, Subcommand)]
pub enum Alerts {
    /// The rules
    List,
    /// Send a test mail to every target of the rules
    #[command(after_help = "Example:\n  tocsin alerts test --rule chip-rules")]
    Test(AlertsRule),
    /// What the rules would send over the stored events
    #[command(after_help = "Example:\n  tocsin alerts preview --rule chip-rules --json")]
    Preview(AlertsRule),
}

/// The choice of a rule.
#[derive(Debug, Args)]
pub struct AlertsRule {
    /// Only this rule
    #[arg(long, value_name = "NAME")]
    pub rule: Option<String>,
}
