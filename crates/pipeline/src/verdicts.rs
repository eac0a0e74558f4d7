//! Analysts' verdicts: written into stories, kept, and read again as answers to learn from.

use crate::acts::{self, Actor};
use crate::summary::judged_anew;
use crate::{find, subscribers};
use tocsin_classifier::learn::{Hand, Labelled};
use tocsin_core::{Deed, Judgement, Story, Verdict};
use tocsin_store::{Change, Store, StoreError};

/// Verdicts read at a time.
const PAGE: usize = 500;

/// Keeps a verdict and writes it into its story and what follows of it into its event, all or nothing. Gives the story as it is then.
///
/// # Errors
/// Where the store fails.
pub fn give(
    store: &dyn Store,
    mut story: Story,
    verdict: Verdict,
    by: &str,
) -> Result<Story, StoreError> {
    let before = store.verdict(&verdict.story)?;
    let actor = Actor {
        by: by.to_owned(),
        at: verdict.at,
    };
    let deed = Deed::Verdict {
        given: verdict.clone(),
        before: before.clone(),
        judged: Judgement::of(&story),
    };
    let (_, recorded) = acts::record(store, &actor, deed)?;
    let whole = match before {
        Some(earlier) => earlier.followed_by(verdict),
        None => verdict,
    };
    whole.apply(&mut story);
    let mut changes = vec![Change::PutVerdict(whole)];
    changes.extend(judged_anew(store, vec![story.clone()])?);
    if story.removed {
        changes.extend(withdrawn(store, &story)?);
    }
    changes.extend(recorded);
    store.commit(&changes)?;
    Ok(story)
}

/// Writes the verdict on a story into it, where there is one: for a story that was judged again.
///
/// # Errors
/// Where the store fails.
pub(crate) fn apply(store: &dyn Store, story: &mut Story) -> Result<(), StoreError> {
    if let Some(verdict) = store.verdict(story.id())? {
        verdict.apply(story);
    }
    Ok(())
}

/// Mails in the outbox that tell of a removed story, and of no other that is not, go to nobody.
fn withdrawn(store: &dyn Store, removed: &Story) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::new();
    for mail in subscribers::waiting(store, |mail| mail.alert.stories.contains(removed.id()))? {
        let stories = find::stories_by_id(store, &mail.alert.stories)?;
        if stories.iter().all(|s| s.removed || s.id() == removed.id()) {
            changes.push(Change::Withdraw {
                message_id: mail.alert.message_id,
            });
        }
    }
    Ok(changes)
}

/// The changes that take a verdict back: the story is judged as before in what it decided.
pub(crate) fn take_back(
    store: &dyn Store,
    given: &Verdict,
    before: Option<&Verdict>,
    judged: &Judgement,
) -> Result<Vec<Change>, StoreError> {
    let mut changes = vec![match before {
        Some(before) => Change::PutVerdict(before.clone()),
        None => Change::RemoveVerdict(given.story.clone()),
    }];
    if let Some(mut story) = store.story(&given.story)? {
        given.take_back(judged, &mut story);
        changes.extend(judged_anew(store, vec![story])?);
    }
    Ok(changes)
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
        // That a story is not wanted says nothing about its tags.
        let decides = |v: &&Verdict| !v.tags.is_empty() || v.relevant.is_some();
        for verdict in page.iter().filter(decides) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use tocsin_core::Timestamp;
    use tocsin_store::MemoryStore;

    #[test]
    fn a_story_that_is_relevant_again_waits_to_be_grouped() {
        let store = MemoryStore::default();
        let url = "https://ledger.example/1";
        let story: Story = serde_json::from_value(serde_json::json!({
            "id": tocsin_core::StoryId::of_url(url), "url": url, "canonical_url": url, "title": "Rules for chips",
            "byline": [], "published": null, "published_precision": null, "modified": null, "site_name": null,
            "language": "en", "text": "", "section": null, "image": null, "relevance": 0.1, "relevant": false,
            "tags": [], "review": [], "entities": [], "fingerprint": "", "duplicate_of": null, "event": null,
            "source": "us-1", "first_seen": "2026-03-02T09:00:00Z",
        }))
        .unwrap();
        store.commit(&[Change::PutStory(story.clone())]).unwrap();
        let at: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let verdict = |relevant| Verdict {
            story: story.id().clone(),
            at,
            relevant: Some(relevant),
            removed: None,
            tags: BTreeMap::new(),
        };
        let waiting = || store.pending(None, 9).unwrap().len();
        let story = give(&store, story.clone(), verdict(true), "ann").unwrap();
        assert_eq!(waiting(), 1);
        give(&store, story, verdict(false), "ann").unwrap();
        assert_eq!(waiting(), 0);
        let actor = Actor {
            by: "ann".to_owned(),
            at,
        };
        let undo = acts::undo(&store, 2, &actor).unwrap();
        store.commit(&undo.changes).unwrap();
        assert_eq!(waiting(), 1);
    }
}
