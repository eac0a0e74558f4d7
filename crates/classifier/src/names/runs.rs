//! Runs of capital words: what may be a name.
//!
//! In: a part of a story. Out: its [`Run`]s. Never: knows what they name.

use super::cues::{self, Words};
use crate::fold::is_unspaced;
use crate::layout::Part;
use crate::words::{Token, hash};
use tocsin_core::Mention;

/// Words that stand together and begin with capitals. Places are indexes into the part's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    /// The first token.
    pub(super) first: usize,
    /// One past the last.
    pub(super) end: usize,
    /// Whether it stood at the beginning of a sentence, where any word has a capital.
    pub(super) opens: bool,
    /// Whether a word for a person's role stands before it.
    pub(super) role: bool,
}

impl Run {
    /// One that was not found by its capitals.
    pub(super) fn new(first: usize, end: usize) -> Self {
        Self {
            first,
            end,
            opens: false,
            role: false,
        }
    }
}

/// A part of a story, by its tokens.
pub(super) struct Reader<'a> {
    part: &'a Part<'a>,
    /// Those that are looked at.
    tokens: &'a [Token],
    /// Where those stand that begin with a capital.
    capitals: Vec<usize>,
    /// Where the signs stand that Chinese, Japanese and Korean set off names with.
    signs: Vec<usize>,
}

/// More words than this are no name.
const LONGEST: usize = 16;
/// What comes after so many tokens is not looked at; it bounds the time for any text.
const MOST_TOKENS: usize = 4000;

impl<'a> Reader<'a> {
    /// Reads a part.
    pub(super) fn new(part: &'a Part<'a>) -> Self {
        let tokens = part.tokens.get(..MOST_TOKENS).unwrap_or(&part.tokens);
        let mut reader = Self {
            part,
            tokens,
            capitals: Vec::new(),
            signs: Vec::new(),
        };
        for (at, token) in tokens.iter().enumerate() {
            if token.is_word() {
                reader.capitals.extend(reader.is_capital(at).then_some(at));
            } else if token.is_sign() && token.end - token.start > 1 {
                reader
                    .signs
                    .extend(cues::sets_off(reader.word(at)).then_some(at));
            }
        }
        reader
    }

    /// Where the signs stand that Chinese, Japanese and Korean set off names with.
    pub(super) fn signs(&self) -> impl Iterator<Item = usize> {
        self.signs.iter().copied()
    }

    /// Where the words of a run of another part stand, with a capital where they have one.
    pub(super) fn occurrences(&self, other: &Self, run: Run) -> Vec<usize> {
        let length = run.end - run.first;
        let same = |at: &usize| (0..length).all(|nth| self.same(at + nth, other, run.first + nth));
        match other.is_capital(run.first) {
            true => self.capitals.iter().copied().filter(same).collect(),
            false => (0..self.tokens.len()).filter(same).collect(),
        }
    }

    /// Where a word of another part stands alone, with a capital and no other such word beside it.
    pub(super) fn alone(&self, other: &Self, word: usize) -> Vec<usize> {
        let capitals = self.capitals.iter().copied();
        let same = capitals.filter(|at| self.same(*at, other, word));
        let joined = |at: usize| {
            at.checked_sub(1)
                .is_some_and(|before| self.is_capital(before))
        };
        same.filter(|at| !joined(*at) && !self.is_capital(at + 1))
            .collect()
    }

    /// Whether the word at a place is one of these.
    pub(super) fn is(&self, at: usize, words: &Words) -> bool {
        let token = self.tokens.get(at);
        token.is_some_and(|token| words.holds(token.hash))
    }

    /// Whether the same word stands at a place of another part.
    pub(super) fn same(&self, at: usize, other: &Self, there: usize) -> bool {
        let (a, b) = (self.tokens.get(at), other.tokens.get(there));
        a.zip(b).is_some_and(|(a, b)| a.hash == b.hash)
    }

    /// Some tokens as a mention.
    pub(super) fn mention(&self, first: usize, end: usize) -> Mention {
        let (start, end) = self.span(first, end);
        self.part.mention(start, end)
    }

    /// Whether two words that stand side by side are one of these, written together.
    pub(super) fn together(&self, at: usize, words: &Words) -> bool {
        let first = self.tokens.get(at).map_or(0, |token| token.hash);
        words.holds(hash(first, self.word(at + 1).as_bytes()))
    }

    /// The folded word at a place; empty past the end.
    pub(super) fn word(&self, at: usize) -> &'a str {
        let token = self.tokens.get(at);
        token.map_or("", |token| self.text(token))
    }

    fn text(&self, token: &Token) -> &'a str {
        let text = self.part.folded.text().get(token.start..token.end);
        text.unwrap_or_default()
    }

    /// First folded byte and one past the last of some tokens.
    pub(super) fn span(&self, first: usize, end: usize) -> (usize, usize) {
        let start = self.tokens.get(first).map_or(0, |token| token.start);
        let last = end.checked_sub(1).and_then(|last| self.tokens.get(last));
        (start, last.map_or(start, |token| token.end))
    }

    /// The folded text of a run.
    pub(super) fn folded(&self, run: Run) -> &'a str {
        let (start, end) = self.span(run.first, run.end);
        self.part.folded.text().get(start..end).unwrap_or_default()
    }

    /// The original text of a run.
    pub(super) fn original(&self, run: Run) -> &'a str {
        let (start, end) = self.span(run.first, run.end);
        self.part.original(start, end)
    }

    /// Whether the word at a place begins with a capital.
    pub(super) fn is_capital(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at).filter(|token| token.is_word()) else {
            return false;
        };
        let mut capitals = self.part.folded.capitals(token.start, token.start + 1);
        capitals.next() == Some(true)
    }

    /// Whether a word is all capitals.
    pub(super) fn is_shouted(&self, at: usize) -> bool {
        let token = self.tokens.get(at).filter(|token| token.is_word());
        token.is_some_and(|token| self.part.folded.capitals(token.start, token.end).all(|c| c))
    }

    fn is_number(&self, at: usize) -> bool {
        let word = self.word(at);
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
    }

    /// Whether two tokens stand side by side, or with a space or a hyphen between them.
    fn beside(&self, a: usize, b: usize) -> bool {
        let (Some(a), Some(b)) = (self.tokens.get(a), self.tokens.get(b)) else {
            return false;
        };
        let gap = self.part.folded.text().get(a.end..b.start);
        match gap {
            Some("") => true,
            // A space or a hyphen. Folding makes longer gaps and dashes spaces too.
            Some(" ") if self.part.folded.is_in_step(b.start) => true,
            Some(" ") => {
                let gap = self.part.gap(a.end, b.start);
                matches!(gap, " " | "-" | "\u{2010}" | "\u{2011}" | "\u{a0}")
            }
            _ => false,
        }
    }

    fn touches(&self, a: usize, b: usize) -> bool {
        let (a, b) = (self.tokens.get(a), self.tokens.get(b));
        a.zip(b).is_some_and(|(a, b)| a.end == b.start)
    }

    fn sentence(&self, at: usize) -> usize {
        let token = self.tokens.get(at);
        token.map_or(0, |token| self.part.place(token.start).0)
    }

    fn sentence_end(&self, at: usize) -> usize {
        self.part.sentence(self.sentence(at)).1
    }

    /// Whether a token stands at the beginning of a sentence, a line, a quotation or after a colon.
    fn opens(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else {
            return true;
        };
        self.sentence(before) != self.sentence(at)
            || matches!(self.word(before), ":" | "\"" | "(" | "•" | "*" | "|" | "#")
            || !self.beside(before, at)
    }

    /// Whether nearly all words have capitals, as in many English headlines: then they tell nothing.
    pub(super) fn is_titled(&self) -> bool {
        let long = |at: &usize| {
            self.tokens.get(*at).is_some_and(|t| t.is_word()) && self.word(*at).len() > 3
        };
        let words = (0..self.tokens.len()).filter(long).count();
        let capitals = self.capitals.iter().filter(|at| long(at)).count();
        let spaced = !self.part.folded.text().chars().any(is_unspaced);
        spaced && words > 3 && capitals * 10 > words * 6
    }

    /// All runs, in order.
    pub(super) fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        let mut done = 0;
        for at in self.capitals.iter().copied() {
            if at >= done {
                done = self.end_of(at);
                let body = (at..done).any(|at| self.begins_body(at));
                self.split(at, done, body, &mut runs);
            }
        }
        runs
    }

    /// Whether a word begins names of bodies or laws that go on with "of" or the like.
    fn begins_body(&self, at: usize) -> bool {
        let head = self.is(at, &cues::ORG_HEADS) || self.is(at, &cues::LAW_HEADS);
        let goes_on = || !self.is_capital(at + 1) && cues::joins_bodies(self.word(at + 1));
        head && goes_on()
    }

    /// Whether what follows a comma goes on as a list, up to an "and", of what a body is about:
    /// "Ministry for Climate Action, Energy and Mobility".
    fn lists_on(&self, comma: usize) -> bool {
        (comma + 1..comma + LONGEST)
            .find(|at| !self.is_capital(*at) && self.word(*at) != ",")
            .is_some_and(|at| {
                matches!(self.word(at), "and" | "et" | "y")
                    && self.is_capital(at + 1)
                    && at > comma + 1
            })
    }

    /// One past the last token of the run that begins at `first`.
    fn end_of(&self, first: usize) -> usize {
        let sentence_end = self.sentence_end(first);
        let mut body = self.begins_body(first);
        let mut end = first + 1;
        while end - first < LONGEST {
            let Some(next) = self.next(first, end, body) else {
                break;
            };
            let token = self.tokens.get(next);
            if token.is_none_or(|token| token.start >= sentence_end) {
                break;
            }
            body |= self.begins_body(next);
            end = next + 1;
        }
        end
    }

    /// The token that goes on with a run that ends before `end`.
    fn next(&self, first: usize, end: usize, body: bool) -> Option<usize> {
        let last = end - 1;
        if !self.beside(last, end) {
            return None;
        }
        if self.is_capital(end) || self.is_number(end) {
            return Some(end);
        }
        let initial = self.word(last).len() == 1 && self.is_capital(last);
        match self.word(end) {
            "." if initial && self.is_capital(end + 1) && self.beside(end, end + 1) => {
                Some(end + 1)
            }
            "." if self.is_number(last)
                && self.is_number(end + 1)
                && self.touches(end, end + 1) =>
            {
                Some(end + 1)
            }
            "'" if initial && self.is_capital(end + 1) && self.touches(end, end + 1) => {
                Some(end + 1)
            }
            "," if body && self.is_capital(end + 1) && self.lists_on(end) => Some(end + 1),
            "v" | "vs" if !self.is_capital(end) => self.after_versus(end),
            "&" if self.is_capital(end + 1) && self.beside(end, end + 1) => Some(end + 1),
            _ => self.after_small_words(first, end, body),
        }
    }

    /// The other party of "Smith v. Jones".
    fn after_versus(&self, versus: usize) -> Option<usize> {
        let next = versus + 1 + usize::from(self.word(versus + 1) == ".");
        self.is_capital(next).then_some(next)
    }

    /// The capital word after one to three small ones that may stand within a name.
    fn after_small_words(&self, first: usize, end: usize, body: bool) -> Option<usize> {
        let mut at = end;
        while at < end + 3 && self.beside(at - 1, at) {
            let word = self.word(at);
            let two = word == "and" && (first..end).any(|at| cues::stands_alone(self.word(at)));
            let joins = body && cues::joins_bodies(word) && !two || cues::joins_persons(word);
            let small = !self.is_capital(at) && joins;
            if !small {
                return None;
            }
            at += 1;
            if self.is_capital(at) && self.beside(at - 1, at) {
                return Some(at);
            }
        }
        None
    }

    /// Cuts a run at words for roles, and takes what is no part of a name from its ends.
    fn split(&self, first: usize, end: usize, body: bool, runs: &mut Vec<Run>) {
        let opens = self.opens(first);
        let mut role = first.checked_sub(1).is_some_and(|before| {
            self.is(before, &cues::ROLES)
                || self.word(before) == "." && before > 0 && self.is(before - 1, &cues::ROLES)
        });
        let mut start = first;
        for at in first..=end {
            if at < end && (body || !self.is(at, &cues::ROLES)) {
                continue;
            }
            self.push(
                Run {
                    first: start,
                    end: at,
                    opens: opens && start == first,
                    role,
                },
                runs,
            );
            role = true;
            start = at + 1;
        }
    }

    fn push(&self, mut run: Run, runs: &mut Vec<Run>) {
        while run.first < run.end
            && (self.is(run.first, &cues::STOP)
                || self.is_number(run.first)
                || !self.is_capital(run.first))
        {
            run.first += 1;
        }
        while run.first < run.end
            && (self.is(run.end - 1, &cues::STOP) && !self.is_shouted(run.end - 1)
                || self.is_no_word(run.end - 1))
        {
            run.end -= 1;
        }
        // "Supreme Court AI policy": what the body's is no part of its name.
        if run.end - run.first > 2 && self.word(run.end - 1) == "ai" {
            run.end -= 1;
        }
        if run.first < run.end {
            runs.push(run);
        }
    }

    /// The Latin form of a name in another script, where it follows in brackets.
    pub(super) fn gloss(&self, run: Run) -> Option<Run> {
        let opening = run.end;
        if self.word(opening) != "(" || self.is_capital(run.first) {
            return None;
        }
        let (first, end) = (opening + 1, self.end_of(opening + 1));
        (self.word(end) == ")" && self.is_capital(first)).then_some(Run { first, end, ..run })
    }

    /// Whether a run stands beside characters of a script without spaces, and is no gloss in brackets.
    pub(super) fn is_among_unspaced(&self, run: Run) -> bool {
        let before = run.first.checked_sub(1).map_or("", |at| self.word(at));
        let after = self.word(run.end);
        // Folding makes the wide brackets plain ones.
        let gloss = before == "(" || after == "(";
        let unspaced = |word: &str| word.chars().next().is_some_and(is_unspaced);
        !gloss && (unspaced(before) || unspaced(after))
    }

    /// What stands between two tokens, both included.
    pub(super) fn between(&self, first: usize, last: usize) -> &'a str {
        let (start, end) = self.span(first, last + 1);
        self.part.folded.text().get(start..end).unwrap_or_default()
    }

    fn is_no_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| !token.is_word())
    }
}
