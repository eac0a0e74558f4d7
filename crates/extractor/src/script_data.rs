//! What stands only in the data of a script, from which a browser would build the page: an article's text, its day.
//!
//! Frameworks hand a page its data as JSON, in a script of its own or inside a string of a call. No framework is known here
//! by name: of all long strings, and strings in strings, the one with the most markup of paragraphs is the article's, if
//! there is one.

use crate::metadata::calendar::Calendar;
use crate::metadata::moment::{self, Moment};

/// Keys of the day an article was published, the surest first.
const PUBLISHED: &[&str] = &[
    "datePublished",
    "publishedAt",
    "published_at",
    "publishDate",
    "publish_date",
    "publicationDate",
    "publication_date",
    "firstPublishDate",
];
/// Places at which a key is tried; a value may be null, or the key part of a longer one.
const TRIES: usize = 20;
/// Bytes of a string below which it is no article.
const SHORTEST: usize = 400;
/// Paragraphs that it has at least.
const PARAGRAPHS: usize = 2;
/// How deep strings are looked for in strings.
const DEEPEST: usize = 2;
/// Strings that are looked at in a page.
const MOST: usize = 20_000;

/// The markup of the article in the scripts of a page; `html` is the page as it came, with its scripts.
pub(crate) fn article(html: &str) -> Option<String> {
    let mut best = String::new();
    let mut left = MOST;
    look(html, DEEPEST, &mut left, &mut best);
    Some(best).filter(|b| !b.is_empty())
}

/// When the article was published, by the surest key of the data that says so, in a script or in a string of one.
pub(crate) fn published(html: &str, calendar: Calendar) -> Option<Moment> {
    let marks = |c: char| matches!(c, '"' | '\\') || c.is_whitespace();
    let value = |(at, key): (usize, &str)| {
        let after = html.get(at + key.len()..)?.trim_start_matches(marks);
        let quoted = after.strip_prefix(':')?.trim_start_matches(marks);
        moment::from_machine(quoted.split(['"', '\\']).next()?, calendar)
    };
    PUBLISHED
        .iter()
        .find_map(|key| html.match_indices(key).take(TRIES).find_map(value))
}

fn look(text: &str, deeper: usize, left: &mut usize, best: &mut String) {
    for literal in literals(text) {
        *left = left.saturating_sub(1);
        if *left == 0 {
            return;
        }
        if literal.len() < SHORTEST {
            continue;
        }
        let Ok(string) = serde_json::from_str::<String>(literal) else {
            continue;
        };
        let before = best.len();
        if deeper > 0 && string.contains("\":") {
            look(&string, deeper - 1, left, best);
        }
        // A text may look like data: it quotes a word before a colon.
        let holds_data = best.len() > before;
        if !holds_data && string.len() > best.len() && paragraphs(&string) >= PARAGRAPHS {
            *best = string;
        }
    }
}

fn paragraphs(markup: &str) -> usize {
    ["<p>", "<p ", "<br"]
        .iter()
        .map(|tag| markup.matches(tag).count())
        .sum()
}

/// The strings in double quotes of a text, quotes and all, that stand where JSON or a call has them.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text.get(at..)?.find('"')?;
            at = start + 1;
            let before = bytes.get(..start).unwrap_or_default();
            if !matches!(
                before.trim_ascii_end().last(),
                Some(b':' | b',' | b'[' | b'(' | b'=')
            ) {
                continue;
            }
            let Some(end) = literal_end(bytes, at) else {
                continue;
            };
            let after = bytes.get(end..).unwrap_or_default();
            if matches!(
                after.trim_ascii_start().first(),
                Some(b',' | b'}' | b']' | b')' | b';')
            ) {
                at = end;
                return text.get(start..end);
            }
        }
    })
}

/// Where a string ends that began before `from`; `None` where the line ends before it.
fn literal_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in bytes.iter().enumerate().skip(from) {
        match byte {
            b'\n' => return None,
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::calendar::Order;
    use proptest::prelude::*;

    #[test]
    fn a_day_is_read_from_the_surest_key() {
        let page = r#"<script>x={"publish_date":"2026-03-01","publishedAt":null,"a":{"publishedAt" : "2026-03-02T10:00:00Z"}}</script>"#;
        let calendar = Calendar {
            order: Order::DayFirst,
            read_at: None,
        };
        let found = published(page, calendar).map(|m| m.at.to_string());
        assert_eq!(found.as_deref(), Some("2026-03-02T10:00:00Z"));
        let call = r#"<script>push("{\"publishedAt\":\"2026-03-02T10:00:00Z\"}")</script>"#;
        assert!(published(call, calendar).is_some());
        assert_eq!(published("\"publishedAt\":null", calendar), None);
    }

    fn body() -> String {
        let sentence = "The ministry published a rule on the export of chips \"on Monday\". ";
        format!(
            "<p class=\"a\">The \"AI Act\": {0}</p><p>{0}</p>",
            sentence.repeat(4)
        )
    }

    #[test]
    fn the_longest_markup_is_found_in_data_and_in_strings_of_calls() {
        let data = serde_json::json!({ "title": "A", "contentHtml": body(), "more": ["<p>b</p><p>c</p>"] }).to_string();
        let page = format!("<html lang=\"en\"><script>window.data = {data};</script>");
        assert_eq!(article(&page), Some(body()));
        let call = serde_json::to_string(&data).unwrap();
        let page = format!("<script>it's(\"\n); self.next.push([1,{call}])</script>");
        assert_eq!(article(&page), Some(body()));
    }

    #[test]
    fn code_and_templates_are_no_articles() {
        let page = format!(
            "<script>var a = \"{}\", b = \"<p>x</p><p>y</p>\"</script>",
            "x".repeat(500)
        );
        assert_eq!(article(&page), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn any_script_is_survived(text in "(\"|\\\\|:|,|\\[|é|<p>|u003c|\n|a){0,200}") {
            let _ = article(&text);
        }
    }
}
