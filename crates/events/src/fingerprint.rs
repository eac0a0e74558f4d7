//! A short hash of a story's words.

use crate::words::{mix, words};

/// A hash of title and text as 16 hexadecimal digits: equal for equal words, whatever their case,
/// punctuation, quotes and white space.
///
/// ```
/// use tocsin_events::fingerprint;
/// assert_eq!(fingerprint("Chips: new rule", "It’s out."), fingerprint("CHIPS — NEW RULE", "It's out"));
/// assert_ne!(fingerprint("Chips: new rule", ""), fingerprint("", "Chips: new rule"));
/// ```
pub fn fingerprint(title: &str, text: &str) -> String {
    let of = |part: &str| words(part).fold(0, |sum, word| mix(sum, word.hash));
    format!("{:016x}", mix(of(title), of(text)))
}
