//! Events, one pass, in order of arrival.
//!
//! A near-copy joins the event of its original. Any other story is compared with all that it shares
//! terms with, and joins the event with which it has most in common, if that is enough; else it opens
//! one. What counts is the likeness to the nearest stories and to all of the event, so an event does
//! not grow along a chain of neighbours until it swallows the day.

use crate::across::{Holders, Language, Names};
use crate::copies::{Copies, Print};
use crate::facts::Facts;
use crate::join::Common;
use crate::nearby::{Likeness, Nearby};
use crate::novelty::{self, Told};
use crate::rarity::Rarity;
use crate::running::Running;
use crate::sketch::{Sketch, name_term};
use crate::verdict::{Candidate, Compared, Verdict};
use crate::words::{self, Part};
use crate::{Assignment, Frequencies, Item, Settings};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, HashMap, VecDeque};
use tocsin_core::text::{one_line, shorten};
use tocsin_core::{EventId, Novelty, StoryId, Timestamp};

/// Words of a text that are read.
const MOST_WORDS: usize = 3_000;
/// Names and words by which what is new is told.
const TELLING: usize = 3;
/// Names that are candidates for that: the first ones are what a story is about.
const NAMES_LOOKED_AT: usize = 4;
/// Characters of a sentence with a new fact that are shown.
const FACT: usize = 300;

/// What is remembered of a story.
#[derive(Debug)]
struct Remembered {
    id: StoryId,
    time: Option<Timestamp>,
    /// Ascending; none for a copy.
    terms: Box<[u32]>,
    /// None for a copy.
    names: Names,
}

/// Where a story stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    event: u32,
    language: Language,
    /// Sum of its cosines to the other stories of its event.
    ties: f32,
}

/// A story as it is looked at.
struct Seen<'a> {
    item: &'a Item,
    print: Print,
    sketch: Sketch,
    names: Names,
    facts: Facts,
}

/// Groups stories as they come.
#[derive(Debug)]
pub struct Grouper {
    settings: Settings,
    rarity: Rarity,
    copies: Copies,
    nearby: Nearby,
    holders: Holders,
    /// The latest stories; the first has the number `first`.
    stories: VecDeque<Remembered>,
    /// Where each stands: apart, since it is asked for a thousand times as often.
    places: VecDeque<Place>,
    first: u32,
    events: FxHashMap<u32, Running>,
    next_event: u32,
    by_id: HashMap<EventId, u32>,
    number_of: HashMap<StoryId, u32>,
}

impl Grouper {
    /// A grouper that knows how often words stand in stories, and no story yet.
    pub fn new(settings: Settings, known: &Frequencies) -> Self {
        Self {
            settings,
            rarity: Rarity::new(known),
            copies: Copies::default(),
            nearby: Nearby::default(),
            holders: Holders::default(),
            stories: VecDeque::new(),
            places: VecDeque::new(),
            first: 0,
            events: FxHashMap::default(),
            next_event: 0,
            by_id: HashMap::new(),
            number_of: HashMap::new(),
        }
    }

    /// Decides about a story and remembers it.
    pub fn add(&mut self, item: &Item) -> Assignment {
        let seen = self.look_at(item);
        let original = self.copies.original(&seen.print, &self.settings);
        let copied = original.and_then(|n| Some((self.story(n)?.id.clone(), self.place(n)?.event)));
        // A copy's event is known: only another story has to be compared.
        let (verdict, compared) = match &copied {
            Some((_, event)) => (Verdict::Joins(*event), Compared::default()),
            None => {
                let compared = self.compare(&seen);
                let verdict = compared.verdict(&self.settings, seen.sketch.headline);
                (verdict, compared)
            }
        };
        let joined = verdict.joins();
        let development = joined.and_then(|event| self.development(event, &seen));
        let event = joined.unwrap_or_else(|| self.open(item, &compared));
        let moved = verdict
            .takes()
            .and_then(|number| self.hand_over(number, event));
        let merged = verdict.merges().and_then(|other| self.merge(other, event));
        self.remember(seen, event, original, &compared);
        let duplicate_of = copied.map(|(id, _)| id);
        let (id, novelty) = match self.events.get(&event) {
            Some(running) => {
                let novelty = match (&development, &duplicate_of) {
                    (Some(fact), _) => novelty::development(&running.title, fact),
                    (None, Some(_)) => novelty::copy(),
                    (None, None) => running.novelty(joined.is_none(), compared.likeness()),
                };
                (running.id.clone(), novelty)
            }
            None => (EventId::of_first_story(&item.id), novelty::copy()),
        };
        Assignment {
            event: id,
            duplicate_of,
            new_event: joined.is_none(),
            moved,
            merged,
            development,
            novelty,
        }
    }

    /// A story leaves its event for another one; gives its id.
    fn hand_over(&mut self, number: u32, event: u32) -> Option<StoryId> {
        let at = number.checked_sub(self.first)? as usize;
        let (story, place) = (self.stories.get(at)?, self.places.get_mut(at)?);
        let [from, to] = self.events.get_disjoint_mut([&place.event, &event]);
        from?.hand_over(to?, story.time, place.ties);
        (place.event, place.ties) = (event, 0.0);
        Some(story.id.clone())
    }

    /// An event becomes part of another one; gives its id.
    fn merge(&mut self, from: u32, into: u32) -> Option<EventId> {
        let [from_running, into_running] = self.events.get_disjoint_mut([&from, &into]);
        into_running?.take_in(from_running?);
        for place in &mut self.places {
            if place.event == from {
                place.event = into;
            }
        }
        let gone = self.events.remove(&from)?;
        self.by_id.remove(&gone.id);
        Some(gone.id)
    }

    /// Takes in how like a story is to the others of its event; gives the sum of its cosines.
    fn tie(&mut self, event: u32, compared: &Compared) -> f32 {
        let mut sum = 0.0;
        for (number, cosine) in &compared.cosines {
            let at = number.saturating_sub(self.first) as usize;
            if let Some(place) = self.places.get_mut(at).filter(|p| p.event == event) {
                place.ties += cosine;
                sum += cosine;
            }
        }
        if let Some(running) = self.events.get_mut(&event) {
            running.tie(sum);
        }
        sum
    }

    /// The sentence of a story that is new in its event.
    fn development(&self, event: u32, seen: &Seen<'_>) -> Option<String> {
        let (start, end) = self.events.get(&event)?.known.development(&seen.facts)?;
        let sentence = seen.item.text.get(start..end)?;
        Some(shorten(&one_line(sentence), FACT).into_owned())
    }

    /// Remembers a story that was decided about before, after a restart. Stories have to come in the
    /// order in which they were added.
    pub fn restore(&mut self, item: &Item, event: &EventId, duplicate_of: Option<&StoryId>) {
        let seen = self.look_at(item);
        let original = duplicate_of.and_then(|id| self.number_of.get(id)).copied();
        let compared = match original {
            Some(_) => Compared::default(),
            None => self.compare(&seen),
        };
        let number = match self.by_id.get(event) {
            Some(number) => *number,
            None => self.open_as(event.clone(), item, &compared),
        };
        self.remember(seen, number, original, &compared);
    }

    /// From now on no story leaves an event but by hand, since it was put together of several.
    pub fn keep_whole(&mut self, event: &EventId) {
        let number = self.by_id.get(event);
        if let Some(running) = number.and_then(|number| self.events.get_mut(number)) {
            running.keep_whole();
        }
    }

    /// What an event is called from now on, where others follow it; nothing, where it is not to be named.
    pub fn rename(&mut self, event: &EventId, title: &str) {
        let number = self.by_id.get(event);
        if let Some(running) = number.and_then(|number| self.events.get_mut(number)) {
            running.rename(title);
        }
    }

    /// How new an event is, with the outlets that are known by now.
    pub fn novelty(&self, event: &EventId) -> Option<Novelty> {
        let running = self.events.get(self.by_id.get(event)?)?;
        Some(running.told.new_event(&running.outlets))
    }

    fn look_at<'a>(&self, item: &'a Item) -> Seen<'a> {
        let title = Part::read(&item.title, MOST_WORDS);
        let body = Part::read(&item.text, MOST_WORDS);
        let facts = Facts::new(&title, &body);
        Seen {
            item,
            print: Print::new(&title, &body),
            sketch: Sketch::new(&title, &body, &facts, item, &self.rarity),
            names: Names::of(item, &self.rarity),
            facts,
        }
    }

    fn story(&self, number: u32) -> Option<&Remembered> {
        self.stories.get(number.checked_sub(self.first)? as usize)
    }

    fn place(&self, number: u32) -> Option<&Place> {
        self.places.get(number.checked_sub(self.first)? as usize)
    }

    fn next(&self) -> u32 {
        self.first
            .saturating_add(u32::try_from(self.stories.len()).unwrap_or(u32::MAX))
    }

    /// The stories in other languages that name the same, with how alike that makes them.
    fn across(&self, seen: &Seen<'_>) -> BTreeMap<u32, f32> {
        let language = Language::of(seen.item);
        let holders = self.holders.of(&seen.names, self.first);
        let others = holders.into_iter().filter_map(|number| {
            let place = self.place(number)?;
            let story = self
                .story(number)
                .filter(|_| language.differs(place.language))?;
            Some((number, seen.names.likeness(&story.names)))
        });
        others.filter(|(_, cosine)| *cosine > 0.0).collect()
    }

    /// Compares a story with all that are remembered.
    fn compare(&mut self, seen: &Seen<'_>) -> Compared {
        let mut by_event: FxHashMap<u32, Common> = FxHashMap::default();
        let mut cosines = Vec::new();
        let mut across = self.across(seen);
        let (places, first) = (&self.places, self.first);
        let mut add = |number: u32, likeness: &Likeness| {
            if let Some(place) = places.get((number - first) as usize) {
                cosines.push((number, likeness.cosine));
                let common = by_event.entry(place.event).or_default();
                common.add(number, likeness);
            }
        };
        self.nearby.of(&seen.sketch, |number, likeness| {
            let mut likeness = *likeness;
            if let Some(cosine) = across.remove(&number) {
                likeness.cosine = likeness.cosine.max(cosine);
            }
            add(number, &likeness);
        });
        for (number, cosine) in across {
            let likeness = Likeness {
                cosine,
                ..Likeness::default()
            };
            add(number, &likeness);
        }
        let nearest = by_event
            .iter()
            .map(|(event, common)| (*event, common.nearest()))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        let hours = self.settings.window_hours;
        let candidates = by_event.into_iter().filter_map(|(event, common)| {
            let running = self.events.get(&event)?;
            let nearest = self.place(common.nearest_story())?;
            Some(Candidate {
                event,
                stories: running.stories,
                distance: running.distance(seen.item.published, self.next(), hours)?,
                usual: running.usual_tie(),
                others_of_nearest: running.mean_tie(nearest.ties),
                kept_whole: running.is_kept_whole(),
                common,
            })
        });
        Compared {
            candidates: candidates.collect(),
            nearest,
            cosines,
        }
    }

    fn open(&mut self, item: &Item, compared: &Compared) -> u32 {
        self.open_as(EventId::of_first_story(&item.id), item, compared)
    }

    fn open_as(&mut self, id: EventId, item: &Item, compared: &Compared) -> u32 {
        let followed = compared.follows().and_then(|event| self.events.get(&event));
        let follows = followed.map(Running::words);
        let number = self.next_event;
        self.next_event += 1;
        let words = self.telling_words(item);
        let last_joined = self.last_with_all(&words);
        self.events.insert(
            number,
            Running::new(
                id.clone(),
                item.title.clone(),
                Told::new(
                    words.into_iter().map(|(word, _)| word).collect(),
                    item.published,
                    last_joined,
                    f64::from(compared.likeness()),
                    follows,
                ),
            ),
        );
        self.by_id.insert(id, number);
        number
    }

    /// What tells a story best: its first names, then the rarest words of its title.
    fn telling_words(&self, item: &Item) -> Vec<(String, u32)> {
        let mut names: Vec<(String, u32)> = item
            .entities
            .iter()
            .take(NAMES_LOOKED_AT)
            .map(|named| (named.name.clone(), name_term(&named.id)))
            .collect();
        let mut words: Vec<(String, u32)> = Vec::new();
        for word in words::read(&item.title, MOST_WORDS) {
            let written = item.title.get(word.start..word.end).unwrap_or_default();
            // A pair of characters is no word to show.
            let shown = word.term.filter(|_| word.kind != words::Kind::Pair);
            let named = item.entities.iter().any(|n| n.name.contains(written));
            if let Some(term) = shown.filter(|t| !named && words.iter().all(|(_, w)| w != t)) {
                words.push((written.to_owned(), term));
            }
        }
        // Names come in their order in the story: the first are what it is about.
        words.sort_by(|a, b| self.rarity.of(b.1).total_cmp(&self.rarity.of(a.1)));
        // Two names place a story, a word says what happened.
        names.truncate(TELLING - usize::from(!words.is_empty()));
        names.extend(words);
        names.truncate(TELLING);
        names
    }

    /// When a remembered story last held all these words.
    fn last_with_all(&self, words: &[(String, u32)]) -> Option<Timestamp> {
        let (_, first) = words.first()?;
        self.nearby
            .holders(*first)
            .filter_map(|n| self.story(n))
            .filter(|s| words.iter().all(|(_, t)| s.terms.binary_search(t).is_ok()))
            .filter_map(|s| s.time)
            .max()
    }

    fn remember(&mut self, seen: Seen<'_>, event: u32, original: Option<u32>, compared: &Compared) {
        let number = self.next();
        let Seen {
            item,
            print,
            sketch,
            names,
            facts,
        } = seen;
        // A copy is never compared with: its original is.
        let (terms, names): (Box<[u32]>, Names) = match original {
            Some(_) => Default::default(),
            None => (sketch.terms.iter().map(|term| term.hash).collect(), names),
        };
        if original.is_none() {
            self.rarity.count(terms.iter().copied());
            self.nearby.remember(number, &sketch);
            self.holders.remember(number, &names, self.first);
            self.copies.remember(number, print);
        }
        let ties = self.tie(event, compared);
        if let Some(running) = self.events.get_mut(&event) {
            let hours = self.settings.window_hours;
            running.take(item, &facts, number, original.is_some(), hours);
        }
        self.number_of.insert(item.id.clone(), number);
        self.places.push_back(Place {
            event,
            language: Language::of(item),
            ties,
        });
        self.stories.push_back(Remembered {
            id: item.id.clone(),
            time: item.published,
            terms,
            names,
        });
        while self.stories.len() > self.settings.memory_items {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let (Some(story), Some(place)) = (self.stories.pop_front(), self.places.pop_front()) else {
            return;
        };
        let number = self.first;
        self.first += 1;
        self.nearby.forget(number);
        self.copies.forget(number);
        if self.number_of.get(&story.id) == Some(&number) {
            self.number_of.remove(&story.id);
        }
        if let Some(running) = self.events.get_mut(&place.event) {
            running.remembered -= 1;
            if running.remembered == 0 {
                self.by_id.remove(&running.id);
                self.events.remove(&place.event);
            }
        }
    }
}

#[cfg(test)]
mod tests;
