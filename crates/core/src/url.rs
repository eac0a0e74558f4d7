//! One address for one page: the canonical form under which a story is known.

use url::Url;

/// Query parameters that only say where a click came from. A trailing `*` matches any ending.
const TRACKING: &[&str] = &[
    "utm_*",
    "mc_*",
    "pk_*",
    "mtm_*",
    "hsa_*",
    "_hs*",
    "fbclid",
    "gclid",
    "dclid",
    "msclkid",
    "yclid",
    "twclid",
    "igshid",
    "igsh",
    "cmpid",
    "ncid",
    "ocid",
    "smid",
    "sref",
    "ref_src",
    "referrer",
    "spm",
    "xtor",
    "at_medium",
    "at_campaign",
    "ftag",
    "guccounter",
    "wt_mc",
    "s_cid",
    "cmp",
    "mkt_tok",
    "__twitter_impression",
];

/// Longest address in bytes: no server takes a longer one.
pub const MAX_ADDRESS: usize = 8 * 1024;

/// The canonical form of a web address: scheme and host in lower case, no user, no default port, no
/// fragment, no tracking parameters, the others in their order, no empty query.
///
/// Returns `None` for what is not an absolute `http` or `https` address.
pub fn canonical_url(address: &str) -> Option<String> {
    if address.len() > MAX_ADDRESS {
        return None;
    }
    let mut url = Url::parse(address.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return None;
    }
    url.set_fragment(None);
    // Both fail only for addresses without a host, which were refused above.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    strip_tracking(&mut url);
    Some(url.into())
}

/// The host of an address in lower case, without port; `None` where there is none.
pub fn host_of(address: &str) -> Option<String> {
    Some(Url::parse(address.trim()).ok()?.host_str()?.to_owned())
}

fn strip_tracking(url: &mut Url) {
    let Some(query) = url.query() else { return };
    // Works on the raw text: decoding and encoding again would change addresses that servers sign.
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_tracking(pair.split('=').next().unwrap_or(pair)))
        .collect();
    let kept = kept.join("&");
    url.set_query((!kept.is_empty()).then_some(kept.as_str()));
}

fn is_tracking(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TRACKING.iter().any(|t| match t.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == *t,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tracking_goes_and_the_rest_stays_in_order() {
        let canonical = |a: &str| canonical_url(a).unwrap_or_default();
        assert_eq!(
            canonical("HTTPS://User:pw@News.Example:443/A/?b=2&utm_medium=x&a=1&fbclid=9#part"),
            "https://news.example/A/?b=2&a=1"
        );
        assert_eq!(
            canonical("http://news.example?utm_source=x"),
            "http://news.example/"
        );
        assert_eq!(
            canonical("http://news.example/?p=a%2Fb"),
            "http://news.example/?p=a%2Fb"
        );
    }

    #[test]
    fn only_web_addresses_have_a_canonical_form() {
        for bad in [
            "",
            "news",
            "mailto:a@b.example",
            "javascript:alert(1)",
            "//x.example/a",
        ] {
            assert_eq!(canonical_url(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn canonical_form_is_a_fixed_point(s in "https?://[a-z]{1,8}\\.example/[ -~]{0,40}") {
            if let Some(once) = canonical_url(&s) {
                prop_assert_eq!(canonical_url(&once), Some(once.clone()));
            }
        }

        #[test]
        fn any_text_is_survived(s in ".{0,200}") {
            let _ = canonical_url(&s);
        }
    }
}
