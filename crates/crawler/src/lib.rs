//! The way in: what a source lists and what its pages hold, fetched as a good guest would.
//!
//! In: sources, their validators from the last poll, the time. Out: [`tocsin_core::FeedEntry`] and
//! [`tocsin_core::Page`], typed failures, and when a source is polled next.
//!
//! Never: stores anything, judges a text, asks a host twice at once, passes a robots.txt by, reads
//! more of an answer than its limit.

mod address;
mod charset;
mod date;
mod depth;
pub mod discover;
pub mod feed;
mod fetch;
mod keywords;
pub mod listing;
mod named;
pub mod opml;
mod rhythm;
mod robots;
mod schedule;
pub mod sitemap;
mod sources;
mod unpack;
pub mod warc;
mod xml;

pub use crate::fetch::{
    Answer, Clock, Debts, FetchConfig, FetchError, Fetcher, Resolver, Resolving, SystemClock,
    SystemResolver, Validators, site_of,
};
pub use crate::keywords::speaks_of_ai;
pub use crate::named::{Named, NamedFeed};
pub use crate::rhythm::{expected, has_gap};
pub use crate::robots::RobotsTxt;
pub use crate::schedule::{PollOutcome, Reading, after_poll, is_due, no_sooner};
pub use crate::sources::Sources;
