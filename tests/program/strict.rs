//! A strict reader of mails, from the RFCs and not from what mail programs put up with: each
//! departure is refused with its line and the rule. What the grammars allow but no mail of Tocsin
//! needs (comments, groups of addresses, white space within an address) is refused too.

// By path, so that a test finds them whether it names this file by path or as a module.
#[path = "strict/body.rs"]
mod body;
#[path = "strict/headers.rs"]
mod headers;
#[path = "strict/tests.rs"]
mod tests;
#[path = "strict/words.rs"]
mod words;

/// A mail that was read strictly.
#[derive(Debug)]
pub(crate) struct Mail {
    /// Names and values in the order of the mail, unfolded, encoded words decoded.
    pub(crate) headers: Vec<(String, String)>,
    /// The plain text, its line ends as `\n`.
    pub(crate) text: String,
    /// The HTML, its line ends as `\n`.
    pub(crate) html: String,
}

impl Mail {
    /// The value of a header; none comes twice that is asked for by its name alone.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// What was read, or the rule that is broken.
type Checked<T> = Result<T, &'static str>;

/// One line without its CRLF.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: usize,
    text: &'a str,
}

/// One header field, unfolded, with the line on which it begins.
struct Field<'a> {
    line: usize,
    name: &'a str,
    value: String,
}

/// White space within a line (RFC 5234 B.1).
const WSP: [char; 2] = [' ', '\t'];

/// Headers that a mail has once, and the rule that says so.
const NEEDED: [(&str, &str); 7] = [
    ("Date", "RFC 5322 3.6"),
    ("From", "RFC 5322 3.6"),
    ("Message-ID", "RFC 5322 3.6.4"),
    ("To", "RFC 5322 3.6.3"),
    ("Subject", "RFC 5322 3.6.5"),
    ("MIME-Version", "RFC 2045 4"),
    ("Content-Type", "RFC 2045 5"),
];

/// Headers that a mail has once or not at all.
const SINGLE: [(&str, &str); 11] = [
    ("Sender", "RFC 5322 3.6"),
    ("Cc", "RFC 5322 3.6"),
    ("Bcc", "RFC 5322 3.6"),
    ("Reply-To", "RFC 5322 3.6"),
    ("References", "RFC 5322 3.6"),
    ("In-Reply-To", "RFC 5322 3.6"),
    ("List-Id", "RFC 2919 3"),
    ("List-Unsubscribe", "RFC 2369 3"),
    ("List-Unsubscribe-Post", "RFC 8058 3.1"),
    ("Auto-Submitted", "RFC 3834 5"),
    ("Content-Transfer-Encoding", "RFC 2045 6"),
];

/// Reads a mail as it goes over the wire, dots of SMTP taken back.
///
/// # Errors
/// What breaks which rule, with the line.
pub(crate) fn parse(bytes: &[u8]) -> Result<Mail, String> {
    let lines = lines(bytes)?;
    let (head, rest) = halves(&lines);
    let fields = fields(head)?;
    count(&fields)?;
    let headers = decoded(&fields)?;
    together(&fields)?;
    let (text, html) = body::read(&fields, rest)?;
    Ok(Mail {
        headers,
        text,
        html,
    })
}

fn fault(line: usize, rule: &str) -> String {
    format!("line {line}: {rule}")
}

fn lines(bytes: &[u8]) -> Result<Vec<Line<'_>>, String> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .zip(1..)
        .map(|(raw, number)| {
            let text = line(raw).map_err(|rule| fault(number, rule))?;
            Ok(Line { number, text })
        })
        .collect()
}

/// The text of a line. That all of a mail is ASCII follows from the encodings that are allowed.
fn line(raw: &[u8]) -> Checked<&str> {
    let Some(line) = raw.strip_suffix(b"\r\n") else {
        return Err("RFC 5322 2.3, RFC 5321 2.3.8: a line ends with CRLF, never with a bare LF");
    };
    if line.contains(&b'\r') {
        return Err("RFC 5322 2.3: a bare CR");
    }
    if line.contains(&0) {
        return Err("RFC 5322 2.1: a NUL");
    }
    if line.len() > 998 {
        return Err("RFC 5322 2.1.1: more than 998 characters in a line");
    }
    match std::str::from_utf8(line) {
        Ok(text) if text.is_ascii() => Ok(text),
        _ => Err("RFC 5322 2.1: not 7-bit"),
    }
}

/// What comes before the first empty line and what comes after it.
fn halves<'l, 'a>(lines: &'l [Line<'a>]) -> (&'l [Line<'a>], &'l [Line<'a>]) {
    let mut halves = lines.splitn(2, |line| line.text.is_empty());
    let head = halves.next().unwrap_or_default();
    (head, halves.next().unwrap_or_default())
}

/// Header fields of a mail or of a part.
fn fields<'a>(head: &[Line<'a>]) -> Result<Vec<Field<'a>>, String> {
    let mut fields = Vec::new();
    for line in head {
        add(line, &mut fields).map_err(|rule| fault(line.number, rule))?;
    }
    for field in &mut fields {
        field.value = field.value.trim_matches(WSP).to_owned();
    }
    Ok(fields)
}

/// Adds a line of the header section: a new field, or more of the last one.
fn add<'a>(line: &Line<'a>, fields: &mut Vec<Field<'a>>) -> Checked<()> {
    let printable = |c: char| c.is_ascii_graphic() || WSP.contains(&c);
    if !line.text.chars().all(printable) {
        return Err("RFC 5322 2.2: a control character in the header section");
    }
    if let Some(more) = line.text.strip_prefix(WSP) {
        width(line.text, more)?;
        let Some(field) = fields.last_mut() else {
            return Err("RFC 5322 2.2.3: a fold with no header before it");
        };
        if more.trim_matches(WSP).is_empty() {
            return Err("RFC 5322 3.2.2: a folded line of white space only");
        }
        // A fold counts as one blank, be it a tab (RFC 5322 3.2.2).
        field.value.push(' ');
        field.value.push_str(more);
        return Ok(());
    }
    let Some((name, value)) = line.text.split_once(':') else {
        return Err("RFC 5322 2.2: a header is a name, a colon and a value");
    };
    if name.is_empty() || name.contains(WSP) {
        return Err("RFC 5322 3.6.8: the name of a header is of printable characters");
    }
    width(line.text, value)?;
    fields.push(Field {
        line: line.number,
        name,
        value: value.to_owned(),
    });
    Ok(())
}

/// A line is as short as folding can make it. White space at its ends is no place for a fold: right
/// after the name it shortens nothing, and at the end the next line would be empty.
fn width(line: &str, words: &str) -> Checked<()> {
    if line.len() > 78 && words.trim_matches(WSP).contains(WSP) {
        return Err("RFC 5322 2.1.1: a header line of more than 78 characters that can be folded");
    }
    // And so no encoded word has more than 75: a blank or a name comes before it.
    if line.len() > 76 && words::has_encoded_word(line) {
        return Err("RFC 2047 2: a line with an encoded word has at most 76 characters");
    }
    Ok(())
}

/// Holds a mail to the headers that it must and may have.
fn count(fields: &[Field]) -> Result<(), String> {
    for (name, rule) in NEEDED {
        if at_most_one(fields, name, rule)?.is_none() {
            return Err(fault(1, &format!("{rule}: no {name}")));
        }
    }
    for (name, rule) in SINGLE {
        at_most_one(fields, name, rule)?;
    }
    Ok(())
}

/// The field of this name, which comes once or not at all.
fn at_most_one<'f, 'a>(
    fields: &'f [Field<'a>],
    name: &str,
    rule: &str,
) -> Result<Option<&'f Field<'a>>, String> {
    let mut found = fields.iter().filter(|f| f.name.eq_ignore_ascii_case(name));
    let first = found.next();
    match found.next() {
        Some(again) => Err(fault(again.line, &format!("{rule}: a second {name}"))),
        None => Ok(first),
    }
}

/// Names and values, each held to its grammar.
fn decoded(fields: &[Field]) -> Result<Vec<(String, String)>, String> {
    fields
        .iter()
        .map(|field| {
            let value = headers::read(field.name, &field.value)
                .map_err(|rule| fault(field.line, &format!("{rule} ({})", field.name)))?;
            Ok((field.name.to_owned(), value))
        })
        .collect()
}

/// Rules about two headers at once.
fn together(fields: &[Field]) -> Result<(), String> {
    let find = |name: &str| fields.iter().find(|f| f.name.eq_ignore_ascii_case(name));
    if let Some(from) = find("From") {
        headers::one_author(&from.value, find("Sender").is_some())
            .map_err(|rule| fault(from.line, rule))?;
    }
    if let (Some(reply), Some(references)) = (find("In-Reply-To"), find("References")) {
        headers::replies_within(&reply.value, &references.value)
            .map_err(|rule| fault(reply.line, rule))?;
    }
    if let Some(post) = find("List-Unsubscribe-Post") {
        let link = find("List-Unsubscribe").map_or("", |field| &field.value);
        headers::one_click(link).map_err(|rule| fault(post.line, rule))?;
    }
    Ok(())
}
