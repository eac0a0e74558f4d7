//! A described tag over the store: put on the stories that are there, or taken off them.

use tocsin_classifier::{Classifier, Input};
use tocsin_core::{Story, TagScore};
use tocsin_store::{Change, Range, Store, StoreError};

/// Stories read at a time, and changed together.
const PAGE: usize = 500;

/// On how many stories a tag stands now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Given.
    pub given: usize,
    /// Put to a person.
    pub unsure: usize,
}

/// Judges every stored story by a described tag; what an analyst decided on it outranks that.
///
/// # Errors
/// Where the store fails; each page of stories is changed as a whole or not at all, so doing it again
/// mends it.
pub fn apply(
    store: &dyn Store,
    classifier: &Classifier,
    name: &str,
) -> Result<Applied, StoreError> {
    let mut applied = Applied::default();
    for_each_change(store, |story| {
        if let Some(mut verdict) = store.verdict(story.id())? {
            verdict.relevant = None;
            verdict.tags.retain(|tag, _| tag == name);
            if !verdict.tags.is_empty() {
                let before = (story.tags.clone(), story.review.clone());
                verdict.apply(story);
                applied.given += usize::from(story.tags.iter().any(|t| t.tag == name));
                return Ok(before != (story.tags.clone(), story.review.clone()));
            }
        }
        let judged = classifier.described_tag(
            name,
            &Input {
                title: &story.article.title,
                text: &story.article.text,
                lang: story.article.language.as_deref(),
            },
        );
        let changed = put(story, name, judged);
        applied.given += usize::from(story.tags.iter().any(|t| t.tag == name));
        applied.unsure += usize::from(story.review.iter().any(|t| t.tag == name));
        Ok(changed)
    })?;
    Ok(applied)
}

/// Takes a tag off every stored story; gives how many had it.
///
/// # Errors
/// As [`apply`].
pub fn remove(store: &dyn Store, name: &str) -> Result<usize, StoreError> {
    let mut count = 0;
    for_each_change(store, |story| {
        let changed = put(story, name, None);
        count += usize::from(changed);
        Ok(changed)
    })?;
    Ok(count)
}

/// Puts what was judged in the place of what stood; gives whether that is something else.
fn put(story: &mut Story, name: &str, judged: Option<(TagScore, bool)>) -> bool {
    let before = (story.tags.len(), story.review.len());
    let stood: Vec<TagScore> = story
        .tags
        .iter()
        .chain(&story.review)
        .filter(|t| t.tag == name)
        .cloned()
        .collect();
    story.tags.retain(|t| t.tag != name);
    story.review.retain(|t| t.tag != name);
    let puts: Vec<TagScore> = judged.iter().map(|(tag, _)| tag.clone()).collect();
    if let Some((tag, given)) = judged {
        let list = if given {
            &mut story.tags
        } else {
            &mut story.review
        };
        list.push(tag);
        list.sort_by(|a, b| b.score.get().total_cmp(&a.score.get()));
    }
    stood != puts || before != (story.tags.len(), story.review.len())
}

/// Calls `each` with every story, newest first, and keeps those for which it says that it changed them.
fn for_each_change(
    store: &dyn Store,
    mut each: impl FnMut(&mut Story) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let mut range = Range {
        from: None,
        until: None,
        newest_first: true,
        after: None,
        limit: PAGE,
    };
    loop {
        let batch = store.stories(&range)?;
        let mut changes = Vec::new();
        for mut story in batch.items {
            if each(&mut story)? {
                changes.push(Change::PutStory(story));
            }
        }
        store.commit(&changes)?;
        match batch.next {
            Some(next) => range.after = Some(next),
            None => return Ok(()),
        }
    }
}
