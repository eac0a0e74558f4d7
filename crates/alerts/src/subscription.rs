//! Who is not told: a reader who unsubscribed from a rule, an address that a server refused for good.
//!
//! Kept as marks like all that the rules go by; the functions here give the marks to set and read them.

use crate::past::{Held, key};
use crate::rules::Target;
use serde::{Deserialize, Serialize};
use tocsin_core::{Timestamp, digest_hex};

/// A named value to keep.
pub type Mark = (String, String);

/// Why nothing is sent to an address for the time being.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// Since when.
    pub since: Timestamp,
    /// The words of the server that refused it.
    pub why: String,
}

/// The rule tells this reader no more, and what waits for the next digest is dropped.
pub fn unsubscribe(rule: &str, to: &Target, since: Timestamp) -> [Mark; 2] {
    [(key("off", rule, to), json(&Some(since))), forget(rule, to)]
}

/// What waits for the reader's next digest is dropped.
pub fn forget(rule: &str, to: &Target) -> Mark {
    (key("held", rule, to), json(&Held::default()))
}

/// The rule tells this reader again.
pub fn subscribe(rule: &str, to: &Target) -> Mark {
    (key("off", rule, to), json(&None::<Timestamp>))
}

/// Since when the rule tells this reader no more; `None` where it does.
pub fn unsubscribed(
    rule: &str,
    to: &Target,
    marks: &dyn Fn(&str) -> Option<String>,
) -> Option<Timestamp> {
    serde_json::from_str(&marks(&key("off", rule, to))?).ok()?
}

/// Nothing more is sent to this address.
pub fn stop(to: &Target, stopped: &Stopped) -> Mark {
    (stop_key(to), json(&Some(stopped)))
}

/// Mails to this address go out again.
pub fn resume(to: &Target) -> Mark {
    (stop_key(to), json(&None::<Stopped>))
}

/// Why nothing is sent to this address; `None` where it is.
pub fn stopped(to: &Target, marks: &dyn Fn(&str) -> Option<String>) -> Option<Stopped> {
    serde_json::from_str(&marks(&stop_key(to))?).ok()?
}

fn stop_key(to: &Target) -> String {
    format!("stopped/{}", digest_hex(&[&to.to_string()], 32))
}

/// These types have no map with other keys than strings, the only thing that could fail.
fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
