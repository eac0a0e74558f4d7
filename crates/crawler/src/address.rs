//! Addresses as documents write them, made absolute.

use tocsin_core::MAX_ADDRESS;
use url::Url;

/// An address made absolute by a base, where there is one; `None` where it cannot be, or is too long:
/// reading one of a megabyte takes minutes.
pub(crate) fn joined(address: &str, base: Option<&Url>) -> Option<Url> {
    let address = address.trim();
    if address.len() > MAX_ADDRESS {
        return None;
    }
    match base {
        Some(base) => base.join(address).ok(),
        None => Url::parse(address).ok(),
    }
}

/// Whether an address is one of pages: `javascript:/a` has a path, too, and can be a base.
pub(crate) fn is_of_the_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// Whether HTML holds an attribute that is longer than an address, and no inline picture.
pub(crate) fn has_endless_value(html: &str) -> bool {
    if html.len() <= MAX_ADDRESS {
        return false;
    }
    let is_picture = |value: &str| value.trim_start().starts_with("data:image/");
    let is_endless = |value: &str| value.len() > MAX_ADDRESS && !is_picture(value);
    let quoted = |quote: char| {
        let mut before = "";
        html.split(quote).any(|part| {
            let opens = before.trim_end().ends_with('=');
            before = part;
            opens && is_endless(part)
        })
    };
    let bare = || {
        let words = html.split(|c: char| c.is_ascii_whitespace() || c == '>');
        let mut values = words
            .filter_map(|word| word.split_once('='))
            .map(|(_, value)| value);
        values.any(|value| !value.starts_with(['"', '\'']) && is_endless(value))
    };
    quoted('"') || quoted('\'') || bare()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_no_address() {
        let base = Url::parse("https://a.example/b/").ok();
        let joined = |address: &str| joined(address, base.as_ref()).map(String::from);
        assert_eq!(joined(" c ").as_deref(), Some("https://a.example/b/c"));
        assert_eq!(joined(&"c/".repeat(MAX_ADDRESS)), None);
    }

    #[test]
    fn endless_values_are_found_in_every_form() {
        let long = "x/".repeat(MAX_ADDRESS);
        for html in [
            format!("<a href=\"{long}\">"),
            format!("<a href = '{long}'>"),
            format!("<a href={long}>"),
            format!("<a href=\"{long}"),
        ] {
            assert!(has_endless_value(&html));
        }
        for html in [
            format!("<p title=\"a\">{long}"),
            format!("<img src=\"data:image/png;base64,{long}\">"),
            format!("<p>a = {long}"),
        ] {
            assert!(!has_endless_value(&html), "{}", html.get(..40).unwrap());
        }
    }
}
