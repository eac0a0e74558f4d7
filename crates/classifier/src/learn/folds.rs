//! Which stories are held out together.
//!
//! In: stories. Out: a fold for each, the same for all that are copies of one another, share an
//! address or an event. Never: depends on their order.

use crate::learn::Labelled;
use crate::words::{SEED, hash};
use std::collections::HashMap;

/// Letters of a title that make two stories one.
const TITLE: usize = 24;
/// Letters of text that make two stories one wherever they stand, and the part of such stretches
/// that is looked at: one in so many, chosen by what they say.
const STRETCH: usize = 40;
const ONE_IN: u64 = 16;
/// Letters of text that are looked at.
const TEXT: usize = 450;

/// The fold of each story, from 0 to `folds` - 1.
pub(crate) fn folds(stories: &[Labelled], folds: u64) -> Vec<u64> {
    let mut groups = Groups::new(stories.len());
    let mut seen: HashMap<u64, usize> = HashMap::new();
    for (index, story) in stories.iter().enumerate() {
        for mark in marks(story) {
            match seen.get(&mark) {
                Some(other) => groups.join(index, *other),
                None => {
                    seen.insert(mark, index);
                }
            }
        }
    }
    // A group's fold follows from what is in it, not from the order of the stories.
    let mut least: HashMap<usize, u64> = HashMap::new();
    for (index, story) in stories.iter().enumerate() {
        let own = hash(SEED, story.id.as_bytes());
        let slot = least.entry(groups.root(index)).or_insert(own);
        *slot = own.min(*slot);
    }
    (0..stories.len())
        .map(|index| {
            least
                .get(&groups.root(index))
                .map_or(0, |h| (h >> 20) % folds)
        })
        .collect()
}

/// Numbers of which two stories share one only if they belong together.
fn marks(story: &Labelled) -> Vec<u64> {
    let letters = |text: &str, most: usize| -> Vec<char> {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).take(most).collect()
    };
    let number = |kind: u8, letters: &[char]| {
        let letters: String = letters.iter().collect();
        hash(SEED ^ u64::from(kind), letters.as_bytes())
    };
    let mut marks = vec![number(b't', &letters(&story.title, TITLE))];
    let known = [(b'u', &story.url), (b'e', &story.event)];
    for (kind, value) in known {
        marks.extend(
            value
                .iter()
                .map(|v| hash(SEED ^ u64::from(kind), v.as_bytes())),
        );
    }
    let text = letters(&story.text, TEXT);
    let stretches = text.windows(STRETCH).map(|s| number(b'x', s));
    marks.extend(stretches.filter(|n| (n >> 7) % ONE_IN == 0));
    marks
}

/// Disjoint sets.
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&self, mut of: usize) -> usize {
        while let Some(parent) = self.0.get(of).copied().filter(|p| *p != of) {
            of = parent;
        }
        of
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(parent) = self.0.get_mut(a.max(b)) {
            *parent = a.min(b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story(id: &str, title: &str, event: Option<&str>) -> Labelled {
        Labelled {
            id: id.to_owned(),
            title: title.to_owned(),
            event: event.map(str::to_owned),
            ..Labelled::default()
        }
    }

    #[test]
    fn what_belongs_together_is_held_out_together() {
        let mut stories: Vec<Labelled> = (0..40)
            .map(|n| story(&n.to_string(), &format!("{n} is its own title here"), None))
            .collect();
        stories.push(story("a", "One", Some("summit")));
        stories.push(story("b", "Zwei", Some("summit")));
        stories.push(story("c", "ZWEI!", None));
        let found = folds(&stories, 5);
        assert_eq!(found[40], found[41]);
        assert_eq!(found[41], found[42]);
        assert!(found.iter().any(|f| *f != found[0]));
        stories.reverse();
        let mut again = folds(&stories, 5);
        again.reverse();
        assert_eq!(found, again);
    }

    #[test]
    fn a_copied_text_is_found_under_another_title() {
        let text = "The ministry said on Monday that licences for accelerators would be reviewed case by case, \
            and that shipments already under way could go ahead until the end of the quarter at the latest.";
        let mut stories = vec![
            story("a", "One title", None),
            story("b", "Quite another", None),
        ];
        for s in &mut stories {
            s.text = format!("{}{text}", s.id);
        }
        let other = marks(&stories[1]);
        let shared = marks(&stories[0])
            .iter()
            .filter(|m| other.contains(m))
            .count();
        assert!(shared > 1, "{shared}");
    }
}
