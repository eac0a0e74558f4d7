//! How deep HTML goes, before a tree is built of it.
//!
//! An HTML parser's time can grow with the square of what it is given: by elements inside one
//! another, and by formatting that is left open, which it opens anew in every block that follows.

/// Elements inside one another.
const MAX_NESTED: usize = 512;
/// Formatting elements that may have to be opened anew: this many, or so many for each tag, so that
/// the tree stays in proportion to the text.
const MAX_REOPENED: usize = 10_000;
const MAX_REOPENED_PER_TAG: usize = 16;

/// Elements that close by themselves or hold nothing.
const SHORT_LIVED: &[&str] = &[
    "br", "hr", "img", "input", "wbr", "link", "meta", "p", "li", "dt", "dd", "option", "tr", "td",
    "th",
];
/// Elements that a parser opens anew where a block cut them off.
const FORMATTING: &[&str] = &[
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];

/// Whether a parser should be spared this HTML. Counts tags as they come, without regard to which
/// closes which: what is refused by mistake is refused by its size.
pub(crate) fn is_too_deep(html: &str) -> bool {
    let (mut nested, mut formatting, mut reopened) = (0_usize, 0_usize, 0_usize);
    let mut allowed = MAX_REOPENED;
    for part in html.split('<').skip(1) {
        let (name, closes) = match part.strip_prefix('/') {
            Some(rest) => (tag_name(rest), true),
            None => (tag_name(part), false),
        };
        if name.is_empty() {
            continue;
        }
        let is = |list: &[&str]| list.iter().any(|known| name.eq_ignore_ascii_case(known));
        let step = |count: usize| {
            if closes {
                count.saturating_sub(1)
            } else {
                count + 1
            }
        };
        allowed += MAX_REOPENED_PER_TAG;
        if is(FORMATTING) {
            formatting = step(formatting);
        } else {
            reopened += formatting;
            if !is(SHORT_LIVED) {
                nested = step(nested);
            }
        }
        if nested + formatting > MAX_NESTED || reopened > allowed {
            return true;
        }
    }
    false
}

fn tag_name(tag: &str) -> &str {
    let end = tag
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(tag.len());
    let name = tag.get(..end).unwrap_or_default();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name
    } else {
        ""
    }
}

/// The HTML without its tags.
pub(crate) fn without_tags(html: &str) -> String {
    let mut parts = html.split('<');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut out, part| {
        out.push_str(part.split_once('>').map_or("", |(_, text)| text));
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_pages_pass_and_deep_ones_do_not() {
        let list = format!(
            "<ul>{}</ul>",
            "<li><a href=x><b>a</b></a><p>b<br>c".repeat(20_000)
        );
        assert!(!is_too_deep(&list));
        assert!(!is_too_deep("1 < 2 </ 3"));
        assert!(is_too_deep(&"<div>".repeat(MAX_NESTED + 1)));
        assert!(is_too_deep(&"<p><b>".repeat(MAX_NESTED + 1)));
    }

    #[test]
    fn formatting_that_is_left_open_counts_for_every_block() {
        let open: String = (0..400).map(|n| format!("<b class={n}>")).collect();
        assert!(is_too_deep(&format!(
            "<p>{open}</p>{}",
            "<p>x".repeat(10_000)
        )));
    }
}
