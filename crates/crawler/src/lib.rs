//! The way in: what a source lists and what its pages hold, fetched as a good guest would.
//!
//! In: sources, their validators from the last poll, the time. Out: [`tocsin_core::FeedEntry`] and
//! [`tocsin_core::Page`], typed failures, and when a source is polled next.
//!
//! Never: stores anything, judges a text, asks a host twice at once, passes a robots.txt by, reads
//! more of an answer than its limit.

mod feed;
mod fetch;
mod listing;
mod robots;
mod schedule;
mod sitemap;
mod sources;
