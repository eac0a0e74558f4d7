//! Text to well-formed Atom: every dialect and every common damage becomes what feed-rs reads best.
//!
//! In: text that claims to be a feed. Out: the feed's own fields and each entry as a small Atom
//! document of its own, so that one bad entry costs no other.
//!
//! Mended on the way: junk before the declaration, control characters, bare `<` and `&`, undefined
//! and HTML entities, missing and crossed end tags, undeclared prefixes, missing versions. Where the
//! end is missing, the fields that were whole are kept.

mod mend;
mod write;

use super::construct::{Attributes, Capture, Flavour, attribute, attributes_of};
use super::entity::Entities;
use super::names::{Field, Meaning, Ns, meaning};
use super::{MAX_DEPTH, MAX_ENTRIES};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use url::Url;
use write::Writer;

pub(super) use mend::{is_xml_char, mend};
pub(super) use write::BY_ID;

/// Namespaces that are known at once; a document has a dozen.
const MAX_SCOPES: usize = 100;

/// A small Atom document, and what Atom has no place for.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// `<feed>…</feed>` or `<entry>…</entry>`.
    pub(super) xml: String,
    /// What relative addresses in its HTML are relative to.
    pub(super) base: Option<Url>,
    /// Its language.
    pub(super) language: Option<String>,
}

/// A feed in pieces.
#[derive(Debug)]
pub(super) struct Repaired {
    /// The feed's own fields.
    pub(super) feed: Piece,
    /// Its entries, at most [`MAX_ENTRIES`].
    pub(super) entries: Vec<Piece>,
}

/// Why a text is no feed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotAFeed {
    /// No element at all.
    NoMarkup,
    /// The name of its first element.
    Root(String),
}

/// Turns a text into pieces.
pub(super) fn repair(text: &str, base: Option<&Url>) -> Result<Repaired, NotAFeed> {
    let mended = mend(text);
    let mut reader = Reader::from_str(&mended);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    let mut state = Translator::new(base);
    // An error of the reader means that the end is missing: `mend` removed every other cause.
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(tag) => state.start(&tag, false)?,
            Event::Empty(tag) => state.start(&tag, true)?,
            Event::End(tag) => state.end(&tag.name().as_ref().to_lowercase()),
            Event::Text(text) => state.text(&text),
            Event::CData(text) => state.text(&text),
            Event::GeneralRef(name) => state.reference(&name),
            Event::DocType(doctype) => state.entities = Entities::declared_in(&doctype),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
        if state.entries.len() >= MAX_ENTRIES {
            break;
        }
    }
    state.finish()
}

/// What an open element is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Feed,
    Entry,
    Wrapper,
    Field(Field),
    /// Inside a field.
    Inner,
    Nothing,
}

#[derive(Debug)]
struct Frame {
    name: String,
    role: Role,
    base: Option<Url>,
    language: Option<String>,
    /// How many namespaces were known before it.
    scopes: usize,
}

struct Translator<'a> {
    outer_base: Option<&'a Url>,
    entities: Entities,
    flavour: Flavour,
    rooted: bool,
    stack: Vec<Frame>,
    scopes: Vec<(String, Ns)>,
    capture: Option<Capture>,
    feed: Writer,
    entry: Option<Writer>,
    entries: Vec<Piece>,
}

impl<'a> Translator<'a> {
    fn new(outer_base: Option<&'a Url>) -> Self {
        Self {
            outer_base,
            entities: Entities::default(),
            flavour: Flavour::Rss,
            rooted: false,
            stack: Vec::new(),
            scopes: Vec::new(),
            capture: None,
            feed: Writer::new("feed"),
            entry: None,
            entries: Vec::new(),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, empty: bool) -> Result<(), NotAFeed> {
        if self.stack.len() >= MAX_DEPTH {
            return Ok(());
        }
        let name = tag.name().as_ref().to_lowercase();
        let attributes = attributes_of(tag, &self.entities);
        let scopes = self.scopes.len();
        self.declare(&attributes);
        let ns = self.namespace(&name);
        let local = name.rsplit(':').next().unwrap_or(&name);
        if !self.rooted {
            self.root(local, &name, &attributes)?;
        }
        let role = self.role(ns, local, &name, &attributes);
        let parent = self.stack.last();
        let base = base_of(
            &attributes,
            parent.and_then(|f| f.base.as_ref()).or(self.outer_base),
        );
        let language = attribute(&attributes, "xml:lang").map(str::to_owned);
        let language = language.or_else(|| parent.and_then(|f| f.language.clone()));
        self.stack.push(Frame {
            name: name.clone(),
            role,
            base,
            language,
            scopes,
        });
        self.enter(role, &name, attributes);
        if empty {
            self.end(&name);
        }
        Ok(())
    }

    fn declare(&mut self, attributes: &[(String, String)]) {
        for (name, value) in attributes {
            if self.scopes.len() >= MAX_SCOPES {
                return;
            }
            let prefix = match name.strip_prefix("xmlns") {
                Some("") => "",
                Some(rest) => rest.trim_start_matches(':'),
                None => continue,
            };
            self.scopes.push((prefix.to_owned(), Ns::of_address(value)));
        }
    }

    fn namespace(&self, name: &str) -> Ns {
        let prefix = name.rsplit_once(':').map_or("", |(prefix, _)| prefix);
        let scope = self.scopes.iter().rev().find(|(p, _)| p == prefix);
        scope.map_or_else(|| Ns::of_prefix(prefix), |(_, ns)| *ns)
    }

    /// The first element: its name decides whether this is a feed, and its namespace, known or not,
    /// is the feed's own.
    fn root(
        &mut self,
        local: &str,
        name: &str,
        attributes: &[(String, String)],
    ) -> Result<(), NotAFeed> {
        self.flavour = match local {
            "rss" | "rdf" | "channel" | "item" => Flavour::Rss,
            "feed" | "entry" if is_atom03(attributes) => Flavour::Atom03,
            "feed" | "entry" => Flavour::Atom10,
            _ => return Err(NotAFeed::Root(local.to_owned())),
        };
        self.rooted = true;
        let prefix = name.rsplit_once(':').map_or("", |(prefix, _)| prefix);
        for scope in self
            .scopes
            .iter_mut()
            .filter(|(p, _)| p == prefix && local != "rdf")
        {
            scope.1 = Ns::Native;
        }
        Ok(())
    }

    fn role(&mut self, ns: Ns, local: &str, name: &str, attributes: &[(String, String)]) -> Role {
        // The root's namespace may just have been recognised as the feed's own.
        let ns = if self.stack.is_empty() {
            self.namespace(name)
        } else {
            ns
        };
        let meaning = meaning(ns, local, self.entry.is_some());
        let above = self.stack.last().map(|frame| frame.role);
        if above == Some(Role::Nothing) {
            return Role::Nothing;
        }
        // No entry stands in another: where one begins, an end tag is missing.
        if meaning == Meaning::Entry && (self.capture.is_some() || self.entry.is_some()) {
            self.close_to_feed();
        }
        if self.capture.is_some() {
            return Role::Inner;
        }
        match meaning {
            Meaning::Feed if self.entry.is_none() => Role::Feed,
            Meaning::Entry => Role::Entry,
            Meaning::Wrapper => Role::Wrapper,
            Meaning::Field(field) => self.begin(field, attributes),
            Meaning::Weak(field) if !self.writer().has(field) => self.begin(field, attributes),
            _ => Role::Nothing,
        }
    }

    /// Fields that stand in attributes are written at once.
    fn begin(&mut self, field: Field, attributes: &[(String, String)]) -> Role {
        let base = base_of(attributes, self.base());
        let writer = self.writer();
        match field {
            Field::Link if attribute(attributes, "href").is_some() => {
                writer.link(attributes, base.as_ref());
                Role::Nothing
            }
            Field::Enclosure => {
                writer.enclosure(attributes, base.as_ref());
                Role::Nothing
            }
            Field::Category if write::category_of(attributes).is_some() => {
                writer.category(write::category_of(attributes).unwrap_or_default());
                Role::Wrapper
            }
            _ => Role::Field(field),
        }
    }

    fn enter(&mut self, role: Role, name: &str, attributes: Attributes) {
        match role {
            Role::Entry => {
                self.finish_entry();
                let mut writer = Writer::new("entry");
                writer.about(&attributes, self.base());
                self.entry = Some(writer);
            }
            Role::Field(_) => self.capture = Some(Capture::new(attributes)),
            Role::Inner => {
                if let Some(capture) = &mut self.capture {
                    capture.open_tag(name, &attributes);
                }
            }
            Role::Feed | Role::Wrapper | Role::Nothing => {}
        }
        if matches!(role, Role::Feed | Role::Entry) {
            self.inherit();
        }
    }

    /// The innermost base and language that count for the whole feed or entry.
    fn inherit(&mut self) {
        let base = self.base().cloned();
        let language = self.stack.last().and_then(|frame| frame.language.clone());
        let writer = self.writer();
        writer.base = base;
        writer.language = language.or(writer.language.take());
    }

    fn base(&self) -> Option<&Url> {
        self.stack
            .last()
            .map_or(self.outer_base, |frame| frame.base.as_ref())
    }

    fn writer(&mut self) -> &mut Writer {
        self.entry.as_mut().unwrap_or(&mut self.feed)
    }

    fn text(&mut self, text: &str) {
        if let Some(capture) = &mut self.capture {
            capture.push_text(text);
        }
    }

    fn reference(&mut self, name: &str) {
        let Some(capture) = &mut self.capture else {
            return;
        };
        match self.entities.resolve(name) {
            Some(value) => capture.push_text(&value),
            None => capture.push_text(&format!("&{name};")),
        }
    }

    /// An end tag closes what stands open inside its element; one without a start is passed over.
    fn end(&mut self, name: &str) {
        if self.stack.iter().any(|frame| frame.name == name) {
            self.close_to(|frame| frame.name == name);
        }
    }

    fn close_to(&mut self, last: impl Fn(&Frame) -> bool) {
        while let Some(frame) = self.stack.pop() {
            self.scopes.truncate(frame.scopes);
            let done = last(&frame);
            self.leave(frame);
            if done {
                break;
            }
        }
    }

    fn close_to_feed(&mut self) {
        while let Some(frame) = self.stack.pop_if(|frame| frame.role != Role::Feed) {
            self.leave(frame);
        }
    }

    fn leave(&mut self, frame: Frame) {
        match frame.role {
            Role::Inner => {
                if let Some(capture) = &mut self.capture {
                    capture.close_tag(&frame.name);
                }
            }
            Role::Field(field) => {
                if let Some(capture) = self.capture.take() {
                    let flavour = self.flavour;
                    self.writer().field(field, capture, flavour, &frame);
                }
            }
            Role::Entry => self.finish_entry(),
            Role::Feed | Role::Wrapper | Role::Nothing => {}
        }
    }

    fn finish_entry(&mut self) {
        if let Some(writer) = self.entry.take() {
            self.entries.push(writer.finish());
        }
    }

    /// What is open now was cut off: its unfinished field goes, the rest stays.
    fn finish(mut self) -> Result<Repaired, NotAFeed> {
        if !self.rooted {
            return Err(NotAFeed::NoMarkup);
        }
        self.finish_entry();
        Ok(Repaired {
            feed: self.feed.finish(),
            entries: self.entries,
        })
    }
}

fn base_of(attributes: &[(String, String)], parent: Option<&Url>) -> Option<Url> {
    let own = attribute(attributes, "xml:base").and_then(|value| match parent {
        Some(parent) => parent.join(value).ok(),
        None => Url::parse(value).ok(),
    });
    own.or_else(|| parent.cloned())
}

fn is_atom03(attributes: &[(String, String)]) -> bool {
    let address = attribute(attributes, "xmlns").unwrap_or_default();
    attribute(attributes, "version") == Some("0.3") || address.contains("purl.org/atom/ns")
}

#[cfg(test)]
mod tests;
