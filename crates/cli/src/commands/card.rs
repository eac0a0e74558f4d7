//! The model card: what a model was made of and how good it is, in Markdown.

use std::collections::BTreeMap;
use std::fmt::Write;
use tocsin_classifier::figures::{Counts, Figures};
use tocsin_classifier::learn::{Hand, Labelled};

/// Everything that the card tells.
pub(super) struct Card<'a> {
    /// Size of the model's file.
    pub(super) bytes: usize,
    /// How many features have weights.
    pub(super) features: usize,
    /// Figures while held out, by set.
    pub(super) held_out: Vec<(&'static str, Figures)>,
    /// Figures on files that were only measured.
    pub(super) checked: Vec<(String, Figures)>,
    /// The stories that it was made of.
    pub(super) sources: &'a [Labelled],
    /// The same with a part left out.
    pub(super) variants: Vec<Variant>,
    /// Stories and micro-F1.
    pub(super) curve: Vec<(usize, f64)>,
}

/// A model with a part left out.
pub(super) struct Variant {
    /// What is left out.
    pub(super) name: &'static str,
    /// Its figures while held out, by set.
    pub(super) sets: Vec<(&'static str, Figures)>,
}

/// The figures that matter most: micro-F1, macro-F1, relevance F1, precision, the part put to a person,
/// calibration error, and that above .1.
pub(super) fn numbers(f: &Figures) -> [String; 7] {
    [
        format!("{:.3}", f.micro_f1),
        format!("{:.3}", f.macro_f1.value),
        format!("{:.3}", f.relevance_f1),
        format!("{:.3}", f.micro_precision),
        format!("{:.3}", f.review_share),
        format!("{:.4}", f.calibration_error),
        format!("{:.3}", f.calibration_error_above),
    ]
}

/// The figures that matter most, in a line.
pub(super) fn summary(f: &Figures) -> String {
    let [micro, macro_, relevance, precision, asked, error, above] = numbers(f);
    format!(
        "micro-F1 {micro}  macro-F1 {macro_}  relevance F1 {relevance}  precision {precision}  asked {asked}  calibration error {error}, above .1 {above}"
    )
}

impl Card<'_> {
    /// The card as Markdown.
    pub(super) fn text(&self) -> String {
        let mut text = String::from(HEAD);
        self.data(&mut text);
        self.figures(&mut text);
        self.parts(&mut text);
        self.curve(&mut text);
        self.tags(&mut text);
        text
    }

    fn data(&self, text: &mut String) {
        let _ = writeln!(
            text,
            "\n`tagger.model`: {} bytes, {} features with weights.\n\n## Data\n",
            self.bytes, self.features
        );
        text.push_str(
            "| kind | stories | relevant | tags | by language |\n|---|---|---|---|---|\n",
        );
        let kinds = [
            ("real, labelled by a machine reader", Hand::Read),
            ("written for training, labelled as written", Hand::Written),
            ("real, an analyst's verdict", Hand::Analyst),
            (
                "real, without labels (of these only what never names AI, at a small weight)",
                Hand::Nobody,
            ),
        ];
        for (name, hand) in kinds {
            let of: Vec<&Labelled> = self.sources.iter().filter(|s| s.hand == hand).collect();
            if of.is_empty() {
                continue;
            }
            let relevant = of.iter().filter(|s| s.relevant == Some(true)).count();
            let tags: usize = of.iter().map(|s| s.tags.len()).sum();
            let mut languages: BTreeMap<&str, usize> = BTreeMap::new();
            for story in &of {
                *languages
                    .entry(story.lang.as_deref().unwrap_or("?"))
                    .or_default() += 1;
            }
            let languages: Vec<String> =
                languages.iter().map(|(l, n)| format!("{l} {n}")).collect();
            let _ = writeln!(
                text,
                "| {name} | {} | {relevant} | {tags} | {} |",
                of.len(),
                languages.join(", ")
            );
        }
    }

    fn figures(&self, text: &mut String) {
        text.push_str("\n## How good it is\n\n");
        text.push_str(TABLE);
        let held_out = self
            .held_out
            .iter()
            .map(|(name, f)| (format!("{name}, held out"), f));
        let checked = self.checked.iter().map(|(name, f)| (name.clone(), f));
        for (name, f) in held_out.chain(checked) {
            text.push_str(&row(&name, f));
        }
        text.push_str(READING);
    }

    fn parts(&self, text: &mut String) {
        if self.variants.is_empty() {
            return;
        }
        text.push_str("\n## What each part adds\n\nmicro-F1 / macro-F1 on stories held out, with the part left out.\n\n| model |");
        let names = self.held_out.iter().map(|(name, _)| *name);
        let names: Vec<&str> = names.collect();
        for name in &names {
            let _ = write!(text, " {name} |");
        }
        let _ = writeln!(text, "\n|---|{}", "---|".repeat(names.len()));
        for variant in &self.variants {
            let _ = write!(text, "| {} |", variant.name);
            for name in &names {
                let found = variant.sets.iter().find(|(n, _)| n == name);
                let _ = match found {
                    Some((_, f)) => {
                        write!(text, " {:.3} / {:.3} |", f.micro_f1.value, f.macro_f1.value)
                    }
                    None => write!(text, " - |"),
                };
            }
            text.push('\n');
        }
    }

    fn curve(&self, text: &mut String) {
        if self.curve.is_empty() {
            return;
        }
        text.push_str("\n## Does more of the same help?\n\n![learning curve](learning.svg) ![reliability](reliability.svg)\n\n| stories | micro-F1, real, held out |\n|---|---|\n");
        for (stories, f1) in &self.curve {
            let _ = writeln!(text, "| {stories} | {f1:.3} |");
        }
    }

    fn tags(&self, text: &mut String) {
        for (name, figures) in &self.held_out {
            if name.contains("not English") {
                continue;
            }
            let _ = writeln!(
                text,
                "\n## Each tag: {name}, held out\n\n| tag | F1 | precision | recall | right | wrong | missed |\n|---|---|---|---|---|---|---|"
            );
            for tag in &figures.tags {
                let Counts {
                    right,
                    wrong,
                    missed,
                } = tag.counts;
                let _ = writeln!(
                    text,
                    "| {} | {:.2} | {:.2} | {:.2} | {right} | {wrong} | {missed} |",
                    tag.tag, tag.f1, tag.precision, tag.recall
                );
            }
        }
    }
}

fn row(name: &str, f: &Figures) -> String {
    let [micro, macro_, relevance, precision, asked, error, above] = numbers(f);
    format!(
        "| {name} | {} | {micro} | {macro_} | {relevance} | {precision} | {asked} | {error} / {above} |\n",
        f.stories
    )
}

const HEAD: &str = "\
# The tagger

Written by `tocsin train`; do not edit by hand.

For each of the taxonomy's tags, and for relevance, a logistic regression over what a story shows: the concepts of
`taxonomy.toml` in the title, in the head (title and lead) and later, pairs of them, words and runs of characters of the head, known
names and their kinds. Sums are turned into probabilities (Platt) on stories held out; three numbers, the same for all tags, then fit
them to stories read with more care (`--tune`), from which no weight is learned. Near-copies and stories of one event are held out
together, in five parts.

**Who labelled.** Real stories: a large language model that read the definitions, the title and the first few hundred characters, once
(`models/labels/README.md` on those that we had read ourselves).
Stories of our own: their writer, also a language model. No human expert has checked any label.
";

const TABLE: &str = "\
| stories | count | micro-F1 (95 % of resamplings) | macro-F1 | relevance F1 | precision | put to a person | calibration error / above .1 |
|---|---|---|---|---|---|---|---|
";

const READING: &str = "
Macro-F1 is over tags with five stories or more. \"Put to a person\" is the part of all tag decisions between the two thresholds.

## Known weaknesses

- The real training stories were drawn because they are hard or rare: rates and figures are not those of a day's news.
- The reader of the labels saw only a story's beginning; what a long text says late is tagged by its concepts alone.
- Many concepts were written while looking at what earlier models missed among the real training stories, so the figures on those
  held out are kind. The files that are only checked were not looked at.
- German and Spanish have hardly any real training story; there the concepts and the stories of our own carry it.
- There is no sentence embedding in it; SUPPLEMENT.md says what one adds on English stories. One of words that costs nothing at run time
  was measured twice and brings too little; see `docs/decisions/0004`.
- A story that speaks of AI without any word for it, or for what it does, is never looked at.
- It learns what was written up to the middle of 2026; names of new models and firms come in through `entities.toml` and `taxonomy.toml`.
";
