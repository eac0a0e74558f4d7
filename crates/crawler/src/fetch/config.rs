//! The `[fetch]` table of `tocsin.toml`.

use super::address::AddressRules;
use serde::{Deserialize, Deserializer, de::Error};
use std::time::Duration;

/// How pages are fetched. The rules of politeness can be made stricter here, not switched off.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FetchConfig {
    /// The whole `User-Agent` header, in the place of `tocsin/<version> (+<contact>)`. Its product
    /// token is the name that robots.txt files know us by.
    pub user_agent: Option<String>,
    /// A page or mail address, by which site owners can reach whoever runs this.
    pub contact: Option<String>,
    /// Longest body in bytes, after decompression.
    pub max_bytes: usize,
    /// Bytes that one compressed byte may become; a body over 1 MiB that exceeds it is refused.
    pub max_compression_ratio: u32,
    /// Redirects that are followed for one page.
    pub max_redirects: usize,
    /// Seconds until a connection has to stand.
    pub connect_timeout_s: u64,
    /// Seconds until a page has to be read, redirects included, waiting for our turn not.
    pub total_timeout_s: u64,
    /// Milliseconds between two requests to one host, and more where its robots.txt asks for more.
    pub host_gap_ms: u64,
    /// Ranges of addresses such as `10.0.0.0/8` that are asked though they are not on the public
    /// internet.
    #[serde(deserialize_with = "ranges")]
    pub allow_private: Vec<String>,
}

impl Default for FetchConfig {
    fn default() -> Self {
        Self {
            user_agent: None,
            contact: None,
            max_bytes: 10 * 1024 * 1024,
            max_compression_ratio: 200,
            max_redirects: 10,
            connect_timeout_s: 10,
            total_timeout_s: 60,
            host_gap_ms: 2_000,
            allow_private: Vec::new(),
        }
    }
}

impl FetchConfig {
    /// The `User-Agent` header that is sent.
    pub fn agent_header(&self) -> String {
        match (&self.user_agent, &self.contact) {
            (Some(agent), _) => agent.clone(),
            (None, Some(contact)) => format!("tocsin/{} (+{contact})", env!("CARGO_PKG_VERSION")),
            (None, None) => format!("tocsin/{}", env!("CARGO_PKG_VERSION")),
        }
    }

    pub(super) fn connect_timeout(&self) -> Duration {
        Duration::from_secs(self.connect_timeout_s)
    }

    pub(super) fn total_timeout(&self) -> Duration {
        Duration::from_secs(self.total_timeout_s)
    }

    pub(super) fn host_gap(&self) -> Duration {
        Duration::from_millis(self.host_gap_ms)
    }
}

/// Checked here, so that a mistake is told with its line in the file.
fn ranges<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let ranges = Vec::<String>::deserialize(deserializer)?;
    AddressRules::new(&ranges).map_err(D::Error::custom)?;
    Ok(ranges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_table_is_the_default() {
        let config: FetchConfig = toml::from_str("").unwrap();
        assert_eq!(config, FetchConfig::default());
    }

    #[test]
    fn a_mistake_is_told() {
        for (text, told) in [
            ("host_gap = 1", "host_gap_ms"),
            ("allow_private = [\"all\"]", "`all` is no range"),
            ("max_bytes = -1", "-1"),
        ] {
            let error = toml::from_str::<FetchConfig>(text).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn the_agent_names_a_contact() {
        let config = FetchConfig {
            contact: Some("mailto:desk@ledger.example".to_owned()),
            ..FetchConfig::default()
        };
        let header = config.agent_header();
        assert!(header.starts_with("tocsin/"), "{header}");
        assert!(
            header.ends_with("(+mailto:desk@ledger.example)"),
            "{header}"
        );
    }
}
