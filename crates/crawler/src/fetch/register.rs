//! A bounded map of what is remembered about hosts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Entries from which on those are dropped that can be.
const CROWDED: usize = 4096;

/// Something remembered under a name.
pub(super) trait Remembered: Default {
    /// Whether nothing is lost if it is forgotten now. Asked only while nobody uses the entry.
    fn is_idle(&self) -> bool;
}

/// Entries made when they are first asked for.
#[derive(Debug, Default)]
pub(super) struct Register<T> {
    entries: Mutex<HashMap<String, Arc<T>>>,
}

impl<T: Remembered> Register<T> {
    /// The entry of a name. A crowded register first forgets every idle one.
    pub(super) fn entry(&self, name: &str) -> Arc<T> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.get(name) {
            return Arc::clone(entry);
        }
        if entries.len() >= CROWDED {
            entries.retain(|_, entry| Arc::strong_count(entry) > 1 || !entry.is_idle());
        }
        let entry = Arc::new(T::default());
        entries.insert(name.to_owned(), Arc::clone(&entry));
        entry
    }

    /// All entries with their names.
    pub(super) fn all(&self) -> Vec<(String, Arc<T>)> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries
            .iter()
            .map(|(name, entry)| (name.clone(), Arc::clone(entry)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[derive(Default)]
    struct Note(AtomicBool);

    impl Remembered for Note {
        fn is_idle(&self) -> bool {
            !self.0.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn a_crowded_register_keeps_what_is_used_or_not_idle() {
        let register = Register::<Note>::default();
        let used = register.entry("used");
        register.entry("busy").0.store(true, Ordering::Relaxed);
        for i in 0..CROWDED {
            register.entry(&i.to_string());
        }
        assert!(register.entries.lock().unwrap().len() < CROWDED);
        assert!(Arc::ptr_eq(&used, &register.entry("used")));
        assert!(!register.entry("busy").is_idle());
    }
}
