//! Keeps hostile or broken markup within bounds before a parser sees it.
//!
//! HTML parsers build trees as deep as the page asks for. Depth costs twice: whoever walks the tree
//! by recursion overflows the stack, which no caller can catch, and every start tag searches the
//! elements that are open, so 100,000 nested `<div>` take billions of steps. Open formatting
//! elements (`<b>`, `<a>`, …) are worse: the standard opens them anew in every paragraph that
//! follows. And duplicate attributes are found by comparing each with each.
//!
//! So one pass over the bytes counts what is open, roughly as a parser would. A page within
//! the bounds, as real ones are, goes through untouched. Beyond [`MAX_DEPTH`] tags are left
//! out and their text stays, which flattens the page; a tag of absurd length loses its attributes; a page
//! of absurdly many tags is cut; what would still multiply is refused. Running the parser on a thread with a larger stack was
//! considered: it would cure only the first of these, and cost a thread for each page.

use crate::ExtractError;
use std::borrow::Cow;

/// Open elements at which tags begin to be left out. Of 1,865 news pages and blogs all but one stay
/// below 70.
const MAX_DEPTH: usize = 256;
/// Open formatting elements at which further ones are left out; real pages have five at most.
const MAX_FORMATTING: usize = 24;
/// Open formatting elements summed over all tags: the nodes that a parser may have to make up.
const MAX_REOPENED: usize = 500_000;
/// Tags after which a page is cut. The largest of those pages has some 20,000; finding the main text
/// takes up to a tenth of a millisecond a tag.
const MAX_TAGS: usize = 40_000;
/// Bytes of a tag outside quoted values; a tag beyond loses its attributes.
const MAX_TAG: usize = 8_192;
/// How far back an end tag looks for its start tag.
const LOOK_BACK: usize = 64;

const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Elements that a following one of their kind closes, so that they cannot pile up by themselves.
const SELF_CLOSING: &[&str] = &[
    "html", "head", "body", "p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "thead",
    "tbody", "tfoot", "colgroup", "rt", "rp",
];
const FORMATTING: &[&str] = &[
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];
/// Elements whose content is no markup.
const RAW: &[&str] = &[
    "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes",
];

/// Elements in which the parser reads the content of [`RAW`] elements as markup, or passes them over.
const FOREIGN: &[&str] = &["svg", "math", "select"];

/// One tag, its place and what it does.
struct Tag<'a> {
    name: &'a str,
    start: usize,
    end: usize,
    is_end: bool,
    too_long: bool,
}

/// The page with tags left out where it would grow too deep.
///
/// # Errors
/// [`ExtractError::TooTangled`] where a parser would need more memory than any real page.
pub(crate) fn tame(html: &str) -> Result<Cow<'_, str>, ExtractError> {
    let mut open = Open::default();
    let mut kept = String::new();
    let (mut copied, mut count) = (0, 0);
    let mut tags = Tags {
        html,
        at: 0,
        foreign: 0,
    };
    while let Some(tag) = tags.next_tag() {
        let keep = open.take(&tag)?;
        count += usize::from(keep);
        if count > MAX_TAGS {
            kept.push_str(html.get(copied..tag.start).unwrap_or_default());
            return Ok(Cow::Owned(kept));
        }
        if keep && !tag.too_long {
            continue;
        }
        kept.push_str(html.get(copied..tag.start).unwrap_or_default());
        if keep {
            kept.push_str(if tag.is_end { "</" } else { "<" });
            kept.push_str(tag.name);
            kept.push('>');
        } else {
            // Words on the two sides of a tag that is gone must not grow together.
            kept.push(' ');
        }
        copied = tag.end;
    }
    if copied == 0 {
        return Ok(Cow::Borrowed(html));
    }
    kept.push_str(html.get(copied..).unwrap_or_default());
    Ok(Cow::Owned(kept))
}

/// What is open at a point of the page.
#[derive(Default)]
struct Open<'a> {
    /// Names with whether their start tag was kept.
    elements: Vec<(&'a str, bool)>,
    /// How many of them were kept.
    depth: usize,
    formatting: usize,
    reopened: usize,
}

impl<'a> Open<'a> {
    /// Counts a tag; says whether it stays in the page.
    fn take(&mut self, tag: &Tag<'a>) -> Result<bool, ExtractError> {
        let keep = self.is_kept(tag);
        self.reopened += if keep { self.formatting } else { 0 };
        if self.reopened > MAX_REOPENED {
            return Err(ExtractError::TooTangled);
        }
        Ok(keep)
    }

    fn is_kept(&mut self, tag: &Tag<'a>) -> bool {
        let name = tag.name;
        if is_one_of(name, VOID) {
            return true;
        }
        if is_one_of(name, SELF_CLOSING) {
            // Where the tables around them are left out, cells would pile up in one row.
            return self.depth < MAX_DEPTH || name.eq_ignore_ascii_case("p");
        }
        if tag.is_end {
            return self.close(name);
        }
        let formats = is_one_of(name, FORMATTING);
        let keep = self.depth < MAX_DEPTH && !(formats && self.formatting >= MAX_FORMATTING);
        self.depth += usize::from(keep);
        self.formatting += usize::from(formats && keep);
        self.elements.push((name, keep));
        keep
    }

    /// Closes the nearest open element of that name and all within it.
    fn close(&mut self, name: &str) -> bool {
        let found = self
            .elements
            .iter()
            .rev()
            .take(LOOK_BACK)
            .position(|(n, _)| n.eq_ignore_ascii_case(name));
        let Some(back) = found else {
            return true;
        };
        let at = self.elements.len() - 1 - back;
        let mut kept = true;
        for (name, was_kept) in self.elements.drain(at..).rev() {
            self.depth -= usize::from(was_kept);
            self.formatting -= usize::from(was_kept && is_one_of(name, FORMATTING));
            kept = was_kept;
        }
        kept
    }
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|n| n.eq_ignore_ascii_case(name))
}

/// The tags of a page in order; comments and the content of [`RAW`] elements are passed over.
struct Tags<'a> {
    html: &'a str,
    at: usize,
    /// Open [`FOREIGN`] elements.
    foreign: usize,
}

impl<'a> Tags<'a> {
    fn next_tag(&mut self) -> Option<Tag<'a>> {
        loop {
            let start = self.at + self.html.get(self.at..)?.find('<')?;
            let rest = self.html.get(start + 1..)?;
            if let Some(comment) = rest.strip_prefix("!--") {
                self.at = start + 4 + comment_length(comment);
                continue;
            }
            let is_end = rest.starts_with('/');
            let named = rest.get(usize::from(is_end)..)?;
            if !named.starts_with(|c: char| c.is_ascii_alphabetic()) {
                self.at = start + 1;
                continue;
            }
            let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>');
            let name = named.get(..named.find(ends).unwrap_or(named.len()))?;
            let (length, bare) = tag_length(rest.as_bytes());
            let end = start + 1 + length;
            self.at = if is_end {
                end
            } else {
                self.after_raw(name, end)
            };
            if is_one_of(name, FOREIGN) {
                self.foreign = if is_end {
                    self.foreign.saturating_sub(1)
                } else {
                    self.foreign + 1
                };
            }
            return Some(Tag {
                name,
                start,
                end,
                is_end,
                too_long: bare > MAX_TAG,
            });
        }
    }

    /// Where markup goes on after a start tag that ends at `end`.
    fn after_raw(&self, name: &str, end: usize) -> usize {
        if self.foreign > 0 || !is_one_of(name, RAW) {
            return end;
        }
        let bytes = self.html.as_bytes().get(end..).unwrap_or_default();
        let closes = |at: &usize| {
            let after = bytes.get(at + 2..at + 2 + name.len());
            bytes.get(at + 1) == Some(&b'/')
                && after.is_some_and(|a| a.eq_ignore_ascii_case(name.as_bytes()))
        };
        let mut marks = bytes
            .iter()
            .enumerate()
            .filter(|(_, b)| **b == b'<')
            .map(|(at, _)| at);
        // Without an end tag it swallows the rest of the page.
        end + marks.find(closes).unwrap_or(bytes.len())
    }
}

/// Bytes up to and with the end of a comment, counted from after its `<!--`.
fn comment_length(comment: &str) -> usize {
    // The standard ends a comment in these ways too, the first two at its very start.
    for short in [">", "->"] {
        if comment.starts_with(short) {
            return short.len();
        }
    }
    let plain = comment.find("-->").map(|at| at + 3);
    let within = comment
        .get(..plain.unwrap_or(comment.len()))
        .unwrap_or(comment);
    within
        .find("--!>")
        .map(|at| at + 4)
        .or(plain)
        .unwrap_or(comment.len())
}

/// Bytes up to and with the tag's `>`, and how many of them are outside quoted values.
fn tag_length(tag: &[u8]) -> (usize, usize) {
    let (mut quote, mut bare, mut after_equals) = (None, 0_usize, false);
    for (at, byte) in tag.iter().enumerate() {
        match (quote, byte) {
            (Some(q), b) if *b == q => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return (at + 1, bare),
            // A quote opens a value only after an equals sign; elsewhere it is a stray.
            (None, b'"' | b'\'') if after_equals => quote = Some(*byte),
            (None, _) => bare += 1,
        }
        after_equals = *byte == b'=' || (after_equals && byte.is_ascii_whitespace());
    }
    (tag.len(), bare)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_ordinary_page_is_not_touched() {
        let html = "<!doctype html><p>a<p title='x>y'>b<br><script>if (a<b) '<div>'</script><!-- <b> --></p>";
        assert!(matches!(tame(html), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn depth_is_flattened_and_text_stays() {
        let html = format!(
            "{}word{}after",
            "<div>".repeat(100_000),
            "</div>".repeat(100_000)
        );
        let flat = tame(&html).unwrap();
        assert_eq!(flat.matches("<div>").count(), MAX_DEPTH);
        assert_eq!(flat.matches("</div>").count(), MAX_DEPTH);
        assert!(flat.contains("word") && flat.ends_with("after"));
    }

    #[test]
    fn depth_does_not_hide_behind_what_only_looks_like_a_comment_or_a_script() {
        for start in [
            "<!-->",
            "<!--->",
            "<!-- --!>",
            "<svg><style>",
            "<select><iframe></select>",
        ] {
            let html = format!("{start}{}", "<div>".repeat(10_000));
            let flat = tame(&html).unwrap();
            assert!(flat.matches("<div>").count() <= MAX_DEPTH, "{start}");
        }
    }

    #[test]
    fn a_page_of_too_many_tags_is_cut() {
        let html = "<p>a</p>".repeat(MAX_TAGS);
        assert_eq!(tame(&html).unwrap().len(), html.len() / 2);
    }

    #[test]
    fn formatting_that_would_multiply_is_refused() {
        let html = "<font size=1>".repeat(5_000) + &"<p>x".repeat(30_000);
        assert!(matches!(tame(&html), Err(ExtractError::TooTangled)));
    }

    #[test]
    fn a_tag_of_a_million_attributes_loses_them() {
        let html = format!("<div {}>text</div>", "a ".repeat(1_000_000));
        assert_eq!(tame(&html).unwrap(), "<div>text</div>");
    }

    #[test]
    fn unclosed_paragraphs_are_no_depth() {
        let html = "<ul>".to_owned() + &"<li><p>word".repeat(10_000);
        assert!(matches!(tame(&html), Ok(Cow::Borrowed(_))));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn any_markup_is_survived(html in "(<|>|/|=|'|\"|!--|-->|a|div|script|é| ){0,80}") {
            let _ = tame(&html);
        }
    }
}
