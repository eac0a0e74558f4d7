//! What can go wrong with a store, in words that name the place and the next step.

use std::path::PathBuf;

/// Why a store cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the store.
    #[error(
        "the data directory {} is in use by another tocsin; \
         wait for it to end, or give another with --data",
        dir.display()
    )]
    Locked {
        /// The data directory.
        dir: PathBuf,
    },
    /// The store was written by a later version of the program.
    #[error(
        "the store in {} has schema {found}, and this tocsin knows up to {known}; \
         use the version that wrote it, or a later one",
        dir.display()
    )]
    NewerSchema {
        /// The data directory.
        dir: PathBuf,
        /// The schema of the store, or of the record that was met.
        found: u32,
        /// The latest schema that this program reads.
        known: u32,
    },
    /// One record cannot be read; all others can.
    #[error(
        "{record} in {} is damaged: {flaw}\n  \
         `tocsin doctor` counts the damaged records; bring the directory back from a copy",
        dir.display()
    )]
    Damaged {
        /// The data directory.
        dir: PathBuf,
        /// Kind and id of the record.
        record: String,
        /// What is wrong with it.
        flaw: String,
    },
    /// The store as a whole cannot be read.
    #[error(
        "the store in {} is damaged and cannot be read: {flaw}\n  \
         move it away and bring the directory back from a copy",
        dir.display()
    )]
    Unreadable {
        /// The data directory.
        dir: PathBuf,
        /// What is wrong with it.
        flaw: String,
    },
    /// The system refused to read or write.
    #[error(
        "the data directory {} cannot be used: {cause}\n  \
         check its permissions and free space, or give another with --data",
        dir.display()
    )]
    Io {
        /// The data directory.
        dir: PathBuf,
        /// The system's words.
        cause: std::io::Error,
    },
    /// A mail was named that is neither waiting nor sent.
    #[error(
        "no mail {message_id} waits in the outbox or was sent; queue it before it is delivered"
    )]
    UnknownMail {
        /// The id that was asked for.
        message_id: String,
    },
    /// A record has no stored form.
    #[error("{record} cannot be stored: {cause}; nothing of its batch was written")]
    Unstorable {
        /// Kind and id of the record.
        record: String,
        /// Why not.
        cause: serde_json::Error,
    },
}
