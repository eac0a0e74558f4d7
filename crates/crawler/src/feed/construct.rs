//! What stands between a field's tags, and whether it is text or HTML.

use super::sanitise::looks_like_html;
use crate::xml::{Attributes, attribute};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::escape::escape;

/// Which rules a feed follows for its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavour {
    /// Never says what a text is: it has to be guessed.
    Rss,
    /// Says it in `type` and `mode`.
    Atom03,
    /// Says it in `type`; XHTML stands in one `div` that is not part of it.
    Atom10,
}

/// What the value of a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text.
    Plain,
    /// HTML that stood there as text.
    Html,
    /// HTML that stood there as elements.
    Markup,
}

impl Kind {
    fn of(html: bool) -> Self {
        if html { Self::Html } else { Self::Plain }
    }
}

/// Elements that have no end tag in HTML.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

/// Gathers what stands inside a field while the document streams by.
#[derive(Debug, Default)]
pub(super) struct Capture {
    /// The field's own attributes.
    pub(super) attributes: Attributes,
    /// All text, tags left out.
    pub(super) text: String,
    /// The same with its tags, as HTML; `None` until there is a tag.
    markup: Option<String>,
    /// The text of each child element, by name.
    children: Vec<(String, String)>,
    /// The child that is open now: how deep we are in it and where its text began.
    open: usize,
    child_start: usize,
}

impl Capture {
    pub(super) fn new(attributes: Attributes) -> Self {
        Self {
            attributes,
            ..Self::default()
        }
    }

    pub(super) fn push_text(&mut self, text: &str) {
        self.text.push_str(text);
        if let Some(markup) = &mut self.markup {
            markup.push_str(&escape(text));
        }
    }

    pub(super) fn open_tag(&mut self, name: &str, attributes: &[(String, String)]) {
        if self.open == 0 {
            self.child_start = self.text.len();
        }
        self.open += 1;
        let before = || escape(self.text.as_str()).into_owned();
        let markup = self.markup.get_or_insert_with(before);
        markup.push('<');
        markup.push_str(local(name));
        for (name, value) in attributes
            .iter()
            .filter(|(name, _)| !name.starts_with("xmlns"))
        {
            for part in [" ", name, "=\"", &escape(value), "\""] {
                markup.push_str(part);
            }
        }
        markup.push('>');
    }

    pub(super) fn close_tag(&mut self, name: &str) {
        let name = local(name);
        self.open = self.open.saturating_sub(1);
        if self.open == 0 {
            let text = self.text.get(self.child_start..).unwrap_or_default().trim();
            self.children.push((name.to_owned(), text.to_owned()));
        }
        if let Some(markup) = self.markup.as_mut().filter(|_| !VOID.contains(&name)) {
            for part in ["</", name, ">"] {
                markup.push_str(part);
            }
        }
    }

    /// The text of a child element that is not empty.
    pub(super) fn child(&self, names: &[&str]) -> Option<&str> {
        let found = self
            .children
            .iter()
            .find(|(n, text)| names.contains(&n.as_str()) && !text.is_empty());
        found.map(|(_, text)| text.as_str())
    }

    /// Whether it has child elements.
    pub(super) fn has_children(&self) -> bool {
        self.markup.is_some()
    }

    /// The value, and what it is.
    pub(super) fn into_value(self, flavour: Flavour) -> (String, Kind) {
        let kind = attribute(&self.attributes, "type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let mode = attribute(&self.attributes, "mode").unwrap_or_default();
        let html = matches!(
            kind.as_str(),
            "html" | "text/html" | "xhtml" | "application/xhtml+xml"
        );
        if self.markup.is_some() || kind.contains("xhtml") || mode == "xml" && html {
            let whole = self
                .markup
                .unwrap_or_else(|| escape(self.text.as_str()).into_owned());
            let whole = whole.trim();
            let inner =
                (flavour == Flavour::Atom10 && kind.contains("xhtml")).then(|| in_one_div(whole));
            return (inner.flatten().unwrap_or(whole).to_owned(), Kind::Markup);
        }
        let text = trimmed(self.text);
        if mode == "base64" || is_binary(&kind) {
            let value = from_base64(&text).unwrap_or_default();
            let html = html || looks_like_html(&value);
            return (value, Kind::of(html));
        }
        let guessed = flavour == Flavour::Rss && looks_like_html(&text);
        if flavour == Flavour::Rss && text.contains("<>") {
            return (without_empty_tags(&text), Kind::of(html || guessed));
        }
        (text, Kind::of(html || guessed))
    }
}

/// Trims in place: most texts need no copy.
fn trimmed(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    let indent = text.len() - text.trim_start().len();
    text.drain(..indent);
    text
}

/// `<>` is what is left of a tag, but an operator where it stands between spaces.
fn without_empty_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split("<>").peekable();
    while let Some(part) = parts.next() {
        out.push_str(part);
        let is_operator = part.ends_with(' ') && parts.peek().is_some_and(|p| p.starts_with(' '));
        if is_operator {
            out.push_str("<>");
        }
    }
    out
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Atom puts anything but text and XML into base64.
fn is_binary(kind: &str) -> bool {
    kind.contains('/')
        && !kind.starts_with("text/")
        && !kind.ends_with("xml")
        && !kind.ends_with("html")
}

fn from_base64(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = STANDARD.decode(digits).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// What stands in the one `div` that a text consists of.
fn in_one_div(markup: &str) -> Option<&str> {
    let (tag, inner) = markup.strip_prefix("<div")?.split_once('>')?;
    let inner = inner.strip_suffix("</div>")?;
    let one = !inner.contains("<div") && (tag.is_empty() || tag.starts_with(' '));
    one.then_some(inner.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capture(attributes: &[(&str, &str)], text: &str) -> Capture {
        let owned = attributes
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        let mut capture = Capture::new(owned.collect());
        capture.push_text(text);
        capture
    }

    #[test]
    fn atom_says_what_a_text_is_and_rss_is_guessed() {
        let text = "a <b>b</b>";
        let value =
            |attributes, flavour| capture(attributes, text).into_value(flavour).1 != Kind::Plain;
        assert!(value(&[], Flavour::Rss));
        assert!(!value(&[], Flavour::Atom10));
        assert!(!value(&[("type", "text/plain")], Flavour::Atom03));
        assert!(value(&[("type", "html")], Flavour::Atom10));
        assert_eq!(
            capture(&[], "1 < 2").into_value(Flavour::Rss).1,
            Kind::Plain
        );
    }

    #[test]
    fn what_is_left_of_a_tag_goes() {
        let value = |text| capture(&[], text).into_value(Flavour::Rss).0;
        assert_eq!(value(" \u{2019}<>\u{201d} "), "\u{2019}\u{201d}");
        assert_eq!(value("a <> b"), "a <> b");
    }

    #[test]
    fn base64_is_decoded() {
        let found =
            capture(&[("mode", "base64")], " YSA8Yj5i\nPC9iPg== ").into_value(Flavour::Atom03);
        assert_eq!(found, ("a <b>b</b>".to_owned(), Kind::Html));
    }

    #[test]
    fn inline_markup_is_html_and_its_div_goes() {
        let mut capture = Capture::new(vec![("type".to_owned(), "xhtml".to_owned())]);
        capture.open_tag("x:div", &[("xmlns:x".to_owned(), "…".to_owned())]);
        capture.push_text("1 < 2");
        capture.open_tag("br", &[]);
        capture.close_tag("br");
        capture.close_tag("x:div");
        assert_eq!(
            capture.into_value(Flavour::Atom10),
            ("1 &lt; 2<br>".to_owned(), Kind::Markup)
        );
    }
}
