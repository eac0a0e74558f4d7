//! One feed or entry, written as Atom field by field while its source streams by.

use super::super::construct::{Capture, Flavour, attribute};
use super::super::names::Field;
use super::super::person;
use super::{Frame, Piece};
use crate::date;
use quick_xml::escape::escape;
use url::Url;

/// The namespace of what is written.
const ATOM: &str = "http://www.w3.org/2005/Atom";
/// The relation of an id that is an address: the link of an entry that has no other.
pub(in crate::feed) const BY_ID: &str = "bookmark";

/// Writes a `<feed>` or an `<entry>`.
#[derive(Debug)]
pub(super) struct Writer {
    root: &'static str,
    xml: String,
    seen: Vec<Field>,
    pub(super) base: Option<Url>,
    pub(super) language: Option<String>,
}

impl Writer {
    pub(super) fn new(root: &'static str) -> Self {
        Self {
            root,
            xml: format!("<{root} xmlns=\"{ATOM}\">"),
            seen: Vec::new(),
            base: None,
            language: None,
        }
    }

    /// Whether the field was written before.
    pub(super) fn has(&self, field: Field) -> bool {
        self.seen.contains(&field)
    }

    pub(super) fn finish(mut self) -> Piece {
        self.xml.push_str(&format!("</{}>", self.root));
        Piece {
            xml: self.xml,
            base: self.base,
            language: self.language,
        }
    }

    /// A field with what stood between its tags.
    pub(super) fn field(
        &mut self,
        field: Field,
        capture: Capture,
        flavour: Flavour,
        frame: &Frame,
    ) {
        let text = capture.text.trim().to_owned();
        match field {
            Field::Title | Field::Subtitle | Field::Content | Field::Summary => {
                self.construct(field, capture, flavour, frame);
            }
            Field::Author => self.author(&capture, &text, frame.base.as_ref()),
            Field::Link => {
                let rel = attribute(&capture.attributes, "rel").unwrap_or("alternate");
                self.link_with(&text, rel, &capture.attributes, frame.base.as_ref());
            }
            Field::Id => self.id(&text, &capture, flavour, frame.base.as_ref()),
            Field::Updated => self.date("updated", &text),
            Field::Published => self.date("published", &text),
            Field::Category => self.category(&text),
            Field::Keywords => text.split(',').for_each(|word| self.category(word.trim())),
            Field::Language => self.language = (!text.is_empty()).then_some(text),
            Field::Enclosure => {}
        }
        self.mark(field);
    }

    fn mark(&mut self, field: Field) {
        if !self.has(field) {
            self.seen.push(field);
        }
    }

    /// RSS items with two descriptions mean the second as the whole text.
    fn construct(&mut self, field: Field, capture: Capture, flavour: Flavour, frame: &Frame) {
        let tag = match field {
            Field::Title => "title",
            Field::Subtitle => "subtitle",
            Field::Summary if !self.has(Field::Summary) => "summary",
            Field::Summary if self.has(Field::Content) => return,
            _ => "content",
        };
        let (value, html) = capture.into_value(flavour);
        if value.is_empty() {
            return;
        }
        if html {
            self.base = frame.base.clone();
        }
        let kind = if html { "html" } else { "text" };
        self.element(tag, &format!(" type=\"{kind}\""), &value);
    }

    fn element(&mut self, tag: &str, attributes: &str, text: &str) {
        self.xml
            .push_str(&format!("<{tag}{attributes}>{}</{tag}>", escape(text)));
    }

    fn author(&mut self, capture: &Capture, text: &str, base: Option<&Url>) {
        let found = if capture.has_children() {
            super::super::Person {
                name: capture.child(&["name"]).map(str::to_owned),
                email: capture.child(&["email"]).map(str::to_owned),
                uri: capture
                    .child(&["uri", "url", "homepage"])
                    .map(|uri| absolute(uri, base)),
            }
        } else {
            person::parse(text)
        };
        self.xml.push_str("<author>");
        // feed-rs leaves out a person without name and mail; a space keeps the page of one.
        let name = found
            .name
            .or_else(|| found.uri.as_ref().map(|_| " ".to_owned()));
        for (tag, value) in [("name", name), ("email", found.email), ("uri", found.uri)] {
            if let Some(value) = value {
                self.element(tag, "", &value);
            }
        }
        self.xml.push_str("</author>");
    }

    fn date(&mut self, tag: &str, text: &str) {
        let moment = date::parse(text).or_else(|| date::short(text));
        if let Some(time) = moment.and_then(date::Moment::at_midnight) {
            self.element(tag, "", &time.to_string());
        }
    }

    fn id(&mut self, text: &str, capture: &Capture, flavour: Flavour, base: Option<&Url>) {
        let permalink = attribute(&capture.attributes, "ispermalink") != Some("false");
        if flavour == Flavour::Rss {
            self.element("id", "", text);
            if permalink
                && Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
            {
                self.link_to(text, BY_ID, base);
            }
        } else {
            self.element("id", "", &absolute(text, base));
        }
    }

    /// RDF names an item's address in its tag.
    pub(super) fn about(&mut self, attributes: &[(String, String)], base: Option<&Url>) {
        if let Some(about) = attribute(attributes, "rdf:about").filter(|about| !about.is_empty()) {
            self.element("id", "", about);
            self.link_to(about, BY_ID, base);
        }
    }

    /// An Atom link: its relation, type and length are kept.
    pub(super) fn link(&mut self, attributes: &[(String, String)], base: Option<&Url>) {
        let href = attribute(attributes, "href").unwrap_or_default();
        let rel = attribute(attributes, "rel").unwrap_or("alternate");
        self.link_with(href, rel, attributes, base);
    }

    /// An RSS enclosure is an Atom link of that relation.
    pub(super) fn enclosure(&mut self, attributes: &[(String, String)], base: Option<&Url>) {
        let href = attribute(attributes, "url").or_else(|| attribute(attributes, "href"));
        self.link_with(href.unwrap_or_default(), "enclosure", attributes, base);
    }

    fn link_to(&mut self, href: &str, rel: &str, base: Option<&Url>) {
        self.link_with(href, rel, &[], base);
    }

    fn link_with(
        &mut self,
        href: &str,
        rel: &str,
        attributes: &[(String, String)],
        base: Option<&Url>,
    ) {
        if href.is_empty() {
            return;
        }
        let mut tag = format!(
            "<link rel=\"{}\" href=\"{}\"",
            escape(rel),
            escape(absolute(href, base))
        );
        for name in ["type", "length"] {
            if let Some(value) = attribute(attributes, name) {
                tag.push_str(&format!(" {name}=\"{}\"", escape(value)));
            }
        }
        self.xml.push_str(&tag);
        self.xml.push_str("/>");
    }

    /// A label, empty ones left out.
    pub(super) fn category(&mut self, term: &str) {
        if !term.is_empty() {
            self.xml
                .push_str(&format!("<category term=\"{}\"/>", escape(term)));
        }
    }
}

/// Atom's and iTunes' categories stand in attributes.
pub(super) fn category_of(attributes: &[(String, String)]) -> Option<&str> {
    ["term", "label", "text"]
        .iter()
        .find_map(|name| attribute(attributes, name))
        .filter(|t| !t.is_empty())
}

fn absolute(address: &str, base: Option<&Url>) -> String {
    match base.map(|base| base.join(address)) {
        Some(Ok(url)) if Url::parse(address).is_err() => url.into(),
        _ => address.to_owned(),
    }
}
