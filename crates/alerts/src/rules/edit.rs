//! Changes to the text of `alerts.toml` that leave everything else as its operator wrote it.

use super::{File, RawRule, Rules, Target};
use tocsin_core::{ConfigError, parse_toml};
use toml_edit::{Array, DocumentMut, Item};

/// The name of the tables.
const TABLES: &str = "rule";

impl Rules {
    /// Every reader of every rule: the rule's name and where its mails go. Queries are not looked at.
    ///
    /// # Errors
    /// A text that is no list of rules, or a target that is none.
    pub fn readers(file: &str, text: &str) -> Result<Vec<(String, Target)>, ConfigError> {
        let raw: File = parse_toml(file, text)?;
        let mut readers = Vec::new();
        for rule in raw.rule {
            for to in &rule.to {
                let to = to.parse().map_err(|e: String| {
                    ConfigError::new(file, format!("rule `{}`: {e}", rule.name))
                })?;
                readers.push((rule.name.clone(), to));
            }
        }
        Ok(readers)
    }

    /// The text with one more reader of a rule; `None` where there is no such rule. A reader that the rule
    /// has already is not added once more.
    ///
    /// # Errors
    /// Where the text is no TOML, or the rule's `to` is no list.
    pub fn with_reader(
        file: &str,
        text: &str,
        rule: &str,
        to: &Target,
    ) -> Result<Option<String>, ConfigError> {
        change(file, text, rule, |list| {
            let there = list.iter().any(|item| is(item, to));
            if !there {
                list.push(to.to_string());
            }
            true
        })
    }

    /// The text without a reader of a rule; `None` where the rule is not there or tells nobody like that.
    ///
    /// # Errors
    /// Where the text is no TOML, or the rule's `to` is no list.
    pub fn without_reader(
        file: &str,
        text: &str,
        rule: &str,
        to: &Target,
    ) -> Result<Option<String>, ConfigError> {
        change(file, text, rule, |list| {
            let before = list.len();
            list.retain(|item| !is(item, to));
            list.len() < before
        })
    }

    /// What differs between two texts, rule by rule, in words.
    pub fn differences(before: &str, after: &str) -> Vec<String> {
        let read = |text| {
            parse_toml::<File>("alerts.toml", text)
                .unwrap_or_default()
                .rule
        };
        let (before, after) = (read(before), read(after));
        let named = |rules: &[RawRule], name: &str| {
            let found = rules.iter().find(|rule| rule.name == name);
            found.cloned()
        };
        let mut words = Vec::new();
        for rule in &before {
            match named(&after, &rule.name) {
                None => words.push(format!("removed {}", rule.name)),
                Some(now) if now != *rule => {
                    words.push(format!("changed {}: {}", rule.name, rule.changed(&now)));
                }
                Some(_) => {}
            }
        }
        for rule in &after {
            if named(&before, &rule.name).is_none() {
                words.push(format!("added {}", rule.name));
            }
        }
        words
    }
}

impl RawRule {
    /// The settings that differ.
    fn changed(&self, now: &Self) -> String {
        let settings = [
            ("query", self.query != now.query),
            ("when", self.when != now.when),
            ("to", self.to != now.to),
            ("min_sources", self.min_sources != now.min_sources),
            ("max_per_hour", self.max_per_hour != now.max_per_hour),
            ("quiet_hours", self.quiet_hours != now.quiet_hours),
            ("send_empty", self.send_empty != now.send_empty),
        ];
        let names = settings.iter().filter(|(_, differs)| *differs);
        names.map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }
}

fn is(item: &toml_edit::Value, to: &Target) -> bool {
    item.as_str().and_then(|text| text.parse().ok()).as_ref() == Some(to)
}

/// The text after a change of a rule's readers; `None` where the rule is not there or nothing was changed.
fn change(
    file: &str,
    text: &str,
    rule: &str,
    change: impl FnOnce(&mut Array) -> bool,
) -> Result<Option<String>, ConfigError> {
    let mut document: DocumentMut = text
        .parse()
        .map_err(|error: toml_edit::TomlError| ConfigError::new(file, error.message()))?;
    let no_list = || {
        ConfigError::new(
            file,
            format!("the readers of the rule `{rule}` cannot be found"),
        )
        .hint("write each rule as a table [[rule]] with to = [\"…\"]")
    };
    let tables = match document.get_mut(TABLES) {
        Some(Item::ArrayOfTables(tables)) => tables,
        Some(_) => return Err(no_list()),
        None => return Ok(None),
    };
    let is_this =
        |table: &&mut toml_edit::Table| table.get("name").and_then(Item::as_str) == Some(rule);
    let Some(table) = tables.iter_mut().find(is_this) else {
        return Ok(None);
    };
    let list = table.get_mut("to").and_then(Item::as_array_mut);
    Ok(change(list.ok_or_else(no_list)?).then(|| document.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# ours\n[[rule]]\nname = \"a\" # first\nquery = \"\"\nwhen = \"new-event\"\n\
        to = [\"mailto:ann@think.example\", \"stdout:\"]\n\n[[rule]]\nname = \"b\"\nquery = \"\"\n\
        when = \"new-event\"\nto = [\"stdout:\"]\n";

    fn to(text: &str) -> Target {
        text.parse().unwrap()
    }

    #[test]
    fn a_reader_comes_and_goes_and_the_rest_stays() {
        let bob = to("mailto:bob@think.example");
        let with = Rules::with_reader("alerts.toml", TEXT, "a", &bob)
            .unwrap()
            .unwrap();
        assert!(with.starts_with("# ours\n[[rule]]\nname = \"a\" # first\n"));
        assert!(
            with.contains("\"stdout:\", \"mailto:bob@think.example\"]"),
            "{with}"
        );
        let again = Rules::with_reader("alerts.toml", &with, "a", &bob).unwrap();
        assert_eq!(again.as_deref(), Some(with.as_str()));
        let without = Rules::without_reader("alerts.toml", &with, "a", &bob).unwrap();
        assert_eq!(without.as_deref(), Some(TEXT));
        let none = |rule| Rules::without_reader("alerts.toml", TEXT, rule, &bob).unwrap();
        assert_eq!((none("a"), none("c")), (None, None));
        let inline = "rule = [{name = \"a\", to = []}]";
        assert!(Rules::with_reader("alerts.toml", inline, "a", &bob).is_err());
    }

    #[test]
    fn readers_and_differences_are_told() {
        let readers = Rules::readers("alerts.toml", TEXT).unwrap();
        let shown: Vec<String> = readers.iter().map(|(r, t)| format!("{r} {t}")).collect();
        assert_eq!(
            shown,
            ["a mailto:ann@think.example", "a stdout:", "b stdout:"]
        );
        let after = TEXT
            .replace("\"stdout:\"]\n\n", "\"file:x\"]\n\n")
            .replace("\"b\"", "\"c\"");
        assert_eq!(
            Rules::differences(TEXT, &after),
            ["changed a: to", "removed b", "added c"]
        );
        assert!(Rules::differences(TEXT, TEXT).is_empty());
    }
}
