//! XML as it is found: put right where a tokeniser would stumble, read without complaint.
//!
//! In: text of a document. Out: tokens, attributes and references for those who know its elements.
//! Never: builds a tree, expands an entity inside an entity.

mod entity;
mod mend;

pub(crate) use entity::Entities;
pub(crate) use mend::mend;

use quick_xml::Reader;
use quick_xml::events::BytesStart;

/// A tag's attributes, names in lower case, references resolved.
pub(crate) type Attributes = Vec<(String, String)>;

/// A reader of text that [`mend`] went over. Its only error is that the end is missing.
pub(crate) fn reader(mended: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(mended);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    reader
}

/// Attributes of a tag as text.
pub(crate) fn attributes_of(tag: &BytesStart<'_>, entities: &Entities) -> Attributes {
    if tag.attributes_raw().is_empty() {
        return Attributes::new();
    }
    let mut attributes = tag.html_attributes();
    let parsed = attributes.with_checks(false).filter_map(Result::ok);
    parsed
        .map(|a| {
            (
                a.key.as_ref().to_ascii_lowercase(),
                entities.resolve_all(&a.value).into_owned(),
            )
        })
        .collect()
}

/// The value of an attribute.
pub(crate) fn attribute<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, value)| value.trim())
}
