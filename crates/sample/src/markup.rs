//! Escaping and templates: text goes in as text and comes out as text.

use std::collections::BTreeMap;

/// Text for an element's content or a quoted attribute, in HTML and XML alike.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The values of a template's places.
#[derive(Debug, Default)]
pub(crate) struct Values(BTreeMap<String, String>);

impl Values {
    /// Text, escaped here.
    pub(crate) fn text(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), escape(value));
        self
    }

    /// Markup that was made by this crate.
    pub(crate) fn markup(mut self, name: &str, value: String) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// Puts the values into the template's `{{name}}` places. A place without a value stays as it
    /// is: a test looks for such.
    pub(crate) fn fill(&self, template: &str) -> String {
        let mut parts = template.split("{{");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let known = part
                .split_once("}}")
                .and_then(|(name, rest)| Some((self.0.get(name)?, rest)));
            let (value, rest) = known.map_or(("{{", part), |(value, rest)| (value.as_str(), rest));
            filled.push_str(value);
            filled.push_str(rest);
        }
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_is_escaped_markup_is_not_and_the_unknown_stays() {
        let values = Values::default()
            .text("a", "fish & \"chips\" <1>")
            .markup("b", "<p>hi</p>".to_owned());
        assert_eq!(
            values.fill("{{a}}|{{b}}|{{c}}|{{"),
            "fish &amp; &quot;chips&quot; &lt;1&gt;|<p>hi</p>|{{c}}|{{"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_template_without_known_places_is_unchanged(template in "[a-z{} ]{0,40}") {
            prop_assert_eq!(Values::default().fill(&template), template);
        }

        #[test]
        fn escaped_text_holds_no_markup(text in "\\PC{0,80}") {
            prop_assert!(!escape(&text).contains(['<', '>', '"']));
        }
    }
}
