//! How deep HTML goes, before a tree is built of it.
//!
//! An HTML parser's time can grow with the square of what it is given: by elements inside one
//! another, by formatting that is left open, which it opens anew in every block that follows, and by
//! end tags without a start, which it looks for in all that is open.

/// Elements inside one another.
const MAX_NESTED: usize = 512;
/// Elements that may have to be looked at or opened anew: this many, and so many for each tag, so that
/// the work stays in proportion to the text.
const MAX_STEPS: usize = 20_000;
const MAX_STEPS_PER_TAG: usize = 16;

/// Elements that close by themselves or hold nothing.
const SHORT_LIVED: &[&str] = &[
    "br", "hr", "img", "input", "wbr", "link", "meta", "p", "li", "dt", "dd", "option", "tr", "td",
    "th",
];
/// Elements that a parser opens anew where a block cut them off.
const FORMATTING: &[&str] = &[
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];

/// Whether a parser should be spared this HTML: what is refused by mistake is refused by its size.
pub(crate) fn is_too_deep(html: &str) -> bool {
    let mut open = Open::default();
    let mut allowed = MAX_STEPS;
    for part in html.split('<').skip(1) {
        allowed += MAX_STEPS_PER_TAG;
        match part.strip_prefix('/') {
            Some(rest) => open.end(tag_name(rest)),
            None => open.start(tag_name(part)),
        }
        if open.depth() > MAX_NESTED || open.steps > allowed {
            return true;
        }
    }
    false
}

/// What is open, as a parser would have it.
#[derive(Default)]
struct Open<'h> {
    /// Elements that stay open until they are closed.
    nested: Vec<&'h str>,
    /// How many of each formatting element.
    formatting: [usize; FORMATTING.len()],
    /// Elements that a parser looks at or opens anew.
    steps: usize,
}

impl<'h> Open<'h> {
    fn depth(&self) -> usize {
        self.nested.len() + self.formatting.iter().sum::<usize>()
    }

    fn start(&mut self, name: &'h str) {
        if name.is_empty() {
            return;
        }
        if let Some(count) = self.formatting_of(name) {
            *count += 1;
            return;
        }
        self.steps += self.formatting.iter().sum::<usize>();
        if !is_one_of(SHORT_LIVED, name) {
            self.nested.push(name);
        }
    }

    /// An end tag closes the last element of its name and all within; one without a start is looked for
    /// in vain among all that are open.
    fn end(&mut self, name: &str) {
        if let Some(count) = self.formatting_of(name) {
            *count = count.saturating_sub(1);
            return;
        }
        let is_it = |open: &str| open.eq_ignore_ascii_case(name);
        let place = self.nested.iter().rposition(|open| is_it(open));
        // Formatting that is open stands among them.
        self.steps += self.depth() - place.unwrap_or(0);
        if let Some(place) = place {
            self.nested.truncate(place);
        }
    }

    fn formatting_of(&mut self, name: &str) -> Option<&mut usize> {
        let is_it = |known: &&str| known.eq_ignore_ascii_case(name);
        let at = FORMATTING.iter().position(is_it)?;
        self.formatting.get_mut(at)
    }
}

fn is_one_of(list: &[&str], name: &str) -> bool {
    list.iter().any(|known| name.eq_ignore_ascii_case(known))
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
    fn end_tags_without_a_start_close_nothing() {
        assert!(is_too_deep(&"<x><x></y></y></y>".repeat(MAX_NESTED)));
        let open = "<x>".repeat(MAX_NESTED - 1);
        assert!(is_too_deep(&format!("{open}{}", "</y>".repeat(1_000))));
        assert!(!is_too_deep(&"<p>a</div></b>".repeat(10_000)));
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
