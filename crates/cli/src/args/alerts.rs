//! Alerts: rules, readers, an analyst's words, the log.

use clap::{Args, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

/// `alerts`
#[derive(Debug, Subcommand)]
pub(crate) enum Alerts {
    /// The rules
    List,
    /// Send a test mail to every target of the rules
    #[command(after_help = "Example:\n  tocsin alerts test --rule chip-rules")]
    Test(AlertsRule),
    /// What the rules would have sent over the stored past, by the same code as a run
    #[command(after_help = "Examples:
  tocsin alerts preview --since 30d
  tocsin alerts preview --rule chip-rules --since 2026-10-01 --json")]
    Preview(AlertsPreview),
    /// Send a digest, or what was held back, before its time
    #[command(after_help = "Examples:
  tocsin alerts send-digest --rule morning --dry-run       only shows it
  tocsin alerts send-digest --rule morning")]
    SendDigest(SendDigest),
}

/// `alerts preview`
#[derive(Debug, Args)]
pub(crate) struct AlertsPreview {
    /// Only this rule
    #[arg(long, value_name = "NAME")]
    pub(crate) rule: Option<String>,
    /// Only mails since then: a date, or 30d, 12h, monday [default: all]
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: Option<String>,
}

/// `alerts send-digest`
#[derive(Debug, Args)]
pub(crate) struct SendDigest {
    /// The rule whose mails are sent
    #[arg(long, value_name = "NAME")]
    pub(crate) rule: String,
    /// Show it, send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// The choice of a rule.
#[derive(Debug, Args)]
pub(crate) struct AlertsRule {
    /// Only this rule
    #[arg(long, value_name = "NAME")]
    pub(crate) rule: Option<String>,
}

/// `subscribers`
#[derive(Debug, Subcommand)]
pub(crate) enum Subscribers {
    /// Every reader with the rules that tell them
    List(SubscribersList),
    /// One more reader of a rule
    #[command(after_help = "Examples:
  tocsin subscribers add ann@example.org --rule chip-rules --rule model-rules
  tocsin subscribers add https://example.org/hook --rule chip-rules

A reader who had unsubscribed is told again.")]
    Add(SubscribersAdd),
    /// A reader of rules less, all of them where none is named; mails that wait are dropped
    #[command(after_help = "Examples:
  tocsin subscribers remove ann@example.org
  tocsin subscribers remove ann@example.org --rule chip-rules")]
    Remove(SubscribersOf),
    /// Send again to an address that had refused mails for good
    #[command(after_help = "Example:\n  tocsin subscribers resume ann@example.org")]
    Resume(SubscribersAddress),
    /// All readers as comma-separated values; with --json as one object a line
    Export,
}

/// `subscribers list`
#[derive(Debug, Args)]
pub(crate) struct SubscribersList {
    /// Only those of this rule
    #[arg(long, value_name = "NAME")]
    pub(crate) rule: Option<String>,
}

/// `subscribers add`
#[derive(Debug, Args)]
pub(crate) struct SubscribersAdd {
    /// A mail address, or any target as in alerts.toml
    #[arg(value_name = "ADDRESS")]
    pub(crate) to: String,
    /// The rule; may be given several times
    #[arg(long, value_name = "NAME", required = true)]
    pub(crate) rule: Vec<String>,
}

/// `subscribers remove`
#[derive(Debug, Args)]
pub(crate) struct SubscribersOf {
    /// A mail address, or any target as in alerts.toml
    #[arg(value_name = "ADDRESS")]
    pub(crate) to: String,
    /// Only this rule; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) rule: Vec<String>,
}

/// `subscribers resume`
#[derive(Debug, Args)]
pub(crate) struct SubscribersAddress {
    /// A mail address, or any target as in alerts.toml
    #[arg(value_name = "ADDRESS")]
    pub(crate) to: String,
}

/// `note`
#[derive(Debug, Args)]
pub(crate) struct Note {
    /// The event (e…)
    #[arg(value_name = "EVENT")]
    pub(crate) event: String,
    /// The words
    #[arg(value_name = "TEXT", required = true)]
    pub(crate) words: Vec<String>,
}

/// `log`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Log {
    #[command(subcommand)]
    pub(crate) undo: Option<LogUndo>,
    /// At most so many; 0 for all [default: 20 on a screen, all for --json]
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
}

/// `log undo`
#[derive(Debug, Subcommand)]
pub(crate) enum LogUndo {
    /// Take something back
    Undo {
        /// Its number
        #[arg(value_name = "NUMBER")]
        number: u64,
    },
}

/// `reprocess`
#[derive(Debug, Args)]
pub(crate) struct Reprocess {
    /// Which stories, see docs/query.md; all of them without it
    #[arg(value_name = "EXPR")]
    pub(crate) expression: Vec<String>,
    /// Change the stored stories
    #[arg(long)]
    pub(crate) apply: bool,
    /// Read the pages of these WARC files once more, by the extractor of today
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "expression")]
    pub(crate) pages: Vec<PathBuf>,
}

/// `serve`
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen, on this machine [default: `listen` in tocsin.toml]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
}
