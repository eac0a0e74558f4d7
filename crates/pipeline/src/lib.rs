//! The stages in order: one pass from the sources to the mails, and the files that steer it.
//!
//! In: a config, a store, a clock, a resolver. Out: a [`PassReport`]; everything else is in the
//! store and with the readers.
//!
//! Never: holds a rule of its own about politeness, text, tags, events or mails (each lives in its
//! stage), prints, or leaves a stage's work half stored.
//!
//! A pass has three steps, each safe to repeat:
//!
//! 1. [`poll`](mod@poll): what is due is read, new pages are fetched, extracted, judged, and stored as
//!    *pending* together with the mark that their address was seen.
//! 2. [`group`](mod@group): pending stories, in order of time, get their copies and events; stories,
//!    events and the mails they give rise to are stored in one atomic batch.
//! 3. [`release`](mod@release) and [`deliver`](mod@deliver): what is due by now, such as digests, joins the
//!    outbox, and the outbox is emptied.
//!
//! A kill between any two instructions loses at most a page that is fetched again.

pub mod acts;
mod archive;
mod chunk;
pub mod config;
pub mod coverage;
pub mod debts;
pub mod deliver;
pub mod described;
pub mod find;
pub mod group;
mod health;
mod history;
mod ingest;
mod judge;
pub mod notes;
mod numbered;
mod overlay;
mod pass;
pub mod poll;
mod reading;
mod reextract;
pub mod regroup;
pub mod release;
pub mod replay;
mod report;
pub mod reprocess;
pub mod revision;
pub mod subscribers;
mod summary;
mod telling;
mod twins;
mod value;
pub mod verdicts;
mod ways;

pub use acts::Actor;
pub use archive::Archive;
pub use config::{Config, EMBEDDING, MODEL, SUPPLEMENT, Settings, Vocab};
pub use ingest::{IngestError, Taken, ingest, ingest_warc};
pub use judge::judge;
pub use overlay::Overlay;
pub use pass::{Pass, PassError, Progress, Silent, Stage};
pub use reextract::{Reread, reextract};
pub use report::{Outcome, PassReport, SourceReport};
