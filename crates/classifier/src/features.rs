//! A story as numbers: what the trained model looks at.
//!
//! In: a story that was read: its concepts, words and names. Out: a list of [`Feature`]s, each with
//! the way back to the words it came from. Never: weighs anything.
//!
//! The label of a training story was given by its title and first lines, so words and names count in
//! the head only (title and lead); what a later passage is about comes in through its concepts.

use crate::concept::{ConceptId, Hit, Places};
use crate::layout::{Document, LEAD, TITLE};
use crate::words::{SEED, grams, hash, short, terms};
use std::num::NonZeroU32;
use tocsin_core::{Entity, EntityType, Field, Mention};

/// Where a feature came from. Its numbers are short, since a story has a thousand of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Origin {
    /// A concept in a part of the story.
    Concept(u32, Area),
    /// Two concepts in the same part.
    Pair(u32, u32, Area),
    /// A word, or a run of characters: part, first byte, one past the last.
    Gram(u32, u32, u32),
    /// A known name: index into the story's entities.
    Name(u32),
    /// The story's shape: its language, its length, how many names of a kind.
    Shape,
}

/// A part of the story that features are kept apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Area {
    /// The title.
    Title,
    /// Title and lead.
    Head,
    /// What follows the lead.
    Later,
}

impl Area {
    /// All, in order.
    pub(crate) const ALL: [Self; 3] = [Self::Title, Self::Head, Self::Later];

    /// Its name, for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Head => "head",
            Self::Later => "later",
        }
    }

    /// Whether a place lies in it.
    pub(crate) fn covers(self, hit: &Hit) -> bool {
        match self {
            Self::Title => hit.zone == TITLE,
            Self::Head => hit.zone <= LEAD,
            Self::Later => hit.zone > LEAD,
        }
    }
}

/// One thing that is so about a story, and how much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Feature {
    /// What, as a number that is the same in every story and every run.
    pub(crate) key: u32,
    /// How much.
    pub(crate) value: f32,
    /// The way back.
    pub(crate) origin: Origin,
}

/// Length that the words of a story have together, as a vector.
const WORDS: f32 = 5.5;
/// What is left to a concept's full strength after each mention.
const FADE: f32 = 0.4;
/// Part that later passages count.
const LATER: f32 = 0.5;
/// What two concepts together count in the title, and in the head.
const PAIR: (f32, f32) = (0.7, 0.2);
/// What a name in the head counts.
const NAME: f32 = 0.7;
/// What the shape of a story counts.
const SHAPE: f32 = 0.5;
/// More concepts than this in one area make no pairs; it bounds the time for any text.
const MOST_PAIRED: usize = 96;
/// Room for what a story has besides words; few need more.
const OTHERS: usize = 1024;
/// Characters of text in which a name is in the head.
const NAME_HEAD: usize = 600;

/// Everything that features are made of.
pub(crate) struct Material<'a> {
    pub(crate) document: &'a Document<'a>,
    pub(crate) places: &'a Places,
    /// For each concept that counts, a number that stands for its name.
    pub(crate) concepts: &'a [Option<u64>],
    pub(crate) entities: &'a [Entity],
    pub(crate) language: Option<&'a str>,
    /// Whether it speaks of AI by name.
    pub(crate) named: bool,
}

impl Material<'_> {
    /// The features of the story, by no particular order but always the same.
    pub(crate) fn features(&self) -> Vec<Feature> {
        let mut out = self.words();
        self.concepts(&mut out);
        self.names(&mut out);
        self.shape(&mut out);
        out
    }

    /// What the story is about, each thing once and all alike: words and names of the head, concepts of
    /// the whole. For the embedding.
    pub(crate) fn gist(&self) -> Vec<Feature> {
        let mut out = Vec::with_capacity(256);
        for (part, of) in (0..).zip(&self.document.parts) {
            for gram in terms(of.folded.text(), of.head()) {
                out.push((
                    HEAD_WORD,
                    gram.hash,
                    Origin::Gram(part, gram.start, gram.end),
                ));
            }
        }
        for (id, hits) in self.places.each() {
            let Some(Some(name)) = self.concepts.get(id) else {
                continue;
            };
            let area = match hits.iter().any(|hit| Area::Head.covers(hit)) {
                true => Area::Head,
                false if hits.is_empty() => continue,
                false => Area::Later,
            };
            out.push((HEAD_CONCEPT, *name, Origin::Concept(short(id), area)));
        }
        for (index, entity) in (0..).zip(self.entities) {
            if entity.mentions.iter().any(stands_in_head) {
                let name = hash(SEED, entity.id.as_bytes());
                out.push((HEAD_NAME, name, Origin::Name(index)));
            }
        }
        let mut gist: Vec<Feature> = out
            .into_iter()
            .map(|(kind, about, origin)| Feature {
                key: key(kind, about),
                value: 1.0,
                origin,
            })
            .collect();
        // The sort is stable, so the first place of each thing is the one that is kept.
        gist.sort_by_key(|feature| feature.key);
        gist.dedup_by_key(|feature| feature.key);
        gist
    }

    fn words(&self) -> Vec<Feature> {
        let [title, text] = &self.document.parts;
        let in_title = grams(title.folded.text(), title.head());
        let in_text = grams(text.folded.text(), text.head());
        let mut words = Counted::new(2 * in_title.len() + in_text.len());
        for (kind, part, grams) in [
            (TITLE_WORD, 0, &in_title),
            (HEAD_WORD, 0, &in_title),
            (HEAD_WORD, 1, &in_text),
        ] {
            for gram in grams {
                let origin = Origin::Gram(part, gram.start, gram.end);
                words.add(key(kind, gram.hash), origin);
            }
        }
        let mut words = words.features;
        words.iter_mut().for_each(|w| w.value = 1.0 + w.value.ln());
        let norm = words.iter().map(|w| w.value * w.value).sum::<f32>().sqrt();
        words.iter_mut().for_each(|w| w.value *= WORDS / norm);
        words
    }

    fn concepts(&self, out: &mut Vec<Feature>) {
        for (area, kind, pair) in [
            (Area::Title, TITLE_CONCEPT, Some((TITLE_PAIR, PAIR.0))),
            (Area::Head, HEAD_CONCEPT, Some((HEAD_PAIR, PAIR.1))),
            (Area::Later, LATER_CONCEPT, None),
        ] {
            let present = self.present(area);
            for (id, name, mentions) in &present {
                let strength = match area {
                    Area::Title => 1.0,
                    Area::Head => 1.0 - FADE.powi(*mentions),
                    Area::Later => LATER * (1.0 - FADE.powi(*mentions)),
                };
                out.push(Feature {
                    key: key(kind, *name),
                    value: strength,
                    origin: Origin::Concept(short(*id), area),
                });
            }
            if let Some((kind, value)) = pair {
                pairs(&present, area, kind, value, out);
            }
        }
    }

    /// The concepts of an area: number, name, mentions.
    fn present(&self, area: Area) -> Vec<(ConceptId, u64, i32)> {
        let mut present = Vec::with_capacity(32);
        for (id, hits) in self.places.each() {
            let Some(Some(name)) = self.concepts.get(id) else {
                continue;
            };
            let mentions = hits.iter().filter(|hit| area.covers(hit)).count();
            if mentions > 0 {
                let mentions = i32::try_from(mentions).unwrap_or(i32::MAX);
                present.push((id, *name, mentions));
            }
        }
        present
    }

    fn names(&self, out: &mut Vec<Feature>) {
        let (mut in_title, mut in_head) = (Counts::default(), Counts::default());
        for (index, entity) in (0..).zip(self.entities) {
            let name = hash(SEED, entity.id.as_bytes());
            let title = entity.mentions.iter().any(|m| m.field == Field::Title);
            if title {
                in_title.add(entity.kind);
                out.push(Feature {
                    key: key(TITLE_NAME, name),
                    value: 1.0,
                    origin: Origin::Name(index),
                });
            }
            if entity.mentions.iter().any(stands_in_head) {
                in_head.add(entity.kind);
                out.push(Feature {
                    key: key(HEAD_NAME, name),
                    value: NAME,
                    origin: Origin::Name(index),
                });
            }
        }
        in_title.features(TITLE_KINDS, 3, 1.0, out);
        in_head.features(HEAD_KINDS, 4, SHAPE, out);
    }

    fn shape(&self, out: &mut Vec<Feature>) {
        let length: &[u8] = match self.document.width {
            0..80 => b"headline",
            80..300 => b"brief",
            300..1000 => b"report",
            _ => b"long",
        };
        let language = self.language.unwrap_or("?").as_bytes();
        let named: &[u8] = if self.named { b"named" } else { b"hinted" };
        for (kind, bytes) in [(LENGTH, length), (LANGUAGE, language), (NAMED, named)] {
            out.push(Feature {
                key: key(kind, hash(SEED, bytes)),
                value: SHAPE,
                origin: Origin::Shape,
            });
        }
    }
}

/// Features that are counted: each once, by the place where it stands first.
struct Counted {
    features: Vec<Feature>,
    /// A table of their places; as many again stay empty. The key tells where to look and, since texts may
    /// be made so that many keys tell the same, how far on to look next (double hashing; Knuth, volume 3, 6.4).
    places: Vec<Option<NonZeroU32>>,
}

impl Counted {
    /// With room for so many, and for [`OTHERS`] after them.
    fn new(most: usize) -> Self {
        Self {
            features: Vec::with_capacity(most + OTHERS),
            places: vec![None; (2 * most + 1).next_power_of_two()],
        }
    }

    /// Counts one more.
    fn add(&mut self, key: u32, origin: Origin) {
        let step = (key >> 16) as usize | 1;
        let mut at = key as usize;
        debug_assert!(2 * self.features.len() < self.places.len(), "too many");
        loop {
            at &= self.places.len() - 1;
            let Some(place) = self.places.get_mut(at) else {
                return;
            };
            let Some(known) = place else {
                self.features.push(Feature {
                    key,
                    value: 1.0,
                    origin,
                });
                *place = NonZeroU32::new(short(self.features.len()));
                return;
            };
            let known = self.features.get_mut(known.get() as usize - 1);
            if let Some(known) = known.filter(|known| known.key == key) {
                known.value += 1.0;
                return;
            }
            at += step;
        }
    }
}

fn stands_in_head(mention: &Mention) -> bool {
    mention.field == Field::Title || mention.start < NAME_HEAD
}

fn pairs(
    present: &[(ConceptId, u64, i32)],
    area: Area,
    kind: u64,
    value: f32,
    out: &mut Vec<Feature>,
) {
    let present = present.get(..MOST_PAIRED).unwrap_or(present);
    for (nth, (id, name, _)) in present.iter().enumerate() {
        for (other, second, _) in present.iter().take(nth) {
            // The same whichever comes first, since the file's order may change.
            let both = name.min(second).rotate_left(23) ^ name.max(second);
            out.push(Feature {
                key: key(kind, both),
                value,
                origin: Origin::Pair(short(*other), short(*id), area),
            });
        }
    }
}

/// How many names of each kind there are.
#[derive(Default)]
struct Counts([(u8, usize); 6]);

impl Counts {
    fn add(&mut self, kind: EntityType) {
        let (slot, letter) = match kind {
            EntityType::Org => (0, b'o'),
            EntityType::Person => (1, b'p'),
            EntityType::Place => (2, b'l'),
            EntityType::Law => (3, b'w'),
            EntityType::Product => (4, b'd'),
            EntityType::Event => (5, b'e'),
        };
        if let Some(count) = self.0.get_mut(slot) {
            *count = (letter, count.1 + 1);
        }
    }

    fn features(&self, kind: u64, most: usize, value: f32, out: &mut Vec<Feature>) {
        for (letter, count) in self.0.iter().filter(|(_, count)| *count > 0) {
            #[expect(clippy::cast_possible_truncation, reason = "at most four")]
            let count = (*count).min(most) as u8;
            out.push(Feature {
                key: key(kind, hash(SEED, &[*letter, count])),
                value,
                origin: Origin::Shape,
            });
        }
    }
}

// The kinds of feature. A number once given stays, since trained models hold it.
const TITLE_WORD: u64 = 1;
const HEAD_WORD: u64 = 2;
const TITLE_CONCEPT: u64 = 3;
const HEAD_CONCEPT: u64 = 4;
const LATER_CONCEPT: u64 = 5;
const TITLE_PAIR: u64 = 6;
const HEAD_PAIR: u64 = 7;
const TITLE_NAME: u64 = 8;
const HEAD_NAME: u64 = 9;
const TITLE_KINDS: u64 = 10;
const HEAD_KINDS: u64 = 11;
const LENGTH: u64 = 12;
const LANGUAGE: u64 = 13;
const NAMED: u64 = 14;
const SENTENCE: u64 = 15;

/// The key of a number of an encoder's vector.
pub(crate) fn sentence_key(dimension: u32) -> u32 {
    key(SENTENCE, u64::from(dimension))
}

/// An encoder's vector as features.
pub(crate) fn of_sentence(vector: &[f32]) -> Vec<Feature> {
    let feature = |(dimension, value): (u32, &f32)| Feature {
        key: sentence_key(dimension),
        value: *value,
        origin: Origin::Shape,
    };
    (0..).zip(vector).map(feature).collect()
}

/// One number for a kind of feature and what it is about (the finaliser of MurmurHash3).
fn key(kind: u64, about: u64) -> u32 {
    let mut h = about ^ kind.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    h = (h ^ (h >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    // The upper half is the key.
    (h >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_counted_once_each_by_their_first_place() {
        // The first three are told the same place of a table of sixteen; the last one its end.
        let keys = [0x10, 0x20, 0x0003_0010, 0x10, u32::MAX, 0x20, 0x10];
        let mut counted = Counted::new(keys.len());
        for (at, key) in (0..).zip(keys) {
            counted.add(key, Origin::Gram(0, at, at));
        }
        let found = counted.features.iter().map(|f| (f.key, f.value, f.origin));
        let told = [
            (0x10, 3.0, 0),
            (0x20, 2.0, 1),
            (0x0003_0010, 1.0, 2),
            (u32::MAX, 1.0, 4),
        ];
        let told = told.map(|(key, count, at)| (key, count, Origin::Gram(0, at, at)));
        assert_eq!(found.collect::<Vec<_>>(), told);
        assert!(Counted::new(0).features.is_empty());
    }
}
