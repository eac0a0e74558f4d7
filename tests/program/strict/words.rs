//! Encoded words (RFC 2047).

use super::{Checked, WSP};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Whether something in here reads as an encoded word or as the first half of one.
pub(super) fn has_encoded_word(text: &str) -> bool {
    text.split("=?").skip(1).any(|after| {
        let mut parts = after.split('?');
        let charset = parts.next().unwrap_or_default();
        let encoding = parts.next().unwrap_or_default();
        let named = !charset.is_empty() && !charset.contains(WSP);
        named && ["B", "b", "Q", "q"].contains(&encoding) && parts.next().is_some()
    })
}

/// A value with its encoded words decoded.
pub(super) fn decode(value: &str) -> Checked<String> {
    let mut text = String::new();
    let mut gap = String::new();
    let mut after_encoded = false;
    for piece in value.split_inclusive(WSP) {
        let word = piece.trim_end_matches(WSP);
        if !word.is_empty() {
            let encoded = word
                .strip_prefix("=?")
                .and_then(|w| w.strip_suffix("?="))
                .map(encoded_word)
                .transpose()?;
            if encoded.is_none() && has_encoded_word(word) {
                return Err("RFC 2047 5: an encoded word stands alone between white space");
            }
            // Only between two encoded words white space says nothing (RFC 2047 6.2).
            if !(after_encoded && encoded.is_some()) {
                text.push_str(&gap);
            }
            gap.clear();
            after_encoded = encoded.is_some();
            text.push_str(encoded.as_deref().unwrap_or(word));
        }
        gap.push_str(piece.strip_prefix(word).unwrap_or_default());
    }
    if text.chars().any(char::is_control) {
        return Err("RFC 2047 5: a control character in the decoded header");
    }
    Ok(text)
}

/// Decodes what stands between `=?` and `?=`.
fn encoded_word(inside: &str) -> Checked<String> {
    let parts: Vec<&str> = inside.split('?').collect();
    let &[charset, encoding, text] = parts.as_slice() else {
        return Err("RFC 2047 2: an encoded word is =?charset?encoding?text?=");
    };
    if !charset.eq_ignore_ascii_case("utf-8") {
        return Err("RFC 2047 3: a charset other than UTF-8");
    }
    if text.is_empty() {
        return Err("RFC 2047 2: an encoded word of no text");
    }
    let bytes = match encoding {
        "B" | "b" => STANDARD
            .decode(text)
            .map_err(|_| "RFC 2047 4.1: bad base64")?,
        "Q" | "q" => q_bytes(text).ok_or("RFC 2047 4.2: bad Q encoding")?,
        _ => return Err("RFC 2047 4: an encoding other than B or Q"),
    };
    String::from_utf8(bytes)
        .map_err(|_| "RFC 2047 5: each encoded word is of whole characters of UTF-8")
}

fn q_bytes(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'=' => hex_pair(&mut bytes)?,
            b'_' => b' ',
            byte => byte,
        });
    }
    Some(out)
}

/// The byte that two hexadecimal digits give; upper case is asked for (RFC 2045 6.7, RFC 2047 4.2).
pub(super) fn hex_pair(digits: &mut std::str::Bytes) -> Option<u8> {
    let mut digit = || {
        let digit = digits.next().filter(|d| !d.is_ascii_lowercase())?;
        u8::try_from(char::from(digit).to_digit(16)?).ok()
    };
    Some(digit()? << 4 | digit()?)
}
