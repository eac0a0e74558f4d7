//! What a body is before it is read: HTML, plain text, or neither.

use crate::ExtractError;

/// How a body is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Html,
    Text,
}

/// First bytes of files that are sent where a page was asked for.
const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "a media file"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "gzip data"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x7fELF", "a program"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"wOF", "a font"),
];
/// Bytes in which a zero byte means that this is no text.
const WINDOW: usize = 1_024;

/// Looks at the bytes first, for servers call anything `text/html`; then at the header.
///
/// # Errors
/// [`ExtractError::NotHtml`] with what it is.
pub(crate) fn of(body: &[u8], content_type: Option<&str>) -> Result<Kind, ExtractError> {
    let refuse = |what: &str| {
        Err(ExtractError::NotHtml {
            content_type: what.to_owned(),
        })
    };
    if let Some((_, what)) = MAGIC.iter().find(|(start, _)| body.starts_with(start)) {
        return refuse(what);
    }
    let is_utf16 = encoding_rs::Encoding::for_bom(body).is_some();
    if !is_utf16 && body.get(..WINDOW).unwrap_or(body).contains(&0) {
        return refuse("binary data");
    }
    let essence = content_type
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match essence.as_str() {
        // Some servers have no better name for a page than these two.
        ""
        | "text/html"
        | "application/xhtml+xml"
        | "application/xml"
        | "text/xml"
        | "application/octet-stream"
        | "unknown/unknown" => Ok(Kind::Html),
        "text/plain" if looks_like_html(body) => Ok(Kind::Html),
        "text/plain" | "text/markdown" => Ok(Kind::Text),
        other if !other.contains('/') => Ok(Kind::Html),
        other => refuse(other),
    }
}

fn looks_like_html(body: &[u8]) -> bool {
    let head = body.get(..WINDOW).unwrap_or(body).to_ascii_lowercase();
    head.windows(5).any(|w| w == b"<html") || head.trim_ascii_start().starts_with(b"<!doctype html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_outrank_the_header() {
        for body in [&b"%PDF-1.7"[..], b"\x89PNG\r\n", b"abc\0def"] {
            assert!(of(body, Some("text/html")).is_err());
        }
        assert_eq!(of(b"<!doctype html>", Some("text/plain")), Ok(Kind::Html));
    }

    #[test]
    fn the_header_decides_the_rest() {
        assert_eq!(
            of(b"words", Some("text/plain; charset=utf-8")),
            Ok(Kind::Text)
        );
        assert_eq!(of(b"\xff\xfew\0o\0", None), Ok(Kind::Html));
        let error = of(b"{}", Some("application/json")).unwrap_err();
        assert!(error.to_string().contains("application/json"));
    }
}
