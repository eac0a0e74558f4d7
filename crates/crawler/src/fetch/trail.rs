//! The way that redirects lead from one address to another.

use super::error::FetchError;
use super::host::host_name;
use url::Url;

/// Where we are, and where we were before.
#[derive(Debug)]
pub(super) struct Trail {
    here: Url,
    passed: Vec<Url>,
    limit: usize,
    permanent: bool,
}

/// Reads an address that may be asked for.
pub(super) fn web_address(text: &str) -> Result<Url, FetchError> {
    let bad = |why: &str| FetchError::BadUrl {
        why: why.to_owned(),
    };
    let url = Url::parse(text.trim()).map_err(|error| bad(&error.to_string()))?;
    web_only(url)
}

fn web_only(mut url: Url) -> Result<Url, FetchError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(FetchError::BadUrl {
            why: format!("it begins with `{}:`", url.scheme()),
        });
    }
    url.set_fragment(None);
    Ok(url)
}

impl Trail {
    /// Begins at an address; at most `limit` redirects are followed.
    pub(super) fn from(here: Url, limit: usize) -> Self {
        Self {
            here,
            passed: Vec::new(),
            limit,
            permanent: true,
        }
    }

    /// The address to ask next.
    pub(super) fn here(&self) -> &Url {
        &self.here
    }

    /// Follows a redirect to what its `Location` header says.
    ///
    /// # Errors
    /// Too many, or in a circle; from https to http; to what is no web address.
    pub(super) fn follow(&mut self, location: &str, permanent: bool) -> Result<(), FetchError> {
        let host = host_name(&self.here);
        let next = self.here.join(location.trim());
        let next = web_only(next.map_err(|error| FetchError::BadUrl {
            why: format!("{host} redirects to what is none ({error})"),
        })?)?;
        if self.here.scheme() == "https" && next.scheme() == "http" {
            return Err(FetchError::Downgrade { host });
        }
        self.passed.push(std::mem::replace(&mut self.here, next));
        self.permanent &= permanent;
        if self.passed.len() > self.limit || self.passed.contains(&self.here) {
            let limit = self.limit;
            return Err(FetchError::TooManyRedirects { host, limit });
        }
        Ok(())
    }

    /// The address reached, without user and password.
    pub(super) fn destination(&self) -> String {
        let mut url = self.here.clone();
        // Both fail only for addresses without a host, and a web address has one.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.into()
    }

    /// The address reached, if every redirect to it is for good.
    pub(super) fn moved_to(&self) -> Option<String> {
        (self.permanent && !self.passed.is_empty()).then(|| self.destination())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trail(start: &str) -> Trail {
        Trail::from(web_address(start).unwrap(), 2)
    }

    #[test]
    fn only_redirects_that_are_all_permanent_move_a_page() {
        let mut way = trail("http://ledger.example/a");
        assert_eq!(way.moved_to(), None);
        way.follow("/b", true).unwrap();
        assert_eq!(way.moved_to().as_deref(), Some("http://ledger.example/b"));
        way.follow("https://www.ledger.example/b#top", false)
            .unwrap();
        assert_eq!(way.moved_to(), None);
        assert_eq!(way.destination(), "https://www.ledger.example/b");
    }

    #[test]
    fn circles_and_long_ways_end() {
        let mut way = trail("http://ledger.example/a");
        way.follow("/b", true).unwrap();
        let circle = way.follow("/a", true).unwrap_err();
        assert!(matches!(
            circle,
            FetchError::TooManyRedirects { limit: 2, .. }
        ));
        let mut way = trail("http://ledger.example/1");
        way.follow("2", false).unwrap();
        way.follow("3", false).unwrap();
        assert!(way.follow("4", false).is_err());
    }

    #[test]
    fn a_redirect_stays_on_the_web_and_secure() {
        let mut way = trail("https://ledger.example/a");
        assert!(matches!(
            way.follow("http://ledger.example/a", true),
            Err(FetchError::Downgrade { .. })
        ));
        assert!(matches!(
            way.follow("file:///etc/passwd", true),
            Err(FetchError::BadUrl { .. })
        ));
        assert!(matches!(
            way.follow("https://:1", true),
            Err(FetchError::BadUrl { .. })
        ));
    }

    #[test]
    fn a_password_does_not_travel_on() {
        let mut way = trail("http://desk:secret@ledger.example/a");
        way.follow("b", true).unwrap();
        assert_eq!(way.moved_to().as_deref(), Some("http://ledger.example/b"));
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for bad in [
            "",
            "ledger.example",
            "mailto:a@ledger.example",
            "http://",
            "ftp://ledger.example/",
        ] {
            assert!(web_address(bad).is_err(), "{bad}");
        }
    }
}
