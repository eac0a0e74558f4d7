//! The tree against a story.

use crate::expr::{Expr, Is, Phrase, Term};
use crate::fold::{count, fold};
use std::cell::OnceCell;
use tocsin_core::{EventId, Story, TagScore, Timestamp, host_of};

/// A story, with its words in the form in which they are compared, made where they are needed.
pub(crate) struct Subject<'a> {
    story: &'a Story,
    title: OnceCell<String>,
    text: OnceCell<String>,
}

impl<'a> Subject<'a> {
    pub(crate) fn new(story: &'a Story) -> Self {
        Self {
            story,
            title: OnceCell::new(),
            text: OnceCell::new(),
        }
    }

    /// How often a phrase stands in the title, counted up to `most`.
    pub(crate) fn in_title(&self, phrase: &Phrase, most: usize) -> usize {
        let title = self.title.get_or_init(|| fold(&self.story.article.title));
        count(title, &phrase.folded, most)
    }

    /// How often a phrase stands in the text, counted up to `most`.
    pub(crate) fn in_text(&self, phrase: &Phrase, most: usize) -> usize {
        let text = self.text.get_or_init(|| fold(&self.story.article.text));
        count(text, &phrase.folded, most)
    }
}

impl Expr {
    /// Whether a story fulfils the condition.
    pub(crate) fn matches(&self, subject: &Subject<'_>) -> bool {
        match self {
            Self::Everything => true,
            Self::All(parts) => parts.iter().all(|part| part.matches(subject)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(subject)),
            Self::Not(inner) => !inner.matches(subject),
            Self::Term(term) => term.matches(subject),
        }
    }

    /// From which moment on, and before which one, every story lies that matches.
    pub(crate) fn bounds(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        match self {
            Self::Term(Term::Since(from)) => (Some(*from), None),
            Self::Term(Term::Until(until)) => (None, Some(*until)),
            Self::All(parts) => parts
                .iter()
                .map(Self::bounds)
                .fold((None, None), |(from, until), (f, u)| {
                    (from.max(f), [until, u].into_iter().flatten().min())
                }),
            // `None` is less than any moment, which is right for the start of a union.
            Self::Any(parts) => {
                let from = parts.iter().map(|p| p.bounds().0).min().flatten();
                let ends: Option<Vec<Timestamp>> = parts.iter().map(|p| p.bounds().1).collect();
                (from, ends.and_then(|ends| ends.into_iter().max()))
            }
            Self::Everything | Self::Not(_) | Self::Term(_) => (None, None),
        }
    }
}

impl Term {
    fn matches(&self, subject: &Subject<'_>) -> bool {
        let story = subject.story;
        match self {
            Self::Words(phrase) => {
                subject.in_title(phrase, 1) > 0 || subject.in_text(phrase, 1) > 0
            }
            Self::Title(phrase) => subject.in_title(phrase, 1) > 0,
            Self::Tag(tag) => story.tags.iter().any(|t| t.tag == *tag),
            Self::Entity { name, ids } => names_entity(story, name, ids),
            Self::Source(id) => story.source.as_str().eq_ignore_ascii_case(id.as_str()),
            Self::Country { sources, .. } => sources.contains(&story.source),
            Self::Lang(code) => language(story).is_some_and(|l| l.eq_ignore_ascii_case(code)),
            Self::Site(site) => is_on_site(story, site),
            Self::Author(name) => holds(story.article.byline.iter(), name),
            Self::Event(id) => story.event.as_ref() == Some(id),
            Self::Is(state) => is_in_state(story, *state),
            Self::HasEvidence => story.tags.iter().any(|t| !t.evidence.is_empty()),
            Self::Since(from) => story.time() >= *from,
            Self::Until(until) => story.time() < *until,
            Self::Score {
                compare,
                value,
                tags,
            } => scored(story, tags).any(|t| compare.holds(t.score.get(), *value)),
        }
    }
}

/// The tags of a story that are among the named ones; all where none is named.
pub(crate) fn scored<'a>(
    story: &'a Story,
    tags: &'a [String],
) -> impl Iterator<Item = &'a TagScore> {
    let is_named = |t: &&TagScore| tags.is_empty() || tags.contains(&t.tag);
    story.tags.iter().filter(is_named)
}

/// By id where the name is known, else by the words of the name.
fn names_entity(story: &Story, name: &Phrase, ids: &[String]) -> bool {
    if ids.is_empty() {
        return holds(story.entities.iter().map(|e| &e.name), name);
    }
    story.entities.iter().any(|e| ids.contains(&e.id))
}

fn language(story: &Story) -> Option<&str> {
    story.article.language.as_ref()?.split(['-', '_']).next()
}

fn is_on_site(story: &Story, site: &Phrase) -> bool {
    let wanted = site.text.trim().to_lowercase();
    let host = host_of(&story.article.canonical_url).unwrap_or_default();
    let is_below = host
        .strip_suffix(&wanted)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    is_below || holds(story.article.site_name.iter(), site)
}

fn is_in_state(story: &Story, state: Is) -> bool {
    match state {
        Is::Relevant => story.relevant,
        Is::Duplicate => story.duplicate_of.is_some(),
        Is::Review => !story.review.is_empty(),
        Is::First => story.event == Some(EventId::of_first_story(story.id())),
        Is::Development => story.development.is_some(),
        Is::Teaser => story.article.teaser,
        Is::Removed => story.removed,
    }
}

/// Whether one of the texts holds the words.
fn holds<'a>(mut texts: impl Iterator<Item = &'a String>, words: &Phrase) -> bool {
    texts.any(|text| count(&fold(text), &words.folded, 1) > 0)
}

#[cfg(test)]
mod tests {
    use crate::fixture::{parse, story};
    use proptest::prelude::*;
    use tocsin_core::{Story, StoryId};

    fn check(story: &Story, yes: &[&str], no: &[&str]) {
        let asks = |expression: &str| parse(expression).unwrap().matches(story);
        for expression in yes {
            assert!(asks(expression), "should match: {expression}");
            assert!(!asks(&format!("-({expression})")), "negated: {expression}");
        }
        for expression in no {
            assert!(!asks(expression), "should not match: {expression}");
        }
    }

    #[test]
    fn words_stand_in_title_or_text() {
        let yes = [
            "ministry",
            "CHIPS,",
            "\"in May.\"",
            "rule huawei",
            "\"export controls\"",
            "export-controls",
            "华为",
            "\"rule names huawei\"",
            "title:\"export rule\"",
            "title:ministry",
            "renee OR may",
        ];
        let no = [
            "chip",
            "ministries",
            "\"controls export\"",
            "title:huawei",
            "\"chips the rule\"",
            "semiconductor",
            "rule semiconductor",
            "中兴",
        ];
        check(&story(), &yes, &no);
    }

    #[test]
    fn fields_look_at_their_own_part() {
        let event = format!("event:{}", story().event.unwrap());
        let yes = [
            "tag:chip-restrictions",
            "tag:Chip_Restrictions",
            "tag:(conference chip-restrictions)",
            "entity:华为",
            "entity:\"huawei technologies\"",
            "source:JP-Daily",
            "country:jp",
            "lang:EN-gb",
            "site:daily.example",
            "site:news.daily.example",
            "site:\"the daily\"",
            "site:https://news.daily.example/other",
            "author:renee",
            "is:relevant",
            "is:first",
            "has:evidence",
            "has:(evidence)",
            "tag:(conference | export-enforcement)",
            &event,
        ];
        let no = [
            "tag:conference",
            "entity:smic",
            "entity:tech",
            "source:jp",
            "lang:ja",
            "site:aily.example",
            "site:example.org",
            "author:ren",
            "is:duplicate",
            "is:review",
            "is:development",
            "is:teaser",
            "event:e1",
            "is:(duplicate | review)",
        ];
        check(&story(), &yes, &no);
    }

    #[test]
    fn times_are_those_of_publication() {
        let yes = [
            "since:2026-03-02",
            "until:2026-03-02",
            "since:monday until:monday",
            "since:2d8h",
            "until:2d",
            "since:2026-03",
            "until:2026",
            "since:2026-03-02T08:00:00Z",
        ];
        let no = [
            "since:2026-03-03",
            "until:2026-03-01",
            "since:yesterday",
            "since:1d",
            "until:3d",
            "until:2026-03-02T08:00:00Z",
        ];
        check(&story(), &yes, &no);
    }

    #[test]
    fn a_score_is_that_of_the_tag_in_its_own_group() {
        let yes = [
            "score>=0.95",
            "score<=0.7",
            "tag:export-enforcement score=0.7",
            "score≥.9",
            "tag:chip-restrictions score>0.9",
            "(tag:conference OR tag:chip-restrictions) score>.9",
            "tag:export-enforcement -score>0.9",
            "tag:export-enforcement (score>0.9 rule)",
        ];
        let no = [
            "score>0.95",
            "tag:export-enforcement score>0.9",
            "score<0.7",
        ];
        check(&story(), &yes, &no);
    }

    #[test]
    fn parts_are_joined_as_written() {
        let yes = [
            "ministry AND chips",
            "ministry OR nothing",
            "nothing OR ministry chips",
            "(nothing OR ministry) chips",
            "NOT nothing",
            "--ministry",
            "-nothing -none",
            "a | rule",
        ];
        let no = [
            "nothing OR ministry none",
            "(nothing OR none) chips",
            "ministry NOT chips",
        ];
        check(&story(), &yes, &no);
        assert!(parse("").unwrap().matches(&story()));
        assert!(parse(" sort:oldest").unwrap().matches(&story()));
    }

    #[test]
    fn states_are_told_apart() {
        let mut copy = story();
        copy.duplicate_of = Some(StoryId::new("s1"));
        copy.review = copy.tags.split_off(1);
        copy.event = Some(tocsin_core::EventId::new("e1"));
        copy.development = Some("The vote was 14 to 3".to_owned());
        copy.article.teaser = true;
        check(
            &copy,
            &[
                "is:duplicate",
                "is:review",
                "is:development",
                "is:teaser",
                "event:e1",
            ],
            &["is:first"],
        );
    }

    #[test]
    fn what_was_taken_out_is_found_by_name_only() {
        let gone = Story {
            removed: true,
            ..story()
        };
        let asks = |expression: &str, story: &Story| parse(expression).unwrap().matches(story);
        for (expression, there, removed) in [
            ("", true, false),
            ("ministry", true, false),
            ("-nothing", true, false),
            ("is:removed", false, true),
            ("ministry -is:removed", true, false),
            ("ministry (is:removed OR is:relevant)", true, true),
        ] {
            assert_eq!(asks(expression, &story()), there, "{expression}");
            assert_eq!(asks(expression, &gone), removed, "{expression}");
        }
    }

    #[test]
    fn bounds_hold_what_matches_and_little_more() {
        let bounds = |expression: &str| {
            let (from, until) = parse(expression).unwrap().bounds();
            let day = |t: Option<jiff::Timestamp>| {
                t.map_or("-".to_owned(), |t| t.strftime("%d").to_string())
            };
            format!("{} {}", day(from), day(until))
        };
        assert_eq!(bounds("rule"), "- -");
        assert_eq!(
            bounds("since:2026-03-02 until:2026-03-04 since:2026-03-03"),
            "03 05"
        );
        assert_eq!(bounds("since:2026-03-02 OR since:2026-03-03"), "02 -");
        assert_eq!(bounds("until:2026-03-02 OR until:2026-03-04"), "- 05");
        assert_eq!(bounds("since:2026-03-02 OR rule"), "- -");
        assert_eq!(bounds("-since:2026-03-02"), "- -");
    }

    fn expression() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            (1..28_u8).prop_map(|day| format!("since:2026-03-{day:02}")),
            (1..28_u8).prop_map(|day| format!("until:2026-03-{day:02}")),
            Just("rule".to_owned()),
            Just("nothing".to_owned()),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..3)
                    .prop_map(|p| format!("({})", p.join(" "))),
                prop::collection::vec(inner.clone(), 1..3)
                    .prop_map(|p| format!("({})", p.join(" OR "))),
                inner.prop_map(|p| format!("-{p}")),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn no_story_that_matches_lies_outside_the_bounds(
            expression in expression(), day in 1..28_i64,
        ) {
            let query = parse(&expression).unwrap();
            let mut story = story();
            story.article.published = Some(format!("2026-03-{day:02}T09:00:00Z").parse().unwrap());
            if query.matches(&story) {
                let (from, until) = query.bounds();
                prop_assert!(from.is_none_or(|from| story.time() >= from));
                prop_assert!(until.is_none_or(|until| story.time() < until));
            }
        }
    }
}
