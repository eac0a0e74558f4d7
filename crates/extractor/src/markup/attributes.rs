//! Which attributes of a start tag are read.
//!
//! A third of a page's markup is attributes that nobody here reads: addresses of pictures in six sizes, notes that
//! scripts make for themselves. Where an attribute ends is as
//! [the standard](https://html.spec.whatwg.org/multipage/parsing.html#before-attribute-name-state) has it.

use crate::facts::MACHINE;
use crate::groups::NAMING;
use std::ops::Range;

/// Attributes that are read beside those that name an element and those that give a date, in lower case.
const READ: &[&str] = &[
    "property",
    "name",
    "rel",
    "type",
    "data-qa",
    "hidden",
    "aria-hidden",
    "http-equiv",
    "lang",
    "xml:lang",
];
/// Attributes of a tag that are kept; a parser compares each with each.
const MOST: usize = 32;

/// The attributes of a start tag, in bytes from the end of its name.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    /// Those that are read, as written.
    pub(super) read: Vec<Range<usize>>,
    /// Whether there are others.
    pub(super) has_others: bool,
    /// Whether the tag ends in a slash, as those of a drawing do that hold nothing.
    pub(super) closes: bool,
}

impl Attributes {
    /// Reads what follows the name of a start tag, which is in lower case. Gives the bytes up to and with the tag's
    /// `>`; `None` where the page ends before.
    pub(super) fn read(&mut self, element: &str, rest: &[u8]) -> Option<usize> {
        self.read.clear();
        self.has_others = false;
        let mut at = 0;
        loop {
            let between = rest.get(at..)?.iter().position(|b| !is_between(*b))?;
            at += between;
            if rest.get(at) == Some(&b'>') {
                self.closes = between > 0 && rest.get(at - 1) == Some(&b'/');
                return Some(at + 1);
            }
            let name = at..name_end(rest, at)?;
            let value = value(rest, name.end)?;
            let is_read = is_read(element, rest.get(name.clone())?, rest.get(value.words)?);
            if is_read && self.read.len() < MOST {
                self.read.push(at..value.end);
            } else {
                self.has_others = true;
            }
            at = value.end;
        }
    }
}

/// The value of an attribute.
struct Value {
    words: Range<usize>,
    /// Where the attribute ends, its quote and all.
    end: usize,
}

fn is_read(element: &str, name: &[u8], value: &[u8]) -> bool {
    let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
    let says = |word: &[u8]| value.windows(word.len()).any(|w| w == word);
    let mut read = NAMING.iter().chain(MACHINE).chain(READ);
    read.any(|read| is(read))
        || (is("href") && element == "link")
        || (is("src") && element == "frame")
        || (is("style") && (says(b"none") || says(b"hidden")))
}

fn is_between(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'/'
}

/// Where the name that starts at `at` ends; an equals sign may be its first character.
fn name_end(rest: &[u8], at: usize) -> Option<usize> {
    let after = rest.get(at + 1..)?;
    let length = after
        .iter()
        .position(|b| is_between(*b) || matches!(b, b'=' | b'>'))?;
    Some(at + 1 + length)
}

/// The value of the attribute whose name ends at `named`.
fn value(rest: &[u8], named: usize) -> Option<Value> {
    let next = |from: usize| {
        let gap = rest
            .get(from..)?
            .iter()
            .position(|b| !b.is_ascii_whitespace())?;
        Some(from + gap)
    };
    let equals = next(named)?;
    let none = Value {
        words: named..named,
        end: named,
    };
    if rest.get(equals) != Some(&b'=') {
        return Some(none);
    }
    let start = next(equals + 1)?;
    match rest.get(start)? {
        b'>' => Some(Value {
            words: start..start,
            end: start,
        }),
        quote @ (b'"' | b'\'') => {
            let length = rest.get(start + 1..)?.iter().position(|b| b == quote)?;
            let end = start + 1 + length;
            Some(Value {
                words: start + 1..end,
                end: end + 1,
            })
        }
        _ => {
            let after = rest.get(start..)?;
            let length = after
                .iter()
                .position(|b| b.is_ascii_whitespace() || *b == b'>')?;
            Some(Value {
                words: start..start + length,
                end: start + length,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is kept of a tag's attributes, and what of the page is behind the tag.
    fn kept<'a>(element: &str, rest: &'a str) -> Option<(Vec<&'a str>, &'a str)> {
        let mut attributes = Attributes::default();
        let end = attributes.read(element, rest.as_bytes())?;
        let read = attributes
            .read
            .iter()
            .map(|r| rest.get(r.clone()).unwrap())
            .collect();
        Some((read, rest.get(end..)?))
    }

    #[test]
    fn attributes_that_nobody_reads_are_told_apart() {
        let rest = " href='/a>b' Class = \"a b\"data-x id=c hidden style='color: red' style=display:none />rest";
        assert_eq!(
            kept("a", rest),
            Some((
                vec!["Class = \"a b\"", "id=c", "hidden", "style=display:none"],
                "rest"
            ))
        );
        assert_eq!(kept("link", " href=/a>"), Some((vec!["href=/a"], "")));
    }

    #[test]
    fn stray_quotes_and_equals_signs_are_read_as_a_browser_does() {
        assert_eq!(kept("p", " \"a>b\">"), Some((vec![], "b\">")));
        assert_eq!(kept("p", " =id=a>b"), Some((vec![], "b")));
        assert_eq!(kept("p", " id=>b"), Some((vec!["id="], "b")));
        assert_eq!(kept("p", " id=a\"b>c"), Some((vec!["id=a\"b"], "c")));
    }

    #[test]
    fn a_tag_without_an_end_is_none() {
        for rest in ["", " id", " id=", " id='a>", " /"] {
            assert_eq!(kept("p", rest), None);
        }
    }

    #[test]
    fn a_tag_of_many_attributes_keeps_the_first() {
        let rest = " id=a".repeat(MOST * 2) + ">";
        assert_eq!(kept("p", &rest).unwrap().0.len(), MOST);
    }
}
