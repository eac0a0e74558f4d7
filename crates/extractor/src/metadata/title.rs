//! The title of an article without the name of its site.
//!
//! In order: what `og:title` says, if it is the headline of JSON-LD without its kicker or rubric; what `og:title` says,
//! if that headline stands alone and the address is made of the words of `og:title`; what follows in `og:title` and the
//! first heading after different kickers, if no article is declared; the headline that JSON-LD gives of a news article; the
//! page's first heading, if it is about the same as what `<meta>` and `<title>` say; the headline of other JSON-LD; `<meta>`;
//! `<title>`. Headings come before `<meta>` because many sites write the latter for search engines.

use super::json_ld::ArticleLd;
use crate::facts::Facts;
use std::collections::HashSet;
use tocsin_core::text::is_cjk;

/// What stands between a title and a site's name.
const SEPARATORS: &[&str] = &[
    " | ", " - ", " – ", " — ", " · ", " • ", " » ", " :: ", " / ", "｜", "ㅣ", " ‹ ", " « ",
    " ~ ", "|", "_",
];
/// Names of `<meta>` that hold the headline, as JSON-LD does.
const HEADLINE: &[&str] = &["headline", "article:headline", "hdl"];
const META: &[&str] = &[
    "og:title",
    "twitter:title",
    "title",
    "dc.title",
    "sailthru.title",
    "parsely-title",
    "citation_title",
];
/// What stands between a kicker and the title.
const KICKER_ENDS: &[&str] = &[": ", " - ", " – ", " — ", " | ", " / "];
/// Bytes from which on two titles do not agree by chance.
const LONG: usize = 20;
/// Fewest letters of the shortest word that tells of a subject; a han character counts as a word.
const TELLING: usize = 4;

/// The title, or `None` where the page has none.
pub(crate) fn of(
    facts: &Facts,
    article: Option<&ArticleLd>,
    site: Site<'_>,
    path: &str,
) -> Option<String> {
    let strip = |title: &str| Some(site.strip(title)).filter(|t| !t.is_empty());
    let in_data = article.and_then(|a| a.headline.as_deref());
    let headline = in_data.or_else(|| facts.meta(HEADLINE)).and_then(strip);
    let meta = facts.meta(META).and_then(strip);
    let title = facts.title.as_deref().and_then(strip);
    let shared = facts
        .meta(&["og:title"])
        .and_then(strip)
        .filter(|t| !site.is(t));
    let first = facts.headings.first().map(|h| site.strip(h));
    if let Some(shared) = shared {
        let declared = headline
            .as_ref()
            .filter(|_| article.is_some_and(|a| a.is_article));
        let better = match (declared, &first) {
            (Some(headline), _) => {
                let key = letters(headline);
                let mut others = [&first, &title].into_iter().flatten();
                let is_alone = others.all(|t| letters(t) != key);
                let is_better =
                    is_core_of(&shared, headline) || (is_alone && is_in_path(&shared, path));
                is_better.then_some(shared)
            }
            (None, Some(first)) => common_core(first, &shared),
            (None, None) => None,
        };
        if better.is_some() {
            return better;
        }
    }
    if headline.is_some() && article.is_some_and(|a| a.is_news) {
        return headline;
    }
    let others = [&headline, &meta, &title].map(|t| t.as_deref());
    heading(facts, site, others).or(headline).or(meta).or(title)
}

/// Whether a title is what a headline says after a kicker (`Chip rules: ministry …`) or before a rubric (`… | Politics`).
fn is_core_of(title: &str, headline: &str) -> bool {
    let (title_key, key) = (letters(title), letters(headline));
    let before_rubric = headline
        .strip_prefix(title)
        .is_some_and(|rest| rest.starts_with(" | "));
    title_key.len() < key.len()
        && !title_key.is_empty()
        && (key.ends_with(&title_key) || before_rubric)
}

/// What follows in each of two titles after another kicker.
fn common_core(heading: &str, shared: &str) -> Option<String> {
    let after_kicker = |title: &str| {
        let ends = KICKER_ENDS.iter();
        let cut = ends
            .filter_map(|end| title.find(end).map(|at| at + end.len()))
            .min()?;
        title.get(cut..).map(|t| t.trim().to_owned())
    };
    let (core, other) = (after_kicker(heading)?, after_kicker(shared)?);
    let is_same = letters(heading) != letters(shared) && letters(&core) == letters(&other);
    (core.len() > LONG && is_same).then_some(core)
}

/// Whether an address is made of a title's words, or most of them.
fn is_in_path(title: &str, path: &str) -> bool {
    let path = path.to_lowercase();
    let words = telling_words(
        &title
            .to_lowercase()
            .replace('ä', "ae")
            .replace('ö', "oe")
            .replace('ü', "ue"),
    );
    let found = words.iter().filter(|w| path.contains(w.as_str())).count();
    found * 4 >= words.len() * 3 && found > 1
}

/// The first heading, if it is about what the other titles are about. Where one of them has the
/// same letters, or the same ending after a kicker, its spelling is taken: the parts of a heading
/// are often put together by style alone.
fn heading(facts: &Facts, site: Site<'_>, others: [Option<&str>; 3]) -> Option<String> {
    let heading = facts.headings.iter().find(|h| !h.is_empty())?;
    if site.is(heading) {
        return None;
    }
    let key = letters(heading);
    let others: Vec<&str> = others.into_iter().flatten().collect();
    if let Some(same) = others
        .iter()
        .find(|o| key.ends_with(&letters(o)) && !letters(o).is_empty())
    {
        return Some((*same).to_owned());
    }
    let words = telling_words(heading);
    let agrees = others.is_empty() || others.iter().any(|o| !telling_words(o).is_disjoint(&words));
    agrees
        .then(|| site.strip(heading))
        .filter(|h| !h.is_empty())
}

fn telling_words(title: &str) -> HashSet<String> {
    let lower = title.to_lowercase();
    let words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.chars().count() >= TELLING)
        .map(str::to_owned);
    words
        .chain(lower.chars().filter(|c| is_cjk(*c)).map(String::from))
        .collect()
}

/// What two spellings of a title have in common.
pub(crate) fn letters(words: &str) -> String {
    words
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// What a site is called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site<'a> {
    /// As it says itself.
    pub(crate) name: Option<&'a str>,
    /// As its host spells it.
    pub(crate) host: &'a str,
}

impl Site<'_> {
    /// A title without the site's name at either end.
    pub(crate) fn strip(self, title: &str) -> String {
        for separator in SEPARATORS {
            if let Some((head, tail)) = title.rsplit_once(separator)
                && self.is(tail)
                && !head.trim().is_empty()
            {
                return self.strip_rubric(head, separator);
            }
            if let Some((head, tail)) = title.split_once(separator)
                && self.is(head)
                && !tail.trim().is_empty()
            {
                return tail.trim().to_owned();
            }
        }
        title.trim().to_owned()
    }

    /// What stands between a title and the site's name behind upright bars is a rubric.
    fn strip_rubric(self, head: &str, separator: &str) -> String {
        match head.split_once(separator) {
            Some((title, _)) if separator.contains('|') && !title.trim().is_empty() => {
                title.trim().to_owned()
            }
            _ => self.strip(head.trim()),
        }
    }

    /// Whether words are the site's name.
    pub(crate) fn is(self, words: &str) -> bool {
        let words = letters(words);
        if words.is_empty() {
            return false;
        }
        let host = letters(self.host.strip_prefix("www.").unwrap_or(self.host));
        if words.len() > 2 && host.contains(&words) {
            return true;
        }
        let Some(name) = self.name.map(letters).filter(|n| !n.is_empty()) else {
            return false;
        };
        // "News Online" is "News"; a title that speaks of the site is not the site.
        let is_part = words.len() > 3
            && words.len() < name.len() * 3
            && (name.contains(&words) || words.contains(&name));
        name == words || is_part
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: Site<'_> = Site {
        name: Some("Chip Daily"),
        host: "www.chipdaily.example",
    };

    fn page(title: &str, og: Option<&str>, h1: Option<&str>) -> String {
        let facts = Facts {
            title: Some(title.to_owned()),
            meta: og
                .map(|og| ("og:title".to_owned(), og.to_owned()))
                .into_iter()
                .collect(),
            headings: h1.map(str::to_owned).into_iter().collect(),
            ..Facts::default()
        };
        of(&facts, None, SITE, "/").unwrap_or_default()
    }

    #[test]
    fn the_site_s_name_goes_from_either_end() {
        for title in [
            "Rule out - Chip Daily",
            "Chip Daily: | Rule out",
            "Rule out | Politics | Chip Daily",
            "Rule out | chipdaily.example",
            "Rule out – Chip Daily Online",
        ] {
            assert_eq!(page(title, None, None), "Rule out", "{title}");
        }
        assert_eq!(
            page("Rule - a first look", None, None),
            "Rule - a first look"
        );
    }

    #[test]
    fn a_heading_outranks_what_is_made_for_search_engines() {
        let (title, og) = ("Export rule 2026: all facts", Some("Export rule: 7 facts"));
        assert_eq!(
            page(title, og, Some("Ministry tightens export rule")),
            "Ministry tightens export rule"
        );
        assert_eq!(page(title, og, Some("Chip Daily")), "Export rule: 7 facts");
        assert_eq!(
            page(title, og, Some("Welcome back")),
            "Export rule: 7 facts"
        );
    }

    #[test]
    fn a_headline_that_stands_alone_gives_way_to_the_title_of_the_address() {
        let article = ArticleLd {
            headline: Some("Export rule: what makers must know now".to_owned()),
            is_article: true,
            is_news: true,
            ..ArticleLd::default()
        };
        let facts = Facts {
            title: Some("Ministry tightens export rule - Chip Daily".to_owned()),
            meta: vec![(
                "og:title".to_owned(),
                "Ministry tightens export rule".to_owned(),
            )],
            ..Facts::default()
        };
        let title = |path| of(&facts, Some(&article), SITE, path).unwrap_or_default();
        assert_eq!(
            title("/world/ministry-tightens-export-rule-12.html"),
            "Ministry tightens export rule"
        );
        assert_eq!(
            title("/world/article12"),
            "Export rule: what makers must know now"
        );
    }

    #[test]
    fn two_kickers_of_one_title_are_none_of_it() {
        let (heading, og) = (
            "Trade - “The rule has much to do with chips”",
            "Export: “The rule has much to do with chips”",
        );
        assert_eq!(
            page(og, Some(og), Some(heading)),
            "“The rule has much to do with chips”"
        );
        assert_eq!(page(heading, Some(heading), Some(heading)), heading);
    }

    #[test]
    fn a_kicker_and_a_rubric_are_no_part_of_the_title() {
        let title = "Ministry tightens rule";
        assert!(is_core_of(title, "Export of chips: Ministry tightens rule"));
        assert!(is_core_of(title, "Ministry tightens rule | Politics"));
        assert!(!is_core_of(title, "Ministry tightens rule again"));
        assert!(!is_core_of(title, title));
    }

    #[test]
    fn a_kicker_put_before_by_style_is_not_run_into_the_title() {
        assert_eq!(
            page(
                "x",
                Some("Ministry tightens rule"),
                Some("Exports Ministry tightens rule")
            ),
            "Ministry tightens rule"
        );
        assert_eq!(
            page("出口新规 - Chip Daily", None, Some("出口新规")),
            "出口新规"
        );
    }
}
