//! Character references of XML, HTML and the document's own DOCTYPE.

use crate::charset;
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

/// Entities that a DOCTYPE may declare; more are left out.
const MAX_DECLARED: usize = 64;
/// Longest value of a declared entity, in bytes: references inside a value are not resolved, so this
/// is also the most that one reference can grow to.
const MAX_VALUE: usize = 1_024;
/// Bytes that all references to declared entities of a document may become; the rest stay references.
const MAX_EXPANDED: usize = 1024 * 1024;

/// Longest name of a reference, in bytes.
const MAX_NAME: usize = 40;

/// Entities that the document itself declares.
#[derive(Debug, Default)]
pub(crate) struct Entities {
    declared: HashMap<String, String>,
    /// Bytes that references to them became so far.
    expanded: Cell<usize>,
}

impl Entities {
    /// Reads `<!ENTITY name "value">` out of a DOCTYPE.
    pub(crate) fn declared_in(doctype: &str) -> Self {
        let declarations = doctype.split("<!ENTITY").skip(1).take(MAX_DECLARED);
        Self {
            declared: declarations.filter_map(declaration).collect(),
            expanded: Cell::default(),
        }
    }

    /// What `&name;` stands for; `name` comes without its marks.
    pub(crate) fn resolve(&self, name: &str) -> Option<Cow<'_, str>> {
        if let Some(number) = name.strip_prefix('#') {
            return numeric(number).map(|c| c.to_string().into());
        }
        let own = self.declared.get(name).filter(|value| self.affords(value));
        own.map(String::as_str)
            .or_else(|| quick_xml::escape::resolve_html5_entity(name))
            .map(Cow::Borrowed)
    }

    fn affords(&self, value: &str) -> bool {
        let expanded = self.expanded.get() + value.len();
        let affords = expanded <= MAX_EXPANDED;
        if affords {
            self.expanded.set(expanded);
        }
        affords
    }

    /// A text with every reference resolved; what is none stays as it stands.
    pub(crate) fn resolve_all<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains('&') {
            return text.into();
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('&') {
            out.push_str(before);
            let found = name_of(after).and_then(|name| {
                let tail = after.get(name.len() + 1..)?;
                Some((self.resolve(name)?, tail))
            });
            match found {
                Some((value, tail)) => {
                    out.push_str(&value);
                    rest = tail;
                }
                None => {
                    out.push('&');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out.into()
    }
}

/// What stands before a semicolon that is near: a far one is no part of a reference.
fn name_of(after: &str) -> Option<&str> {
    let end = after.bytes().take(MAX_NAME).position(|b| b == b';')?;
    after.get(..end)
}

fn declaration(text: &str) -> Option<(String, String)> {
    let (name, after) = text.trim_start().split_once(char::is_whitespace)?;
    let after = after.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = after.split(quote).nth(1)?;
    (value.len() <= MAX_VALUE).then(|| (name.to_owned(), value.to_owned()))
}

/// Numbers 128 to 159 mean the characters of windows-1252, as in browsers.
fn numeric(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
        None => number.parse().ok()?,
    };
    if let Ok(byte @ 0x80..=0x9f) = u8::try_from(code) {
        return charset::windows_1252(byte);
    }
    char::from_u32(code).filter(|c| super::mend::is_xml_char(*c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_and_ampersands_stay() {
        let own = Entities::declared_in(r#"DOCTYPE rss [ <!ENTITY lab "A &amp; B"> ]"#);
        assert_eq!(
            own.resolve_all("&lab; R&D &eacute;&#233;&#xE9;&#146; &nosuch; a&b=1; &"),
            "A &amp; B R&D ééé’ &nosuch; a&b=1; &"
        );
    }

    #[test]
    fn an_entity_inside_an_entity_does_not_grow() {
        let own = Entities::declared_in(r#"<!ENTITY a "0123456789"><!ENTITY b "&a;&a;&a;">"#);
        assert_eq!(own.resolve_all("&b;"), "&a;&a;&a;");
    }

    #[test]
    fn all_references_together_are_bounded() {
        let value = "x".repeat(1_000);
        let own = Entities::declared_in(&format!("<!ENTITY a \"{value}\">"));
        let text = own.resolve_all(&"&a;".repeat(100_000)).len();
        assert!(text < 2 * MAX_EXPANDED, "{text}");
    }
}
