//! Concepts: ideas that phrases of any language stand for, and where a story speaks of them.
//!
//! In: a story in folded form. Out: for each concept its places, those that a guard cancels left
//! out. Never: weighs anything.

use crate::buckets::Buckets;
use crate::layout::Document;
use crate::matcher::{Found, Matcher};
use crate::words::short;
use serde::{Deserialize, Serialize};

/// A concept's number in its lexicon.
pub(crate) type ConceptId = usize;

/// An idea with its guards.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Concept {
    /// As in the file; those made of a guard's own phrases are named after it.
    pub(crate) name: String,
    /// Too general to be evidence.
    pub(crate) context: bool,
    /// Only a part of other concepts: a trained model does not see it by itself.
    pub(crate) part: bool,
    /// Concepts whose places are its own too.
    pub(crate) of: Vec<ConceptId>,
    /// One of these must stand in the same sentence.
    pub(crate) near: Vec<ConceptId>,
    /// None of these may stand in the same sentence.
    pub(crate) unless: Vec<ConceptId>,
    /// One of these must stand in the story.
    pub(crate) with: Vec<ConceptId>,
    /// None of these may stand in the story.
    pub(crate) without: Vec<ConceptId>,
}

/// A language whose phrases count in its own stories only: their words are too often words of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Lang {
    French,
    German,
    Spanish,
}

/// What a pattern of the matcher means.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Sense {
    /// The language that it counts in, where it counts in one only.
    pub(crate) lang: Option<Lang>,
    /// The number of the concept that it stands for.
    pub(crate) concept: u32,
}

/// A place where a story speaks of a concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Index into [`Document::parts`].
    pub(crate) part: usize,
    sentence: usize,
    /// Title, lead or a later passage.
    pub(crate) zone: usize,
    /// First folded byte, with the neighbour that a guard asked for.
    pub(crate) start: usize,
    /// One past the last.
    pub(crate) end: usize,
}

impl Hit {
    /// The part and the sentence that it lies in.
    pub(crate) fn sentence(&self) -> (usize, usize) {
        (self.part, self.sentence)
    }

    /// Whether two places share words.
    pub(crate) fn overlaps(&self, other: &Hit) -> bool {
        self.part == other.part && self.start < other.end && other.start < self.end
    }

    /// Grows over a place that it overlaps, unless that would be too long to show.
    pub(crate) fn join(&mut self, other: &Hit) {
        let (start, end) = (self.start.min(other.start), self.end.max(other.end));
        if end - start <= REACH {
            (self.start, self.end) = (start, end);
        }
    }
}

/// All concepts and the phrases that stand for them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Lexicon {
    /// Concepts by number.
    pub(crate) concepts: Vec<Concept>,
    order: Order,
    matcher: Matcher<Sense>,
}

/// The order in which concepts are looked at: each after those that it refers to.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    /// Numbers of concepts, in that order.
    concepts: Vec<ConceptId>,
    /// The place of each in it.
    ranks: Vec<usize>,
    /// Of each, those whose places its own are too.
    users: Vec<Vec<ConceptId>>,
}

/// More places of one concept in one sentence say nothing new; a limit bounds the time for any text.
const MOST_IN_SENTENCE: usize = 8;

/// A neighbour farther away than this many bytes is not shown with the phrase.
const REACH: usize = 160;

impl Lexicon {
    /// Puts it together. `order` has the number of every concept, after those that it refers to.
    pub(crate) fn new(
        concepts: Vec<Concept>,
        order: Vec<ConceptId>,
        matcher: Matcher<Sense>,
    ) -> Self {
        let mut ranks = vec![0; concepts.len()];
        for (rank, id) in order.iter().enumerate() {
            if let Some(slot) = ranks.get_mut(*id) {
                *slot = rank;
            }
        }
        let mut users = vec![Vec::new(); concepts.len()];
        for (id, concept) in concepts.iter().enumerate() {
            for part in &concept.of {
                users.get_mut(*part).into_iter().for_each(|of| of.push(id));
            }
        }
        Self {
            concepts,
            order: Order {
                concepts: order,
                ranks,
                users,
            },
            matcher,
        }
    }

    /// The places of every concept in a story of the given language.
    pub(crate) fn places(&self, story: &Document<'_>, lang: Option<&str>) -> Places {
        let found = self.phrases(story, lang);
        let mut due = Due::new(&self.order);
        found.iter().for_each(|(id, _)| due.add(*id));
        let (found, concepts) = Buckets::sort(self.concepts.len(), &found);
        let mut places = Places {
            hits: Vec::with_capacity(2 * found.len()),
            spans: vec![(0, 0); self.concepts.len()],
            spoken_of: Vec::new(),
        };
        let mut own = Vec::new();
        while let Some(id) = due.next() {
            let Some(concept) = self.concepts.get(id) else {
                continue;
            };
            own.clear();
            let phrases = found.get(concepts.places(id)).unwrap_or_default();
            own.extend_from_slice(phrases);
            concept
                .of
                .iter()
                .for_each(|of| own.extend_from_slice(places.of(*of)));
            concept.keep(&mut own, &places);
            if !own.is_empty() {
                places.put(id, &own);
                due.add_users(id);
            }
        }
        places.spoken_of.sort_unstable();
        places
    }

    /// The places of phrases, with their concepts.
    fn phrases(&self, story: &Document<'_>, lang: Option<&str>) -> Vec<(ConceptId, Hit)> {
        let foreign = lang.map(Lang::of);
        let speaks = |sense: &Sense| sense.speaks(foreign);
        let mut found = Vec::with_capacity(1024);
        for (part, content) in story.parts.iter().enumerate() {
            let places = self.matcher.find(&content.folded, &content.tokens, speaks);
            let mut walk = content.walk();
            found.extend(places.into_iter().map(|place| {
                let hit = hit_of(part, walk(place.start), place);
                (place.sense.concept as usize, hit)
            }));
        }
        found
    }
}

/// Concepts that are still to be looked at: only few of all are spoken of in a story.
struct Due<'a> {
    order: &'a Order,
    /// A bit for each rank.
    ranks: Vec<u64>,
    /// The first word of `ranks` that may have a bit.
    from: usize,
}

impl<'a> Due<'a> {
    fn new(order: &'a Order) -> Self {
        Self {
            ranks: vec![0; order.concepts.len().div_ceil(64)],
            order,
            from: 0,
        }
    }

    fn add(&mut self, id: ConceptId) {
        let rank = self.order.ranks.get(id).copied().unwrap_or_default();
        if let Some(word) = self.ranks.get_mut(rank / 64) {
            *word |= 1 << (rank % 64);
        }
    }

    fn add_users(&mut self, id: ConceptId) {
        let order = self.order;
        let users = order.users.get(id).map(Vec::as_slice);
        users
            .unwrap_or_default()
            .iter()
            .for_each(|id| self.add(*id));
    }

    /// Takes the first; what is added later comes after it in the order.
    fn next(&mut self) -> Option<ConceptId> {
        while let Some(word) = self.ranks.get_mut(self.from) {
            if *word != 0 {
                let rank = 64 * self.from + word.trailing_zeros() as usize;
                *word &= *word - 1;
                return self.order.concepts.get(rank).copied();
            }
            self.from += 1;
        }
        None
    }
}

/// The places of every concept in a story.
#[derive(Debug)]
pub(crate) struct Places {
    hits: Vec<Hit>,
    /// By concept: its first place and one past the last.
    spans: Vec<(u32, u32)>,
    /// The concepts that have places, in order.
    spoken_of: Vec<ConceptId>,
}

impl Places {
    /// The places of a concept, in order.
    pub(crate) fn of(&self, id: ConceptId) -> &[Hit] {
        let span = self.spans.get(id);
        let span = span.map(|(from, to)| *from as usize..*to as usize);
        span.and_then(|span| self.hits.get(span))
            .unwrap_or_default()
    }

    /// Each concept that has places, by number.
    pub(crate) fn each(&self) -> impl Iterator<Item = (ConceptId, &[Hit])> {
        self.spoken_of.iter().map(|id| (*id, self.of(*id)))
    }

    /// How many concepts there are, with places or without.
    pub(crate) fn concepts(&self) -> usize {
        self.spans.len()
    }

    fn put(&mut self, id: ConceptId, hits: &[Hit]) {
        if hits.is_empty() {
            return;
        }
        self.spoken_of.push(id);
        let from = self.hits.len();
        self.hits.extend_from_slice(hits);
        if let Some(span) = self.spans.get_mut(id) {
            *span = (short(from), short(self.hits.len()));
        }
    }

    /// The places of a concept in the sentence of `hit`.
    fn beside(&self, id: ConceptId, hit: Hit) -> &[Hit] {
        let hits = self.of(id);
        let sentence = hit.sentence();
        let from = hits.partition_point(|other| other.sentence() < sentence);
        let rest = hits.get(from..).unwrap_or_default();
        let same = rest.iter().take_while(|other| other.sentence() == sentence);
        rest.get(..same.count()).unwrap_or_default()
    }
}

impl Lang {
    /// `None` for any other language.
    fn of(code: &str) -> Option<Self> {
        match code {
            "fr" => Some(Self::French),
            "de" => Some(Self::German),
            "es" => Some(Self::Spanish),
            _ => None,
        }
    }
}

impl Sense {
    /// Whether it counts in a story whose language is known to be, or not to be, one of these. Those
    /// that are not known are given the benefit of the doubt.
    fn speaks(self, story: Option<Option<Lang>>) -> bool {
        self.lang.is_none() || story.is_none_or(|story| story == self.lang)
    }
}

impl Concept {
    /// Keeps those of its places that no guard cancels.
    fn keep(&self, own: &mut Vec<Hit>, places: &Places) {
        let some = |ids: &[ConceptId]| ids.iter().any(|id| !places.of(*id).is_empty());
        if some(&self.without) || !(self.with.is_empty() || some(&self.with)) {
            own.clear();
            return;
        }
        longest_apart(own);
        if !(self.near.is_empty() && self.unless.is_empty()) {
            own.retain_mut(|hit| match self.guarded(*hit, places) {
                Some(kept) => {
                    *hit = kept;
                    true
                }
                None => false,
            });
        }
    }

    fn guarded(&self, hit: Hit, places: &Places) -> Option<Hit> {
        let mut unless = self.unless.iter();
        if unless.any(|id| !places.beside(*id, hit).is_empty()) {
            return None;
        }
        if self.near.is_empty() {
            return Some(hit);
        }
        let near = self.near.iter().flat_map(|id| places.beside(*id, hit));
        near.map(|other| (hit.start.min(other.start), hit.end.max(other.end)))
            .min_by_key(|(start, end)| end - start)
            .map(|(start, end)| match end - start <= REACH {
                true => Hit { start, end, ..hit },
                false => hit,
            })
    }
}

/// Puts places in order; keeps of those that overlap the longest, and so many in a sentence.
fn longest_apart(own: &mut Vec<Hit>) {
    own.sort_unstable_by_key(|h| (h.part, h.start, usize::MAX - h.end));
    let mut last: Option<Hit> = None;
    let mut in_sentence = 0;
    own.retain(|hit| {
        let same = last.is_some_and(|l| l.sentence() == hit.sentence());
        let free = last.is_none_or(|l| l.part != hit.part || l.end <= hit.start);
        let kept = free && !(same && in_sentence >= MOST_IN_SENTENCE);
        if kept {
            in_sentence = if same { in_sentence + 1 } else { 1 };
            last = Some(*hit);
        }
        kept
    });
}

fn hit_of(part: usize, (sentence, zone): (usize, usize), found: Found<Sense>) -> Hit {
    Hit {
        part,
        sentence,
        zone,
        start: found.start,
        end: found.end,
    }
}

#[cfg(test)]
mod tests {
    use crate::layout::{Cut, Document};
    use crate::taxonomy::Taxonomy;

    const REST: &str = "[scoring]\ntitle = 1\nlead = 1\nfade = 0.4\nlead_width = 600\n\
        passage_width = 500\npassage = 1\nfloor_short = 4\nfloor_long = 1\nshort_width = 3000\n\
        long_width = 4000\n[relevance]\ngate = []\nbias = 0\nyes = 0.5\nweights = {}\ntags = {}\n";

    /// The words of concept `x` in a text.
    fn words(concepts: &str, text: &str, lang: Option<&str>) -> Vec<String> {
        let file = [REST, "[[tag]]\nname = \"t\"\ndescription = \"\"\nbias = 0\nyes = 0.5\nreview = 0.5\nweights = {}\n", concepts].concat();
        let taxonomy = Taxonomy::parse("taxonomy.toml", &file).unwrap();
        let cut = Cut {
            lead: 600,
            passage: 500,
        };
        let document = Document::new("", text, cut);
        let places = taxonomy.lexicon.places(&document, lang);
        let x = taxonomy.lexicon.concepts.iter().position(|c| c.name == "x");
        let words = |hit: &super::Hit| document.parts[hit.part].evidence(hit.start, hit.end).text;
        places.of(x.unwrap()).iter().map(words).collect()
    }

    #[test]
    fn near_asks_for_a_neighbour_in_the_sentence_and_shows_it() {
        let x = "[concept.x]\nen = [\"ban\"]\nnear = [\"chips\"]";
        assert_eq!(words(x, "The ban on chips.", None), ["ban on chips"]);
        assert!(words(x, "The ban holds. The chips are here.", None).is_empty());
    }

    #[test]
    fn unless_cancels_in_its_sentence_only() {
        let x = "[concept.x]\nen = [\"chips\"]\nunless = [\"potato*\"]";
        assert_eq!(words(x, "Potatoes and chips. AI chips.", None), ["chips"]);
    }

    #[test]
    fn with_and_without_look_at_the_whole_story() {
        let with = "[concept.x]\nen = [\"smuggl*\"]\nwith = [\"GPU\"]";
        assert_eq!(words(with, "Smuggling grows. One GPU.", None).len(), 1);
        assert!(words(with, "Smuggling grows.", None).is_empty());
        let without = "[concept.x]\nen = [\"AI\"]\nwithout = [\"bird flu\"]";
        assert!(words(without, "AI found. It is bird flu.", None).is_empty());
    }

    #[test]
    fn concepts_are_made_of_concepts_and_the_longest_phrase_wins() {
        let x = "[concept.a]\nen = [\"AI\"]\n[concept.x]\nen = [\"@a\", \"AI chip*\"]";
        assert_eq!(words(x, "AI chips and AI.", None), ["AI chips", "AI"]);
    }

    #[test]
    fn french_german_and_spanish_count_in_their_language() {
        let x = "[concept.x]\nfr = [\"loi\"]";
        assert_eq!(words(x, "La loi passe.", Some("fr")).len(), 1);
        assert_eq!(words(x, "La loi passe.", None).len(), 1);
        assert!(words(x, "Loi is a town.", Some("en")).is_empty());
    }
}
