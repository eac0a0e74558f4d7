//! `sources.toml`: the list of sources, checked before anything is polled.
//!
//! In: the file's text. Out: sources in the file's order, or the first mistake with its line and the
//! way out; and the text with sources more or less (`edit`). Never: opens a file, polls anything.

mod edit;

use scraper::Selector;
use serde::Deserialize;
use std::collections::HashSet;
use tocsin_core::{ConfigError, Source, canonical_url, parse_toml};

/// The sources of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// The `[[source]]` tables.
    #[serde(default)]
    source: Vec<Source>,
}

impl Sources {
    /// Reads and checks a file's text; `file` is its name for messages.
    ///
    /// # Errors
    /// A syntax error, an unknown key, an id that is malformed or stands twice, an address that is
    /// not `http` or `https`, a selector that cannot be read; each with its line where it is known.
    pub fn parse(file: &str, text: &str) -> Result<Vec<Source>, ConfigError> {
        let sources: Self = parse_toml(file, text)?;
        let mut ids = HashSet::new();
        for source in &sources.source {
            check(source).map_err(|mistake| mistake.into_error(file, text, source))?;
            if !ids.insert(source.id.as_str()) {
                return Err(twice(file, text, source));
            }
        }
        Ok(sources.source)
    }
}

/// What is wrong with one source: the key, the words, the way out.
struct Mistake {
    key: &'static str,
    value: String,
    message: String,
    hint: &'static str,
}

impl Mistake {
    fn into_error(self, file: &str, text: &str, source: &Source) -> ConfigError {
        let error = ConfigError::new(file, format!("source `{}`: {}", source.id, self.message));
        // The value may stand elsewhere too, so the line is looked for below the source's own id.
        let line = line_below(text, source.id.as_str(), self.key, &self.value);
        ConfigError { line, ..error }.hint(self.hint)
    }
}

fn line_below(text: &str, id: &str, key: &str, value: &str) -> Option<usize> {
    let id_line = text.lines().position(|line| is_setting(line, "id", id))?;
    let below = text
        .lines()
        .skip(id_line)
        .position(|line| is_setting(line, key, value));
    Some(id_line + below.unwrap_or(0) + 1)
}

fn is_setting(line: &str, key: &str, value: &str) -> bool {
    line.split_once('=')
        .is_some_and(|(found, rest)| found.trim() == key && rest.contains(value))
}

fn check(source: &Source) -> Result<(), Mistake> {
    let id = source.id.as_str();
    if !is_slug(id) {
        return Err(Mistake {
            key: "id",
            value: id.to_owned(),
            message: "the id is malformed".to_owned(),
            hint: "use lower-case letters, digits and single hyphens, such as `fr-cnil`",
        });
    }
    check_address("url", &source.url)?;
    if !source.site.is_empty() {
        check_address("site", &source.site)?;
    }
    match &source.link_selector {
        Some(selector) if Selector::parse(selector).is_err() => Err(Mistake {
            key: "link_selector",
            value: selector.clone(),
            message: format!("link_selector `{selector}` is not a CSS selector"),
            hint: "try it in a browser's console first",
        }),
        _ => Ok(()),
    }
}

fn check_address(key: &'static str, address: &str) -> Result<(), Mistake> {
    if canonical_url(address).is_some() {
        return Ok(());
    }
    Err(Mistake {
        key,
        value: address.to_owned(),
        message: format!("{key} `{address}` is not a web address"),
        hint: "write it in full, beginning with https://",
    })
}

pub(crate) fn is_slug(id: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    id.split('-').all(part)
}

fn twice(file: &str, text: &str, source: &Source) -> ConfigError {
    let id = source.id.as_str();
    let lines = text.lines().enumerate().filter(|(_, line)| {
        is_setting(line, "id", &format!("\"{id}\"")) || is_setting(line, "id", &format!("'{id}'"))
    });
    let lines: Vec<usize> = lines.map(|(index, _)| index + 1).collect();
    let error = ConfigError::new(
        file,
        format!("source `{id}` stands here for the second time"),
    );
    let hint = match lines.first() {
        Some(first) => format!("the first stands in line {first}; rename or remove one of them"),
        None => "rename or remove one of them".to_owned(),
    };
    ConfigError {
        line: lines.get(1).copied(),
        ..error
    }
    .hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(id: &str, url: &str) -> String {
        format!("[[source]]\nid = \"{id}\"\nname = \"A\"\nkind = \"feed\"\nurl = \"{url}\"\n\n")
    }

    #[test]
    fn sources_come_in_the_files_order() {
        let text =
            table("us-b", "https://b.example/feed") + &table("fr-a", "http://a.example/feed");
        let ids: Vec<String> = Sources::parse("sources.toml", &text)
            .unwrap()
            .iter()
            .map(|source| source.id.to_string())
            .collect();
        assert_eq!(ids, ["us-b", "fr-a"]);
        assert_eq!(Sources::parse("sources.toml", "").unwrap(), []);
    }

    #[test]
    fn an_id_that_stands_twice_is_shown_with_both_lines() {
        let text = table("us-a", "https://a.example") + &table("us-a", "https://b.example");
        let error = Sources::parse("sources.toml", &text).unwrap_err();
        assert_eq!(
            error.to_string(),
            "sources.toml:8: source `us-a` stands here for the second time\n  hint: the first stands in line 2; rename or remove one of them"
        );
    }

    #[test]
    fn a_wrong_address_is_shown_at_its_own_line() {
        let text = table("us-a", "https://a.example") + &table("us-b", "b.example/feed");
        let error = Sources::parse("sources.toml", &text).unwrap_err();
        assert_eq!(error.line, Some(11));
        assert!(error.message.contains("`b.example/feed`"), "{error}");
    }

    #[test]
    fn malformed_ids_and_selectors_are_refused() {
        for id in ["US-a", "a--b", "-a", "a b", ""] {
            assert!(
                Sources::parse("f", &table(id, "https://a.example")).is_err(),
                "{id}"
            );
        }
        let text =
            table("us-a", "https://a.example").trim_end().to_owned() + "\nlink_selector = \"a[\"\n";
        assert_eq!(Sources::parse("f", &text).unwrap_err().line, Some(6));
    }
}
