//! Simple HTML made harmless without building a tree of it: what most feeds hold.
//!
//! Simple is: known tags in small letters that close in the right order, attributes in double quotes,
//! addresses of the web. For anything else there is no answer, and ammonia has to look at it. What
//! comes out means the same to a browser as what ammonia would have made of it.

use super::{ADDRESSES, ALLOWED_ATTRIBUTES, style};
use crate::address::{is_of_the_web, joined};
use url::Url;

/// Elements inside one another; HTML that is deeper is not simple.
const MAX_DEPTH: usize = 64;

/// The HTML without attributes that are not allowed; `None` where it is not simple.
pub(super) fn clean(html: &str, base: Option<&Url>) -> Option<String> {
    let mut out = String::with_capacity(html.len());
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at_checked(at)?;
        push_text(&mut out, text)?;
        rest = match tag.strip_prefix("</") {
            Some(end) => {
                let (name, behind) = end.split_once('>')?;
                if open.pop()? != name {
                    return None;
                }
                push_all(&mut out, &["</", name, ">"]);
                behind
            }
            None => start(&mut out, &mut open, tag.get(1..)?, base)?,
        };
    }
    push_text(&mut out, rest)?;
    open.is_empty().then_some(out)
}

/// Text stays as it is: without a `<` it cannot become anything else.
fn push_text(out: &mut String, text: &str) -> Option<()> {
    let is_plain = !text.bytes().any(|b| matches!(b, 0 | b'\r'));
    is_plain.then(|| out.push_str(text))
}

fn push_all(out: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_str(part));
}

/// Reads a start tag behind its `<`; gives what follows it.
fn start<'h>(
    out: &mut String,
    open: &mut Vec<&'h str>,
    tag: &'h str,
    base: Option<&Url>,
) -> Option<&'h str> {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (name, mut rest) = tag.split_at_checked(end)?;
    let kind = Kind::of(name)?;
    push_all(out, &["<", name]);
    loop {
        let behind = rest.trim_start_matches([' ', '\n', '\t']);
        if let Some(behind) = behind.strip_prefix('>') {
            rest = behind;
            break;
        }
        if let Some(behind) = behind.strip_prefix("/>").filter(|_| kind == Kind::Void) {
            rest = behind;
            break;
        }
        // Attributes are divided by space.
        if behind.len() == rest.len() {
            return None;
        }
        rest = attribute(out, behind, base)?;
    }
    out.push('>');
    if kind == Kind::Container {
        open.push(name);
    }
    (open.len() <= MAX_DEPTH).then_some(rest)
}

/// Reads `name="value"`, writes it if it is allowed; gives what follows it.
fn attribute<'h>(out: &mut String, text: &'h str, base: Option<&Url>) -> Option<&'h str> {
    let (name, value) = text.split_once("=\"")?;
    let (value, behind) = value.split_once('"')?;
    let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let is_value = |b: u8| b >= b' ' && !matches!(b, b'<' | b'>' | b'`');
    if name.is_empty() || !name.bytes().all(is_name) || !value.bytes().all(is_value) {
        return None;
    }
    match name {
        "href" | "src" => {
            push_all(out, &[" ", name, "=\""]);
            push_address(out, value, base)?;
            out.push('"');
        }
        "style" => {
            if value.contains('&') {
                return None;
            }
            if let Some(style) = style(value) {
                push_all(out, &[" style=\"", &style, "\""]);
            }
        }
        // Hardly any feed has the others that hold addresses.
        name if ADDRESSES.contains(&name) => return None,
        name if ALLOWED_ATTRIBUTES.contains(name) => {
            push_all(out, &[" ", name, "=\"", value, "\""]);
        }
        _ => {}
    }
    Some(behind)
}

/// An address of the web as it stands, a relative one made absolute.
fn push_address(out: &mut String, value: &str, base: Option<&Url>) -> Option<()> {
    if value.starts_with("https://") || value.starts_with("http://") {
        out.push_str(value);
        return Some(());
    }
    // A reference or a colon may hide a scheme.
    if value.contains(['&', ':', '\\']) || value.trim() != value {
        return None;
    }
    let Some(base) = base.filter(|base| is_of_the_web(base)) else {
        out.push_str(value);
        return Some(());
    };
    let url = joined(value, Some(base)).filter(is_of_the_web)?;
    out.push_str(&url.as_str().replace('&', "&amp;"));
    Some(())
}

/// What becomes of an element's inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It has one, and an end tag.
    Container,
    /// It has none.
    Void,
}

impl Kind {
    /// Of the elements that a browser always reads the same way, wherever they stand.
    fn of(name: &str) -> Option<Self> {
        match name {
            "br" | "hr" | "img" | "wbr" => Some(Self::Void),
            "a" | "abbr" | "article" | "aside" | "b" | "blockquote" | "center" | "cite"
            | "code" | "dd" | "del" | "div" | "dl" | "dt" | "em" | "figcaption" | "figure"
            | "footer" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "header" | "i" | "ins"
            | "li" | "main" | "mark" | "ol" | "p" | "q" | "s" | "section" | "small" | "span"
            | "strike" | "strong" | "sub" | "sup" | "time" | "u" | "ul" | "var" => {
                Some(Self::Container)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::sanitise::builder;
    use proptest::prelude::*;

    fn base() -> Option<Url> {
        Url::parse("https://a.example/news/?x=1").ok()
    }

    #[test]
    fn simple_html_is_cleaned() {
        for (html, expected) in [
            ("a > b &amp; c", "a > b &amp; c"),
            (
                "<p class=\"a\" onclick=\"x()\" data-a=\"b\">a<br />b</p>",
                "<p class=\"a\">a<br>b</p>",
            ),
            (
                "<a href=\"/b?c=1\">d</a><img src=\"https://b.example/?a&amp;b\"/>",
                "<a href=\"https://a.example/b?c=1\">d</a><img src=\"https://b.example/?a&amp;b\">",
            ),
            (
                "<i style=\"color: red; position: fixed\">a</i>",
                "<i style=\"color: red;\">a</i>",
            ),
        ] {
            assert_eq!(clean(html, base().as_ref()).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_is_not_simple_is_left_to_the_tree() {
        for html in [
            "<script>a</script>",
            "<P>a</P>",
            "<p>a",
            "<b><i>a</b></i>",
            "<a href=javascript:x()>a</a>",
            "<a href=\"javascript:x()\">a</a>",
            "<a href=\"java&#115;cript&#58;x()\">a</a>",
            "<a href=\" javascript:x()\">a</a>",
            "<a href=\"mailto:a@b.example\">a</a>",
            "<!-- a -->",
            "a < b",
            "<p title=\"<b>\">a</p>",
            "<p/>",
            "<table><tr><td>a</td></tr></table>",
        ] {
            assert_eq!(clean(html, base().as_ref()), None, "{html}");
        }
    }

    /// What ammonia makes of it, piece by piece; the order of attributes means nothing.
    fn by_tree(html: &str) -> Vec<String> {
        let clean = builder(base().as_ref()).clean(html).to_string();
        let page = scraper::Html::parse_fragment(&clean);
        let edges = page.tree.root().traverse();
        let piece = |edge| match edge {
            ego_tree::iter::Edge::Open(node) => match node.value() {
                scraper::Node::Element(element) => {
                    let mut attributes: Vec<_> = element.attrs().collect();
                    attributes.sort_unstable();
                    format!("<{} {attributes:?}>", element.name())
                }
                other => format!("{other:?}"),
            },
            ego_tree::iter::Edge::Close(_) => "/".to_owned(),
        };
        edges.map(piece).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn the_tree_makes_the_same_of_it(parts in proptest::collection::vec(prop_oneof![
            Just("<p>"), Just("</p>"), Just("<b>"), Just("</b>"), Just("<a href=\"/x?a=1&amp;b\">"), Just("</a>"),
            Just("<img src=\"b.png\" onerror=\"x\" alt=\"a &quot; b\"/>"), Just("<br>"), Just("<li>"), Just("</li>"),
            Just("<h2 style=\"color: red; x: y\">"), Just("</h2>"), Just("<div class=\"a\" data-x=\"y\">"), Just("</div>"),
            Just("text"), Just(" &amp; &nbsp; &copy "), Just(" > "), Just("<"), Just("\""), Just("="),
            Just("<a href=\"https://b.example/\u{e9}?q= x\">"), Just("<ul>"), Just("</ul>"), Just("<hr/>"),
            Just("<span title='a'>"), Just("</span>"), Just("<a href=\"../a b\">"), Just("<dt>"), Just("</dt>"),
        ], 0..12)) {
            let html = parts.concat();
            if let Some(clean) = clean(&html, base().as_ref()) {
                prop_assert_eq!(by_tree(&clean), by_tree(&html), "{}", clean);
            }
        }

        #[test]
        fn whatever_passes_is_harmless(html in "(<(p|a|img|b)( (href|src|title|style|onload|xlink:href|class)=\"[a-z:/.&#;()\\\\ <>]{0,12}\"){0,3} ?/?>|</(p|a|b)>|[a-z<>&;]{0,4}){0,8}") {
            if let Some(clean) = clean(&html, base().as_ref()) {
                prop_assert!(!clean.contains("onload") && !clean.contains("xlink"), "{}", clean);
                prop_assert_eq!(by_tree(&clean), by_tree(&html), "{}", clean);
            }
        }
    }
}
