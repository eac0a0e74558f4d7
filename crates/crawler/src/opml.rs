//! Lists of sources as other readers keep them (OPML 1.0 and 2.0), in and out.
//!
//! In: a file's bytes; out: sources, their categories from the folders they stand in. And back: a file
//! that other readers take, with our own attributes beside theirs, so that nothing is lost on the way home.
//!
//! Never: fetches anything, recurses along the input.

use crate::charset;
use crate::discover::id_of_site;
use crate::sources::{Sources, is_slug};
use crate::xml::{self, Attributes, Entities, attribute};
use quick_xml::escape::escape;
use quick_xml::events::Event;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use tocsin_core::text::one_line;
use tocsin_core::{Source, SourceId, SourceKind, canonical_url};

/// Sources that are read of one file.
pub const MAX_SOURCES: usize = 10_000;
/// Folders inside one another; deeper ones are read as if they were not there.
const MAX_DEPTH: usize = 32;
/// The namespace of our own attributes.
const NAMESPACE: &str = "urn:tocsin:source";

/// What a file gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Its sources, in its order, none twice.
    pub sources: Vec<Source>,
    /// Outlines that name no usable address, each in a sentence.
    pub problems: Vec<String>,
}

/// Reads a file. Ids that a file of ours gives are kept; others are made of the site's name, and none is
/// one of `taken`.
///
/// # Errors
/// A sentence, where it holds no outline. A missing end is no error.
pub fn parse(body: &[u8], taken: &HashSet<String>) -> Result<Imported, String> {
    let text = xml::mend(&charset::text_of(body));
    let mut reader = xml::reader(&text);
    let entities = Entities::default();
    let mut state = State::new(taken);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(tag) if is_outline(tag.local_name().as_ref()) => {
                state.open(&xml::attributes_of(&tag, &entities));
            }
            Event::Empty(tag) if is_outline(tag.local_name().as_ref()) => {
                state.open(&xml::attributes_of(&tag, &entities));
                state.close();
            }
            Event::End(tag) if is_outline(tag.local_name().as_ref()) => state.close(),
            _ => {}
        }
        if state.imported.sources.len() >= MAX_SOURCES {
            break;
        }
    }
    if state.outlines == 0 {
        return Err("no OPML: the file holds no outline".to_owned());
    }
    Ok(state.imported)
}

fn is_outline(name: &str) -> bool {
    name.eq_ignore_ascii_case("outline")
}

struct State {
    /// The names of the open folders; `None` for a source that is left open.
    folders: Vec<Option<String>>,
    outlines: usize,
    ids: HashSet<String>,
    addresses: HashSet<String>,
    imported: Imported,
}

impl State {
    fn new(taken: &HashSet<String>) -> Self {
        Self {
            folders: Vec::new(),
            outlines: 0,
            ids: taken.clone(),
            addresses: HashSet::new(),
            imported: Imported::default(),
        }
    }

    fn open(&mut self, attributes: &Attributes) {
        self.outlines += 1;
        let name = ["title", "text"]
            .iter()
            .find_map(|name| attribute(attributes, name).filter(|value| !value.is_empty()))
            .map(one_line);
        let address = ["xmlurl", "url"]
            .iter()
            .find_map(|name| attribute(attributes, name).filter(|value| !value.is_empty()));
        let Some(address) = address else {
            self.folders
                .push(name.filter(|_| self.folders.len() < MAX_DEPTH));
            return;
        };
        self.folders.push(None);
        let Some(canonical) = canonical_url(address) else {
            self.imported.problems.push(format!(
                "{}: `{address}` is not a web address",
                name.unwrap_or_else(|| "an outline without a name".to_owned())
            ));
            return;
        };
        if self.addresses.insert(canonical) {
            let source = self.source(address, name, attributes);
            self.imported.sources.push(source);
        }
    }

    fn close(&mut self) {
        self.folders.pop();
    }

    fn source(&mut self, url: &str, name: Option<String>, attributes: &Attributes) -> Source {
        let given = |name: &str| {
            let value = attribute(attributes, name).filter(|value| !value.is_empty());
            value.map(str::to_owned)
        };
        let site = given("htmlurl").filter(|site| canonical_url(site).is_some());
        let lang = given("language").unwrap_or_default();
        let country = given("tocsin:country");
        let (made, by_address) = id_of_site(site.as_deref().unwrap_or(url), &lang);
        let own = given("tocsin:id").filter(|id| is_slug(id));
        let id = self.unused(&own.unwrap_or(made));
        let folder = self.folders.iter().flatten().next_back().cloned();
        Source {
            id: SourceId::new(id),
            name: name.unwrap_or_else(|| url.to_owned()),
            kind: kind_of(given("tocsin:kind").as_deref()),
            url: url.trim().to_owned(),
            site: site.unwrap_or_default(),
            country: country.unwrap_or(by_address),
            lang,
            category: folder.unwrap_or_default(),
            topics: topics_of(attribute(attributes, "category").unwrap_or_default()),
            enabled: given("tocsin:enabled").as_deref() != Some("false"),
            keyword_filter: given("tocsin:keywordfilter").as_deref() == Some("true"),
            link_selector: given("tocsin:linkselector"),
            min_gap_s: given("tocsin:mingaps").and_then(|n| n.parse().ok()),
            min_interval_min: given("tocsin:minintervalmin").and_then(|n| n.parse().ok()),
        }
    }

    fn unused(&mut self, id: &str) -> String {
        let unused = Sources::unused_id(id, |id| self.ids.contains(id));
        self.ids.insert(unused.clone());
        unused
    }
}

fn kind_of(word: Option<&str>) -> SourceKind {
    match word {
        Some("sitemap") => SourceKind::Sitemap,
        Some("listing") => SourceKind::Listing,
        Some("page") => SourceKind::Page,
        _ => SourceKind::Feed,
    }
}

/// `policy,/law/courts` names two, the second one by its path.
fn topics_of(category: &str) -> Vec<String> {
    let mut topics: Vec<String> = Vec::new();
    for path in category.split(',') {
        let topic = path.rsplit('/').next().map(one_line).unwrap_or_default();
        if !topic.is_empty() && !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    topics
}

/// Writes a file, one folder for each category. Sources that are no feeds are links there: no other
/// reader takes them for feeds, and [`parse`] knows them again.
pub fn write(sources: &[Source]) -> String {
    let mut folders: BTreeMap<&str, Vec<&Source>> = BTreeMap::new();
    for source in sources {
        folders.entry(&source.category).or_default().push(source);
    }
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\" xmlns:tocsin=\"{NAMESPACE}\">\n\
         <head><title>Sources of Tocsin</title></head>\n<body>\n"
    );
    for (category, sources) in folders {
        let lines: String = sources.into_iter().map(outline).collect();
        if category.is_empty() {
            out.push_str(&lines);
        } else {
            let name = escape(category);
            push(
                &mut out,
                format_args!("<outline text=\"{name}\" title=\"{name}\">\n{lines}</outline>\n"),
            );
        }
    }
    out.push_str("</body>\n</opml>\n");
    out
}

fn outline(source: &Source) -> String {
    let mut out = String::from("  <outline");
    let mut attribute = |name: &str, value: &str| {
        if !value.is_empty() {
            push(&mut out, format_args!(" {name}=\"{}\"", escape(value)));
        }
    };
    let is_feed = source.kind == SourceKind::Feed;
    attribute("type", if is_feed { "rss" } else { "link" });
    attribute("text", &source.name);
    attribute("title", &source.name);
    attribute(if is_feed { "xmlUrl" } else { "url" }, &source.url);
    attribute("htmlUrl", &source.site);
    attribute("language", &source.lang);
    attribute("category", &source.topics.join(","));
    attribute("tocsin:id", source.id.as_str());
    attribute("tocsin:kind", source.kind.word());
    attribute("tocsin:country", &source.country);
    attribute("tocsin:enabled", if source.enabled { "" } else { "false" });
    attribute(
        "tocsin:keywordFilter",
        if source.keyword_filter { "true" } else { "" },
    );
    attribute(
        "tocsin:linkSelector",
        source.link_selector.as_deref().unwrap_or_default(),
    );
    let number = |number: Option<u32>| number.map_or_else(String::new, |n| n.to_string());
    attribute("tocsin:minGapS", &number(source.min_gap_s));
    attribute("tocsin:minIntervalMin", &number(source.min_interval_min));
    out.push_str("/>\n");
    out
}

/// Writing to a string cannot fail.
fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Imported {
        parse(text.as_bytes(), &HashSet::new()).unwrap()
    }

    #[test]
    fn folders_become_categories_and_paths_topics() {
        let found = read(
            "<opml version='1.1'><body><outline text='Law &amp; policy'><outline title='Courts' text='x' type='rss'\
             xmlUrl='https://www.courts.example.fr/feed?a=1&amp;b=2' htmlUrl='https://www.courts.example.fr' category='/law/courts, ai'/>\
             <outline text='deeper'><outline xmlurl='http://b.example/rss'></outline></outline></outline>\
             <outline text='C' XMLURL='https://c.example/rss'/><outline text='Again' xmlUrl='https://c.example/rss'/>\
             <outline text='Bad' xmlUrl='c.example'/>",
        );
        let [courts, b, c] = found.sources.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(courts.name, "Courts");
        assert_eq!(courts.id.as_str(), "fr-example");
        assert_eq!(courts.url, "https://www.courts.example.fr/feed?a=1&b=2");
        assert_eq!(
            (courts.category.as_str(), courts.country.as_str()),
            ("Law & policy", "FR")
        );
        assert_eq!(courts.topics, ["courts", "ai"]);
        assert_eq!(
            (b.category.as_str(), b.name.as_str()),
            ("deeper", "http://b.example/rss")
        );
        assert_eq!(c.category, "");
        assert_eq!(found.problems, ["Bad: `c.example` is not a web address"]);
    }

    #[test]
    fn ids_in_use_get_a_number() {
        let text = "<opml><outline xmlUrl='https://a.example/1'/><outline xmlUrl='https://a.example/2'/></opml>";
        let taken = HashSet::from(["a".to_owned()]);
        let found = parse(text.as_bytes(), &taken).unwrap();
        let ids: Vec<&str> = found
            .sources
            .iter()
            .map(|source| source.id.as_str())
            .collect();
        assert_eq!(ids, ["a-2", "a-3"]);
    }

    #[test]
    fn what_is_no_opml_is_refused() {
        assert!(parse(b"<html><body>", &HashSet::new()).is_err());
        assert!(parse(b"", &HashSet::new()).is_err());
    }

    #[test]
    fn folders_of_any_depth_are_survived() {
        let deep = "<outline text='a'>".repeat(100_000) + "<outline xmlUrl='https://a.example/'/>";
        assert_eq!(read(&deep).sources.len(), 1);
    }

    fn source() -> impl Strategy<Value = Source> {
        let kinds = [
            SourceKind::Feed,
            SourceKind::Sitemap,
            SourceKind::Listing,
            SourceKind::Page,
        ];
        let texts = (
            " ?[a-zé<&\"' 新]{0,8}",
            "[a-z]{1,6}",
            "[a-z]{0,5}",
            "[a-z>\"\\.]{1,9}",
        );
        let flags = (any::<bool>(), any::<bool>(), any::<bool>());
        (
            0_u32..50,
            proptest::sample::select(kinds.to_vec()),
            texts,
            flags,
        )
            .prop_map(
                |(
                    n,
                    kind,
                    (name, topic, category, selector),
                    (enabled, keyword_filter, selects),
                )| Source {
                    id: SourceId::new(format!("xx-{n}")),
                    name: format!("N{}", one_line(&name)),
                    kind,
                    url: format!("https://s{n}.example/feed?a=1&b={n}"),
                    site: String::new(),
                    country: "XX".to_owned(),
                    lang: "zh-Hant".to_owned(),
                    category,
                    topics: vec![topic],
                    enabled,
                    keyword_filter,
                    link_selector: selects.then_some(selector),
                    min_gap_s: selects.then_some(12),
                    min_interval_min: keyword_filter.then_some(90),
                },
            )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(sources in proptest::collection::vec(source(), 0..8)) {
            let mut expected: Vec<Source> = Vec::new();
            for source in sources {
                if expected.iter().all(|known| known.id != source.id) {
                    expected.push(source);
                }
            }
            // The folders are written in their own order.
            expected.sort_by(|a, b| a.category.cmp(&b.category));
            let text = write(&expected);
            let found = parse(text.as_bytes(), &HashSet::new());
            prop_assert_eq!(found.map(|f| f.sources).unwrap_or_default(), expected);
        }

        #[test]
        fn any_text_is_survived(parts in proptest::collection::vec(prop_oneof![
            Just("<opml>"), Just("<outline"), Just(" xmlUrl='"), Just("https://a.example/"), Just("'"), Just(">"), Just("/>"),
            Just("</outline>"), Just("&"), Just("<![CDATA["), Just("é"),
        ], 0..30)) {
            let _ = parse(parts.concat().as_bytes(), &HashSet::new());
        }
    }
}
