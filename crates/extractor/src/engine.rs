//! Finds the main text of a page. The only module that knows which program does it.
//!
//! In: a page within the bounds of [`crate::markup`]. Out: its paragraphs, furniture and all; see
//! [`crate::text`]. Never: a panic; the engine's own become "nothing found".

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::{Html, Node};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tocsin_core::text::one_line;
use trafilatura::{HtmlDateMode, Options};

/// The paragraphs of the main text, in order; none where the page has no article. `page` is the same
/// page, parsed.
pub(crate) fn paragraphs(html: &str, page: &Html) -> Vec<String> {
    let found = search(html);
    if found.len() > 1 {
        return found;
    }
    // Of a short article the engine gives one run of text, without breaks and with the page's head.
    let plain = article_blocks(page);
    let size = |blocks: &[String]| blocks.iter().map(String::len).sum::<usize>();
    if plain.len() > 1 && !found.is_empty() && size(&plain) * 2 >= size(&found) {
        plain
    } else {
        found
    }
}

/// The paragraphs of a piece of HTML, all of it.
pub(crate) fn fragment_paragraphs(html: &str) -> Vec<String> {
    let never = |name: &str| matches!(name, "script" | "style" | "template");
    blocks(Html::parse_fragment(html).tree.root(), never)
}

fn search(html: &str) -> Vec<String> {
    let options = Options::default()
        .with_fallback(true)
        .with_exclude_comments(true)
        .with_html_date_mode(HtmlDateMode::Disabled);
    // The engine is other people's code on other people's bytes: a panic on one page must cost that
    // page and not the run. It is handed nothing that it could leave half changed.
    let found = catch_unwind(AssertUnwindSafe(|| trafilatura::extract(html, &options)));
    match found {
        Ok(Ok(found)) => fragment_paragraphs(&found.content_html),
        Ok(Err(_)) | Err(_) => Vec::new(),
    }
}

/// The blocks of the first `<article>`, else of `<main>`, else of `<body>`, without what is never text.
fn article_blocks(page: &Html) -> Vec<String> {
    let named = |name| {
        page.tree
            .nodes()
            .find(|n| n.value().as_element().is_some_and(|e| e.name() == name))
    };
    let root = ["article", "main", "body"].into_iter().find_map(named);
    root.map_or_else(Vec::new, |root| blocks(root, is_never_text))
}

fn is_never_text(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "nav"
            | "aside"
            | "footer"
            | "header"
            | "form"
            | "button"
            | "h1"
            | "time"
            | "select"
            | "iframe"
            | "svg"
            | "figcaption"
    )
}

/// Every run of text between two block boundaries, on one line each, outside of elements to skip.
fn blocks(root: NodeRef<'_, Node>, skips: fn(&str) -> bool) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block = String::new();
    let mut skipped = 0_usize;
    for edge in root.traverse() {
        let (Edge::Open(node) | Edge::Close(node)) = edge;
        let opens = matches!(edge, Edge::Open(_));
        match node.value() {
            // A line break in the source is a space; only <br> breaks a line.
            Node::Text(text) if opens && skipped == 0 => {
                block.push_str(&text.replace(['\n', '\r'], " "))
            }
            Node::Element(element) if skips(element.name()) => {
                skipped = if opens { skipped + 1 } else { skipped - 1 };
            }
            Node::Element(element) if element.name() == "br" => {
                block.push(if opens { '\n' } else { ' ' })
            }
            Node::Element(element) if matches!(element.name(), "td" | "th") => block.push(' '),
            Node::Element(element) if !is_inline(element.name()) => {
                end_block(&mut block, &mut blocks)
            }
            _ => {}
        }
    }
    end_block(&mut block, &mut blocks);
    blocks
}

/// Two line breaks in a row, with nothing but spaces between, end a paragraph too.
fn end_block(block: &mut String, blocks: &mut Vec<String>) {
    let mut paragraph = String::new();
    for line in block.split('\n').map(one_line).chain([String::new()]) {
        if !line.is_empty() {
            paragraph.push(' ');
            paragraph.push_str(&line);
        } else if !paragraph.is_empty() {
            blocks.push(one_line(&paragraph));
            paragraph.clear();
        }
    }
    block.clear();
}

fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr"
            | "b"
            | "bdi"
            | "bdo"
            | "cite"
            | "code"
            | "data"
            | "del"
            | "dfn"
            | "em"
            | "font"
            | "hi"
            | "i"
            | "ins"
            | "kbd"
            | "mark"
            | "q"
            | "ref"
            | "ruby"
            | "rb"
            | "rt"
            | "rp"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strike"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "tt"
            | "u"
            | "var"
            | "wbr"
    )
}
