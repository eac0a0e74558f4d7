//! Reads `taxonomy.toml`: concepts, tags, the relevance gate.
//!
//! In: the file's text. Out: a [`Taxonomy`] whose every reference holds, or the first mistake with
//! its line. Never: opens the file.

use crate::concept::{Concept, ConceptId, Lang, Lexicon, Sense};
use crate::matcher::Phrases;
use crate::score::{Curve, Favours, Scoring, Weight};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use tocsin_core::{ConfigError, Score, parse_toml};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scoring: Scoring,
    concept: BTreeMap<String, ConceptFile>,
    relevance: RelevanceFile,
    tag: Vec<TagFile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ConceptFile {
    any: Vec<String>,
    en: Vec<String>,
    zh: Vec<String>,
    ja: Vec<String>,
    ko: Vec<String>,
    fr: Vec<String>,
    de: Vec<String>,
    es: Vec<String>,
    near: Vec<String>,
    unless: Vec<String>,
    with: Vec<String>,
    without: Vec<String>,
    context: bool,
    part: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RelevanceFile {
    gate: Vec<String>,
    #[serde(default)]
    hint: Vec<String>,
    bias: f64,
    #[serde(default = "one")]
    slope: f64,
    yes: f64,
    weights: BTreeMap<String, f64>,
    tags: BTreeMap<String, f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TagFile {
    name: String,
    description: String,
    #[serde(default)]
    business: bool,
    bias: f64,
    #[serde(default = "one")]
    slope: f64,
    yes: f64,
    review: f64,
    weights: BTreeMap<String, f64>,
}

/// Log-odds of a tag that no rule speaks for.
const NEVER: f64 = -50.0;

fn one() -> f64 {
    1.0
}

/// Bytes are no ready-made taxonomy or gazetteer of this version of the program.
#[derive(Debug, thiserror::Error)]
#[error("not a ready-made form of this version: {0}")]
pub struct ReadyError(#[from] postcard::Error);

/// The tags and how they are recognised.
#[derive(Debug, Serialize, Deserialize)]
pub struct Taxonomy {
    pub(crate) scoring: Scoring,
    pub(crate) lexicon: Lexicon,
    pub(crate) relevance: Relevance,
    pub(crate) tags: Vec<Tag>,
    /// What the tags say of each concept.
    pub(crate) favours: Favours,
}

/// A tag, ready to be judged.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) description: String,
    /// Whether a story needs more than this tag to be relevant.
    pub(crate) business: bool,
    pub(crate) curve: Curve,
    pub(crate) yes: Score,
    pub(crate) review: Score,
    pub(crate) weights: Vec<Weight>,
}

/// The relevance gate, ready to be asked.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Relevance {
    /// Without one of these a story is not about AI.
    pub(crate) gate: Vec<ConceptId>,
    /// With one of these it may be, for a trained model to tell.
    pub(crate) hint: Vec<ConceptId>,
    pub(crate) curve: Curve,
    pub(crate) yes: Score,
    pub(crate) weights: Vec<Weight>,
    /// Weight of each tag's score, by the tag's index.
    pub(crate) tags: Vec<(usize, f64)>,
}

impl Taxonomy {
    /// Reads the taxonomy from the text of a file; `file` is its name in errors.
    ///
    /// # Errors
    /// Anything that [`parse_toml`] refuses; a tag named twice; a concept that does not exist or
    /// refers to itself; an empty phrase; thresholds out of order.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        Self::build(parse_toml(file, text)?, Place { file, text })
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

    fn build(parsed: File, place: Place<'_>) -> Result<Self, ConfigError> {
        let (lexicon, numbers) =
            Builder::new(place, parsed.concept.keys()).build(&parsed.concept)?;
        let known = Known {
            numbers: &numbers,
            concepts: &lexicon.concepts,
        };
        let mut tags: Vec<Tag> = Vec::new();
        for tag in parsed.tag {
            if tags.iter().any(|t| t.name == tag.name) {
                let message = format!("tag `{}` is defined twice", tag.name);
                return Err(place
                    .error(message, &tag.name)
                    .hint("remove one of the two"));
            }
            tags.push(place.tag(tag, known)?);
        }
        let relevance = place.relevance(parsed.relevance, known, &tags)?;
        let weights = tags.iter().map(|tag| tag.weights.as_slice());
        Ok(Self {
            scoring: parsed.scoring,
            favours: Favours::new(weights, lexicon.concepts.len()),
            lexicon,
            relevance,
            tags,
        })
    }

    /// The same with one tag more, which has no rules: it was described, and is judged by what it means.
    #[must_use]
    pub fn with_described(mut self, name: &str, description: &str) -> Self {
        self.tags.push(Tag {
            name: name.to_owned(),
            description: description.to_owned(),
            // It says nothing about relevance: it may be about anything.
            business: true,
            curve: Curve {
                bias: NEVER,
                slope: 1.0,
            },
            yes: Score::ONE,
            review: Score::ONE,
            weights: Vec::new(),
        });
        self
    }

    /// The name of every tag, in the file's order.
    pub fn names(&self) -> Vec<String> {
        self.tags.iter().map(|t| t.name.clone()).collect()
    }

    /// Name and one-line description of every tag, in the file's order.
    pub fn tags(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tags
            .iter()
            .map(|t| (t.name.as_str(), t.description.as_str()))
    }
}

/// The number of each concept that has a name in the file.
type Numbers = HashMap<String, ConceptId>;

/// The concepts that the rest of the file may speak of.
#[derive(Debug, Clone, Copy)]
struct Known<'a> {
    numbers: &'a Numbers,
    concepts: &'a [Concept],
}

/// The file, for errors that name a place in it.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    file: &'a str,
    text: &'a str,
}

impl Place<'_> {
    fn error(self, message: impl Into<String>, needle: &str) -> ConfigError {
        ConfigError::new(self.file, message).at(self.text, needle)
    }

    fn tag(self, tag: TagFile, known: Known<'_>) -> Result<Tag, ConfigError> {
        let header = format!("name = \"{}\"", tag.name);
        if !(0.0 < tag.review && tag.review <= tag.yes && tag.yes < 1.0) {
            let message = format!("thresholds of tag `{}` are out of order", tag.name);
            let hint = "they must satisfy 0 < review <= yes < 1";
            return Err(self.error(message, &header).hint(hint));
        }
        Ok(Tag {
            weights: self.weights(&tag.weights, known, &header)?,
            curve: Curve {
                bias: tag.bias,
                slope: tag.slope,
            },
            yes: Score::new(tag.yes),
            review: Score::new(tag.review),
            business: tag.business,
            name: tag.name,
            description: tag.description,
        })
    }

    fn weights(
        self,
        weights: &BTreeMap<String, f64>,
        known: Known<'_>,
        header: &str,
    ) -> Result<Vec<Weight>, ConfigError> {
        let weight = |(name, value): (&String, &f64)| {
            let concept = known.numbers.get(name).copied();
            let concept = concept.ok_or_else(|| self.unknown("concept", name, header))?;
            let context = known.concepts.get(concept).is_none_or(|c| c.context);
            Ok(Weight {
                concept,
                value: *value,
                telling: *value > 0.0 && !context,
            })
        };
        weights.iter().map(weight).collect()
    }

    fn unknown(self, what: &str, name: &str, needle: &str) -> ConfigError {
        self.error(format!("there is no {what} `{name}`"), needle)
            .hint(format!(
                "define it, or correct the name; found in the part at {needle}"
            ))
    }

    fn relevance(
        self,
        gate: RelevanceFile,
        known: Known<'_>,
        tags: &[Tag],
    ) -> Result<Relevance, ConfigError> {
        let header = "[relevance]";
        let concept = |name: &String| {
            let bare = name.trim_start_matches('@');
            let id = known.numbers.get(bare).copied();
            id.ok_or_else(|| self.unknown("concept", name, header))
        };
        let tag = |(name, weight): (&String, &f64)| {
            let index = tags.iter().position(|t| t.name == *name);
            Ok((
                index.ok_or_else(|| self.unknown("tag", name, header))?,
                *weight,
            ))
        };
        Ok(Relevance {
            gate: gate.gate.iter().map(concept).collect::<Result<_, _>>()?,
            hint: gate.hint.iter().map(concept).collect::<Result<_, _>>()?,
            curve: Curve {
                bias: gate.bias,
                slope: gate.slope,
            },
            yes: Score::new(gate.yes),
            weights: self.weights(&gate.weights, known, header)?,
            tags: gate.tags.iter().map(tag).collect::<Result<_, _>>()?,
        })
    }
}

/// Puts concepts and phrases together.
struct Builder<'a> {
    place: Place<'a>,
    numbers: Numbers,
    concepts: Vec<Concept>,
    phrases: Phrases<Sense>,
}

impl<'a> Builder<'a> {
    fn new<'n>(place: Place<'a>, names: impl Iterator<Item = &'n String>) -> Self {
        let concepts: Vec<Concept> = names
            .map(|name| Concept {
                name: name.clone(),
                ..Concept::default()
            })
            .collect();
        let numbers = concepts.iter().enumerate();
        Self {
            place,
            numbers: numbers.map(|(i, c)| (c.name.clone(), i)).collect(),
            concepts,
            phrases: Phrases::default(),
        }
    }

    fn build(
        mut self,
        files: &BTreeMap<String, ConceptFile>,
    ) -> Result<(Lexicon, Numbers), ConfigError> {
        for (id, (name, file)) in files.iter().enumerate() {
            let concept = self.concept(id, name, file)?;
            if let Some(slot) = self.concepts.get_mut(id) {
                *slot = concept;
            }
        }
        let order = self.order()?;
        let lexicon = Lexicon::new(self.concepts, order, self.phrases.finish());
        Ok((lexicon, self.numbers))
    }

    fn concept(
        &mut self,
        id: ConceptId,
        name: &str,
        file: &ConceptFile,
    ) -> Result<Concept, ConfigError> {
        let everywhere = [&file.any, &file.en, &file.zh, &file.ja, &file.ko];
        let mut of = Vec::new();
        for phrases in everywhere {
            of.extend(self.phrases(id, name, phrases, None)?);
        }
        for (lang, phrases) in [
            (Lang::French, &file.fr),
            (Lang::German, &file.de),
            (Lang::Spanish, &file.es),
        ] {
            of.extend(self.phrases(id, name, phrases, Some(lang))?);
        }
        Ok(Concept {
            name: name.to_owned(),
            context: file.context || file.part,
            part: file.part,
            of,
            near: self.guard(name, "near", &file.near)?,
            unless: self.guard(name, "unless", &file.unless)?,
            with: self.guard(name, "with", &file.with)?,
            without: self.guard(name, "without", &file.without)?,
        })
    }

    /// Adds phrases to a concept; gives the concepts that are named among them.
    fn phrases(
        &mut self,
        id: ConceptId,
        name: &str,
        phrases: &[String],
        lang: Option<Lang>,
    ) -> Result<Vec<ConceptId>, ConfigError> {
        let mut named = Vec::new();
        for phrase in phrases {
            match phrase.strip_prefix('@') {
                Some(other) => named.push(self.number(name, other)?),
                None => self.phrase(id, name, phrase, lang)?,
            }
        }
        Ok(named)
    }

    fn phrase(
        &mut self,
        id: ConceptId,
        name: &str,
        phrase: &str,
        lang: Option<Lang>,
    ) -> Result<(), ConfigError> {
        let concept = u32::try_from(id).unwrap_or(u32::MAX);
        if !self.phrases.add_phrase(phrase, Sense { lang, concept }) {
            let message = format!("concept `{name}` has a phrase without a letter: \"{phrase}\"");
            let error = self.place.error(message, &format!("[concept.{name}]"));
            return Err(error.hint("remove it"));
        }
        Ok(())
    }

    /// The concepts of a guard; its own phrases become a concept without a name of its own.
    fn guard(
        &mut self,
        name: &str,
        key: &str,
        words: &[String],
    ) -> Result<Vec<ConceptId>, ConfigError> {
        let id = self.concepts.len();
        if words.iter().any(|w| !w.starts_with('@')) {
            self.concepts.push(Concept {
                name: format!("{name}.{key}"),
                context: true,
                part: true,
                ..Concept::default()
            });
        }
        let mut guards = self.phrases(id, name, words, None)?;
        guards.extend((id < self.concepts.len()).then_some(id));
        Ok(guards)
    }

    fn number(&self, name: &str, other: &str) -> Result<ConceptId, ConfigError> {
        let known = self.numbers.get(other).copied();
        known.ok_or_else(|| {
            let header = format!("[concept.{name}]");
            self.place.unknown("concept", other, &header)
        })
    }

    /// Every concept after those that it refers to.
    fn order(&self) -> Result<Vec<ConceptId>, ConfigError> {
        let mut order = Vec::new();
        let mut placed = vec![false; self.concepts.len()];
        while order.len() < self.concepts.len() {
            let ready: Vec<ConceptId> = (0..self.concepts.len())
                .filter(|id| !is(&placed, *id) && self.refers(*id).all(|r| is(&placed, r)))
                .collect();
            if ready.is_empty() {
                return Err(self.circle(&placed));
            }
            for id in ready {
                order.push(id);
                if let Some(slot) = placed.get_mut(id) {
                    *slot = true;
                }
            }
        }
        Ok(order)
    }

    fn refers(&self, id: ConceptId) -> impl Iterator<Item = ConceptId> {
        let concept = self.concepts.get(id).into_iter();
        concept.flat_map(|c| {
            let guards = [&c.of, &c.near, &c.unless, &c.with, &c.without];
            guards.into_iter().flatten().copied()
        })
    }

    fn circle(&self, placed: &[bool]) -> ConfigError {
        let stuck = self.concepts.iter().enumerate();
        let name = stuck
            .filter(|(id, _)| !is(placed, *id))
            .map(|(_, c)| c.name.as_str())
            .next()
            .unwrap_or_default();
        let message = format!("concept `{name}` refers to itself, directly or through others");
        self.place
            .error(message, &format!("[concept.{name}]"))
            .hint("leave one of the references out")
    }
}

fn is(flags: &[bool], id: ConceptId) -> bool {
    flags.get(id).copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "[scoring]\ntitle = 1\nlead = 1\nfade = 0.4\nlead_width = 600\n\
        passage_width = 500\npassage = 1\nfloor_short = 4\nfloor_long = 1\nshort_width = 3000\n\
        long_width = 4000\n";
    const GATE: &str =
        "[relevance]\ngate = [\"@ai\"]\nbias = -1\nyes = 0.5\nweights = {}\ntags = {}\n";
    const TAG: &str = "[[tag]]\nname = \"law\"\ndescription = \"Laws\"\nbias = -1\nyes = 0.5\n\
        review = 0.3\nweights = { ai = 1 }\n";

    fn mistake(concepts: &str, gate: &str, tags: &str) -> ConfigError {
        let text = [HEAD, concepts, gate, tags].concat();
        Taxonomy::parse("taxonomy.toml", &text).unwrap_err()
    }

    #[test]
    fn a_small_taxonomy_is_read() {
        let text = [HEAD, "[concept.ai]\nen = [\"AI\"]\n", GATE, TAG].concat();
        let taxonomy = Taxonomy::parse("taxonomy.toml", &text).unwrap();
        assert_eq!(taxonomy.tags().collect::<Vec<_>>(), [("law", "Laws")]);
    }

    #[test]
    fn mistakes_are_told_with_line_and_hint() {
        let ai = "[concept.ai]\nen = [\"AI\"]\n";
        let typo = mistake("[concept.ai]\nne = [\"AI\"]\n", GATE, TAG);
        assert_eq!((typo.line, typo.hint.is_some()), (Some(13), true));
        let unknown = mistake("[concept.ai]\nen = [\"@chips\"]\n", GATE, TAG);
        assert_eq!(unknown.message, "there is no concept `chips`");
        assert_eq!(unknown.line, Some(12));
        let empty = mistake("[concept.ai]\nen = [\"AI\", \" - \"]\n", GATE, TAG);
        assert!(empty.message.contains("phrase without a letter"), "{empty}");
        let twice = mistake(ai, GATE, &[TAG, TAG].concat());
        assert_eq!(twice.message, "tag `law` is defined twice");
        let order = mistake(ai, GATE, &TAG.replace("review = 0.3", "review = 0.7"));
        assert!(order.message.contains("out of order") && order.hint.is_some());
        let weight = mistake(ai, GATE, &TAG.replace("ai = 1", "aj = 1"));
        assert_eq!(weight.message, "there is no concept `aj`");
        assert!(weight.line.is_some() && weight.hint.is_some());
    }

    #[test]
    fn a_circle_of_references_is_refused() {
        let circle = "[concept.ai]\nen = [\"@b\"]\n[concept.b]\nen = [\"x\"]\nunless = [\"@ai\"]\n";
        let error = mistake(circle, GATE, TAG);
        assert!(error.message.contains("refers to itself"), "{error}");
        assert_eq!(error.line, Some(12));
    }
}
