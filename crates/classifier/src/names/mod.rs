//! Names that no list has: half of those in a day's news are new.
//!
//! In: a story, and the known names in it. Out: the known names and the new ones, by their shape, by
//! words that tell what they name, and by what stands around them. Never: guesses at a kind without a
//! reason.

mod cues;
mod runs;

use crate::layout::Document;
use runs::{Reader, Run};
use std::collections::{BTreeMap, HashSet};
use tocsin_core::text::one_line;
use tocsin_core::{Entity, EntityType, Field, Mention};

/// A new name at its first place.
struct Sighting {
    kind: EntityType,
    /// Whether its own words tell that, so that it may hold other names: "University of Florida".
    told: bool,
    /// Index into the story's parts.
    part: usize,
    run: Run,
}

/// Adds the new names of a story to the known ones, in order of appearance.
pub(crate) fn with_new(
    story: &Document<'_>,
    language: Option<&str>,
    known: Vec<Entity>,
) -> Vec<Entity> {
    // All nouns have capitals there, so that only names of persons show.
    let german = language == Some("de");
    let readers = story.parts.each_ref().map(Reader::new);
    let sightings = readers.iter().enumerate().flat_map(|(part, reader)| {
        let all = sightings(part, reader).into_iter();
        all.filter(|sighting| sighting.kind == EntityType::Person || !german)
    });
    let mut names = Names::new(known);
    for sighting in sightings {
        names.add(&readers, &sighting);
    }
    names.finish()
}

/// What may be new names in a part.
fn sightings(part: usize, reader: &Reader<'_>) -> Vec<Sighting> {
    let sighting = |run, kind, told| Sighting {
        kind,
        told,
        part,
        run,
    };
    let laws = bracketed(reader).into_iter();
    let laws = laws.map(|run| sighting(run, EntityType::Law, true));
    let persons = dotted(reader).into_iter();
    let persons = persons.map(|run| sighting(run, EntityType::Person, false));
    let mut found: Vec<Sighting> = laws.chain(persons).collect();
    // In a headline of capitals they tell nothing; its names stand in the text too.
    if part == 0 && reader.is_titled() {
        return found;
    }
    let quoted = |run: &Run| reader.is(run.end - 1, &cues::MEDIA);
    for run in reader.runs().into_iter().filter(|run| !quoted(run)) {
        let told = kind_by_words(reader, run);
        let guessed = || {
            let person = is_person(reader, run).then_some(EntityType::Person);
            let around = || by_surroundings(reader, run).or_else(|| foreign(reader, run));
            person.or_else(around)
        };
        let kind = told.or_else(guessed);
        found.extend(kind.map(|kind| sighting(run, kind, told.is_some())));
    }
    found
}

/// What a run names, where its own words tell.
fn kind_by_words(reader: &Reader<'_>, run: Run) -> Option<EntityType> {
    let several = run.end - run.first > 1;
    let joined = (run.first..run.end)
        .any(|at| !reader.is_capital(at) && cues::joins_bodies(reader.word(at)));
    let ends = |words| several && reader.is(run.end - 1, words);
    if ends(&cues::LAW_TAILS) || joined && reader.is(run.first, &cues::LAW_HEADS) {
        return Some(EntityType::Law);
    }
    let versus = |at: usize| matches!(reader.word(at), "v" | "vs") && !reader.is_capital(at);
    if ends(&cues::EVENT_TAILS) || (run.first..run.end).any(versus) {
        return Some(EntityType::Event);
    }
    let head = joined && (run.first..run.end).any(|at| reader.is(at, &cues::ORG_HEADS));
    (head || ends(&cues::ORG_TAILS)).then_some(EntityType::Org)
}

/// Most words of a person's name.
const MOST_OF_PERSON: usize = 6;

fn is_person(reader: &Reader<'_>, run: Run) -> bool {
    let (first, length) = (run.first, run.end - run.first);
    let words = || (first..run.end).map(|at| reader.word(at));
    let numbered = words().any(|word| word.bytes().any(|b| b.is_ascii_digit()));
    let initials = words().all(|word| word.len() < 3);
    let shouted = reader.word(first).len() > 2 && reader.is_shouted(first);
    if numbered || initials || shouted || length > MOST_OF_PERSON {
        return false;
    }
    if length == 1 {
        let tails = [&cues::ORG_TAILS, &cues::LAW_TAILS, &cues::EVENT_TAILS];
        return run.role && !tails.iter().any(|tails| reader.is(first, tails));
    }
    // "Tae-yang Kim" and "Kim Tae-yang" have their given name in two words.
    let in_two = length == 3
        && (reader.together(first, &cues::GIVEN) || reader.together(first + 1, &cues::GIVEN));
    run.role
        || in_two
        || reader.is(first, &cues::GIVEN)
        || reader.is(first, &cues::GIVEN_WORDS) && !run.opens
}

/// What stands before and after it may tell.
fn by_surroundings(reader: &Reader<'_>, run: Run) -> Option<EntityType> {
    let length = run.end - run.first;
    if reader.word(run.first).len() < 3 || run.opens && length == 1 {
        return None;
    }
    if length == 2 && reader.word(run.end - 1) == "ai" && !run.opens {
        return Some(EntityType::Org);
    }
    let before = |words| {
        run.first
            .checked_sub(1)
            .is_some_and(|at| reader.is(at, words))
    };
    if before(&cues::PRODUCT_CUES) || reader.is(run.end, &cues::PRODUCT_CUES) {
        return (!reader.is_capital(run.end)).then_some(EntityType::Product);
    }
    before(&cues::ORG_CUES).then_some(EntityType::Org)
}

/// A Latin word in a Chinese, Japanese or Korean text is a name; mostly a firm's.
fn foreign(reader: &Reader<'_>, run: Run) -> Option<EntityType> {
    let shouted = (run.first..run.end).all(|at| reader.is_shouted(at));
    let letters: usize = (run.first..run.end).map(|at| reader.word(at).len()).sum();
    if run.end - run.first > 3
        || letters < 4
        || shouted && letters < 6
        || !reader.is_among_unspaced(run)
    {
        return None;
    }
    let last = reader.word(run.end - 1);
    let before = reader.between(run.first.saturating_sub(6), run.first);
    let after = reader.between(run.end, run.end + 2);
    let product = last.bytes().all(|b| b.is_ascii_digit())
        || [before, after].into_iter().any(cues::speaks_of_product);
    Some(if product {
        EntityType::Product
    } else {
        EntityType::Org
    })
}

/// Persons whose foreign names are written with a dot between, in Chinese and Japanese.
fn dotted(reader: &Reader<'_>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for dot in reader.signs() {
        let sounds: fn(char) -> bool = match reader.word(dot) {
            "・" => |c| matches!(c, '\u{30a1}'..='\u{30fa}' | 'ー'),
            "·" | "‧" | "•" => |c| cues::CHINESE_SOUNDS.contains(c),
            _ => continue,
        };
        let is_sound = |at: usize| reader.word(at).chars().next().is_some_and(sounds);
        let before = (1..=8)
            .take_while(|back| dot >= *back && is_sound(dot - back))
            .count();
        let after = (1..=8).take_while(|ahead| is_sound(dot + ahead)).count();
        if before == 0 || after == 0 {
            continue;
        }
        let run = Run::new(dot - before, dot + after + 1);
        match runs.last_mut() {
            Some(last) if last.end >= run.first => last.end = run.end,
            _ => runs.push(run),
        }
    }
    runs
}

/// Laws between the brackets of Chinese, Japanese and Korean: where each begins and ends.
fn bracketed(reader: &Reader<'_>) -> Vec<Run> {
    let opening = reader
        .signs()
        .filter(|at| matches!(reader.word(*at), "《" | "「" | "『" | "〈"));
    let law = |at: usize| {
        let closing =
            (at + 2..at + 48).find(|at| matches!(reader.word(*at), "》" | "」" | "』" | "〉"))?;
        let name = reader.between(at + 1, closing - 1);
        let mut tails = cues::CJK_LAWS.iter();
        let law = tails.any(|tail| name.ends_with(tail));
        law.then_some(Run::new(at + 1, closing))
    };
    opening.filter_map(law).collect()
}

/// More new names than this in one story are a list; it bounds the time for any text.
const MOST_NEW: usize = 64;

/// A place in a story: whether it is in the text, and its first scalar value.
type Place = (bool, usize);

/// Known and new names of a story, while they are collected.
struct Names {
    /// Without their mentions.
    entities: Vec<Entity>,
    /// Where each name begins; its end, and its index. No two share a place.
    places: BTreeMap<Place, (usize, usize)>,
    /// The new ones, in folded form.
    new: HashSet<String>,
}

impl Names {
    fn new(mut known: Vec<Entity>) -> Self {
        let mut places = BTreeMap::new();
        for (index, entity) in known.iter_mut().enumerate() {
            for mention in entity.mentions.drain(..) {
                places.insert(place(&mention), (mention.end, index));
            }
        }
        Self {
            entities: known,
            places,
            new: HashSet::new(),
        }
    }

    /// Adds a name with all its places, unless it is known, or cuts through what is.
    fn add(&mut self, readers: &[Reader<'_>; 2], sighting: &Sighting) {
        let Some(reader) = readers.get(sighting.part) else {
            return;
        };
        let run = sighting.run;
        let own = reader.mention(run.first, run.end);
        let law = sighting.kind == EntityType::Law && self.holds_law(&own);
        if law || self.new.len() >= MOST_NEW || !self.may_stand(&own, sighting.told) {
            return;
        }
        let folded = reader.folded(run).to_owned();
        if !self.new.insert(folded.clone()) {
            return;
        }
        let gloss = reader.gloss(run);
        let mut mentions: Vec<Mention> = gloss
            .map(|gloss| reader.mention(gloss.first, gloss.end))
            .into_iter()
            .collect();
        let length = run.end - run.first;
        for part in readers {
            let whole = part.occurrences(reader, run).into_iter();
            mentions.extend(whole.map(|at| part.mention(at, at + length)));
            if sighting.kind == EntityType::Person && length > 1 {
                let surname = part.alone(reader, run.end - 1).into_iter();
                mentions.extend(surname.map(|at| part.mention(at, at + 1)));
            }
        }
        let index = self.entities.len();
        self.entities.push(Entity {
            id: format!("{}{}", Entity::NEW, folded.replace(' ', "-")),
            name: one_line(reader.original(gloss.unwrap_or(run))),
            kind: sighting.kind,
            mentions: Vec::new(),
        });
        for mention in mentions {
            if self.may_stand(&mention, sighting.told) {
                self.put(&mention, index);
            }
        }
    }

    /// The names that share a place with this one: where they begin, their ends and indexes.
    fn across(&self, own: &Mention) -> impl Iterator<Item = (Place, (usize, usize))> {
        let (text, start) = place(own);
        let before = self.places.range(..(text, start)).next_back();
        let before = before.filter(move |((t, _), (end, _))| *t == text && *end > start);
        let within = self.places.range((text, start)..(text, own.end.max(start)));
        before
            .into_iter()
            .chain(within)
            .map(|(place, name)| (*place, *name))
    }

    /// Whether a new name may be at a place: not within another one or across its end, and only where it
    /// `holds` others around one.
    fn may_stand(&self, own: &Mention, holds: bool) -> bool {
        self.across(own).all(|((_, start), (end, _))| {
            let within = own.start <= start && end <= own.end;
            holds && within && (own.start, own.end) != (start, end)
        })
    }

    /// Whether a known law is named within a place: "Cybersecurity Law of Freedonia" is that law.
    fn holds_law(&self, own: &Mention) -> bool {
        self.across(own).any(|(_, (_, index))| {
            let law = self.entities.get(index);
            law.is_some_and(|law| law.kind == EntityType::Law)
        })
    }

    /// Puts a name at a place, instead of those within it.
    fn put(&mut self, own: &Mention, index: usize) {
        let within: Vec<Place> = self.across(own).map(|(place, _)| place).collect();
        for place in within {
            self.places.remove(&place);
        }
        self.places.insert(place(own), (own.end, index));
    }

    fn finish(mut self) -> Vec<Entity> {
        let mut order = Vec::new();
        for ((text, start), (end, index)) in &self.places {
            let Some(entity) = self.entities.get_mut(*index) else {
                continue;
            };
            if entity.mentions.is_empty() {
                order.push(*index);
            }
            entity.mentions.push(Mention {
                field: if *text { Field::Text } else { Field::Title },
                start: *start,
                end: *end,
            });
        }
        let mut entities: Vec<Option<Entity>> = self.entities.into_iter().map(Some).collect();
        let take = |index: usize| entities.get_mut(index)?.take();
        order.into_iter().filter_map(take).collect()
    }
}

fn place(mention: &Mention) -> Place {
    (mention.field == Field::Text, mention.start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Cut;
    use proptest::prelude::*;
    use tocsin_core::text::slice;

    /// Name, kind and words of each new name in a text.
    fn found(text: &str, known: &[(&str, EntityType)]) -> Vec<(String, EntityType, Vec<String>)> {
        let cut = Cut {
            lead: 600,
            passage: 500,
        };
        let known = known.iter().map(|(name, kind)| {
            let from = text.find(name).unwrap();
            let start = text.get(..from).unwrap().chars().count();
            let mention = Mention {
                field: Field::Text,
                start,
                end: start + name.chars().count(),
            };
            Entity {
                id: (*name).to_owned(),
                name: (*name).to_owned(),
                kind: *kind,
                mentions: vec![mention],
            }
        });
        let story = Document::new("", text, cut);
        let words = |m: &Mention| slice(text, m.start, m.end).unwrap().to_owned();
        with_new(&story, None, known.collect())
            .into_iter()
            .map(|e| (e.name, e.kind, e.mentions.iter().map(words).collect()))
            .collect()
    }

    fn names(text: &str, known: &[(&str, EntityType)]) -> Vec<(String, EntityType)> {
        let found = found(text, known).into_iter();
        found.map(|(name, kind, _)| (name, kind)).collect()
    }

    fn one(name: &str, kind: EntityType) -> Vec<(String, EntityType)> {
        vec![(name.to_owned(), kind)]
    }

    #[test]
    fn bodies_and_laws_are_told_by_their_words_and_hold_other_names() {
        let florida = [("Florida", EntityType::Place)];
        assert_eq!(
            names(
                "He left the University of Central Florida in May.",
                &florida
            ),
            one("University of Central Florida", EntityType::Org)
        );
        assert_eq!(
            names("She cites the Federal Robot Liability Act of 2031.", &[]),
            one("Federal Robot Liability Act", EntityType::Law)
        );
        let ministry = "Ministry of Climate Action, Energy and Mobility";
        let text = format!("The {ministry} agreed.");
        assert_eq!(names(&text, &[]), one(ministry, EntityType::Org));
    }

    #[test]
    fn persons_are_told_by_role_or_given_name_and_called_by_surname() {
        let got = found(
            "The attorney Xingrui Vo-Lan spoke. Vo-Lan left. So did Lan.",
            &[],
        );
        assert_eq!(got.len(), 1, "{got:?}");
        assert_eq!(got[0].1, EntityType::Person);
        assert_eq!(
            names("It was signed by Steven Orlowsky, who left.", &[]),
            one("Steven Orlowsky", EntityType::Person)
        );
    }

    #[test]
    fn common_words_with_capitals_are_no_names() {
        assert!(names("The Chinese plan. In May. American AI. What Now?", &[]).is_empty());
        let title = "Every Word Of This Headline Court Has Capitals";
        let cut = Cut {
            lead: 600,
            passage: 500,
        };
        let story = Document::new(title, "", cut);
        assert!(with_new(&story, None, Vec::new()).is_empty());
    }

    #[test]
    fn scripts_without_capitals_have_their_own_signs() {
        assert_eq!(
            names("发布《生成模型管理办法》。", &[]),
            one("生成模型管理办法", EntityType::Law)
        );
        assert_eq!(
            names("杰夫·雷纳（Jeff Rayner）说。", &[]),
            one("Jeff Rayner", EntityType::Person)
        );
        assert_eq!(
            names("인도의 Zvarya가 발표했다.", &[]),
            one("Zvarya", EntityType::Org)
        );
    }

    #[test]
    fn a_known_name_stays_what_it_is() {
        let known = [("Steven Orlowsky", EntityType::Product)];
        let text = "Made by Steven Orlowsky, it works.";
        assert_eq!(
            names(text, &known),
            one("Steven Orlowsky", EntityType::Product)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_text_gives_names_that_stand_in_it(
            s in "([A-Z][a-z]{0,5}|of|and|the|Court|Act|v\\.|·|《|》|法|\\(|\\)|,| |\\.|\\PC){0,60}",
        ) {
            for (_, _, words) in found(&s, &[]) {
                prop_assert!(!words.is_empty() && words.iter().all(|w| !w.is_empty()));
            }
        }
    }
}
