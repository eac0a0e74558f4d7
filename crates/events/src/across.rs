//! How alike stories in two languages are: by what they name.
//!
//! Of the words of one language few stand in another, but a known name has one id in all of them. Two
//! stories are alike if most of what they name is the same, and tells enough: the same three rare names
//! do, two large countries do not.

use crate::Item;
use crate::rarity::Rarity;
use crate::sketch::{name_term, rarity_of_name};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use tocsin_core::Entity;

/// What names that are shared have to tell together, in units of inverse document frequency, to count
/// in full.
const ENOUGH: f32 = 10.0;
/// Equal names count as so large a cosine of words: the words of two reports in one language hardly
/// have a larger one.
const WORTH: f32 = 0.6;
/// What a title names counts as so many names of the text.
const TITLE_WEIGHT: f32 = 1.7;

/// A name that tells less leads to too many stories.
const LEAST_TELLING: f32 = 3.0;
/// Stories that a name leads to, the latest.
const MOST_HOLDERS: usize = 32;

/// A language, `None` where it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Language(Option<[u8; 2]>);

impl Language {
    pub(crate) fn of(item: &Item) -> Self {
        let code = item.lang.as_deref().map(str::as_bytes);
        Self(code.and_then(|code| code.first_chunk().copied()))
    }

    /// Whether both are known and differ.
    pub(crate) fn differs(self, other: Self) -> bool {
        matches!((self.0, other.0), (Some(a), Some(b)) if a != b)
    }
}

/// A name of a story.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Name {
    term: u32,
    /// How much it tells.
    tells: f32,
    /// The same, of a name in the title more.
    stressed: f32,
}

/// What a story names, ascending by term.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Names(Box<[Name]>);

/// Names and the latest stories that have them.
#[derive(Debug, Default)]
pub(crate) struct Holders(FxHashMap<u32, VecDeque<u32>>);

impl Holders {
    /// Numbers of the remembered stories that share a telling name with a story, ascending.
    pub(crate) fn of(&self, names: &Names, first: u32) -> Vec<u32> {
        let holders = names.telling().filter_map(|term| self.0.get(&term));
        let mut found: Vec<u32> = holders.flatten().copied().filter(|n| *n >= first).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Remembers a story under the next number; those before `first` are forgotten.
    pub(crate) fn remember(&mut self, number: u32, names: &Names, first: u32) {
        for term in names.telling() {
            let holders = self.0.entry(term).or_default();
            while holders.len() >= MOST_HOLDERS || holders.front().is_some_and(|n| *n < first) {
                holders.pop_front();
            }
            holders.push_back(number);
        }
    }
}

impl Names {
    pub(crate) fn of(item: &Item, rarity: &Rarity) -> Self {
        let known = item.entities.iter();
        let mut names: Vec<Name> = known
            .filter(|named| !named.id.starts_with(Entity::NEW))
            .map(|named| {
                let tells = rarity_of_name(named, rarity);
                Name {
                    term: name_term(&named.id),
                    tells,
                    stressed: if named.in_title {
                        TITLE_WEIGHT * tells
                    } else {
                        tells
                    },
                }
            })
            .collect();
        names.sort_unstable_by_key(|name| name.term);
        names.dedup_by_key(|name| name.term);
        Self(names.into_boxed_slice())
    }

    fn telling(&self) -> impl Iterator<Item = u32> {
        let names = self.0.iter();
        names
            .filter(|name| name.tells >= LEAST_TELLING)
            .map(|name| name.term)
    }

    /// How alike two stories are, on the scale of the cosine of words.
    pub(crate) fn likeness(&self, other: &Self) -> f32 {
        let told: f32 = self.shared(other).map(|(a, b)| a.tells.min(b.tells)).sum();
        // A title need not name anything: then it stresses nothing.
        let plain = self.cosine(other, |name| name.tells);
        let stressed = self.cosine(other, |name| name.stressed);
        let cosine = plain.max(stressed);
        WORTH * cosine * cosine * (told / ENOUGH).min(1.0)
    }

    fn cosine(&self, other: &Self, weight: impl Fn(&Name) -> f32) -> f32 {
        let length = |names: &Self| names.0.iter().map(|name| weight(name).powi(2)).sum::<f32>();
        let shared = self.shared(other).map(|(a, b)| weight(a) * weight(b));
        shared.sum::<f32>() / (length(self) * length(other)).sqrt().max(f32::MIN_POSITIVE)
    }

    fn shared<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (&'a Name, &'a Name)> {
        let mut theirs = other.0.iter().peekable();
        self.0.iter().filter_map(move |name| {
            while theirs.next_if(|other| other.term < name.term).is_some() {}
            Some((name, theirs.next_if(|other| other.term == name.term)?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Frequencies;
    use crate::item::Named;
    use tocsin_core::StoryId;

    fn item(lang: &str, names: &[&str]) -> Item {
        let named = names.iter().map(|id| Named {
            id: (*id).to_owned(),
            name: (*id).to_owned(),
            in_title: false,
        });
        Item {
            id: StoryId::new("a"),
            title: String::new(),
            text: String::new(),
            published: None,
            source: String::new(),
            lang: (!lang.is_empty()).then(|| lang.to_owned()),
            entities: named.collect(),
        }
    }

    /// Of a thousand stories, all but one name two large countries, one a small court.
    fn rarity() -> Rarity {
        let countries = ["china", "usa"].map(str::to_owned);
        let court = ["court".to_owned(), "nvidia".to_owned()];
        let stories = (0..1_000).map(|n| if n == 0 { &court } else { &countries });
        let stories = stories.map(|names| ("", "", &names[..]));
        Rarity::new(&Frequencies::count(stories, 1))
    }

    #[test]
    fn rare_names_tell_and_large_countries_do_not() {
        let rarity = rarity();
        let of = |names: &[&str]| Names::of(&item("", names), &rarity);
        let rare = of(&["nvidia", "usa", "court"]);
        assert!(rare.likeness(&of(&["court", "nvidia"])) > 0.5);
        assert!(rare.likeness(&of(&["usa", "china"])) < 0.01);
        let new = of(&["new:court", "new:court"]);
        assert!(new.likeness(&new) < f32::EPSILON);
    }

    #[test]
    fn an_unknown_language_is_no_other() {
        let of = |lang| Language::of(&item(lang, &[]));
        assert!(of("en").differs(of("zh")) && !of("en").differs(of("en")));
        assert!(!of("").differs(of("en")) && !of("x").differs(of("en")));
    }
}
