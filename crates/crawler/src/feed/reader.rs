//! Text to a feed: every dialect, and every common damage put right on the way.
//!
//! In: text that claims to be a feed. Out: the feed's own fields and its entries, so that one bad
//! entry costs no other.
//!
//! Mended on the way: junk before the declaration, control characters, bare `<` and `&`, undefined
//! and HTML entities, missing and crossed end tags, undeclared prefixes, missing versions. Where the
//! end is missing, the fields that were whole are kept.

use super::construct::{Capture, Flavour};
use super::draft::{self, Draft};
use super::names::{Field, Meaning, Ns, meaning};
use super::sanitise::Sanitiser;
use super::{Document, Entry, MAX_DEPTH, MAX_ENTRIES};
use crate::address::{is_of_the_web, joined};
use crate::xml::{self, Attributes, Entities, attribute, attributes_of};
use quick_xml::events::{BytesStart, Event};
use std::rc::Rc;
use url::Url;

/// Namespaces that are known at once; a document has a dozen.
const MAX_SCOPES: usize = 100;

/// Why a text is no feed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotAFeed {
    /// No element at all.
    NoMarkup,
    /// The name of its first element.
    Root(String),
}

/// Reads a feed out of a text.
pub(super) fn read(text: &str, base: Option<&Url>) -> Result<Document, NotAFeed> {
    let mended = xml::mend(text);
    let mut reader = xml::reader(&mended);
    let mut state = State::new(base);
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
pub(super) struct Frame {
    name: String,
    role: Role,
    pub(super) base: Option<Rc<Url>>,
    language: Option<Rc<str>>,
    /// How many namespaces were known before it.
    scopes: usize,
}

struct State {
    outer_base: Option<Rc<Url>>,
    entities: Entities,
    flavour: Flavour,
    rooted: bool,
    stack: Vec<Frame>,
    scopes: Vec<(String, Ns)>,
    capture: Option<Capture>,
    sanitiser: Sanitiser,
    feed: Draft,
    entry: Option<Draft>,
    entries: Vec<Entry>,
}

impl State {
    fn new(outer_base: Option<&Url>) -> Self {
        Self {
            outer_base: outer_base.cloned().map(Rc::new),
            entities: Entities::default(),
            flavour: Flavour::Rss,
            rooted: false,
            stack: Vec::new(),
            scopes: Vec::new(),
            capture: None,
            sanitiser: Sanitiser::default(),
            feed: Draft::default(),
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
        let base = base_of(&attributes, self.base());
        let language = attribute(&attributes, "xml:lang").map(Rc::from);
        let language = language.or_else(|| self.stack.last()?.language.clone());
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
            Meaning::Weak(field) if !self.draft().has(field) => self.begin(field, attributes),
            _ => Role::Nothing,
        }
    }

    /// Fields that stand in attributes are taken at once.
    fn begin(&mut self, field: Field, attributes: &[(String, String)]) -> Role {
        let base = base_of(attributes, self.base());
        let draft = self.draft();
        match field {
            Field::Link if attribute(attributes, "href").is_some() => {
                draft.link(attributes, base.as_deref());
                Role::Nothing
            }
            Field::Enclosure => {
                draft.enclosure(attributes, base.as_deref());
                Role::Nothing
            }
            Field::Category => match draft::category_of(attributes) {
                Some(term) => {
                    draft.category(term);
                    Role::Wrapper
                }
                None => Role::Field(field),
            },
            _ => Role::Field(field),
        }
    }

    fn enter(&mut self, role: Role, name: &str, attributes: Attributes) {
        match role {
            Role::Entry => {
                self.finish_entry();
                self.entry = Some(Draft::default());
                self.own(&attributes);
            }
            Role::Feed => self.own(&attributes),
            Role::Field(_) => self.capture = Some(Capture::new(attributes)),
            Role::Inner => {
                if let Some(capture) = &mut self.capture {
                    capture.open_tag(name, &attributes);
                }
            }
            Role::Wrapper | Role::Nothing => {}
        }
    }

    /// What a feed's or an entry's own tag says.
    fn own(&mut self, attributes: &[(String, String)]) {
        let base = self.base().cloned();
        let language = self.stack.last().and_then(|frame| frame.language.clone());
        let is_entry = self.entry.is_some();
        let draft = self.draft();
        if is_entry {
            draft.about(attributes, base.as_deref());
        }
        draft.located(attributes, base.as_deref());
        if let Some(language) = language {
            draft.language = Some(language.as_ref().to_owned());
        }
    }

    fn base(&self) -> Option<&Rc<Url>> {
        match self.stack.last() {
            Some(frame) => frame.base.as_ref(),
            None => self.outer_base.as_ref(),
        }
    }

    fn draft(&mut self) -> &mut Draft {
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
                    let draft = self.entry.as_mut().unwrap_or(&mut self.feed);
                    draft.field(field, capture, self.flavour, &frame, &mut self.sanitiser);
                }
            }
            Role::Entry => self.finish_entry(),
            Role::Feed | Role::Wrapper | Role::Nothing => {}
        }
    }

    fn finish_entry(&mut self) {
        let room = self.entries.len() < MAX_ENTRIES;
        self.entries
            .extend(self.entry.take().filter(|_| room).map(Draft::into_entry));
    }

    /// What is open now was cut off: its unfinished field goes, the rest stays.
    fn finish(mut self) -> Result<Document, NotAFeed> {
        if !self.rooted {
            return Err(NotAFeed::NoMarkup);
        }
        self.finish_entry();
        Ok(Document {
            feed: self.feed.into_feed(),
            entries: self.entries,
            error: None,
        })
    }
}

fn base_of(attributes: &[(String, String)], parent: Option<&Rc<Url>>) -> Option<Rc<Url>> {
    let own =
        attribute(attributes, "xml:base").and_then(|value| joined(value, parent.map(Rc::as_ref)));
    // A base of another scheme would lend it to every relative address.
    let own = own.filter(is_of_the_web);
    own.map(Rc::new).or_else(|| parent.cloned())
}

fn is_atom03(attributes: &[(String, String)]) -> bool {
    let address = attribute(attributes, "xmlns").unwrap_or_default();
    attribute(attributes, "version") == Some("0.3") || address.contains("purl.org/atom/ns")
}

#[cfg(test)]
mod tests;
