//! Finds thousands of phrases in one pass over a folded text.
//!
//! In: phrases, and how strictly each is compared; then texts. Out: where each phrase stands, on word
//! borders, overlaps included. Never: knows what a phrase means.

use crate::fold::{Folded, is_unspaced};
use aho_corasick::{AhoCorasick, BuildError};

/// How the case of letters counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Case {
    /// Not at all.
    Any,
    /// Capitals exactly where the phrase has them.
    Exact,
    /// The first letter is a capital if the phrase's is.
    Initial,
}

/// A phrase in the form in which it is looked for.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    /// What is looked for: all of the phrase, or what stands before its first `*`.
    folded: Folded,
    case: Case,
    /// What must follow, each piece after the rest of a word: one for each `*`, the last often empty.
    rest: Vec<String>,
}

impl Pattern {
    /// A phrase of the taxonomy: `*` stands for the rest of a word, `=Word` and all capitals are
    /// compared by case. `None` where nothing is left to look for.
    pub(crate) fn of_phrase(phrase: &str) -> Option<Self> {
        let phrase = phrase.trim();
        let (phrase, marked) = match phrase.strip_prefix('=') {
            Some(rest) => (rest, true),
            None => (phrase, false),
        };
        let exact = marked || Folded::new(phrase).is_all_capitals();
        let mut pieces = phrase.split('*');
        let folded = Folded::new(pieces.next()?);
        let rest = pieces.map(after_word).collect();
        let case = if exact { Case::Exact } else { Case::Any };
        (!folded.text.is_empty()).then_some(Self { folded, case, rest })
    }

    /// A name: compared as `case` says. `None` where nothing is left.
    pub(crate) fn of_name(name: &str, case: Case) -> Option<Self> {
        let folded = Folded::new(name.trim());
        let rest = Vec::new();
        (!folded.text.is_empty()).then_some(Self { folded, case, rest })
    }

    /// What tells it from other patterns.
    pub(crate) fn key(&self) -> (String, Case, bool) {
        let whole = [std::slice::from_ref(&self.folded.text), &self.rest].concat();
        (whole.join("*"), self.case, self.rest.is_empty())
    }

    /// The bytes that the pattern goes on for after `hit`, its fixed beginning; `None` where it does
    /// not go on as it should.
    fn tail(&self, hit: &str, after: &str) -> Option<usize> {
        if self.rest.is_empty() {
            let ends = tail_of_word(hit, after) == 0 && !goes_on_as_number(hit, after);
            return ends.then_some(0);
        }
        let mut at = 0;
        let mut last = hit;
        for piece in &self.rest {
            at += tail_of_word(last, after.get(at..)?);
            let next = after.get(at..)?;
            if !next.starts_with(piece.as_str()) {
                return None;
            }
            at += piece.len();
            last = if piece.is_empty() { last } else { piece };
        }
        let closed = self.rest.last().is_some_and(|piece| !piece.is_empty());
        let joined = closed && tail_of_word(last, after.get(at..)?) > 0;
        (!joined).then_some(at)
    }

    fn case_fits(&self, text: &Folded, start: usize, shouted: bool) -> bool {
        let here = text.capitals(start, start + self.folded.text.len());
        let own = self.folded.capitals(0, self.folded.text.len());
        match self.case {
            Case::Any => true,
            Case::Exact => here == own || (shouted && !self.folded.is_all_capitals()),
            Case::Initial => shouted || here.first() >= own.first(),
        }
    }
}

/// A place where a pattern stands; bytes of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// The pattern's number, in the order given.
    pub(crate) pattern: usize,
    /// First byte.
    pub(crate) start: usize,
    /// One past the last.
    pub(crate) end: usize,
}

/// All patterns, ready to be looked for at once.
#[derive(Debug)]
pub(crate) struct Matcher {
    patterns: Vec<Pattern>,
    automaton: AhoCorasick,
}

impl Matcher {
    /// Builds the automaton; fails only when there are more phrases than it can number.
    pub(crate) fn new(patterns: Vec<Pattern>) -> Result<Self, BuildError> {
        let automaton = AhoCorasick::new(patterns.iter().map(|p| &p.folded.text))?;
        Ok(Self {
            patterns,
            automaton,
        })
    }

    /// Every place of every pattern, by their end.
    pub(crate) fn find(&self, text: &Folded) -> Vec<Found> {
        let shouted = text.is_all_capitals();
        self.automaton
            .find_overlapping_iter(&text.text)
            .filter_map(|m| self.verify(text, m.pattern().as_usize(), m.start(), m.end(), shouted))
            .collect()
    }

    fn verify(
        &self,
        text: &Folded,
        pattern: usize,
        start: usize,
        end: usize,
        shouted: bool,
    ) -> Option<Found> {
        let known = self.patterns.get(pattern)?;
        let (before, hit) = (text.text.get(..start)?, text.text.get(start..end)?);
        let after = text.text.get(end..)?;
        if joins(before.chars().next_back(), hit.chars().next()) {
            return None;
        }
        if !known.case_fits(text, start, shouted) {
            return None;
        }
        let end = end + known.tail(hit, after)?;
        Some(Found {
            pattern,
            start,
            end,
        })
    }
}

/// A later piece of a phrase, folded; the space before it is kept, since it ends the word.
fn after_word(piece: &str) -> String {
    let gap = if piece.starts_with([' ', '-']) {
        " "
    } else {
        ""
    };
    format!("{gap}{}", Folded::new(piece.trim()).text)
}

/// Bytes of `after` that belong to the word that `hit` ends with.
fn tail_of_word(hit: &str, after: &str) -> usize {
    if !hit.chars().next_back().is_some_and(is_word) {
        return 0;
    }
    after
        .char_indices()
        .find(|(_, c)| !is_word(*c))
        .map_or(after.len(), |(i, _)| i)
}

/// Whether "5" is really the head of "5.5".
fn goes_on_as_number(hit: &str, after: &str) -> bool {
    let mut next = after.bytes();
    hit.ends_with(|c: char| c.is_ascii_digit())
        && next.next() == Some(b'.')
        && next.next().is_some_and(|b| b.is_ascii_digit())
}

fn joins(left: Option<char>, right: Option<char>) -> bool {
    left.is_some_and(is_word) && right.is_some_and(is_word)
}

/// Whether a character is part of a word that has borders.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() && !is_unspaced(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(patterns: &[&str], text: &str) -> Vec<String> {
        let patterns = patterns.iter().filter_map(|p| Pattern::of_phrase(p));
        let folded = Folded::new(text);
        let found = Matcher::new(patterns.collect()).unwrap().find(&folded);
        found
            .iter()
            .map(|f| {
                let (a, b) = folded.original_span(text, f.start, f.end);
                text.get(a..b).unwrap().to_owned()
            })
            .collect()
    }

    #[test]
    fn words_end_at_borders_and_stars_run_on() {
        assert_eq!(
            hits(&["chip", "restrict*"], "Chips: chip restrictions"),
            ["chip", "restrictions"]
        );
        assert_eq!(hits(&["open-weight"], "Open weight"), ["Open weight"]);
        let text = "violating export rules, violated exports, violation";
        assert_eq!(hits(&["violat* export"], text), ["violating export"]);
        assert_eq!(hits(&["violat* export*"], text).len(), 2);
    }

    #[test]
    fn capitals_and_marked_words_are_compared_by_case() {
        assert_eq!(hits(&["AI"], "ai Ai AI J'ai AIR"), ["AI"]);
        assert_eq!(hits(&["=Claude"], "claude Claude"), ["Claude"]);
        assert_eq!(hits(&["=Claude"], "CLAUDE WINS"), ["CLAUDE"]);
        assert_eq!(hits(&["ai act"], "AI Act"), ["AI Act"]);
    }

    #[test]
    fn scripts_without_spaces_are_found_anywhere_and_bound_latin_words() {
        assert_eq!(hits(&["芯片", "AI"], "国产AI芯片🙂出口"), ["AI", "芯片"]);
        assert_eq!(hits(&["규제"], "반도체규제를"), ["규제"]);
    }

    #[test]
    fn a_version_is_not_the_head_of_another() {
        assert_eq!(hits(&["GPT-5"], "GPT-5.5, GPT-5."), ["GPT-5"]);
    }

    #[test]
    fn names_may_be_followed_by_an_apostrophe() {
        let pattern = Pattern::of_name("Huawei", Case::Initial).unwrap();
        let matcher = Matcher::new(vec![pattern]).unwrap();
        assert_eq!(matcher.find(&Folded::new("Huawei’s huawei")).len(), 1);
        assert_eq!(matcher.find(&Folded::new("HUAWEI BANNED")).len(), 1);
    }
}
