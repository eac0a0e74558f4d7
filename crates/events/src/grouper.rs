//! Events, one pass, in order of arrival.
//!
//! A story is a vector of weighted words (log frequency times inverse document frequency, learned
//! as stories come; Salton and Buckley 1988). It joins the event to which it is most similar, by the
//! mean of its nearest story and of all, if that is above a threshold that rises with the days
//! between them; else it opens one. The mean keeps an event from growing along a chain of
//! neighbours until it swallows the day.

use crate::copies::{Copies, Print};
use crate::novelty::{Outlets, Told, copy};
use crate::words;
use crate::{Assignment, Item, Settings};
use std::collections::{BTreeMap, HashMap, VecDeque};
use tocsin_core::{EventId, Novelty, StoryId, Timestamp};

/// Characters of the text that are looked at: what a story is about stands at its head.
const LEAD: usize = 600;
/// A word of the title counts as so many of the text.
const TITLE_WEIGHT: f64 = 2.0;
/// A known name counts as so many words of the text.
const NAME_WEIGHT: f64 = 1.5;
/// Stories that a word leads to at most, the latest: a word in more says little.
const MOST_HOLDERS: usize = 600;
/// Names and words by which what is new is told.
const TELLING: usize = 3;
/// Names that are candidates for that: the first ones are what a story is about.
const NAMES_LOOKED_AT: usize = 4;
/// Seconds in an hour.
const HOUR: f64 = 3_600.0;

/// What is remembered of a story.
#[derive(Debug)]
struct Remembered {
    id: StoryId,
    event: usize,
    original: Option<usize>,
    time: Option<Timestamp>,
    vector: Vec<(u32, f64)>,
}

/// What is remembered of an event.
#[derive(Debug)]
struct Running {
    id: EventId,
    title: String,
    members: usize,
    last: Option<Timestamp>,
    outlets: Outlets,
    told: Told,
}

/// Groups stories as they come.
#[derive(Debug)]
pub struct Grouper {
    settings: Settings,
    copies: Copies,
    terms: HashMap<String, u32>,
    /// In how many stories each term stood.
    frequency: Vec<u32>,
    holders: HashMap<u32, VecDeque<usize>>,
    stories: BTreeMap<usize, Remembered>,
    events: Vec<Running>,
    by_id: HashMap<EventId, usize>,
    number_of: HashMap<StoryId, usize>,
    next: usize,
}

impl Grouper {
    /// A grouper that knows nothing yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            copies: Copies::default(),
            terms: HashMap::new(),
            frequency: Vec::new(),
            holders: HashMap::new(),
            stories: BTreeMap::new(),
            events: Vec::new(),
            by_id: HashMap::new(),
            number_of: HashMap::new(),
            next: 0,
        }
    }

    /// Decides about a story and remembers it.
    pub fn add(&mut self, item: &Item) -> Assignment {
        let print = Print::new(&item.title, &item.text);
        let vector = self.vector(item);
        let original = self.copies.original(&print, &self.settings);
        let original = original.map(|n| self.stories.get(&n).and_then(|s| s.original).unwrap_or(n));
        let copied = original
            .and_then(|n| self.stories.get(&n))
            .map(|s| (s.id.clone(), s.event));
        let nearest = self.nearest(&vector, item.published);
        let joined = copied.as_ref().map(|(_, event)| *event).or(nearest.joins);
        let new_event = joined.is_none();
        let event = joined.unwrap_or_else(|| self.open(item, nearest.similarity));
        self.remember(item, print, vector, event, original);
        let duplicate_of = copied.map(|(id, _)| id);
        let novelty = match (&duplicate_of, self.events.get(event)) {
            (Some(_), _) => copy(),
            (None, Some(running)) if new_event => running.told.new_event(&running.outlets),
            (None, Some(running)) => {
                running
                    .told
                    .follow_up(&running.title, &running.outlets, nearest.similarity)
            }
            (None, None) => copy(),
        };
        let id = self
            .events
            .get(event)
            .map_or_else(|| EventId::of_first_story(&item.id), |e| e.id.clone());
        Assignment {
            event: id,
            duplicate_of,
            new_event,
            novelty,
        }
    }

    /// Remembers a story that was decided about before, after a restart. Stories have to come in the
    /// order in which they were added.
    pub fn restore(&mut self, item: &Item, event: &EventId, duplicate_of: Option<&StoryId>) {
        let print = Print::new(&item.title, &item.text);
        let vector = self.vector(item);
        let number = match self.by_id.get(event) {
            Some(number) => *number,
            None => {
                let similarity = self.nearest(&vector, item.published).similarity;
                self.open_as(event.clone(), item, similarity)
            }
        };
        let original = duplicate_of.and_then(|id| self.number_of.get(id)).copied();
        self.remember(item, print, vector, number, original);
    }

    /// How new an event is, with the outlets that are known by now.
    pub fn novelty(&self, event: &EventId) -> Option<Novelty> {
        let running = self.events.get(*self.by_id.get(event)?)?;
        Some(running.told.new_event(&running.outlets))
    }

    fn vector(&mut self, item: &Item) -> Vec<(u32, f64)> {
        let lead: String = item.text.chars().take(LEAD).collect();
        let mut counts: BTreeMap<u32, f64> = BTreeMap::new();
        let parts = [
            (words::telling(&item.title), TITLE_WEIGHT),
            (words::telling(&lead), 1.0),
        ];
        let names = item
            .entities
            .iter()
            .map(|named| (name_term(&named.id), NAME_WEIGHT));
        let terms = parts
            .into_iter()
            .flat_map(|(words, weight)| words.into_iter().map(move |w| (w, weight)));
        for (term, weight) in terms.chain(names) {
            *counts.entry(self.intern(term)).or_default() += weight;
        }
        let weighted = counts
            .into_iter()
            .map(|(term, count)| (term, (1.0 + count.ln()) * self.rarity(term)));
        normalised(weighted.collect())
    }

    fn intern(&mut self, term: String) -> u32 {
        let next = u32::try_from(self.terms.len()).unwrap_or(u32::MAX);
        let id = *self.terms.entry(term).or_insert(next);
        if id == next {
            self.frequency.push(0);
        }
        id
    }

    /// Inverse document frequency, smoothed so that the first stories can be compared, too.
    fn rarity(&self, term: u32) -> f64 {
        let held = self.frequency.get(term as usize).copied().unwrap_or(0);
        #[expect(clippy::cast_precision_loss, reason = "counts of stories")]
        let all = self.next as f64 + 10.0;
        (1.0 + all / (f64::from(held) + 1.0)).ln()
    }

    fn nearest(&self, vector: &[(u32, f64)], time: Option<Timestamp>) -> Nearest {
        let mut similar: BTreeMap<usize, f64> = BTreeMap::new();
        for (term, weight) in vector {
            for holder in self.holders.get(term).into_iter().flatten() {
                let theirs = self
                    .stories
                    .get(holder)
                    .and_then(|s| s.weight(*term))
                    .unwrap_or(0.0);
                *similar.entry(*holder).or_default() += weight * theirs;
            }
        }
        let mut by_event: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
        for (story, similarity) in similar {
            if let Some(story) = self.stories.get(&story) {
                let (most, sum) = by_event.entry(story.event).or_default();
                *most = most.max(similarity);
                *sum += similarity;
            }
        }
        self.best(&by_event, time)
    }

    fn best(&self, by_event: &BTreeMap<usize, (f64, f64)>, time: Option<Timestamp>) -> Nearest {
        let mut nearest = Nearest {
            joins: None,
            similarity: 0.0,
        };
        let mut margin = 0.0;
        for (event, (most, sum)) in by_event {
            let Some(running) = self.events.get(*event) else {
                continue;
            };
            #[expect(clippy::cast_precision_loss, reason = "counts of stories")]
            let score = (most + sum / running.members.max(1) as f64) / 2.0;
            nearest.similarity = nearest.similarity.max(*most);
            let Some(threshold) = self.threshold(running, time) else {
                continue;
            };
            if score - threshold >= margin {
                margin = score - threshold;
                nearest.joins = Some(*event);
            }
        }
        nearest
    }

    /// The similarity from which a story of this time joins; `None` outside the event's window.
    fn threshold(&self, event: &Running, time: Option<Timestamp>) -> Option<f64> {
        let (Some(time), Some(last)) = (time, event.last) else {
            return Some(self.settings.join_without_time);
        };
        let hours = time.duration_since(last).as_secs_f64().abs() / HOUR;
        (hours <= f64::from(self.settings.window_hours))
            .then(|| self.settings.join_similarity + self.settings.join_per_day * hours / 24.0)
    }

    fn open(&mut self, item: &Item, similarity: f64) -> usize {
        self.open_as(EventId::of_first_story(&item.id), item, similarity)
    }

    fn open_as(&mut self, id: EventId, item: &Item, similarity: f64) -> usize {
        let number = self.events.len();
        let words = self.telling_words(item);
        let last_joined = self.last_with_all(&words);
        self.events.push(Running {
            id: id.clone(),
            title: item.title.clone(),
            members: 0,
            last: None,
            outlets: Outlets::default(),
            told: Told::new(
                words.into_iter().map(|(word, _)| word).collect(),
                item.published,
                last_joined,
                similarity,
            ),
        });
        self.by_id.insert(id, number);
        number
    }

    /// What tells a story best: its first names, then the rarest words of its title.
    fn telling_words(&mut self, item: &Item) -> Vec<(String, u32)> {
        let mut names: Vec<(String, u32)> = Vec::new();
        for named in item.entities.iter().take(NAMES_LOOKED_AT) {
            names.push((named.name.clone(), self.intern(name_term(&named.id))));
        }
        let mut words: Vec<(String, u32)> = Vec::new();
        for written in item.title.split(|c: char| !c.is_alphanumeric() && c != '-') {
            // A clause without spaces is no word to show.
            let shown = !written.chars().any(tocsin_core::text::is_cjk);
            if let Some(term) = words::telling(written).into_iter().next().filter(|_| shown) {
                let id = self.intern(term);
                let named = item.entities.iter().any(|n| n.name.contains(written));
                if !named && words.iter().all(|(_, known)| *known != id) {
                    words.push((written.to_owned(), id));
                }
            }
        }
        // Names come in their order in the story: the first are what it is about.
        words.sort_by(|a, b| self.rarity(b.1).total_cmp(&self.rarity(a.1)));
        // Two names place a story, a word says what happened.
        let shown_names = names.len().min(if words.is_empty() {
            TELLING
        } else {
            TELLING - 1
        });
        names.truncate(shown_names);
        names.extend(words);
        names.truncate(TELLING);
        names
    }

    /// When a remembered story last held all these words.
    fn last_with_all(&self, words: &[(String, u32)]) -> Option<Timestamp> {
        let (_, rarest) = words.first()?;
        self.holders
            .get(rarest)?
            .iter()
            .filter_map(|n| self.stories.get(n))
            .filter(|s| words.iter().all(|(_, term)| s.weight(*term).is_some()))
            .filter_map(|s| s.time)
            .max()
    }

    fn remember(
        &mut self,
        item: &Item,
        print: Print,
        vector: Vec<(u32, f64)>,
        event: usize,
        original: Option<usize>,
    ) {
        let number = self.next;
        self.next += 1;
        for (term, _) in &vector {
            if let Some(count) = self.frequency.get_mut(*term as usize) {
                *count += 1;
            }
            let holders = self.holders.entry(*term).or_default();
            holders.push_back(number);
            if holders.len() > MOST_HOLDERS {
                holders.pop_front();
            }
        }
        if original.is_none() {
            self.copies.remember(number, print);
        }
        if let Some(running) = self.events.get_mut(event) {
            running.members += 1;
            running.last = running.last.max(item.published);
            running.outlets.add(&item.source, item.published);
        }
        self.number_of.insert(item.id.clone(), number);
        self.stories.insert(
            number,
            Remembered {
                id: item.id.clone(),
                event,
                original,
                time: item.published,
                vector,
            },
        );
        while self.stories.len() > self.settings.memory_items {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some((number, story)) = self.stories.pop_first() else {
            return;
        };
        self.copies.forget(number);
        self.number_of.remove(&story.id);
        for (term, _) in &story.vector {
            if let Some(holders) = self.holders.get_mut(term) {
                while holders.front().is_some_and(|n| *n <= number) {
                    holders.pop_front();
                }
                if holders.is_empty() {
                    self.holders.remove(term);
                }
            }
        }
    }
}

impl Remembered {
    fn weight(&self, term: u32) -> Option<f64> {
        let at = self.vector.binary_search_by_key(&term, |(t, _)| *t).ok()?;
        self.vector.get(at).map(|(_, weight)| *weight)
    }
}

/// The event that a story joins, and its similarity to the nearest story of any event.
struct Nearest {
    joins: Option<usize>,
    similarity: f64,
}

/// The term of a name; no word begins like it.
fn name_term(id: &str) -> String {
    format!("@{id}")
}

fn normalised(mut vector: Vec<(u32, f64)>) -> Vec<(u32, f64)> {
    let length = vector.iter().map(|(_, w)| w * w).sum::<f64>().sqrt();
    for (_, weight) in &mut vector {
        *weight /= length.max(f64::MIN_POSITIVE);
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, time: &str, title: &str, text: &str) -> Item {
        Item {
            id: StoryId::new(id),
            title: title.to_owned(),
            text: text.to_owned(),
            published: (!time.is_empty()).then(|| time.parse().unwrap()),
            source: id.to_owned(),
            lang: None,
            entities: Vec::new(),
        }
    }

    const REPORT: &str = "The ministry said on Monday that 3,400 chips were shipped in March under the new licences, \
        most of them to buyers in two countries, and that it would publish such figures each month from now on.";

    fn grouped(items: &[Item]) -> Vec<Assignment> {
        let mut grouper = Grouper::new(Settings::default());
        items.iter().map(|i| grouper.add(i)).collect()
    }

    #[test]
    fn a_rewrite_joins_its_event_and_a_later_ruling_opens_one() {
        let found = grouped(&[
            item(
                "a",
                "2026-03-02T08:00:00Z",
                "Ministry publishes chip export rule",
                "",
            ),
            item(
                "b",
                "2026-03-02T09:30:00Z",
                "Chip export rule published by ministry",
                "",
            ),
            item(
                "c",
                "2026-03-09T10:00:00Z",
                "Court suspends chip export rule",
                "",
            ),
        ]);
        assert_eq!(found[1].event, found[0].event);
        assert!(!found[1].new_event && found[1].duplicate_of.is_none());
        assert_ne!(found[2].event, found[0].event);
    }

    #[test]
    fn one_text_under_ten_titles_is_one_story_and_nine_copies() {
        let titles = (0..10).map(|n| {
            item(
                &n.to_string(),
                "2026-03-02T08:00:00Z",
                &format!("Headline number {n}"),
                REPORT,
            )
        });
        let found = grouped(&titles.collect::<Vec<_>>());
        assert!(
            found[1..]
                .iter()
                .all(|a| a.duplicate_of == Some(StoryId::new("0")))
        );
    }

    #[test]
    fn next_months_figures_in_the_same_words_are_no_copy() {
        let april = REPORT.replace("3,400", "5,150").replace("March", "April");
        let found = grouped(&[
            item(
                "a",
                "2026-04-06T08:00:00Z",
                "Chips shipped in March",
                REPORT,
            ),
            item(
                "b",
                "2026-05-04T08:00:00Z",
                "Chips shipped in April",
                &april,
            ),
        ]);
        assert_eq!(found[1].duplicate_of, None);
    }

    #[test]
    fn empty_headline_only_future_and_late_stories_are_placed() {
        let found = grouped(&[
            item("a", "", "", ""),
            item("b", "2999-01-01T00:00:00Z", "Summit opens", ""),
            item("c", "2026-03-02T08:00:00Z", "Summit opens in Geneva", ""),
            item("d", "2026-02-20T08:00:00Z", "华为发布新芯片", ""),
        ]);
        assert!(found.iter().all(|a| a.new_event));
    }

    #[test]
    fn a_grouper_that_was_restored_decides_as_one_that_lived_on() {
        let items: Vec<Item> = (0..60)
            .map(|n| {
                let subject = ["chip export rule", "model summit", "data centre vote"][n % 3];
                item(
                    &n.to_string(),
                    &format!("2026-03-{:02}T08:00:00Z", 1 + n / 6),
                    &format!("Report {n} on the {subject}"),
                    "",
                )
            })
            .collect();
        let whole = grouped(&items);
        let mut restored = Grouper::new(Settings::default());
        for (item, known) in items.iter().zip(&whole).take(40) {
            restored.restore(item, &known.event, known.duplicate_of.as_ref());
        }
        let rest: Vec<Assignment> = items.iter().skip(40).map(|i| restored.add(i)).collect();
        assert_eq!(rest, whole[40..]);
    }

    #[test]
    fn what_is_forgotten_takes_no_room() {
        let mut grouper = Grouper::new(Settings {
            memory_items: 50,
            ..Settings::default()
        });
        for n in 0..500 {
            grouper.add(&item(
                &n.to_string(),
                "2026-03-02T08:00:00Z",
                &format!("Word{n} alone"),
                "",
            ));
        }
        assert_eq!(grouper.stories.len(), 50);
        assert!(grouper.holders.values().map(VecDeque::len).sum::<usize>() <= 3 * MOST_HOLDERS);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
        #[test]
        fn any_text_is_survived(title in "\\PC{0,80}", text in "\\PC{0,400}") {
            let found = grouped(&[item("a", "", &title, &text), item("b", "", &title, &text)]);
            proptest::prop_assert_eq!(&found[0].event, &EventId::of_first_story(&StoryId::new("a")));
        }
    }
}
