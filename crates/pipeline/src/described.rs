//! A described tag over the store: put on the stories that are there, or taken off them.

use crate::find;
use crate::summary::judged_anew;
use tocsin_classifier::{Classifier, Input};
use tocsin_core::{Story, TagScore, Verdict};
use tocsin_store::{Range, Store, StoreError};

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
    for_each(store, |story| {
        match decided(store, story, name)? {
            Some(verdict) => verdict.apply(story),
            None => {
                let judged = classifier.described_tag(
                    name,
                    &Input {
                        title: &story.article.title,
                        text: &story.article.text,
                        lang: story.article.language.as_deref(),
                    },
                );
                put(story, name, judged);
            }
        }
        let stands = |tags: &[TagScore]| usize::from(tags.iter().any(|t| t.tag == name));
        applied.given += stands(&story.tags);
        applied.unsure += stands(&story.review);
        Ok(())
    })?;
    Ok(applied)
}

/// What an analyst decided on this tag of a story, and nothing else.
fn decided(store: &dyn Store, story: &Story, name: &str) -> Result<Option<Verdict>, StoreError> {
    let Some(mut verdict) = store.verdict(story.id())? else {
        return Ok(None);
    };
    verdict.relevant = None;
    verdict.removed = None;
    verdict.tags.retain(|tag, _| tag == name);
    Ok((!verdict.tags.is_empty()).then_some(verdict))
}

/// Takes a tag off every stored story; gives how many had it.
///
/// # Errors
/// As [`apply`].
pub fn remove(store: &dyn Store, name: &str) -> Result<usize, StoreError> {
    for_each(store, |story| {
        put(story, name, None);
        Ok(())
    })
}

/// Puts what was judged in the place of what stood.
fn put(story: &mut Story, name: &str, judged: Option<(TagScore, bool)>) {
    story.tags.retain(|t| t.tag != name);
    story.review.retain(|t| t.tag != name);
    if let Some((tag, given)) = judged {
        let list = if given {
            &mut story.tags
        } else {
            &mut story.review
        };
        list.push(tag);
        list.sort_by(|a, b| b.score.get().total_cmp(&a.score.get()));
    }
}

/// Calls `each` with every story, newest first, and keeps those whose tags it changed. Gives how many.
fn for_each(
    store: &dyn Store,
    mut each: impl FnMut(&mut Story) -> Result<(), StoreError>,
) -> Result<usize, StoreError> {
    let mut changed = 0;
    let range = Range {
        newest_first: true,
        limit: PAGE,
        ..Range::default()
    };
    for page in find::pages(store, range) {
        let mut stories = Vec::new();
        for mut story in page? {
            let before = (story.tags.clone(), story.review.clone());
            each(&mut story)?;
            if (&before.0, &before.1) != (&story.tags, &story.review) {
                stories.push(story);
            }
        }
        changed += stories.len();
        store.commit(&judged_anew(store, stories)?)?;
    }
    Ok(changed)
}
