//! Analysts' verdicts: written into stories, kept, and read again as answers to learn from.

use tocsin_classifier::learn::{Hand, Labelled};
use tocsin_core::{Story, Verdict};
use tocsin_store::{Change, Store, StoreError};

/// Verdicts read at a time.
const PAGE: usize = 500;

/// Keeps a verdict and writes it into its story, both or neither. Gives the story as it is then.
///
/// # Errors
/// Where the store fails.
pub fn give(store: &dyn Store, mut story: Story, verdict: Verdict) -> Result<Story, StoreError> {
    let whole = match store.verdict(&verdict.story)? {
        Some(earlier) => earlier.followed_by(verdict),
        None => verdict,
    };
    whole.apply(&mut story);
    store.commit(&[Change::PutVerdict(whole), Change::PutStory(story.clone())])?;
    Ok(story)
}

/// Every story with a verdict, as answers to learn from; `tags` are all that there are, and those
/// that nobody decided on a story are left open.
///
/// # Errors
/// Where the store fails.
pub fn labelled(store: &dyn Store, tags: &[String]) -> Result<Vec<Labelled>, StoreError> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = store.verdicts(after.as_ref(), PAGE)?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = Some(last.story.clone());
        for verdict in &page {
            if let Some(story) = store.story(&verdict.story)? {
                found.push(answers(story, verdict, tags));
            }
        }
    }
}

fn answers(story: Story, verdict: &Verdict, tags: &[String]) -> Labelled {
    let open = tags.iter().filter(|tag| !verdict.tags.contains_key(*tag));
    let given = verdict.tags.iter().filter(|(_, yes)| **yes);
    Labelled {
        id: story.id().to_string(),
        title: story.article.title,
        text: story.article.text,
        lang: story.article.language,
        url: Some(story.article.canonical_url),
        event: story.event.map(|e| e.to_string()),
        relevant: verdict.relevant,
        tags: given.map(|(tag, _)| tag.clone()).collect(),
        unsure: open.cloned().collect(),
        hand: Hand::Analyst,
    }
}
