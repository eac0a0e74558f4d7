//! Bytes to text: which character set a page is in.
//!
//! In order: byte order mark, the `charset` of the HTTP header, the one of a `<meta>` element, UTF-8
//! where the bytes are valid UTF-8, windows-1252. Two exceptions, both for servers that lie: bytes
//! that are valid UTF-8 beyond ASCII are UTF-8 whatever single-byte set is claimed, for other text
//! hardly ever is by chance; and a label that the bytes contradict gives way to a later one
//! that they do not.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// Bytes in which a `<meta charset>` is looked for. The standard says 1024; real pages put scripts
/// before it.
const META_WINDOW: usize = 16_384;

/// The page as text, without a byte order mark. Bytes that fit no character become U+FFFD.
pub(crate) fn decode<'a>(body: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(body) {
        let rest = body.get(mark..).unwrap_or_default();
        return encoding.decode_without_bom_handling(rest).0;
    }
    let claims = [content_type.and_then(header_charset), meta_charset(body)];
    let utf8 = std::str::from_utf8(body).ok();
    if let Some(text) = utf8
        && (claims
            .iter()
            .flatten()
            .all(|c| c.is_single_byte() || *c == UTF_8)
            && !has_escape(body))
    {
        return Cow::Borrowed(text);
    }
    let claims = claims.into_iter().flatten();
    let mut lossy = None;
    for encoding in claims.chain([if utf8.is_some() { UTF_8 } else { WINDOWS_1252 }]) {
        let (text, had_errors) = encoding.decode_without_bom_handling(body);
        if !had_errors {
            return text;
        }
        // A stray byte or a cut end is no contradiction: the first claim keeps the page then.
        if lossy.is_none() && few_errors(&text) {
            return text;
        }
        lossy.get_or_insert(text);
    }
    lossy.unwrap_or_default()
}

/// ISO-2022-JP is ASCII with escapes, so valid UTF-8 proves nothing against it.
fn has_escape(body: &[u8]) -> bool {
    body.contains(&0x1b)
}

/// At most one replacement in a thousand characters, or a single one.
fn few_errors(text: &str) -> bool {
    let errors = text.chars().filter(|c| *c == '\u{fffd}').count();
    errors <= 1 || errors.saturating_mul(1_000) <= text.len()
}

/// The charset parameter of a `Content-Type` header.
fn header_charset(content_type: &str) -> Option<&'static Encoding> {
    label_after(content_type.as_bytes(), b"charset")
}

/// The charset of the first `<meta>` that names one, in either of its two forms.
fn meta_charset(body: &[u8]) -> Option<&'static Encoding> {
    let window = body.get(..META_WINDOW).unwrap_or(body);
    let mut rest = window;
    while let Some(at) = find_ignore_case(rest, b"<meta") {
        rest = rest.get(at + 5..).unwrap_or_default();
        let end = rest.iter().position(|b| *b == b'>').unwrap_or(rest.len());
        let tag = rest.get(..end).unwrap_or_default();
        if let Some(encoding) = label_after(tag, b"charset") {
            // A page whose <meta> can be read byte by byte is not in UTF-16.
            return Some(if [UTF_16LE, UTF_16BE].contains(&encoding) {
                UTF_8
            } else {
                encoding
            });
        }
    }
    None
}

/// The encoding named after `key` and an equals sign, quoted or not.
fn label_after(bytes: &[u8], key: &[u8]) -> Option<&'static Encoding> {
    let after = bytes.get(find_ignore_case(bytes, key)? + key.len()..)?;
    let after = after
        .trim_ascii_start()
        .strip_prefix(b"=")?
        .trim_ascii_start();
    let after = match after {
        [b'"' | b'\'', rest @ ..] => rest,
        plain => plain,
    };
    let ends = |b: &u8| matches!(b, b'"' | b'\'' | b';' | b' ' | b'/' | b',' | b'>');
    let end = after.iter().position(ends).unwrap_or(after.len());
    Encoding::for_label(after.get(..end)?)
}

fn find_ignore_case(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len())
        .position(|w| w.eq_ignore_ascii_case(needle))
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{KOI8_R, SHIFT_JIS};
    use proptest::prelude::*;

    #[test]
    fn the_mark_outranks_every_claim() {
        let body = b"\xff\xfeh\x00i\x00";
        assert_eq!(decode(body, Some("text/html; charset=utf-8")), "hi");
    }

    #[test]
    fn the_header_outranks_the_page() {
        let (word, _, _) = KOI8_R.encode("чипы");
        let body = [&b"<meta charset=\"shift_jis\">"[..], &word].concat();
        assert!(decode(&body, Some("text/html; charset=KOI8-R")).ends_with("чипы"));
    }

    #[test]
    fn shift_jis_is_read_from_either_form_of_meta() {
        let (word, _, _) = SHIFT_JIS.encode("半導体の輸出");
        for meta in [
            &b"<meta charset='Shift_JIS'>"[..],
            b"<META http-equiv=Content-Type content=\"text/html; charset=Shift_JIS\">",
        ] {
            let body = [meta, &word].concat();
            assert!(decode(&body, Some("text/html")).ends_with("半導体の輸出"));
        }
    }

    #[test]
    fn without_a_claim_it_is_utf_8_or_else_windows_1252() {
        assert_eq!(decode("Müller “x”".as_bytes(), None), "Müller “x”");
        assert_eq!(decode(b"M\xfcller \x93x\x94", None), "Müller “x”");
    }

    #[test]
    fn a_claim_that_the_bytes_contradict_gives_way() {
        assert_eq!(
            decode("Müller".as_bytes(), Some("text/html; charset=iso-8859-1")),
            "Müller"
        );
        let body = b"<meta charset=windows-1251>\xcc\xee\xf1\xea\xe2\xe0 \xcc\xee\xf1\xea\xe2\xe0";
        assert!(decode(body, Some("text/html; charset=utf-8")).ends_with("Москва Москва"));
    }

    #[test]
    fn a_cut_end_does_not_change_the_charset() {
        let mut body = "Müller und Söhne".as_bytes().to_vec();
        body.extend_from_slice(&[0xe5, 0x8d]);
        let text = decode(&body, Some("text/html; charset=utf-8"));
        assert!(text.starts_with("Müller und Söhne"), "{text}");
    }

    proptest! {
        #[test]
        fn any_bytes_and_any_header_decode(
            body in proptest::collection::vec(any::<u8>(), 0..300),
            header in proptest::option::of(".{0,40}"),
        ) {
            let _ = decode(&body, header.as_deref());
        }
    }
}
