//! One fetched page.

use crate::Timestamp;

/// A page as a server sent it, decompressed; at most `fetch.max_bytes` long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The address that was asked for.
    pub url: String,
    /// The address that answered, after redirects.
    pub final_url: String,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
    /// When the answer came.
    pub fetched_at: Timestamp,
}
