//! Tells a test whether a person is reading from a plain refusal.

use reqwest::header::HeaderMap;

/// Bytes of a refusal that are looked at.
pub(super) const BEGINNING: usize = 16 << 10;

/// Headers of firms that keep machines out, with what their values hold where they do; empty for any value.
const HEADERS: &[(&str, &str)] = &[
    ("cf-mitigated", "challenge"),
    ("x-amzn-waf-action", ""),
    ("x-datadome", ""),
    ("x-dd-b", ""),
    ("x-px-block", ""),
    ("x-sucuri-block", ""),
];

/// Words and names of scripts in the pages that such tests show, in lower case.
const WORDS: &[&str] = &[
    "/cdn-cgi/challenge-platform/",
    "_incapsula_resource",
    "are you a robot",
    "captcha",
    "checking your browser",
    "confirm you are human",
    "enable javascript and cookies to continue",
    "geo.captcha-delivery.com",
    "just a moment...",
    "px-captcha",
    "verify you are human",
    "verify that you are human",
    "unusual traffic",
];

/// Whether an answer with status 403, 429 or 503 is such a test.
pub(super) fn is_bot_wall(headers: &HeaderMap, beginning: &[u8]) -> bool {
    let says = |(name, word): &(&str, &str)| {
        let value = headers.get(*name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.to_ascii_lowercase().contains(word))
    };
    if HEADERS.iter().any(says) {
        return true;
    }
    let text = String::from_utf8_lossy(beginning).to_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn a_test_is_told_from_a_refusal() {
        let none = HeaderMap::new();
        let mut challenge = HeaderMap::new();
        challenge.insert("cf-mitigated", HeaderValue::from_static("Challenge"));
        assert!(is_bot_wall(&challenge, b""));
        assert!(is_bot_wall(&none, b"<title>Just a moment...</title>"));
        assert!(is_bot_wall(&none, b"<p>Please verify you are HUMAN</p>"));
        assert!(!is_bot_wall(
            &none,
            b"<h1>Forbidden</h1> You may not see this."
        ));
        assert!(!is_bot_wall(&none, b"\xff\xfe"));
    }
}
