//! The mistakes that a tokeniser would stumble over, put right in the text.

/// Whether XML 1.0 allows the character.
pub(super) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// Sections whose inside is not markup: how they begin and end.
const SECTIONS: [(&str, &str); 3] = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];

/// Junk before the first tag and control characters go; a `<` that begins no tag is escaped.
/// Comments and instructions go as well: what they hold is nothing to us.
pub(crate) fn mend(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text
        .get(text.find('<').unwrap_or(text.len())..)
        .unwrap_or_default();
    let mut seen_doctype = false;
    while let Some(at) = rest.find('<') {
        let (before, markup) = rest.split_at(at);
        push_clean(&mut out, before);
        rest = match SECTIONS.iter().find(|(begin, _)| markup.starts_with(begin)) {
            Some((begin, end)) => section(&mut out, markup, begin, end),
            // A second one is no DOCTYPE, and looking for its end again and again takes too long.
            None if !seen_doctype && is_doctype(markup) => {
                seen_doctype = true;
                doctype(&mut out, markup)
            }
            None => tag(&mut out, markup),
        };
    }
    push_clean(&mut out, rest);
    out
}

/// Copies a CDATA section, leaves out the others; one without an end reaches to the text's end.
fn section<'t>(out: &mut String, markup: &'t str, begin: &str, end: &str) -> &'t str {
    let inside = markup.get(begin.len()..).unwrap_or_default();
    let (content, after) = inside.split_once(end).unwrap_or((inside, ""));
    let is_whole = inside.len() > content.len();
    if begin == "<![CDATA[" {
        out.push_str(begin);
        push_clean(out, content);
        // Left open where it was cut, so that the field it stands in is known to be unfinished.
        if is_whole {
            out.push_str(end);
        }
    }
    after
}

fn is_doctype(markup: &str) -> bool {
    markup
        .get(..9)
        .is_some_and(|begin| begin.eq_ignore_ascii_case("<!doctype"))
}

/// Copies a DOCTYPE with the declarations in its brackets.
fn doctype<'t>(out: &mut String, markup: &'t str) -> &'t str {
    let plain = markup.find('>').unwrap_or(markup.len());
    let with_brackets = markup
        .find('[')
        .filter(|at| *at < plain)
        .and_then(|_| markup.find("]>"));
    let end = with_brackets.map_or(plain, |at| at + 1);
    let (inside, after) = markup.split_at(end);
    push_clean(out, inside);
    after
}

/// Copies the `<` of a tag, escapes any other.
fn tag<'t>(out: &mut String, markup: &'t str) -> &'t str {
    let after = markup.get(1..).unwrap_or_default();
    let begins_tag = |c: char| c.is_alphabetic() || c == '_' || c == ':';
    let mut chars = after.chars();
    let opens = match chars.next() {
        Some('/') => chars.next().is_some_and(begins_tag),
        Some(c) => begins_tag(c),
        None => false,
    };
    out.push_str(if opens { "<" } else { "&lt;" });
    after
}

/// Most texts hold nothing to leave out, and are copied at once.
fn push_clean(out: &mut String, text: &str) {
    // U+FFFE and U+FFFF begin with this byte in UTF-8, as do some harmless characters.
    let is_suspect = |b: u8| b < b' ' && !matches!(b, b'\t' | b'\n' | b'\r') || b == 0xef;
    if text.bytes().any(is_suspect) {
        out.extend(text.chars().filter(|c| is_xml_char(*c)));
    } else {
        out.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tags_keep_their_bracket() {
        assert_eq!(
            mend("junk\u{0}<?xml version='1.0'?><a>1 < 2\u{8}<!-- x --><![CDATA[<b>]]></a><!x>"),
            "<a>1 &lt; 2<![CDATA[<b>]]></a>&lt;!x>"
        );
    }

    #[test]
    fn a_cut_section_stays_open() {
        assert_eq!(mend("<a><![CDATA[b"), "<a><![CDATA[b");
        assert_eq!(mend("<a><!-- b"), "<a>");
        assert_eq!(mend("no tag"), "");
    }

    #[test]
    fn declarations_of_a_doctype_are_kept() {
        let text = "<!DOCTYPE rss [<!ENTITY a \"b\">]><rss>";
        assert_eq!(mend(text), text);
        assert_eq!(mend("<!doctype html><p>"), "<!doctype html><p>");
    }
}
