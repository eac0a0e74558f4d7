//! Keeps hostile or broken markup within bounds before a parser sees it.
//!
//! HTML parsers build trees as deep as the page asks for. Depth costs twice: whoever walks the tree
//! by recursion overflows the stack, which no caller can catch, and every start tag searches the
//! elements that are open, so 100,000 nested `<div>` take billions of steps. Open formatting
//! elements (`<b>`, `<a>`, …) are worse: the standard opens them anew in every paragraph that
//! follows. And duplicate attributes are found by comparing each with each.
//!
//! So one pass over the bytes counts what is open, roughly as a parser would, and leaves out what nobody reads: the
//! content of scripts, styles and drawings, comments, most attributes, white space between tags. That is half of a parser's time. All else of a page
//! within the bounds, as real ones are, goes through untouched. Beyond [`MAX_DEPTH`] tags are left out and their text
//! stays, which flattens the page; a page of absurdly many tags is cut; what would still multiply is refused. Running
//! the parser on a thread with a larger stack was considered: it would cure only the first of these, and cost a thread
//! for each page.

mod attributes;

use crate::ExtractError;
use attributes::Attributes;
use ego_tree::Tree;
use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, driver};
use scraper::{Html, HtmlTreeSink, Node};
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
/// One node in so many, and so many more, that a parser puts into a page by itself.
const SPARE: usize = 16;
/// Bytes of the largest drawing that is left out; most are icons.
const MAX_DRAWING: usize = 32_768;
/// How far back an end tag looks for its start tag.
const LOOK_BACK: usize = 64;

/// What a tag's name does to the elements that are open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Holds nothing, so it has no end tag.
    Void,
    /// A following one of the same kind closes it, so that they cannot pile up by themselves.
    SelfClosing,
    Formatting,
    Other,
}

impl Effect {
    /// Of a name in lower case.
    fn of(name: &str) -> Self {
        match name {
            "area" | "base" | "br" | "col" | "embed" | "hr" | "img" | "input" | "link" | "meta"
            | "param" | "source" | "track" | "wbr" => Self::Void,
            "html" | "head" | "body" | "p" | "li" | "dt" | "dd" | "option" | "optgroup" | "tr"
            | "td" | "th" | "thead" | "tbody" | "tfoot" | "colgroup" | "rt" | "rp" => {
                Self::SelfClosing
            }
            "a" | "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small"
            | "strike" | "strong" | "tt" | "u" => Self::Formatting,
            _ => Self::Other,
        }
    }
}

/// Elements whose content is no markup.
const RAW: &[&str] = &[
    "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript",
];

/// Elements of which the drawings of pages, their icons, are made.
const DRAWN: &[&str] = &[
    "path",
    "g",
    "circle",
    "rect",
    "line",
    "polygon",
    "polyline",
    "ellipse",
    "defs",
    "use",
    "title",
    "desc",
    "clipPath",
    "mask",
    "linearGradient",
    "radialGradient",
    "stop",
    "symbol",
    "text",
    "tspan",
];

/// The start of JSON-LD in a script that does not say that it is some.
pub(crate) const UNTYPED: &str = "{\"@context\"";

/// Elements in which the parser reads the content of [`RAW`] elements as markup, or passes them over.
const FOREIGN: &[&str] = &["svg", "math", "select"];

/// One tag or comment, its place and what it does.
struct Tag<'a> {
    name: &'a str,
    effect: Effect,
    start: usize,
    end: usize,
    /// Where what it holds that nobody reads ends; its own end where it holds no such thing.
    unread_end: usize,
    is_end: bool,
    is_comment: bool,
}

/// The tree of a page, kept within bounds.
///
/// # Errors
/// [`ExtractError::TooTangled`] where a parser would need more memory than any real page.
pub(crate) fn tree(source: &str) -> Result<Html, ExtractError> {
    let html = tame(source)?;
    // Room for all nodes at once: a tree that grows is copied, and for a while is there twice.
    let begins_node = |pair: &&[u8]| match pair {
        [b'<', next] => *next != b'/',
        [b'>', next] => *next != b'<',
        _ => false,
    };
    let nodes = html.as_bytes().windows(2).filter(begins_node).count();
    let mut page = Html::new_document();
    let room = (nodes + nodes / SPARE + SPARE).min(MAX_TAGS * 2);
    page.tree = Tree::with_capacity(Node::Document, room);
    let parser = driver::parse_document(HtmlTreeSink::new(page), ParseOpts::default());
    Ok(parser.one(&*html))
}

/// The page without scripts, styles and drawings, and with tags left out where it would grow too deep.
///
/// # Errors
/// [`ExtractError::TooTangled`] where a parser would need more memory than any real page.
pub(crate) fn tame(html: &str) -> Result<Cow<'_, str>, ExtractError> {
    let mut open = Open::default();
    let mut kept = String::new();
    let (mut copied, mut count, mut gap) = (0, 0, 0);
    let mut tags = Tags {
        html,
        at: 0,
        foreign: 0,
        lower: String::new(),
        attributes: Attributes::default(),
    };
    while let Some(tag) = tags.next_tag() {
        if tag.is_comment {
            kept.push_str(html.get(copied..tag.start).unwrap_or_default());
            (copied, gap) = (tag.end, tag.end);
            continue;
        }
        if is_wide(html.get(gap..tag.start).unwrap_or_default()) {
            kept.push_str(html.get(copied..=gap).unwrap_or_default());
            copied = tag.start;
        }
        gap = tag.unread_end;
        let keep = open.take(&tag)?;
        count += usize::from(keep);
        if count > MAX_TAGS {
            kept.push_str(html.get(copied..tag.start).unwrap_or_default());
            return Ok(Cow::Owned(kept));
        }
        let has_unread = !tag.is_end && tags.attributes.has_others;
        if keep && !has_unread && tag.unread_end == tag.end {
            continue;
        }
        kept.push_str(html.get(copied..tag.start).unwrap_or_default());
        if keep && has_unread {
            tags.write_lean(&tag, &mut kept);
        } else if keep {
            kept.push_str(html.get(tag.start..tag.end).unwrap_or_default());
        } else {
            // Words on the two sides of a tag that is gone must not grow together.
            kept.push(' ');
        }
        copied = tag.unread_end;
    }
    if copied == 0 {
        return Ok(Cow::Borrowed(html));
    }
    kept.push_str(html.get(copied..).unwrap_or_default());
    Ok(Cow::Owned(kept))
}

/// Whether there is only white space, and more than a space, between two tags.
fn is_wide(between: &str) -> bool {
    between.len() > 1 && between.bytes().all(|b| b.is_ascii_whitespace())
}

/// What is open at a point of the page.
#[derive(Default)]
struct Open<'a> {
    /// Names with their effect and whether their start tag was kept.
    elements: Vec<(&'a str, Effect, bool)>,
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
        let Tag { name, effect, .. } = *tag;
        match effect {
            Effect::Void => return true,
            // Where the tables around them are left out, cells would pile up in one row.
            Effect::SelfClosing => return self.depth < MAX_DEPTH || name.eq_ignore_ascii_case("p"),
            _ if tag.is_end => return self.close(name),
            _ => {}
        }
        let formats = effect == Effect::Formatting;
        let keep = self.depth < MAX_DEPTH && !(formats && self.formatting >= MAX_FORMATTING);
        self.depth += usize::from(keep);
        self.formatting += usize::from(formats && keep);
        self.elements.push((name, effect, keep));
        keep
    }

    /// Closes the nearest open element of that name and all within it.
    fn close(&mut self, name: &str) -> bool {
        let found = self
            .elements
            .iter()
            .rev()
            .take(LOOK_BACK)
            .position(|(n, _, _)| n.eq_ignore_ascii_case(name));
        let Some(back) = found else {
            return true;
        };
        let at = self.elements.len() - 1 - back;
        let mut kept = true;
        for (_, effect, was_kept) in self.elements.drain(at..).rev() {
            self.depth -= usize::from(was_kept);
            self.formatting -= usize::from(was_kept && effect == Effect::Formatting);
            kept = was_kept;
        }
        kept
    }
}

/// The tags and comments of a page in order; the content of [`RAW`] elements are passed over.
struct Tags<'a> {
    html: &'a str,
    at: usize,
    /// Open [`FOREIGN`] elements.
    foreign: usize,
    /// The last tag's name in lower case, and its attributes where it is a start tag.
    lower: String,
    attributes: Attributes,
}

impl<'a> Tags<'a> {
    fn next_tag(&mut self) -> Option<Tag<'a>> {
        loop {
            let start = self.at + self.html.get(self.at..)?.find('<')?;
            let rest = self.html.get(start + 1..)?;
            if let Some(comment) = rest.strip_prefix("!--") {
                self.at = start + 4 + comment_length(comment);
                return Some(Tag {
                    name: "",
                    effect: Effect::Void,
                    start,
                    end: self.at,
                    unread_end: self.at,
                    is_end: false,
                    is_comment: true,
                });
            }
            let is_end = rest.starts_with('/');
            let named = rest.get(usize::from(is_end)..)?;
            if !named.starts_with(|c: char| c.is_ascii_alphabetic()) {
                self.at = start + 1;
                continue;
            }
            let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>');
            let name = named.get(..named.find(ends).unwrap_or(named.len()))?;
            self.lower.clear();
            self.lower.push_str(name);
            self.lower.make_ascii_lowercase();
            let named = usize::from(is_end) + name.len();
            let after = rest.as_bytes().get(named..)?;
            let length = named + self.attributes.read(&self.lower, after)?;
            let end = start + 1 + length;
            let is_raw = RAW.contains(&self.lower.as_str());
            let is_foreign = FOREIGN.contains(&self.lower.as_str())
                && (is_end || self.lower == "select" || !self.attributes.closes);
            // What looks like a tag there may be a script's code.
            self.attributes.has_others &= self.foreign == 0;
            self.at = if is_end || !is_raw || self.foreign > 0 {
                end
            } else {
                self.after_raw(name, end)
            };
            let tag = rest.get(..length).unwrap_or_default();
            let is_drawing = !is_end && self.foreign == 0 && self.lower == "svg";
            if is_drawing && let Some(content) = self.drawing(tag, end) {
                self.at = end + content;
            }
            let unread = self.html.get(end..self.at).unwrap_or_default();
            let unread_end = if is_drawing || is_unread(name, tag, unread) {
                self.at
            } else {
                end
            };
            if is_foreign {
                self.foreign = if is_end {
                    self.foreign.saturating_sub(1)
                } else {
                    self.foreign + 1
                };
            }
            return Some(Tag {
                name,
                effect: Effect::of(&self.lower),
                start,
                end,
                unread_end,
                is_end,
                is_comment: false,
            });
        }
    }

    /// Writes the last tag, a start tag, with those of its attributes that are read.
    fn write_lean(&self, tag: &Tag<'_>, page: &mut String) {
        let whole = self.html.get(tag.start..tag.end).unwrap_or_default();
        let Some((named, attributes)) = whole.split_at_checked(tag.name.len() + 1) else {
            return;
        };
        page.push_str(named);
        for read in &self.attributes.read {
            page.push(' ');
            page.push_str(attributes.get(read.clone()).unwrap_or_default());
        }
        page.push_str(if self.attributes.closes { " />" } else { ">" });
    }

    /// Bytes of a drawing's content; `None` where its end is for the parser to say.
    fn drawing(&self, tag: &str, end: usize) -> Option<usize> {
        let rest = self.html.get(end..)?;
        let near = rest.get(..rest.floor_char_boundary(MAX_DRAWING))?;
        let content = near.get(..near.find("</svg>")?)?;
        // Elements of HTML end a drawing without an end tag of its own.
        let is_drawn = |tag: &str| {
            let name = tag.strip_prefix('/').unwrap_or(tag);
            let end = name.find(|c: char| !c.is_ascii_alphanumeric());
            DRAWN.contains(&name.get(..end.unwrap_or(name.len())).unwrap_or_default())
        };
        let is_plain = content.split('<').skip(1).all(is_drawn);
        (is_plain && !tag.ends_with("/>")).then_some(content.len())
    }

    /// Where markup goes on after a start tag that ends at `end`.
    fn after_raw(&self, name: &str, end: usize) -> usize {
        let mut at = end;
        // Without an end tag it swallows the rest of the page.
        while let Some(rest) = self.html.get(at..)
            && let Some(mark) = rest.find('<')
        {
            let after = rest.as_bytes().get(mark + 1..).unwrap_or_default();
            let named = after.get(1..=name.len());
            if after.starts_with(b"/")
                && named.is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()))
            {
                return at + mark;
            }
            at += mark + 1;
        }
        self.html.len()
    }
}

/// Scripts and styles: most of a page's bytes, and nothing for a reader. Scripts that describe the page stay, and
/// those that write scripts themselves, for where they end is for the parser to say.
fn is_unread(name: &str, tag: &str, content: &str) -> bool {
    if content.is_empty() || content.contains("<!--") {
        return false;
    }
    let describes = || tag.contains("ld+json") || content.trim_start().starts_with(UNTYPED);
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    is("style") || is("noscript") || (is("script") && !describes())
}

/// Bytes up to and with the end of a comment, counted from after its `<!--`.
fn comment_length(comment: &str) -> usize {
    // The standard ends a comment in these ways too, the first two at its very start.
    for short in [">", "->"] {
        if comment.starts_with(short) {
            return short.len();
        }
    }
    let mut at = 0;
    while let Some(found) = comment.get(at..).and_then(|rest| rest.find("--")) {
        let after = comment.get(at + found + 2..).unwrap_or_default();
        for (end, length) in [(">", 3), ("!>", 4)] {
            if after.starts_with(end) {
                return at + found + length;
            }
        }
        at += found + 1;
    }
    comment.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_plain_page_is_not_touched() {
        let html = "<!doctype html><p>a<p title='x>y'>b<br></p>";
        assert!(matches!(tame(html), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn scripts_and_styles_are_emptied_but_for_what_describes_the_page() {
        let html = "<script>if (a<b) '<div>'</script><style>p {}</style><SCRIPT type='application/ld+json'>{}</SCRIPT>\
            <script>'<!--<script></script>'</script><script>\n{\"@context\"}</script>";
        let tamed = "<script></script><style></style><SCRIPT type='application/ld+json'>{}</SCRIPT>\
            <script>'<!--<script></script>'</script><script>\n{\"@context\"}</script>";
        assert_eq!(tame(html).unwrap(), tamed);
    }

    #[test]
    fn drawings_are_emptied_if_their_end_is_plain() {
        let html = "<svg><g><path d='M0'/></g></svg>a<svg/>b<svg><div>c</div></svg>d<svg><path>";
        assert_eq!(
            tame(html).unwrap(),
            html.replace("<g><path d='M0'/></g>", "")
        );
    }

    #[test]
    fn comments_are_left_out_as_the_parser_ends_them() {
        let html = "a<!-- <p> -->b<!--->c<!---->d<!-- --!>e<!-- -- > <b> -->f<!-- g";
        assert_eq!(tame(html).unwrap(), "abcdef");
        assert_eq!(tame(&"<!----!>".repeat(100_000)).unwrap(), "");
    }

    #[test]
    fn what_a_script_holds_is_no_tag() {
        for start in ["<svg class=i/>", "<select>", "<p>"] {
            let script = "<script>for(i=0;i<n;i++)f(i)</script>";
            let tamed = tame(&format!("{start}{script}<b>text</b>"))
                .unwrap()
                .into_owned();
            assert!(tamed.contains("</script><b>text</b>"), "{tamed}");
        }
        let html = "<noscript><img src=\"x></noscript><p class=\"lead\">text</p>";
        assert_eq!(
            tame(html).unwrap(),
            "<noscript></noscript><p class=\"lead\">text</p>"
        );
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
    fn of_white_space_between_tags_a_space_is_left() {
        let html = "<p>a  <b>b</b>\n\t<i>c</i> <u>\r\n</u>  </p>\n";
        assert_eq!(
            tame(html).unwrap(),
            "<p>a  <b>b</b>\n<i>c</i> <u>\r</u> </p>\n"
        );
    }

    #[test]
    fn attributes_that_nobody_reads_are_left_out() {
        let html = "<A class=x href='/a?b>c' id=\"y\">z</A><svg width=1 /><br/>";
        assert_eq!(tame(html).unwrap(), "<A class=x id=\"y\">z</A><svg /><br/>");
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
