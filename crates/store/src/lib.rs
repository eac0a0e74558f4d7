//! The system of record behind one narrow trait.
//!
//! In: batches of [`Change`]s. Out: stories, events, sources' health, mails, by id or by time.
//!
//! Never: shows its engine. No borrowed iterator, key or engine error leaves this crate, so that
//! [`SledStore`] on one machine, [`MemoryStore`] in tests and a database server shared by several
//! workers can stand behind the same [`Store`], and pass the same tests.
//!
//! ```
//! use tocsin_store::{Change, MemoryStore, Store};
//! let store = MemoryStore::default();
//! store.commit(&[Change::MarkSeen { url: "https://news.example/a".into(), story: None }])?;
//! assert!(store.seen("https://news.example/a")?);
//! # Ok::<(), tocsin_store::StoreError>(())
//! ```

mod change;
mod error;
mod key;
mod lock;
mod memory;
mod range;
mod record;
mod references;
mod sled_store;
mod stage;
mod store;
mod tree;
mod verify;

#[cfg(test)]
mod crash;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod suite;

pub use crate::change::Change;
pub use crate::error::StoreError;
pub use crate::memory::MemoryStore;
pub use crate::range::{Batch, Cursor, Range};
pub use crate::references::{Problem, VerifyReport};
pub use crate::sled_store::SledStore;
pub use crate::store::{Counts, Store};
