//! What is owed to hosts beyond the end of a process, kept in the store.

use crate::value;
use tocsin_crawler::{Debts, Fetcher};
use tocsin_store::{Store, StoreError};

/// The name under which it is kept.
const DEBTS: &str = "debts";

/// Tells a fetcher what earlier ones owed.
///
/// # Errors
/// Where the store fails.
pub fn take_over(fetcher: &Fetcher, store: &dyn Store) -> Result<(), StoreError> {
    let debts: Debts = value::get(store, DEBTS)?.unwrap_or_default();
    fetcher.take_over(&debts);
    Ok(())
}

/// Keeps what a fetcher owes beside what is kept already, whoever was told of it before.
///
/// # Errors
/// Where the store fails.
pub fn add(fetcher: &Fetcher, store: &dyn Store) -> Result<(), StoreError> {
    take_over(fetcher, store)?;
    store.commit(&[value::put(DEBTS.to_owned(), &fetcher.debts())])
}

/// Keeps what a fetcher owes, where it became more.
///
/// # Errors
/// Where the store fails.
pub(crate) fn keep(fetcher: &Fetcher, store: &dyn Store) -> Result<(), StoreError> {
    fetcher.hand_on(|debts| store.commit(&[value::put(DEBTS.to_owned(), debts)]))
}
