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

/// What the host of a twin begins with.
const TWIN_HOSTS: [&str; 4] = ["www.", "m.", "mobile.", "amp."];
/// Path and query of a twin made for phones.
const TWIN_PATHS: [&str; 4] = ["/amp/", "/amp", "/index.html", "/index.php"];
const TWIN_QUERIES: [&str; 5] = ["amp", "amp=1", "amp=true", "outputType=amp", "view=amp"];

/// The address that all twins of a page share: http and https, with and without `www`, for phones and AMP, with and
/// without a slash at the end. It is a key to compare by, and need not lead anywhere. `address` is in
/// canonical form.
pub fn twin_url(address: &str) -> String {
    let Ok(mut url) = Url::parse(address) else {
        return address.to_owned();
    };
    // Fails for no web address.
    let _ = url.set_scheme("https");
    let host = url.host_str().unwrap_or_default();
    let bare = TWIN_HOSTS.iter().find_map(|start| host.strip_prefix(start));
    if let Some(bare) = bare.filter(|bare| bare.contains('.')).map(str::to_owned) {
        let _ = url.set_host(Some(&bare));
    }
    let path = url.path().to_owned();
    let path = path
        .strip_prefix("/amp/")
        .map_or(path.clone(), |rest| format!("/{rest}"));
    let bare = TWIN_PATHS.iter().find_map(|end| path.strip_suffix(end));
    let path = bare.unwrap_or(&path).trim_end_matches('/');
    url.set_path(if path.is_empty() { "/" } else { path });
    if let Some(query) = url.query() {
        let kept: Vec<&str> = query
            .split('&')
            .filter(|pair| !TWIN_QUERIES.contains(pair))
            .collect();
        let kept = kept.join("&");
        url.set_query((!kept.is_empty()).then_some(kept.as_str()));
    }
    url.into()
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
    fn twins_share_an_address_and_others_do_not() {
        for twin in [
            "http://www.news.example/a/b",
            "https://news.example/a/b/",
            "https://m.news.example/a/b",
            "https://amp.news.example/a/b",
            "https://www.news.example/amp/a/b",
            "https://www.news.example/a/b/amp/",
            "https://www.news.example/a/b?amp=1",
            "https://www.news.example/a/b/index.html",
        ] {
            assert_eq!(twin_url(twin), "https://news.example/a/b", "{twin}");
        }
        for (address, other) in [
            ("https://news.example/a?id=1", "https://news.example/a?id=2"),
            ("https://news.example/a", "https://sport.news.example/a"),
            ("https://news.example/camp", "https://news.example/c"),
            ("https://m.example/a", "https://example/a"),
        ] {
            assert_ne!(twin_url(address), twin_url(other));
        }
        assert_eq!(
            twin_url("http://www.news.example/"),
            "https://news.example/"
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
