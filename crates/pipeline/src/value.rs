//! Named values of the store that are more than a word: kept as JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tocsin_store::{Change, Store, StoreError};

/// A value. What cannot be read was written by another version: as if it were not there.
///
/// # Errors
/// Where the store fails.
pub(crate) fn get<T: DeserializeOwned>(
    store: &dyn Store,
    key: &str,
) -> Result<Option<T>, StoreError> {
    let text = store.meta(key)?.unwrap_or_default();
    Ok(serde_json::from_str(&text).ok())
}

/// The change that keeps a value.
pub(crate) fn put<T: Serialize>(key: String, value: &T) -> Change {
    Change::SetMeta {
        key,
        // Ours have no map with other keys than strings, the only thing that could fail.
        value: serde_json::to_string(value).unwrap_or_default(),
    }
}
