//! Near-copies: candidates by shared sequences of words, then an exact check.
//!
//! A text is its sequences of five words, thinned by winnowing (Schleimer, Wilkerson and Aiken 2003):
//! two texts that share a stretch keep the same sequences of it, so a cut or reordered copy is found,
//! and the search does not grow with the number of texts. A sequence is compared with its figures left
//! out, and its figures apart: wire copies update a figure or two, another month's report from the
//! same template differs in most. What stands in many texts that are no copies of one another is a
//! notice, and says nothing.

use crate::Settings;
use crate::words::{self, Kind, Part, Word};
use rustc_hash::FxHashMap;
use std::hash::{Hash, Hasher};

/// Words in a sequence; pairs of characters, where words are not divided.
const SEQUENCE: usize = 5;
const SEQUENCE_OF_PAIRS: usize = 8;
/// Of so many neighbouring sequences, at least one is kept.
const WINDOW: usize = 8;
/// Words between two kept sequences, on average.
const STRIDE: f64 = (WINDOW as f64 + 1.0) / 2.0;
/// A text of fewer words is compared together with its title, and as a whole.
const SHORT: usize = 20;
/// Of two short texts, the part of all their sequences that has to be in both.
const SHORT_ALIKE: f64 = 0.8;
/// So many words in common make a copy even where more were added or left out.
const LONG_STRETCH: f64 = 80.0;
/// The part of the shorter text that they have to be.
const LONG_STRETCH_PART: f64 = 0.3;
/// A sequence in so many texts is a notice.
const NOTICE: usize = 6;
/// Where less than this part of a text is its own, notices are looked at, too.
const OWN_PART: f64 = 0.1;
/// Names of a text that are remembered.
const MOST_NAMES: usize = 48;

/// A text as its sequences, figures and names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Print {
    /// Ascending.
    marks: Box<[Mark]>,
    short: bool,
    /// The name that it says most often, if it says one twice.
    subject: Option<u32>,
    /// Ascending.
    names: Box<[u32]>,
}

/// A sequence of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    /// Of its words, figures left out.
    shape: u32,
    /// Of its figures; 0 for none.
    figures: u32,
}

impl Mark {
    fn of(words: &[Word]) -> Self {
        let mut shape = rustc_hash::FxHasher::default();
        // In any order: "November 4" and "4 November" are the same.
        let mut figures = 0_u64;
        let mut has_figures = false;
        for word in words {
            if word.kind == Kind::Figure {
                has_figures = true;
                figures = figures.wrapping_add(u64::from(words::fold(u64::from(word.hash))));
                0_u32.hash(&mut shape);
            } else {
                word.hash.hash(&mut shape);
            }
        }
        Self {
            shape: words::fold(shape.finish()),
            figures: if has_figures {
                words::fold(figures).max(1)
            } else {
                0
            },
        }
    }

    /// As it is written, figures and all.
    fn key(self) -> u32 {
        self.shape ^ self.figures
    }
}

impl Print {
    /// Of the words of a title and of its text.
    pub(crate) fn new(title: &Part<'_>, body: &Part<'_>) -> Self {
        let words = body.words.as_slice();
        let short = words.len() < SHORT;
        let mut marks = if short {
            every_mark(&[title.words.as_slice(), words].concat())
        } else {
            winnowed(&every_mark(words))
        };
        marks.sort_unstable();
        marks.dedup_by_key(|mark| mark.shape);
        let (subject, names) = names(body.text, words);
        Self {
            marks: marks.into(),
            short,
            subject,
            names: names.into(),
        }
    }

    fn is_copy_of(&self, other: &Self, notice: &dyn Fn(Mark) -> bool, settings: &Settings) -> bool {
        if self.short != other.short || self.names_another(other) {
            return false;
        }
        let shared = Shared::of(self, other, &|_| false);
        if !shared.figures_agree(settings) {
            return false;
        }
        if self.short {
            return shared.resemblance() >= SHORT_ALIKE;
        }
        if !shared.is_enough(settings) {
            return false;
        }
        let own = Shared::of(self, other, notice);
        if own.shorter() < OWN_PART * shared.shorter() {
            return shared.containment() >= 1.0 - OWN_PART;
        }
        own.is_enough(settings)
    }

    /// Whether each is about someone whom the other does not name.
    fn names_another(&self, other: &Self) -> bool {
        let lacks = |print: &Self, subject: Option<u32>| {
            subject.is_some_and(|name| print.names.binary_search(&name).is_err())
        };
        lacks(self, other.subject) && lacks(other, self.subject)
    }
}

/// What two texts have in common, in sequences.
struct Shared {
    common: f64,
    with_figures: f64,
    agreeing: f64,
    ours: f64,
    theirs: f64,
}

impl Shared {
    fn of(ours: &Print, theirs: &Print, left_out: &dyn Fn(Mark) -> bool) -> Self {
        let mut shared = Self {
            common: 0.0,
            with_figures: 0.0,
            agreeing: 0.0,
            ours: 0.0,
            theirs: 0.0,
        };
        let mut ours = ours.marks.iter().filter(|m| !left_out(**m)).peekable();
        let mut theirs = theirs.marks.iter().filter(|m| !left_out(**m)).peekable();
        loop {
            match (ours.peek(), theirs.peek()) {
                (Some(a), Some(b)) if a.shape == b.shape => {
                    shared.both(**a, **b);
                    ours.next();
                    theirs.next();
                }
                (Some(a), Some(b)) if a.shape < b.shape => {
                    shared.ours += 1.0;
                    ours.next();
                }
                (_, Some(_)) => {
                    shared.theirs += 1.0;
                    theirs.next();
                }
                (Some(_), None) => {
                    shared.ours += 1.0;
                    ours.next();
                }
                (None, None) => return shared,
            }
        }
    }

    fn both(&mut self, a: Mark, b: Mark) {
        self.common += 1.0;
        self.ours += 1.0;
        self.theirs += 1.0;
        if a.figures != 0 || b.figures != 0 {
            self.with_figures += 1.0;
            self.agreeing += f64::from(u8::from(a.figures == b.figures));
        }
    }

    fn shorter(&self) -> f64 {
        self.ours.min(self.theirs)
    }

    /// The part of the shorter text that is in the other.
    fn containment(&self) -> f64 {
        self.common / self.shorter().max(1.0)
    }

    /// The part of all sequences that is in both.
    fn resemblance(&self) -> f64 {
        self.common / (self.ours + self.theirs - self.common).max(1.0)
    }

    fn is_enough(&self, settings: &Settings) -> bool {
        let part = self.containment();
        part >= settings.copy_overlap
            || (part >= LONG_STRETCH_PART && self.common * STRIDE >= LONG_STRETCH)
    }

    fn figures_agree(&self, settings: &Settings) -> bool {
        self.agreeing >= settings.copy_numbers * self.with_figures
    }
}

fn every_mark(words: &[Word]) -> Vec<Mark> {
    let width = match words.get(words.len() / 2) {
        Some(word) if word.kind == Kind::Pair => SEQUENCE_OF_PAIRS,
        _ => SEQUENCE,
    };
    let width = width.min(words.len().max(1));
    words.windows(width).map(Mark::of).collect()
}

/// The smallest of each window's marks.
fn winnowed(marks: &[Mark]) -> Vec<Mark> {
    let mut kept: Vec<Mark> = Vec::with_capacity(marks.len() / 2);
    for window in marks.windows(WINDOW.min(marks.len().max(1))) {
        if let Some(least) = window
            .iter()
            .min()
            .filter(|least| kept.last() != Some(*least))
        {
            kept.push(*least);
        }
    }
    kept
}

/// The name that a text says most often, if twice, and all its names: words with a capital inside a
/// sentence.
fn names(text: &str, words: &[Word]) -> (Option<u32>, Vec<u32>) {
    let mut counts: FxHashMap<u32, (u32, usize)> = FxHashMap::default();
    let mut end = 0;
    for (n, word) in words.iter().enumerate() {
        let gap = text.get(end..word.start).unwrap_or_default();
        let opens = n == 0 || gap.contains(['.', '!', '?', '\n', ':', '“', '"']);
        end = word.end;
        if word.kind == Kind::Capital && !opens && word.term.is_some() {
            counts.entry(word.hash).or_insert((0, n)).0 += 1;
        }
    }
    let mut ranked: Vec<(u32, (u32, usize))> = counts.into_iter().collect();
    ranked.sort_unstable_by_key(|(_, (count, first))| (std::cmp::Reverse(*count), *first));
    let subject = ranked
        .first()
        .filter(|(_, (count, _))| *count >= 2)
        .map(|(name, _)| *name);
    let mut names: Vec<u32> = ranked
        .into_iter()
        .take(MOST_NAMES)
        .map(|(name, _)| name)
        .collect();
    names.sort_unstable();
    (subject, names)
}

/// In place of a story: a sequence is in several.
const SEVERAL: u32 = u32::MAX;

/// The remembered texts, by the number of their story.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    prints: FxHashMap<u32, Print>,
    /// The story of each sequence that is in one only, or [`SEVERAL`].
    holder: FxHashMap<u32, u32>,
    /// The stories of each sequence that is in several, the first [`NOTICE`].
    several: FxHashMap<u32, Vec<u32>>,
    /// Stories before it are forgotten. Where a sequence still leads to them, it leads nowhere.
    first: u32,
    /// Stories forgotten since they were last removed.
    stale: usize,
}

impl Copies {
    /// The earliest text of which this one is a near-copy.
    pub(crate) fn original(&self, print: &Print, settings: &Settings) -> Option<u32> {
        let mut candidates: Vec<u32> = Vec::new();
        for mark in &print.marks {
            match self.holder.get(&mark.key()) {
                None => {}
                Some(&SEVERAL) => {
                    candidates.extend(self.several.get(&mark.key()).into_iter().flatten())
                }
                Some(number) => candidates.push(*number),
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        let notice = |mark: Mark| {
            self.several
                .get(&mark.key())
                .is_some_and(|holders| holders.len() >= NOTICE)
        };
        candidates.into_iter().find(|n| {
            self.prints
                .get(n)
                .is_some_and(|p| print.is_copy_of(p, &notice, settings))
        })
    }

    pub(crate) fn remember(&mut self, n: u32, print: Print) {
        for mark in &print.marks {
            let holder = self.holder.entry(mark.key()).or_insert(n);
            if *holder == SEVERAL {
                let holders = self.several.entry(mark.key()).or_default();
                if holders.len() >= NOTICE {
                    holders.retain(|holder| *holder >= self.first);
                }
                if holders.len() < NOTICE {
                    holders.push(n);
                }
            } else if *holder < self.first {
                *holder = n;
            } else if *holder != n {
                self.several.insert(mark.key(), vec![*holder, n]);
                *holder = SEVERAL;
            }
        }
        self.prints.insert(n, print);
    }

    /// Forgets the oldest text. What leads to it is removed when half of all is stale: one look at all
    /// in a row costs less than a search for each.
    pub(crate) fn forget(&mut self, n: u32) {
        self.first = n + 1;
        self.stale += usize::from(self.prints.remove(&n).is_some());
        if self.stale > self.prints.len() / 2 {
            self.stale = 0;
            self.several.retain(|_, holders| {
                holders.retain(|holder| *holder > n);
                !holders.is_empty()
            });
            let several = &self.several;
            self.holder.retain(|key, holder| match *holder {
                SEVERAL => several.contains_key(key),
                number => number > n,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "The trade ministry said on Monday that 3,400 accelerators were shipped abroad in March under the licences \
        that it grants since last year. Most of them went to buyers in two neighbouring countries, among them Northgate, a maker of \
        servers. Exports by Northgate rose by 12 percent. The minister told reporters that the rules work as intended and that \
        nobody plans to change them before the summer. An association of producers called the paperwork heavy, and asked for a \
        shorter form. The next figures will be published in the second week of the coming month, together with a survey of firms.";

    fn print(text: &str) -> Print {
        Print::new(&Part::read("", 3_000), &Part::read(text, 3_000))
    }

    fn is_copy(of: &str, text: &str) -> bool {
        let mut copies = Copies::default();
        copies.remember(7, print(of));
        copies.original(&print(text), &Settings::default()) == Some(7)
    }

    #[test]
    fn cut_reordered_padded_and_updated_texts_are_copies() {
        let sentences: Vec<&str> = REPORT.split_inclusive(". ").collect();
        let lead = sentences[..2].concat();
        let mut other_order = sentences.clone();
        other_order.rotate_left(2);
        let padded =
            format!("Read our newsletter. {REPORT} Share this page with a friend, or print it.");
        let updated = REPORT.replace("12 percent", "13 percent");
        let other_style = REPORT
            .replace("on Monday that", "that")
            .replace("3,400", "3400");
        for copy in [
            lead.as_str(),
            &other_order.concat(),
            &padded,
            &updated,
            &other_style,
            &REPORT.to_uppercase(),
        ] {
            assert!(is_copy(REPORT, copy), "{copy}");
            assert!(is_copy(copy, REPORT), "back: {copy}");
        }
    }

    #[test]
    fn another_months_figures_and_another_name_make_another_story() {
        let month = REPORT
            .replace("3,400", "5,150")
            .replace("March", "April")
            .replace("Monday", "Tuesday")
            .replace("12 percent", "4 percent");
        let name = REPORT.replace("Northgate", "Southfield");
        assert!(!is_copy(REPORT, &month));
        assert!(!is_copy(REPORT, &name));
    }

    #[test]
    fn a_text_without_spaces_is_copied_like_any_other() {
        let text = "海川国商务部周二宣布，暂停向北岭国和东渚国出口高端人工智能芯片。新规涉及所有型号，将于四月一日起生效。\
            该国最大的芯片企业表示，每年销售额将因此减少。此前发放给客户的许可证全部作废。";
        assert!(is_copy(text, &text.replace("周二", "")));
        assert!(!is_copy(
            text,
            "海川国商务部周三说，新规将在五月生效，企业可以申请例外。"
        ));
    }

    #[test]
    fn a_notice_under_many_texts_makes_none_of_them_a_copy() {
        let notice = "This report was made with public money. All rights are reserved. Write to the editors if you find a mistake, \
            and tell them on which page it stands and what would be right in its place.";
        let mut copies = Copies::default();
        for n in 0..10_u32 {
            let own: String = (0..12).map(|w| format!("word{n}x{w} ")).collect();
            let found = copies.original(&print(&format!("{own}. {notice}")), &Settings::default());
            if n >= 6 {
                assert_eq!(found, None, "text {n}");
            }
            copies.remember(n, print(&format!("{own}. {notice}")));
        }
    }

    #[test]
    fn what_is_forgotten_leaves_nothing_behind() {
        let mut copies = Copies::default();
        for n in 0..3 {
            copies.remember(n, print(REPORT));
        }
        for n in 0..3 {
            copies.forget(n);
        }
        assert!(copies.prints.is_empty() && copies.holder.is_empty() && copies.several.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn a_text_is_a_copy_of_itself(text in "[a-z]{2,6}( [a-z]{2,6}){0,80}") {
            proptest::prop_assert!(is_copy(&text, &text));
        }
    }
}
