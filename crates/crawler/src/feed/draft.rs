//! One feed or entry, put together field by field while its source streams by.

use super::asks::Wishes;
use super::construct::{Capture, Flavour, Kind};
use super::names::Field;
use super::reader::Frame;
use super::sanitise::{self, Sanitiser};
use super::{Entry, FeedMeta, Person, person};
use crate::address::joined;
use crate::date;
use crate::xml::attribute;
use tocsin_core::{Enclosure, MAX_ADDRESS, Timestamp};
use url::Url;

/// The relation of an id that is an address: the link of an entry that has no other.
const BY_ID: &str = "bookmark";

/// A text, and whether it is plain: any other is HTML that was made harmless.
#[derive(Debug, Clone)]
pub(super) struct Text {
    value: String,
    plain: bool,
}

#[derive(Debug)]
struct Link {
    rel: String,
    href: String,
    media_type: Option<String>,
    length: Option<u64>,
}

/// What is known so far; of a field that stands several times, the last one that says something.
#[derive(Debug, Default)]
pub(super) struct Draft {
    seen: Vec<Field>,
    title: Option<Text>,
    subtitle: Option<Text>,
    summary: Option<Text>,
    content: Option<Text>,
    id: Option<String>,
    links: Vec<Link>,
    published: Option<Timestamp>,
    updated: Option<Timestamp>,
    authors: Vec<Person>,
    categories: Vec<String>,
    pub(super) language: Option<String>,
    wishes: Wishes,
}

impl Draft {
    /// Whether the field stood there before.
    pub(super) fn has(&self, field: Field) -> bool {
        self.seen.contains(&field)
    }

    /// A field with what stood between its tags.
    pub(super) fn field(
        &mut self,
        field: Field,
        capture: Capture,
        flavour: Flavour,
        frame: &Frame,
        sanitiser: &mut Sanitiser,
    ) {
        let base = frame.base.as_deref();
        let text = capture.text.trim();
        match field {
            Field::Title | Field::Subtitle | Field::Content | Field::Summary => {
                let (value, kind) = capture.into_value(flavour);
                self.text(field, value, kind, base, sanitiser);
            }
            Field::Author => self.author(&capture, text, base),
            Field::Link => {
                let rel = attribute(&capture.attributes, "rel").unwrap_or("alternate");
                self.link_with(text, rel, &capture.attributes, base);
            }
            Field::Id => self.id(text, &capture, flavour, base),
            Field::Updated => self.updated = moment(text).or(self.updated),
            Field::Published => self.published = moment(text).or(self.published),
            Field::Category => self.category(text),
            Field::Keywords => text.split(',').for_each(|word| self.category(word.trim())),
            Field::Language => self.language = (!text.is_empty()).then(|| text.to_owned()),
            Field::Enclosure => {}
            Field::Ttl
            | Field::SkipHour
            | Field::SkipDay
            | Field::UpdatePeriod
            | Field::UpdateFrequency => self.wishes.note(field, text),
        }
        if !self.has(field) {
            self.seen.push(field);
        }
    }

    /// RSS items with two descriptions mean the second as the whole text.
    fn text(
        &mut self,
        field: Field,
        value: String,
        kind: Kind,
        base: Option<&Url>,
        sanitiser: &mut Sanitiser,
    ) {
        let place = match field {
            Field::Title => &mut self.title,
            Field::Subtitle => &mut self.subtitle,
            Field::Summary if !self.seen.contains(&Field::Summary) => &mut self.summary,
            Field::Summary if self.seen.contains(&Field::Content) => return,
            _ => &mut self.content,
        };
        if !value.is_empty() {
            *place = Some(Text::new(value, kind, base, sanitiser));
        }
    }

    fn author(&mut self, capture: &Capture, text: &str, base: Option<&Url>) {
        let found = if capture.has_children() {
            Person {
                name: capture.child(&["name"]).map(str::to_owned),
                email: capture.child(&["email"]).map(str::to_owned),
                uri: capture
                    .child(&["uri", "url", "homepage"])
                    .map(|uri| absolute(uri, base)),
            }
        } else {
            person::parse(text)
        };
        if found != Person::default() {
            self.authors.push(found);
        }
    }

    fn id(&mut self, text: &str, capture: &Capture, flavour: Flavour, base: Option<&Url>) {
        if text.is_empty() {
            return;
        }
        if flavour != Flavour::Rss {
            self.id = Some(absolute(text, base));
            return;
        }
        self.id = Some(text.to_owned());
        let permalink = attribute(&capture.attributes, "ispermalink") != Some("false");
        if permalink && is_web_address(text) {
            self.link_with(text, BY_ID, &[], base);
        }
    }

    /// RDF names an item's address in its tag.
    pub(super) fn about(&mut self, attributes: &[(String, String)], base: Option<&Url>) {
        if let Some(about) = attribute(attributes, "rdf:about").filter(|about| !about.is_empty()) {
            self.id = Some(about.to_owned());
            self.link_with(about, BY_ID, &[], base);
        }
    }

    /// CDF, too, and the time of the last change.
    pub(super) fn located(&mut self, attributes: &[(String, String)], base: Option<&Url>) {
        if let Some(href) = attribute(attributes, "href") {
            self.link_with(href, "alternate", &[], base);
        }
        if let Some(time) = attribute(attributes, "lastmod").and_then(moment) {
            self.updated = Some(time);
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

    fn link_with(
        &mut self,
        href: &str,
        rel: &str,
        attributes: &[(String, String)],
        base: Option<&Url>,
    ) {
        if href.is_empty() || href.len() > MAX_ADDRESS {
            return;
        }
        let length = attribute(attributes, "length");
        self.links.push(Link {
            rel: rel.to_owned(),
            href: absolute(href, base),
            media_type: attribute(attributes, "type").map(str::to_owned),
            length: length.and_then(|length| length.parse().ok()),
        });
    }

    /// A label, empty ones left out.
    pub(super) fn category(&mut self, term: &str) {
        if !term.is_empty() {
            self.categories.push(term.to_owned());
        }
    }

    /// The alternate page, an HTML one before others; else the id where it is an address.
    fn best_link(&self) -> Option<String> {
        let pages = self.links.iter().filter(|link| link.rel == "alternate");
        let is_page = |link: &&Link| {
            let kind = link.media_type.as_deref();
            kind.is_none_or(|kind| kind.contains("html"))
        };
        pages
            .clone()
            .find(is_page)
            .or_else(|| pages.clone().next())
            .or_else(|| self.links.iter().find(|link| link.rel == BY_ID))
            .map(|link| link.href.clone())
    }

    /// What the feed says about itself.
    pub(super) fn into_feed(self) -> FeedMeta {
        FeedMeta {
            link: self.best_link(),
            title: self.title.map(|text| text.value),
            id: self.id,
            subtitle: self.subtitle.map(|text| text.value),
            language: self.language,
            updated: self.updated,
            published: self.published,
            authors: self.authors,
            categories: self.categories,
            asks: self.wishes.into_asks(),
        }
    }

    /// The entry; a missing summary is the content.
    pub(super) fn into_entry(self) -> Entry {
        let link = self.best_link();
        let summary = self.summary.or_else(|| self.content.clone());
        let attached = self
            .links
            .into_iter()
            .filter(|link| link.rel == "enclosure");
        Entry {
            title: self.title.map(|text| text.value),
            link,
            id: self.id,
            plain_summary: summary.as_ref().is_some_and(|text| text.plain),
            plain_content: self.content.as_ref().is_some_and(|text| text.plain),
            summary: summary.map(|text| text.value),
            content: self.content.map(|text| text.value),
            published: self.published,
            updated: self.updated,
            language: self.language,
            authors: self.authors,
            categories: self.categories,
            enclosures: attached.map(Enclosure::from).collect(),
        }
    }
}

impl Text {
    fn new(value: String, kind: Kind, base: Option<&Url>, sanitiser: &mut Sanitiser) -> Self {
        Self {
            value: match kind {
                Kind::Plain => value,
                Kind::Html => sanitise::with_short_shapes(sanitiser.clean(&value, base)),
                Kind::Markup => sanitiser.clean(&value, base),
            },
            plain: kind == Kind::Plain,
        }
    }
}

impl From<Link> for Enclosure {
    fn from(link: Link) -> Self {
        Self {
            url: link.href,
            media_type: link.media_type,
            length: link.length,
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

/// A time, or a day from its midnight on.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    date::parse(text)
        .or_else(|| date::short(text))
        .and_then(date::Moment::at_midnight)
}

/// An address made absolute; one that is absolute, or cannot be made so, stays as it is written.
pub(super) fn absolute(address: &str, base: Option<&Url>) -> String {
    if is_web_address(address) {
        return address.to_owned();
    }
    match base.and_then(|base| joined(address, Some(base))) {
        Some(url) if joined(address, None).is_none() => url.into(),
        _ => address.to_owned(),
    }
}

fn is_web_address(address: &str) -> bool {
    let begins = |scheme: &str| {
        address
            .get(..scheme.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    };
    begins("http://") || begins("https://")
}
