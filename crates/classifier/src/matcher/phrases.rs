//! Phrases of the config files, put into the form in which they are looked for.
//!
//! In: phrases, how strictly each is compared, and what each means. Out: a [`Matcher`]. Never: knows
//! what a phrase means.

use super::table::{Key, Table};
use super::{Case, Form, Lengths, Matcher, Pattern, Rest, Span, Stems, spaces};
use crate::fold::Folded;
use crate::words::{Token, short, tokens};
use std::cmp::Ordering;
use std::ops::Range;

/// Collects phrases with what each means, `S`. A phrase may be added with many meanings.
#[derive(Debug)]
pub(crate) struct Phrases<S> {
    /// All their words, folded, one piece after another.
    text: String,
    /// For each byte of `text`, whether it came from a capital.
    upper: Vec<bool>,
    /// What must follow the beginnings, see [`Draft::rest`].
    pieces: Vec<Range<usize>>,
    drafts: Vec<Draft<S>>,
    /// Used again for each, so that thousands of phrases are not thousands of allocations.
    scratch: Folded,
}

/// A phrase.
#[derive(Debug)]
struct Draft<S> {
    /// What it is filed under, see [`Filing`], and whether that is all of the beginning.
    hash: u64,
    whole: bool,
    /// What is looked for: all of the phrase, or what stands before its first `*`.
    beginning: Range<usize>,
    case: Case,
    /// Whether the beginning is all capitals, which are looked for even in a text of capitals.
    capitals: bool,
    /// What must follow, each piece after the rest of a word: one for each `*`, the last often empty.
    rest: Range<usize>,
    sense: S,
}

impl<S> Default for Phrases<S> {
    fn default() -> Self {
        Self {
            text: String::new(),
            upper: Vec::new(),
            pieces: Vec::new(),
            drafts: Vec::new(),
            scratch: Folded::default(),
        }
    }
}

impl<S: Copy> Phrases<S> {
    /// Adds a phrase of the taxonomy: `*` stands for the rest of a word, `=Word` and all capitals are
    /// compared by case. `false` where nothing is left to look for.
    pub(crate) fn add_phrase(&mut self, phrase: &str, sense: S) -> bool {
        let phrase = phrase.trim();
        let (phrase, marked) = match phrase.strip_prefix('=') {
            Some(rest) => (rest, true),
            None => (phrase, false),
        };
        self.scratch.refold(phrase);
        let exact = marked || self.scratch.is_all_capitals();
        let case = if exact { Case::Exact } else { Case::Any };
        let mut pieces = phrase.split('*');
        let first = pieces.next().unwrap_or_default();
        if first.len() < phrase.len() {
            self.scratch.refold(first);
        }
        self.add(case, pieces, sense)
    }

    /// Adds a name: compared as `case` says of its folded form. `false` where nothing is left.
    pub(crate) fn add_name(
        &mut self,
        name: &str,
        case: impl Fn(&Folded) -> Case,
        sense: S,
    ) -> bool {
        self.scratch.refold(name.trim());
        let case = case(&self.scratch);
        self.add(case, std::iter::empty(), sense)
    }

    /// Adds the phrase whose beginning is in `scratch`.
    fn add<'a>(&mut self, case: Case, pieces: impl Iterator<Item = &'a str>, sense: S) -> bool {
        if self.scratch.text().is_empty() {
            return false;
        }
        let capitals = self.scratch.is_all_capitals();
        let beginning = self.keep(0);
        let first = self.pieces.len();
        for piece in pieces {
            self.scratch.refold(piece.trim());
            // The space before it is kept, since it ends the word.
            let gap = usize::from(piece.starts_with([' ', '-']));
            let kept = self.keep(gap);
            self.pieces.push(kept);
        }
        self.drafts.push(Draft {
            hash: 0,
            whole: false,
            beginning,
            case,
            capitals,
            rest: first..self.pieces.len(),
            sense,
        });
        true
    }

    /// Keeps what is in `scratch`, after so many spaces.
    fn keep(&mut self, spaces: usize) -> Range<usize> {
        let start = self.text.len();
        for _ in 0..spaces {
            self.text.push(' ');
            self.upper.push(false);
        }
        self.text.push_str(self.scratch.text());
        let upper = self.scratch.capitals(0, self.scratch.text().len());
        self.upper.extend(upper);
        start..self.text.len()
    }

    fn piece(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    fn uppers(&self, draft: &Draft<S>) -> &[bool] {
        let upper = self.upper.get(draft.beginning.clone());
        // Where case does not count, phrases that differ by it are the same.
        upper
            .filter(|_| draft.case != Case::Any)
            .unwrap_or_default()
    }

    /// Sorts phrases by what they are filed under, and equal ones together.
    fn order(&self, a: &Draft<S>, b: &Draft<S>) -> Ordering {
        let rest = |draft: &Draft<S>| {
            let pieces = self.pieces.get(draft.rest.clone()).unwrap_or_default();
            pieces.iter().map(|piece| self.piece(piece))
        };
        let text = |draft: &Draft<S>| self.piece(&draft.beginning);
        (a.hash, text(a), a.case, a.capitals)
            .cmp(&(b.hash, text(b), b.case, b.capitals))
            .then_with(|| self.uppers(a).cmp(self.uppers(b)))
            .then_with(|| rest(a).cmp(rest(b)))
    }

    /// Files them.
    pub(crate) fn finish(mut self) -> Matcher<S> {
        let mut filing = Filing::default();
        let mut drafts = std::mem::take(&mut self.drafts);
        for draft in &mut drafts {
            let beginning = self.piece(&draft.beginning);
            (draft.hash, draft.whole) = filing.file(beginning, !draft.rest.is_empty());
        }
        drafts.sort_by(|a, b| self.order(a, b));
        let mut ready = Matcher {
            text: String::with_capacity(self.text.len()),
            upper: Vec::new(),
            patterns: Vec::with_capacity(drafts.len()),
            rests: Vec::new(),
            pieces: Vec::with_capacity(self.pieces.len()),
            senses: Vec::with_capacity(drafts.len()),
            table: Table::default(),
            stems: filing.stems,
        };
        for same in drafts.chunk_by(|a, b| self.order(a, b).is_eq()) {
            if let [draft, ..] = same {
                let pattern = self.pattern(draft, &mut ready);
                ready.patterns.push(pattern);
                let more = same.iter().skip(1);
                ready.senses.extend(more.map(|draft| draft.sense));
            }
        }
        let hashes: Vec<u64> = ready.patterns.iter().map(|p| p.hash).collect();
        ready.table = Table::new(&hashes, filing.keys);
        ready
    }

    /// A phrase in its final form; its words go to where all words are.
    fn pattern(&self, draft: &Draft<S>, ready: &mut Matcher<S>) -> Pattern<S> {
        let pieces = self.pieces.get(draft.rest.clone()).unwrap_or_default();
        let form = match (draft.case, pieces) {
            (Case::Any, []) => Form::Ends,
            (Case::Any, [only]) if only.is_empty() => Form::RunsOn,
            _ => Form::Other(self.rest(draft, pieces, ready)),
        };
        Pattern {
            hash: draft.hash,
            beginning: kept(self.piece(&draft.beginning), &mut ready.text),
            whole: draft.whole,
            form,
            sense: draft.sense,
            more: short(ready.senses.len()),
        }
    }

    /// Adds what is to be compared beyond its beginning; gives its place.
    fn rest(&self, draft: &Draft<S>, pieces: &[Range<usize>], ready: &mut Matcher<S>) -> u32 {
        let (upper, first) = (ready.upper.len(), ready.pieces.len());
        ready.upper.extend_from_slice(self.uppers(draft));
        for piece in pieces {
            let span = kept(self.piece(piece), &mut ready.text);
            ready.pieces.push(span);
        }
        ready.rests.push(Rest {
            case: draft.case,
            capitals: draft.capitals,
            upper: short(upper),
            pieces: Span {
                start: short(first),
                length: short(pieces.len()),
            },
        });
        short(ready.rests.len() - 1)
    }
}

fn kept(piece: &str, text: &mut String) -> Span {
    let start = short(text.len());
    text.push_str(piece);
    Span {
        start,
        length: short(piece.len()),
    }
}

/// Gives phrases the hashes that they are filed under: of their first two words, or three characters
/// of a script without spaces, as far as they are complete; of the last word a stem where a `*` follows.
#[derive(Default)]
struct Filing {
    /// The keys of them, and of all first words that a phrase goes on after.
    keys: Vec<Key>,
    /// Lengths of stems of first words, and of second words.
    stems: (Lengths, Lengths),
}

impl Filing {
    /// The hash, and whether it is that of all the text; `open` where a `*` follows.
    fn file(&mut self, text: &str, open: bool) -> (u64, bool) {
        let found: [Option<Token>; 3] = {
            let mut tokens = tokens(text);
            std::array::from_fn(|_| tokens.next())
        };
        let cut = |token: &Token| open && token.is_word() && token.end == text.len();
        let [a, b, c] = found.map(|token| token.filter(|t| !cut(t)));
        let begins = a.filter(|_| found[1].is_some());
        self.keys.extend(begins.map(|a| Key::beginning(a.hash)));
        // What a key goes on with after the token `a`: the token `b`, of which `hash` counts.
        let and = |key: Key, a: &Token, b: &Token, hash: u64| {
            spaces(text, a, b).map(|gap| key.and(gap, hash))
        };
        let (key, end) = match (a, b, c) {
            (Some(a), Some(b), Some(c)) if ![a, b, c].iter().any(Token::is_word) => {
                let two = and(Key::one(a.hash), &a, &b, b.hash);
                (two.and_then(|two| and(two, &b, &c, c.hash)), c.end)
            }
            (Some(a), Some(b), _) => (and(Key::one(a.hash), &a, &b, b.hash), b.end),
            (Some(a), None, _) => match found[1] {
                Some(cut) => {
                    let (stem, end) = longest(text, &cut, &mut self.stems.1);
                    (and(Key::one(a.hash), &a, &cut, stem), end)
                }
                None => (Some(Key::one(a.hash)), a.end),
            },
            (None, ..) => match found[0] {
                Some(cut) => {
                    let (stem, end) = longest(text, &cut, &mut self.stems.0);
                    (Some(Key::one(stem)), end)
                }
                None => (None, 0),
            },
        };
        // A phrase over a line's end is never found; config files cannot hold one.
        let Some(key) = key else { return (0, false) };
        self.keys.push(key);
        (key.hash, end == text.len())
    }
}

/// A word's longest stem, and where it ends; notes that there are stems of its length.
fn longest(text: &str, cut: &Token, lengths: &mut Lengths) -> (u64, usize) {
    let longest = Stems::new(text, cut).longest();
    longest.map_or((0, cut.start), |(stem, nth)| {
        lengths
            .iter_mut()
            .skip(nth)
            .take(1)
            .for_each(|known| *known = true);
        let word = text.get(cut.start..).unwrap_or_default();
        let length = super::STEMS.get(nth).copied().unwrap_or_default();
        let end = word
            .char_indices()
            .nth(length)
            .map_or(word.len(), |(at, _)| at);
        (stem, cut.start + end)
    })
}
