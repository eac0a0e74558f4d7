//! The grammars of the headers.

use super::{Checked, WSP, hex_pair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Days in each month, and what the month adds to the day of the week (Sakamoto's method).
const MONTHS: [(&str, u32, u32); 12] = [
    ("Jan", 31, 0),
    ("Feb", 28, 3),
    ("Mar", 31, 2),
    ("Apr", 30, 5),
    ("May", 31, 0),
    ("Jun", 30, 3),
    ("Jul", 31, 5),
    ("Aug", 31, 1),
    ("Sep", 30, 4),
    ("Oct", 31, 6),
    ("Nov", 30, 2),
    ("Dec", 31, 4),
];

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/// Checks the value of a header and decodes it.
pub(super) fn read(name: &str, value: &str) -> Checked<String> {
    match name.to_ascii_lowercase().as_str() {
        "date" => date(value)?,
        "from" | "sender" | "reply-to" | "to" | "cc" | "bcc" => {
            mailboxes(value)?;
        }
        "message-id" => one_message_id(value)?,
        "references" | "in-reply-to" => {
            message_ids(value)?;
        }
        "list-id" => list_id(value)?,
        "list-unsubscribe" => {
            uris(value)?;
        }
        "list-unsubscribe-post" if value != "List-Unsubscribe=One-Click" => {
            return Err("RFC 8058 3.1: the value is List-Unsubscribe=One-Click");
        }
        "auto-submitted" if value != "auto-generated" => {
            return Err("RFC 3834 5: a mail that answers nothing is auto-generated");
        }
        "mime-version" if value != "1.0" => return Err("RFC 2045 4: the version is 1.0"),
        _ => {}
    }
    decode(value)
}

/// What is left to read of a value.
#[derive(Clone)]
pub(super) struct Scan<'a> {
    pub(super) rest: &'a str,
}

impl<'a> Scan<'a> {
    pub(super) fn new(rest: &'a str) -> Self {
        Self { rest }
    }

    /// Skips white space and says whether there was any.
    pub(super) fn white(&mut self) -> bool {
        !self.take(|c| WSP.contains(&c)).is_empty()
    }

    /// The longest run of these characters.
    pub(super) fn take(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        run
    }

    /// Skips this character and says whether it was there.
    pub(super) fn eat(&mut self, wanted: char) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// What was read since `before`.
    fn since(&self, before: &'a str) -> &'a str {
        before.strip_suffix(self.rest).unwrap_or_default()
    }
}

fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

/// dot-atom-text (RFC 5322 3.2.3): atoms between single dots.
fn dot_atom<'a>(scan: &mut Scan<'a>) -> Checked<&'a str> {
    let text = scan.take(|c| is_atext(c) || c == '.');
    if text.split('.').any(str::is_empty) {
        return Err("RFC 5322 3.2.3: a dot-atom is of atoms with single dots between them");
    }
    Ok(text)
}

/// quoted-string (RFC 5322 3.2.4), after which its value is what stands between the quotes. All is
/// printable here already, so that only quote and backslash need care.
pub(super) fn quoted_string<'a>(scan: &mut Scan<'a>) -> Checked<&'a str> {
    const OPEN: &str = "RFC 5322 3.2.4: a quoted string that does not end";
    let begin = scan.rest;
    scan.eat('"');
    loop {
        scan.take(|c| c != '"' && c != '\\');
        if scan.eat('"') {
            break;
        }
        let mut left = scan.rest.chars();
        left.by_ref().nth(1).ok_or(OPEN)?;
        scan.rest = left.as_str();
    }
    let quoted = scan.since(begin);
    if has_encoded_word(quoted) {
        return Err("RFC 2047 5: an encoded word within a quoted string");
    }
    Ok(quoted.trim_start_matches('"').trim_end_matches('"'))
}
