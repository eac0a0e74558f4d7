//! `tag`: an analyst's verdict on a story.

use super::{classify, query};
use crate::args::{Global, Tag};
use crate::installation;
use crate::output::Output;
use crate::{Ended, Usage};
use anyhow::Result;
use std::collections::BTreeMap;
use tocsin_core::{Story, StoryId, Verdict};
use tocsin_pipeline::verdicts;
use tocsin_store::Store;

/// What stands for the gate among the tags.
const RELEVANT: &str = "relevant";
/// How alike a mistyped tag must be to be suggested.
const ALIKE: f64 = 0.7;

pub(super) fn tag(global: &Global, args: &Tag, out: &mut Output) -> Result<Ended> {
    let store = installation::store(global)?;
    let config = installation::config_for(global, store.as_ref())?;
    let tags = config.taxonomy()?.names();
    let decisions = decisions(&args.decisions, &tags)?;
    let story = find(store.as_ref(), &args.id)?;
    let story = decide(store.as_ref(), story, decisions)?;
    if out.json {
        out.json_line(&story)?;
    } else {
        print(&story, out)?;
    }
    Ok(Ended::Done)
}

/// Keeps decisions on a story; `relevant` among them is the gate.
pub(super) fn decide(
    store: &dyn Store,
    story: Story,
    mut decisions: BTreeMap<String, bool>,
) -> Result<Story> {
    let relevant = decisions.remove(RELEVANT);
    let actor = installation::actor();
    let verdict = Verdict {
        story: story.id().clone(),
        tags: decisions,
        relevant,
        removed: None,
        at: actor.at,
    };
    Ok(verdicts::give(store, story, verdict, &actor.by)?)
}

fn print(story: &Story, out: &mut Output) -> Result<()> {
    query::print(story, out)?;
    for tag in &story.tags {
        out.line(classify::tag_line(tag, ""))?;
    }
    for tag in &story.review {
        out.line(classify::tag_line(tag, " unsure"))?;
    }
    Ok(())
}

pub(super) fn find(store: &dyn Store, id: &str) -> Result<Story> {
    store.story(&StoryId::new(id))?.ok_or_else(|| {
        let message = format!(
            "no story is stored under {id}\n  hint: `tocsin review` and `tocsin query` show ids"
        );
        Usage(message).into()
    })
}

/// `+conference -regulation` as what it says.
fn decisions(given: &[String], tags: &[String]) -> Result<BTreeMap<String, bool>, Usage> {
    let mut decisions = BTreeMap::new();
    for word in given {
        let (yes, tag) = match (word.strip_prefix('+'), word.strip_prefix('-')) {
            (Some(tag), _) => (true, tag),
            (_, Some(tag)) => (false, tag),
            _ => {
                let message = format!("{word}: say +{word} or -{word}");
                return Err(Usage(message));
            }
        };
        if tag != RELEVANT && !tags.iter().any(|t| t == tag) {
            return Err(Usage(unknown(tag, tags)));
        }
        if decisions.insert(tag.to_owned(), yes) == Some(!yes) {
            return Err(Usage(format!("{tag} is both given and taken")));
        }
    }
    Ok(decisions)
}

fn unknown(tag: &str, tags: &[String]) -> String {
    let alike = |t: &&String| strsim::jaro_winkler(tag, t);
    let nearest = tags.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)));
    match nearest.filter(|t| alike(t) >= ALIKE) {
        Some(nearest) => format!("there is no tag {tag}; did you mean {nearest}?"),
        None => format!(
            "there is no tag {tag}\n  hint: `tocsin tags list` shows all; options go before the id"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[&str]) -> Result<Vec<(String, bool)>, String> {
        let given: Vec<String> = given.iter().map(|g| (*g).to_owned()).collect();
        let tags = ["conference", "regulation"].map(str::to_owned);
        let read = decisions(&given, &tags).map_err(|e| e.to_string())?;
        Ok(read.into_iter().collect())
    }

    #[test]
    fn decisions_are_read_and_mistakes_told() {
        let got = read(&["+conference", "-regulation", "-relevant"]).unwrap();
        let expected = [
            ("conference", true),
            ("regulation", false),
            ("relevant", false),
        ];
        assert_eq!(got, expected.map(|(t, y)| (t.to_owned(), y)));
        assert!(
            read(&["+confrence"])
                .unwrap_err()
                .ends_with("did you mean conference?")
        );
        assert!(read(&["conference"]).unwrap_err().contains("+conference"));
        assert!(read(&["+conference", "-conference"]).is_err());
    }
}
