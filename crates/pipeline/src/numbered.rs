//! Lists in the store that only grow: each entry under the next number.

use crate::value;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tocsin_store::{Change, Store, StoreError};

/// A list of this name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbered<'a>(pub(crate) &'a str);

impl Numbered<'_> {
    /// The number of the last entry; 0 where there is none.
    pub(crate) fn last(self, store: &dyn Store) -> Result<u64, StoreError> {
        let text = store.meta(self.0)?.unwrap_or_default();
        Ok(text.parse().unwrap_or(0))
    }

    /// The entry of a number.
    pub(crate) fn get<T: DeserializeOwned>(
        self,
        store: &dyn Store,
        number: u64,
    ) -> Result<Option<T>, StoreError> {
        value::get(store, &self.key(number))
    }

    /// All entries, the first one first.
    pub(crate) fn all<T: DeserializeOwned>(self, store: &dyn Store) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        for number in 1..=self.last(store)? {
            found.extend(self.get(store, number)?);
        }
        Ok(found)
    }

    /// The change that writes an entry under its number.
    pub(crate) fn put<T: Serialize>(self, number: u64, entry: &T) -> Change {
        value::put(self.key(number), entry)
    }

    /// The changes that add an entry behind the last one, whose number this has to be.
    pub(crate) fn append<T: Serialize>(self, number: u64, entry: &T) -> [Change; 2] {
        let count = Change::SetMeta {
            key: self.0.to_owned(),
            value: number.to_string(),
        };
        [self.put(number, entry), count]
    }

    fn key(self, number: u64) -> String {
        format!("{}/{number}", self.0)
    }
}
