//! Why an article is what it is, for people who wonder about one or write a rule for a publisher.

use crate::metadata::claims::Claim;
use crate::outline::{Block, Outline};
use ego_tree::NodeId;
use scraper::Html;
use serde::Serialize;

/// Elements that a path names, from the inside.
const STEPS: usize = 4;

/// What was made of a page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explained {
    /// The domain whose rule of `publishers.toml` was followed.
    pub rule: Option<String>,
    /// What the page says of its title, day and authors.
    pub claims: Vec<Claim>,
    /// The blocks of its text, in the order of the page.
    pub blocks: Vec<Judged>,
}

/// A block of a page and what is made of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    /// How likely it is part of the article, from 0 to 1.
    pub chance: f32,
    /// Whether it was taken.
    pub taken: bool,
    /// The elements around it with their id or class, the innermost last.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The blocks of a page with their chances, in the order of the page.
pub(crate) fn blocks(
    page: &Html,
    outline: &Outline,
    chances: &[f32],
    taken: &[bool],
) -> Vec<Judged> {
    let judged = |((block, chance), taken): ((&Block, &f32), &bool)| Judged {
        chance: *chance,
        taken: *taken,
        path: path(page, outline, block.place),
        text: block.text.clone(),
    };
    outline
        .blocks
        .iter()
        .zip(chances)
        .zip(taken)
        .map(judged)
        .collect()
}

fn path(page: &Html, outline: &Outline, place: usize) -> String {
    let above = outline.upwards(place).take(STEPS);
    let mut names: Vec<String> = above.map(|p| name(page, p.node)).collect();
    names.reverse();
    names.join(" > ")
}

/// `div#story`, `p.lead.big`, `p`.
fn name(page: &Html, node: NodeId) -> String {
    let node = page.tree.get(node);
    let Some(element) = node.and_then(|n| n.value().as_element()) else {
        return String::new();
    };
    let mut name = element.name().to_owned();
    if let Some(id) = element.id() {
        name.push('#');
        name.push_str(id);
    }
    // As written: scraper's own list of classes is sorted.
    for class in element.attr("class").unwrap_or_default().split_whitespace() {
        name.push('.');
        name.push_str(class);
    }
    name
}
