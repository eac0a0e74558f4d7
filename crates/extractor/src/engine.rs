//! Finds the main text of a page. The only module that knows which program does it.
//!
//! In: a page within the bounds of [`crate::markup`]. Out: its paragraphs, furniture and all; see
//! [`crate::text`]. Never: a panic; the engine's own become "nothing found".

use ego_tree::iter::Edge;
use scraper::{Html, Node};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tocsin_core::text::one_line;
use trafilatura::{HtmlDateMode, Options};

/// The paragraphs of the main text, in order; none where the page has no article.
pub(crate) fn paragraphs(html: &str) -> Vec<String> {
    let options = Options::default()
        .with_fallback(true)
        .with_exclude_comments(true)
        .with_html_date_mode(HtmlDateMode::Disabled);
    // The engine is other people's code on other people's bytes: a panic on one page must cost that
    // page and not the run. It is handed nothing that it could leave half changed.
    let found = catch_unwind(AssertUnwindSafe(|| trafilatura::extract(html, &options)));
    match found {
        Ok(Ok(found)) => blocks(&Html::parse_fragment(&found.content_html)),
        Ok(Err(_)) | Err(_) => Vec::new(),
    }
}

/// Every run of text between two block boundaries, on one line each.
pub(crate) fn blocks(page: &Html) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block = String::new();
    for edge in page.tree.root().traverse() {
        let (Edge::Open(node) | Edge::Close(node)) = edge;
        match node.value() {
            Node::Text(text) if matches!(edge, Edge::Open(_)) => block.push_str(text),
            Node::Element(element) if element.name() == "br" => block.push('\n'),
            Node::Element(element) if matches!(element.name(), "td" | "th") => block.push(' '),
            Node::Element(element) if !is_inline(element.name()) => end_block(&mut block, &mut blocks),
            _ => {}
        }
    }
    end_block(&mut block, &mut blocks);
    blocks
}

/// An empty line made of `<br>` is a paragraph's end too.
fn end_block(block: &mut String, blocks: &mut Vec<String>) {
    let mut lines = Vec::new();
    for line in block.split("\n\n") {
        lines.push(one_line(line));
    }
    blocks.extend(lines.into_iter().filter(|l| !l.is_empty()));
    block.clear();
}

fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr" | "b" | "bdi" | "bdo" | "cite" | "code" | "data" | "del" | "dfn" | "em" | "font" | "hi" | "i" | "ins" | "kbd" | "mark"
            | "q" | "ref" | "ruby" | "rb" | "rt" | "rp" | "s" | "samp" | "small" | "span" | "strike" | "strong" | "sub" | "sup" | "time" | "tt" | "u" | "var" | "wbr"
    )
}
