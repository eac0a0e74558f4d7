//! The grammars of the headers.

use super::words::{decode, has_encoded_word};
use super::{Checked, WSP};
use std::ops::RangeInclusive;

/// Months with their days and what they add to the day of the week (Sakamoto's method).
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

/// Checks the value of a header and gives it decoded.
pub(super) fn read(name: &str, value: &str) -> Checked<String> {
    match name.to_ascii_lowercase().as_str() {
        "date" => date(value)?,
        "from" | "sender" | "reply-to" | "to" | "cc" | "bcc" => mailboxes(value).map(drop)?,
        "message-id" => one_message_id(value)?,
        "references" | "in-reply-to" => message_ids(value).map(drop)?,
        "list-id" => list_id(value)?,
        "list-unsubscribe" => uris(value).map(drop)?,
        "list-unsubscribe-post" if value != "List-Unsubscribe=One-Click" => {
            return Err("RFC 8058 3.1: the value is List-Unsubscribe=One-Click");
        }
        "auto-submitted" if value != "auto-generated" => {
            return Err("RFC 3834 5: what no person wrote, and answers nothing, is auto-generated");
        }
        "mime-version" if value != "1.0" => return Err("RFC 2045 4: the version is 1.0"),
        _ => {}
    }
    decode(value)
}

/// Several authors need a sender among them.
pub(super) fn one_author(from: &str, has_sender: bool) -> Checked<()> {
    if mailboxes(from)? > 1 && !has_sender {
        return Err("RFC 5322 3.6.2: several mailboxes in From and no Sender");
    }
    Ok(())
}

/// The mail that is answered belongs to the thread.
pub(super) fn replies_within(reply: &str, references: &str) -> Checked<()> {
    let thread = message_ids(references)?;
    if !message_ids(reply)?.iter().all(|id| thread.contains(id)) {
        return Err("RFC 5322 3.6.4: In-Reply-To is not among the References");
    }
    Ok(())
}

/// One link takes the click.
pub(super) fn one_click(unsubscribe: &str) -> Checked<()> {
    let https = |uri: &&str| scheme(uri).eq_ignore_ascii_case("https");
    if uris(unsubscribe)?.into_iter().filter(https).count() != 1 {
        return Err("RFC 8058 3.1: one click needs one https URI in List-Unsubscribe");
    }
    Ok(())
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

    /// The longest run of these characters.
    pub(super) fn take(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        run
    }

    /// Skips this character and says whether it was there.
    pub(super) fn eat(&mut self, wanted: char) -> bool {
        let after = self.rest.strip_prefix(wanted);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    /// Skips white space and says whether there was any.
    pub(super) fn white(&mut self) -> bool {
        !self.take(|c| WSP.contains(&c)).is_empty()
    }

    fn letters(&mut self) -> &'a str {
        self.take(|c| c.is_ascii_alphabetic())
    }

    fn number(&mut self, digits: RangeInclusive<usize>) -> Option<u32> {
        let run = self.take(|c| c.is_ascii_digit());
        let number = run.parse().ok()?;
        digits.contains(&run.len()).then_some(number)
    }

    /// What was read since `begin`.
    fn since(&self, begin: &'a str) -> &'a str {
        begin.strip_suffix(self.rest).unwrap_or_default()
    }
}

struct Moment<'a> {
    day_name: &'a str,
    day: u32,
    month: &'a str,
    year: u32,
    hour: u32,
    minute: u32,
    second: u32,
    zone: u32,
}

/// date-time, without comments.
fn date_time<'a>(mut scan: Scan<'a>) -> Option<Moment<'a>> {
    let day_name = scan.letters();
    if !day_name.is_empty() {
        scan.eat(',').then_some(())?;
        scan.white();
    }
    let day = scan.number(1..=2)?;
    let month = scan.white().then(|| scan.letters())?;
    let year = scan.white().then(|| scan.number(4..=9))??;
    let hour = scan.white().then(|| scan.number(2..=2))??;
    let minute = scan.eat(':').then(|| scan.number(2..=2))??;
    let second = match scan.eat(':') {
        true => scan.number(2..=2)?,
        false => 0,
    };
    let signed = scan.white() && (scan.eat('+') || scan.eat('-'));
    let zone = signed.then(|| scan.number(4..=4))??;
    scan.rest.is_empty().then_some(Moment {
        day_name,
        day,
        month,
        year,
        hour,
        minute,
        second,
        zone,
    })
}

fn date(value: &str) -> Checked<()> {
    let Some(m) = date_time(Scan::new(value)) else {
        return Err("RFC 5322 3.3: a date is like Tue, 06 Oct 2026 07:05:09 +0000");
    };
    let mut months = MONTHS.into_iter().zip(1..);
    let month = months.find(|((name, ..), _)| name.eq_ignore_ascii_case(m.month));
    let Some(((_, days, shift), number)) = month else {
        return Err("RFC 5322 3.3: no such month");
    };
    let leap = m.year % 4 == 0 && (m.year % 100 != 0 || m.year % 400 == 0);
    let days = days + u32::from(leap && number == 2);
    if m.year < 1900 || !(1..=days).contains(&m.day) {
        return Err("RFC 5322 3.3: no such day");
    }
    // A second of 60 is a leap second.
    if m.hour > 23 || m.minute > 59 || m.second > 60 || m.zone % 100 > 59 {
        return Err("RFC 5322 3.3: no such time of day or zone");
    }
    let year = m.year - u32::from(number < 3);
    let weekday = (year + year / 4 - year / 100 + year / 400 + shift + m.day) % 7;
    let named =
        |(name, number): (&str, u32)| number == weekday && name.eq_ignore_ascii_case(m.day_name);
    if !m.day_name.is_empty() && !DAYS.into_iter().zip(0..).any(named) {
        return Err("RFC 5322 3.3: the date is not on that day of the week");
    }
    Ok(())
}

fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

/// dot-atom-text.
fn dot_atom<'a>(scan: &mut Scan<'a>) -> Checked<&'a str> {
    let text = scan.take(|c| is_atext(c) || c == '.');
    if text.split('.').any(str::is_empty) {
        return Err("RFC 5322 3.2.3: a dot-atom is of atoms with single dots between them");
    }
    Ok(text)
}

/// quoted-string: gives what stands between the quotes. Only printable characters come this far, so
/// that quote and backslash alone need care.
pub(super) fn quoted_string<'a>(scan: &mut Scan<'a>) -> Checked<&'a str> {
    const OPEN: &str = "RFC 5322 3.2.4: a quoted string that does not end";
    scan.eat('"');
    let begin = scan.rest;
    loop {
        scan.take(|c| c != '"' && c != '\\');
        if scan.rest.starts_with('"') {
            break;
        }
        let mut pair = scan.rest.chars();
        pair.nth(1).ok_or(OPEN)?;
        scan.rest = pair.as_str();
    }
    let inside = scan.since(begin);
    scan.eat('"');
    if has_encoded_word(inside) {
        return Err("RFC 2047 5: an encoded word within a quoted string");
    }
    Ok(inside)
}

/// phrase, which may be missing here: atoms, quoted strings and encoded words, which pass for atoms.
fn phrase(scan: &mut Scan) -> Checked<()> {
    loop {
        scan.white();
        if scan.rest.starts_with('"') {
            quoted_string(scan)?;
            continue;
        }
        let atom = scan.take(is_atext);
        if atom.is_empty() {
            return Ok(());
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || "!*+-/=_?".contains(c);
        if has_encoded_word(atom) && !atom.chars().all(plain) {
            return Err("RFC 2047 5 (3): a character that no encoded word in a name may hold");
        }
    }
}

/// Checks mailboxes between commas and counts them.
fn mailboxes(value: &str) -> Checked<usize> {
    let mut scan = Scan::new(value);
    for count in 1.. {
        mailbox(&mut scan)?;
        scan.white();
        if scan.rest.is_empty() {
            return Ok(count);
        }
        if !scan.eat(',') {
            return Err("RFC 5322 3.4: a comma is missing between mailboxes");
        }
    }
    Ok(0)
}

fn mailbox(scan: &mut Scan) -> Checked<()> {
    scan.white();
    let mut bare = scan.clone();
    if addr_spec(&mut bare).is_ok() {
        *scan = bare;
        return Ok(());
    }
    phrase(scan)?;
    if !scan.eat('<') {
        return Err("RFC 5322 3.4: a mailbox is an address, or a name of words before <address>");
    }
    addr_spec(scan)?;
    if !scan.eat('>') {
        return Err("RFC 5322 3.4: no > after an address");
    }
    Ok(())
}

fn addr_spec(scan: &mut Scan) -> Checked<()> {
    if scan.rest.starts_with('"') {
        quoted_string(scan)?;
    } else {
        dot_atom(scan)?;
    }
    if !scan.eat('@') {
        return Err("RFC 5322 3.4.1: an address is local-part@domain");
    }
    if !scan.eat('[') {
        return dot_atom(scan).map(drop);
    }
    scan.take(|c| c.is_ascii_graphic() && !r"[]\".contains(c));
    if !scan.eat(']') {
        return Err("RFC 5322 3.4.1: a domain literal that does not end");
    }
    Ok(())
}

fn one_message_id(value: &str) -> Checked<()> {
    match message_ids(value)?.len() {
        1 => Ok(()),
        _ => Err("RFC 5322 3.6.4: a Message-ID is one"),
    }
}

/// One or more of `<dot-atom@dot-atom>`, between which white space may stand.
fn message_ids(value: &str) -> Checked<Vec<&str>> {
    const FORM: &str = "RFC 5322 3.6.4: a msg-id is <left@right>";
    if has_encoded_word(value) {
        return Err("RFC 2047 5: an encoded word within a msg-id");
    }
    let mut ids = Vec::new();
    let mut scan = Scan::new(value);
    while ids.is_empty() || !scan.rest.is_empty() {
        let begin = scan.rest;
        if !scan.eat('<') {
            return Err(FORM);
        }
        dot_atom(&mut scan)?;
        if !scan.eat('@') {
            return Err(FORM);
        }
        dot_atom(&mut scan)?;
        if !scan.eat('>') {
            return Err(FORM);
        }
        ids.push(scan.since(begin));
        scan.white();
    }
    Ok(ids)
}

fn list_id(value: &str) -> Checked<()> {
    const FORM: &str = "RFC 2919 2: a list is a name, or nothing, before <label.namespace>";
    let mut scan = Scan::new(value);
    phrase(&mut scan)?;
    if !scan.eat('<') {
        return Err(FORM);
    }
    let id = dot_atom(&mut scan)?;
    if scan.rest != ">" || !id.contains('.') {
        return Err(FORM);
    }
    if id.len() > 255 {
        return Err("RFC 2919 2: an identifier of more than 255 octets");
    }
    Ok(())
}

/// URIs in angle brackets between commas.
fn uris(value: &str) -> Checked<Vec<&str>> {
    let mut uris = Vec::new();
    let mut scan = Scan::new(value);
    loop {
        scan.white();
        let opened = scan.eat('<');
        let uri = scan.take(|c| c != '>');
        if !(opened && scan.eat('>')) {
            return Err("RFC 2369 2: each URI stands in angle brackets");
        }
        check_uri(uri)?;
        uris.push(uri);
        scan.white();
        if scan.rest.is_empty() {
            return Ok(uris);
        }
        if !scan.eat(',') {
            return Err("RFC 2369 2: a comma is missing between URIs");
        }
    }
}

fn scheme(uri: &str) -> &str {
    uri.split_once(':').map_or("", |(scheme, _)| scheme)
}

fn check_uri(uri: &str) -> Checked<()> {
    let known = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    if !uri.chars().all(known) || !uri.split('%').skip(1).all(hex_digits) {
        return Err("RFC 3986 2: a character that no URI holds, or half an escape");
    }
    let rest = uri.strip_prefix(scheme(uri)).unwrap_or_default();
    let whole = match scheme(uri).to_ascii_lowercase().as_str() {
        "https" => rest
            .strip_prefix("://")
            .is_some_and(|host| !host.is_empty() && !host.starts_with(['/', '?', '#'])),
        "mailto" => rest.len() > 1,
        _ => false,
    };
    match whole {
        true => Ok(()),
        false => Err("RFC 2369 3.2: no whole https or mailto URI"),
    }
}

/// Whether two hexadecimal digits come first.
fn hex_digits(text: &str) -> bool {
    text.get(..2)
        .is_some_and(|two| two.bytes().all(|b| b.is_ascii_hexdigit()))
}
