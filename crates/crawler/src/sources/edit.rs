//! Changes to the text of `sources.toml` that leave everything else as its operator wrote it.

use super::Sources;
use tocsin_core::{ConfigError, Source};
use toml::Value;
use toml_edit::{ArrayOfTables, DocumentMut, Item};

/// The name of the tables.
const TABLES: &str = "source";

impl Sources {
    /// A source as a table of `sources.toml`, without what goes without saying.
    pub fn table(source: &Source) -> String {
        let text = |text: &str| (!text.is_empty()).then(|| Value::from(text));
        let number = |number: Option<u32>| number.map(|n| Value::from(i64::from(n)));
        let topics = source
            .topics
            .iter()
            .map(|topic| Value::from(topic.as_str()));
        let topics: Vec<Value> = topics.collect();
        let settings = [
            ("id", text(source.id.as_str())),
            ("name", Some(Value::from(source.name.as_str()))),
            ("kind", text(source.kind.word())),
            ("url", text(&source.url)),
            ("site", text(&source.site)),
            ("country", text(&source.country)),
            ("lang", text(&source.lang)),
            ("category", text(&source.category)),
            (
                "topics",
                (!topics.is_empty()).then_some(Value::Array(topics)),
            ),
            (
                "enabled",
                (!source.enabled).then_some(Value::Boolean(false)),
            ),
            (
                "keyword_filter",
                source.keyword_filter.then_some(Value::Boolean(true)),
            ),
            (
                "link_selector",
                source.link_selector.as_deref().map(Value::from),
            ),
            ("min_gap_s", number(source.min_gap_s)),
            ("min_interval_min", number(source.min_interval_min)),
        ];
        let lines = settings
            .into_iter()
            .filter_map(|(key, value)| Some(format!("{key} = {}\n", value?)));
        format!("[[{TABLES}]]\n{}", lines.collect::<String>())
    }

    /// The text of a file with these sources behind the others.
    pub fn with(text: &str, sources: &[Source]) -> String {
        let mut out = text.trim_end().to_owned();
        for source in sources {
            if !out.is_empty() {
                out.push_str("\n\n");
            }
            out.push_str(Self::table(source).trim_end());
        }
        out.push('\n');
        out
    }

    /// The id, with a number behind it where it is in use.
    pub fn unused_id(id: &str, is_used: impl Fn(&str) -> bool) -> String {
        let numbered = (2..).map(|n: u32| format!("{id}-{n}"));
        std::iter::once(id.to_owned())
            .chain(numbered)
            .find(|id| !is_used(id))
            .unwrap_or_else(|| id.to_owned())
    }

    /// The text of a file without the source of an id; `None` where it has none of that id. What stands
    /// above its table, such as a heading, stays.
    ///
    /// # Errors
    /// Where the text is no TOML.
    pub fn without(file: &str, text: &str, id: &str) -> Result<Option<String>, ConfigError> {
        let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
            ConfigError::new(file, error.message().to_owned())
        })?;
        let Some(tables) = document
            .get_mut(TABLES)
            .and_then(Item::as_array_of_tables_mut)
        else {
            return Ok(None);
        };
        let has_id = |table: &toml_edit::Table| table.get("id").and_then(Item::as_str) == Some(id);
        let Some(at) = tables.iter().position(has_id) else {
            return Ok(None);
        };
        keep_heading(tables, at);
        tables.remove(at);
        Ok(Some(document.to_string()))
    }
}

/// Moves the comments above a table to the one below it.
fn keep_heading(tables: &mut ArrayOfTables, at: usize) {
    let prefix = |tables: &ArrayOfTables, at: usize| {
        let decor = tables.get(at)?.decor().prefix()?.as_str()?;
        Some(decor.to_owned())
    };
    let above = prefix(tables, at).filter(|text| text.contains('#'));
    let below = prefix(tables, at + 1).unwrap_or_default();
    if let (Some(above), Some(next)) = (above, tables.get_mut(at + 1)) {
        let both = format!("{}{}", above, below.trim_start_matches('\n'));
        next.decor_mut().set_prefix(both);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tocsin_core::{SourceId, SourceKind};

    const FILE: &str = "# My sources\n\n# ---- press ----\n\n[[source]]\nid = \"fr-a\"\nname = \"A\"\nkind = \"feed\"\n\
        url = \"https://a.example/\" # by hand\n\n[[source]]\nid = \"fr-b\"\nname = \"B\"\nkind = \"feed\"\nurl = \"https://b.example/\"\n";

    fn source() -> Source {
        Source {
            id: SourceId::new("xx-c"),
            name: "C \"and\" D".to_owned(),
            kind: SourceKind::Listing,
            url: "https://c.example/news".to_owned(),
            site: String::new(),
            country: "XX".to_owned(),
            lang: String::new(),
            category: String::new(),
            topics: vec!["chips".to_owned()],
            enabled: false,
            keyword_filter: true,
            link_selector: Some("a[href^=\"/news\"]".to_owned()),
            min_gap_s: Some(10),
            min_interval_min: Some(360),
        }
    }

    #[test]
    fn a_source_that_is_added_is_read_back() {
        let text = Sources::with(FILE, &[source()]);
        assert!(text.starts_with(FILE.trim_end()), "{text}");
        let read = Sources::parse("sources.toml", &text).unwrap();
        assert_eq!(read.last(), Some(&source()));
        assert_eq!(
            Sources::parse("f", &Sources::with("", &[source()]))
                .unwrap()
                .len(),
            1
        );
    }

    #[test]
    fn a_source_that_is_removed_leaves_the_rest_as_it_was() {
        let text = Sources::without("sources.toml", FILE, "fr-a")
            .unwrap()
            .unwrap();
        assert!(
            text.starts_with("# My sources\n\n# ---- press ----\n\n[[source]]\nid = \"fr-b\""),
            "{text}"
        );
        let text = Sources::without("sources.toml", FILE, "fr-b")
            .unwrap()
            .unwrap();
        assert!(
            text.contains("# by hand") && !text.contains("fr-b"),
            "{text}"
        );
        assert_eq!(
            Sources::without("sources.toml", FILE, "fr-c").unwrap(),
            None
        );
    }
}
