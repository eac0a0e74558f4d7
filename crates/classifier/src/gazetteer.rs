//! Known names: persons, firms, bodies, places, laws, products, events.
//!
//! In: the text of `entities.toml`; then stories. Out: which known things a story names, and where.
//! Never: guesses at names that are not in the file.

use crate::fold::Folded;
use crate::layout::{Cut, Document};
use crate::matcher::{Case, Matcher, Phrases};
use crate::taxonomy::ReadyError;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use tocsin_core::{ConfigError, Entity, EntityType, parse_toml};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    entity: Vec<EntityFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntityFile {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: EntityType,
    #[serde(default)]
    wikidata: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    short: Vec<String>,
    #[serde(default)]
    ambiguous: Vec<String>,
    #[serde(default)]
    context: Vec<String>,
}

/// How far a form is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Trust {
    /// It names the entity wherever it stands.
    Sure,
    /// It does once a sure form stands in the same story.
    Short,
    /// It does where a sure form or a context word stands in the same story.
    Ambiguous,
    /// It is a context word.
    Context,
}

/// What a pattern of the matcher means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Sense {
    entity: usize,
    trust: Trust,
}

#[derive(Debug, Serialize, Deserialize)]
struct Known {
    id: String,
    name: String,
    kind: EntityType,
}

/// All known names, ready to be found.
#[derive(Debug, Serialize, Deserialize)]
pub struct Gazetteer {
    entities: Vec<Known>,
    matcher: Matcher<Sense>,
}

/// A name at a place, perhaps.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    part: usize,
    start: usize,
    end: usize,
    sense: Sense,
}

impl Gazetteer {
    /// Reads the names from the text of a file; `file` is its name in errors.
    ///
    /// # Errors
    /// Anything that [`parse_toml`] refuses; an id twice; a sure form of two entities; an empty name.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        Self::build(&parse_toml(file, text)?, file, text)
    }

    /// It as bytes, from which [`from_ready`](Self::from_ready) makes it in a tenth of the time that its
    /// file takes.
    ///
    /// # Errors
    /// None that is known of.
    pub fn to_ready(&self) -> Result<Vec<u8>, ReadyError> {
        Ok(postcard::to_stdvec(self)?)
    }

    /// Reads what [`to_ready`](Self::to_ready) wrote, in this version of the program.
    ///
    /// # Errors
    /// [`ReadyError`] where the bytes are no such thing.
    pub fn from_ready(bytes: &[u8]) -> Result<Self, ReadyError> {
        Ok(postcard::from_bytes(bytes)?)
    }

    fn build(parsed: &File, file: &str, text: &str) -> Result<Self, ConfigError> {
        let mut builder = Builder::default();
        builder.entities.reserve(parsed.entity.len());
        for entity in &parsed.entity {
            builder.add(entity).map_err(|(message, hint)| {
                // The last one: of two with the same id, the second is the mistake.
                let id = format!("id = \"{}\"", entity.id);
                ConfigError::new(file, message)
                    .hint(hint)
                    .at_last(text, &id)
            })?;
        }
        Ok(builder.finish())
    }

    /// The known things that a story names, in order of appearance.
    pub fn find(&self, title: &str, text: &str) -> Vec<Entity> {
        // Zones play no part here, so the whole text may be one.
        let cut = Cut {
            lead: usize::MAX,
            passage: usize::MAX,
        };
        self.find_in(&Document::new(title, text, cut))
    }

    /// The same for a story that is folded already.
    pub(crate) fn find_in(&self, story: &Document<'_>) -> Vec<Entity> {
        let candidates = self.candidates(story);
        let sure = |c: &Candidate| c.sense.trust == Trust::Sure;
        let firm = candidates.iter().copied().filter(sure).collect();
        let seen = anchors(&longest_apart(firm, &Anchors::new()));
        let hinted: BTreeSet<usize> = candidates
            .iter()
            .filter(|c| c.sense.trust == Trust::Context)
            .map(|c| c.sense.entity)
            .collect();
        let counts = |c: &Candidate| match c.sense.trust {
            Trust::Sure => true,
            Trust::Short => seen.contains_key(&c.sense.entity),
            Trust::Ambiguous => {
                seen.contains_key(&c.sense.entity) || hinted.contains(&c.sense.entity)
            }
            Trust::Context => false,
        };
        let counted = candidates.into_iter().filter(counts).collect();
        self.entities(story, longest_apart(counted, &seen))
    }

    /// Ids of the entities whose id, name or sure alias is `name`, whatever its case and accents.
    pub fn resolve(&self, name: &str) -> Vec<String> {
        let fold = |name: &str| Folded::new(name.trim()).text().to_owned();
        let wanted = fold(name);
        let phrases = self.matcher.phrases();
        let sure =
            phrases.filter(|(phrase, sense)| *phrase == wanted && sense.trust == Trust::Sure);
        let mut found: Vec<usize> = sure.map(|(_, sense)| sense.entity).collect();
        let called = |known: &Known| [&known.id, &known.name].map(|name| fold(name));
        let entities = self.entities.iter().enumerate();
        found.extend(entities.filter_map(|(i, k)| called(k).contains(&wanted).then_some(i)));
        found.sort_unstable();
        found.dedup();
        let known = found.into_iter().filter_map(|i| self.entities.get(i));
        known.map(|known| known.id.clone()).collect()
    }

    fn candidates(&self, story: &Document<'_>) -> Vec<Candidate> {
        let mut out = Vec::new();
        for (part, content) in story.parts.iter().enumerate() {
            let found = self
                .matcher
                .find(&content.folded, &content.tokens, |_| true);
            out.extend(found.into_iter().map(|place| Candidate {
                part,
                start: place.start,
                end: place.end,
                sense: place.sense,
            }));
        }
        out
    }

    fn entities(&self, story: &Document<'_>, places: Vec<Candidate>) -> Vec<Entity> {
        let mut found: Vec<(usize, Entity)> = Vec::new();
        let mut slots: BTreeMap<usize, usize> = BTreeMap::new();
        for place in places {
            let (Some(known), Some(part)) = (
                self.entities.get(place.sense.entity),
                story.parts.get(place.part),
            ) else {
                continue;
            };
            let slot = *slots.entry(place.sense.entity).or_insert(found.len());
            if slot == found.len() {
                found.push((place.sense.entity, known.entity()));
            }
            if let Some((_, entity)) = found.get_mut(slot) {
                entity.mentions.push(part.mention(place.start, place.end));
            }
        }
        found.into_iter().map(|(_, entity)| entity).collect()
    }
}

impl Known {
    fn entity(&self) -> Entity {
        Entity {
            id: self.id.clone(),
            name: self.name.clone(),
            kind: self.kind,
            mentions: Vec::new(),
        }
    }
}

/// Where sure forms stand, by entity, in order.
type Anchors = BTreeMap<usize, Vec<(usize, usize)>>;

fn anchors(firm: &[Candidate]) -> Anchors {
    let mut anchors = Anchors::new();
    for c in firm {
        let slot = anchors.entry(c.sense.entity).or_default();
        slot.push((c.part, c.start));
    }
    anchors
}

/// Candidates in order; of those that overlap the first and longest. Of two entities with the same
/// form, the one whose sure form stands last before it.
fn longest_apart(mut candidates: Vec<Candidate>, anchors: &Anchors) -> Vec<Candidate> {
    let last_seen = |c: &Candidate| {
        let own = anchors.get(&c.sense.entity)?;
        let before = own.partition_point(|at| *at <= (c.part, c.start));
        own.get(before.checked_sub(1)?).copied()
    };
    candidates.sort_by_key(|c| (c.part, c.start, usize::MAX - c.end, c.sense.entity));
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        match kept.last_mut() {
            Some(last) if last.part == candidate.part && candidate.start < last.end => {
                let same = (last.start, last.end) == (candidate.start, candidate.end);
                if same && last_seen(&candidate) > last_seen(last) {
                    *last = candidate;
                }
            }
            _ => kept.push(candidate),
        }
    }
    kept
}

/// Message and hint of a mistake.
type Mistake = (String, String);

#[derive(Default)]
struct Builder<'a> {
    entities: Vec<Known>,
    ids: HashSet<&'a str>,
    /// Numbers at Wikidata and whose they are.
    numbers: HashMap<&'a str, &'a str>,
    phrases: Phrases<Sense>,
    /// Sure forms and whose they are, for the error.
    owners: HashMap<&'a str, usize>,
}

impl<'a> Builder<'a> {
    fn add(&mut self, entity: &'a EntityFile) -> Result<(), Mistake> {
        let index = self.entities.len();
        if !self.ids.insert(&entity.id) {
            let message = format!("entity `{}` is defined twice", entity.id);
            return Err((message, "join the two, or give one another id".to_owned()));
        }
        for name in [&entity.id, &entity.name] {
            if !name.contains(char::is_alphanumeric) {
                let message = format!("entity `{}` has an empty id or name", entity.id);
                return Err((message, "give it one".to_owned()));
            }
        }
        if let Some(number) = &entity.wikidata {
            self.number(number, &entity.id)?;
        }
        self.entities.push(Known {
            id: entity.id.clone(),
            name: entity.name.clone(),
            kind: entity.kind,
        });
        self.forms(entity, index)
    }

    /// A number at Wikidata is a Q and digits, and belongs to one entity only: else two are one.
    fn number(&mut self, number: &'a str, id: &'a str) -> Result<(), Mistake> {
        let digits = number.strip_prefix('Q').unwrap_or_default();
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            let message = format!("entity `{id}`: `{number}` is no number of Wikidata");
            return Err((message, "it looks like \"Q42\"".to_owned()));
        }
        match self.numbers.insert(number, id) {
            Some(other) => {
                let message =
                    format!("entities `{other}` and `{id}` have the same Wikidata number {number}");
                Err((message, "join the two, or correct one".to_owned()))
            }
            None => Ok(()),
        }
    }

    fn forms(&mut self, entity: &'a EntityFile, index: usize) -> Result<(), Mistake> {
        let sure = std::iter::once(&entity.name).chain(&entity.aliases);
        for form in sure.filter(|form| !entity.ambiguous.contains(form)) {
            self.own(form, index)?;
            self.form(form, index, Trust::Sure);
        }
        for form in &entity.short {
            self.form(form, index, Trust::Short);
        }
        for form in &entity.ambiguous {
            self.form(form, index, Trust::Ambiguous);
        }
        for word in &entity.context {
            self.form(word, index, Trust::Context);
        }
        Ok(())
    }

    /// A sure form belongs to one entity only.
    fn own(&mut self, form: &'a str, index: usize) -> Result<(), Mistake> {
        let owner = *self.owners.entry(form.trim()).or_insert(index);
        if owner == index {
            return Ok(());
        }
        let other = self.entities.get(owner).map_or("", |e| e.id.as_str());
        let message = format!("`{form}` is also a sure name of entity `{other}`");
        Err((
            message,
            "move it to `ambiguous`, with `context`, in one of the two".to_owned(),
        ))
    }

    fn form(&mut self, form: &str, entity: usize, trust: Trust) {
        let case = |folded: &Folded| match trust {
            Trust::Context => Case::Any,
            _ => case_of(folded),
        };
        self.phrases.add_name(form, case, Sense { entity, trust });
    }

    fn finish(self) -> Gazetteer {
        Gazetteer {
            matcher: self.phrases.finish(),
            entities: self.entities,
        }
    }
}

/// Forms of at most this many letters are easily other words, so their case must be exact.
const SHORT_FORM: usize = 4;

fn case_of(form: &Folded) -> Case {
    if form.letters().take(SHORT_FORM + 1).count() <= SHORT_FORM || form.is_all_capitals() {
        Case::Exact
    } else {
        Case::Initial
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tocsin_core::text::slice;

    const NAMES: &str = r#"
[[entity]]
id = "huawei"
name = "Huawei"
type = "org"
wikidata = "Q160120"
aliases = ["Huawei Technologies", "华为", "화웨이"]

[[entity]]
id = "meta"
name = "Meta"
type = "org"
aliases = ["Meta Platforms"]
ambiguous = ["Meta"]
context = ["Llama", "social network"]

[[entity]]
id = "anna-berg"
name = "Anna Berg"
type = "person"
short = ["Berg"]

[[entity]]
id = "otto-berg"
name = "Otto Berg"
type = "person"
short = ["Berg"]

[[entity]]
id = "who"
name = "WHO"
type = "org"

[[entity]]
id = "commerce"
name = "Commerce Department of Freedonia"
type = "org"
aliases = ["Freedonia's Commerce Department"]

[[entity]]
id = "freedonia"
name = "Freedonia"
type = "place"
"#;

    /// Id and mentions of each entity that a story names.
    fn found(title: &str, text: &str) -> Vec<(String, Vec<String>)> {
        let gazetteer = Gazetteer::parse("entities.toml", NAMES).unwrap();
        let words = |m: &tocsin_core::Mention| {
            let whole = if m.field == tocsin_core::Field::Title {
                title
            } else {
                text
            };
            slice(whole, m.start, m.end).unwrap().to_owned()
        };
        let all = gazetteer.find(title, text).into_iter();
        all.map(|e| (e.id, e.mentions.iter().map(words).collect()))
            .collect()
    }

    fn ids(title: &str, text: &str) -> Vec<String> {
        found(title, text).into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn names_are_found_in_any_script_and_with_an_apostrophe() {
        let got = found(
            "🙂 Huawei’s plan",
            "华为芯片. 화웨이가 발표. huawei. Huaweis.",
        );
        assert_eq!(got.len(), 1);
        assert_eq!(got[0].1, ["Huawei", "华为", "화웨이"]);
    }

    #[test]
    fn short_and_shouted_names_need_their_case() {
        assert!(ids("who says so", "Who?").is_empty());
        assert_eq!(ids("WHO says so", ""), ["who"]);
        assert_eq!(ids("HUAWEI WINS", ""), ["huawei"]);
    }

    #[test]
    fn an_ambiguous_name_needs_context_or_a_sure_form() {
        assert!(ids("Meta analysis of trials", "").is_empty());
        assert_eq!(ids("Meta opens Llama", ""), ["meta"]);
        assert_eq!(ids("Meta", "Meta Platforms said"), ["meta"]);
    }

    #[test]
    fn a_short_name_follows_the_last_full_one() {
        assert!(ids("Berg resigns", "").is_empty());
        let got = found("", "Anna Berg met Otto Berg. Berg left.");
        assert_eq!(got[0].1, ["Anna Berg"]);
        assert_eq!(got[1].1, ["Otto Berg", "Berg"]);
    }

    #[test]
    fn a_name_inside_a_longer_one_is_no_mention() {
        let long = "Commerce Department of Freedonia";
        assert_eq!(ids(long, ""), ["commerce"]);
        let got = found(long, "Freedonia agrees.");
        assert_eq!(got[1].1, ["Freedonia"]);
    }

    #[test]
    fn names_resolve_whatever_their_case() {
        let gazetteer = Gazetteer::parse("entities.toml", NAMES).unwrap();
        assert_eq!(gazetteer.resolve("HUAWEI technologies"), ["huawei"]);
        assert_eq!(gazetteer.resolve("meta"), ["meta"]);
        assert!(gazetteer.resolve("berg").is_empty());
    }

    #[test]
    fn mistakes_are_told_with_line_and_hint() {
        let entity = |id: &str, name: &str, kind: &str| {
            format!("[[entity]]\nid = \"{id}\"\nname = \"{name}\"\ntype = \"{kind}\"\n")
        };
        let error = |text: String| Gazetteer::parse("entities.toml", &text).unwrap_err();
        let twice = error(entity("a", "A", "org") + &entity("a", "B", "org"));
        assert_eq!(twice.message, "entity `a` is defined twice");
        assert_eq!((twice.line, twice.hint.is_some()), (Some(6), true));
        let shared = error(entity("a", "A", "org") + &entity("b", "A", "org"));
        assert_eq!(shared.message, "`A` is also a sure name of entity `a`");
        assert_eq!(shared.line, Some(6));
        let number = |id: &str, q: &str| entity(id, id, "org") + &format!("wikidata = \"{q}\"\n");
        let same = error(number("a", "Q1") + &number("b", "Q1"));
        assert!(
            same.message.contains("`a` and `b` have the same"),
            "{same:?}"
        );
        assert!(
            error(number("a", "42"))
                .message
                .contains("`42` is no number")
        );
        let kind = error(entity("a", "A", "firm"));
        assert_eq!(kind.line, Some(4));
        assert!(error(entity("a", " ", "org")).message.contains("empty"));
    }
}
