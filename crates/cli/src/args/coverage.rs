//! What the sources gave, and what was missed.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `coverage`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Coverage {
    #[command(subcommand)]
    pub(crate) check: Option<CoverageCheck>,
    /// What the rows are
    #[arg(long, value_enum, default_value_t = By::Source, value_name = "WHAT")]
    pub(crate) by: By,
    /// One row for each day, week or month
    #[arg(long, value_enum, value_name = "PERIOD")]
    pub(crate) each: Option<Each>,
    /// Since then: a date, or 30d, monday
    #[arg(long, value_name = "WHEN", default_value = "30d")]
    pub(crate) since: String,
}

/// What the rows of `coverage` are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// Sources.
    Source,
    /// Countries.
    Country,
    /// Languages.
    Lang,
    /// Topics that sources write about.
    Topic,
}

/// A stretch of time that a row of `coverage` tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Each {
    /// A day, in UTC.
    Day,
    /// A week, from Monday on.
    Week,
    /// A calendar month.
    Month,
}

/// `coverage check`
#[derive(Debug, Subcommand)]
pub(crate) enum CoverageCheck {
    /// What share of an outside list was seen, what was missed, and why
    #[command(after_help = "Examples:
  tocsin coverage check links.txt                          an address or a headline a line
  tocsin coverage check newsletter.csv                     with the columns url, title, published
  tocsin coverage check other.xml                          a feed
  tocsin coverage check items.jsonl --missed --json        lines of {\"url\",\"title\",\"published\"}")]
    Check {
        /// The list; standard input without it
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// Only what was missed
        #[arg(long)]
        missed: bool,
    },
}
