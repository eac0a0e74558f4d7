//! Why a page was not read.

use std::net::IpAddr;
use tocsin_core::{Barrier, Timestamp};

/// Why a page was not read: one plain sentence each, without the address, its password or a dump.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The `[fetch]` table cannot be used.
    #[error("`fetch.{key}`: {why}")]
    BadConfig {
        /// The key.
        key: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// What was asked for is no web address.
    #[error("not an http or https address: {why}")]
    BadUrl {
        /// What is wrong with it.
        why: String,
    },
    /// The host's name has no address.
    #[error("no address is known for {host}")]
    Dns {
        /// The host.
        host: String,
    },
    /// No connection could be made.
    #[error("no connection to {host}: {why}")]
    Connect {
        /// The host.
        host: String,
        /// The cause.
        why: String,
    },
    /// No secure connection could be made.
    #[error("no secure connection to {host}: {why}")]
    Tls {
        /// The host.
        host: String,
        /// The cause.
        why: String,
    },
    /// The answer took too long.
    #[error("{host} did not answer in full within {seconds} s")]
    Timeout {
        /// The host.
        host: String,
        /// The time that it had.
        seconds: u64,
    },
    /// The answer is longer than allowed.
    #[error("the answer of {host} is longer than {limit} bytes")]
    TooLarge {
        /// The host.
        host: String,
        /// The limit in bytes, after decompression.
        limit: usize,
    },
    /// The answer grows out of proportion when it is decompressed.
    #[error("the answer of {host} grows more than {ratio} times when decompressed")]
    Bomb {
        /// The host.
        host: String,
        /// The most that one byte may become.
        ratio: u32,
    },
    /// The redirects do not end.
    #[error("{host} redirects in a circle or more than {limit} times")]
    TooManyRedirects {
        /// The host that redirected last.
        host: String,
        /// The most that are followed.
        limit: usize,
    },
    /// A redirect from a secure to an open connection.
    #[error("{host} redirects from https to http")]
    Downgrade {
        /// The host that redirects.
        host: String,
    },
    /// The host's address is not on the public internet.
    #[error("{host} has the address {address}, which is not on the public internet")]
    PrivateAddress {
        /// The host.
        host: String,
        /// Its address.
        address: IpAddr,
    },
    /// The site's robots.txt keeps us off the page.
    #[error("the robots.txt of {host} forbids this page")]
    RobotsForbid {
        /// The host.
        host: String,
    },
    /// The site's robots.txt could not be read, so nothing is asked for now.
    #[error("the robots.txt of {host} could not be read: {why}")]
    RobotsUnreachable {
        /// The host.
        host: String,
        /// The cause.
        why: String,
    },
    /// An answer that holds no page.
    #[error("{host} answered with status {code}")]
    Status {
        /// The host.
        host: String,
        /// The status code.
        code: u16,
    },
    /// The site wants to see that a person reads.
    #[error("{host} shows a test whether a person is reading (status {code})")]
    BotWall {
        /// The host.
        host: String,
        /// The status code.
        code: u16,
        /// Nothing is asked of the host before, where it asks for a pause, too.
        until: Option<Timestamp>,
    },
    /// The host asked to be left alone for a while.
    #[error("{host} asks to wait until {until}")]
    RetryLater {
        /// The host.
        host: String,
        /// Nothing is asked of it before.
        until: Timestamp,
        /// The status by which it says so; `None` where it said so before, and was not asked again.
        said: Option<u16>,
    },
    /// It failed again and again, and so is not asked for a while.
    #[error("{host} failed several times in a row and is left alone until {until}")]
    Resting {
        /// The host.
        host: String,
        /// Nothing is asked of it before.
        until: Timestamp,
    },
    /// The answer broke off or could not be decompressed.
    #[error("the answer of {host} is broken: {why}")]
    Body {
        /// The host.
        host: String,
        /// The cause.
        why: String,
    },
}

impl FetchError {
    /// What a person can do about it, where that is known.
    pub fn hint(&self) -> Option<&str> {
        Some(match self {
            Self::BadConfig { .. } => "correct the `[fetch]` table of tocsin.toml",
            Self::BadUrl { .. } => "write the whole address, beginning with https://",
            Self::Dns { .. } => "check the spelling of the host and your connection",
            Self::Connect { .. } => "check your connection; the site may be down",
            Self::Tls { .. } => "the site's certificate may be out of date; ask its owner",
            Self::TooLarge { .. } => "raise `fetch.max_bytes` if the page is worth it",
            Self::Bomb { .. } => "raise `fetch.max_compression_ratio` if you trust the site",
            Self::TooManyRedirects { .. } => "open the page in a browser and note where it ends",
            Self::Downgrade { .. } => "look for a secure address of the page",
            Self::PrivateAddress { .. } => {
                "if it is a server of yours, list its range in `fetch.allow_private`"
            }
            Self::RobotsForbid { .. } => "look for a feed of the site, or ask its owner",
            Self::BotWall { .. }
            | Self::Status {
                code: 401 | 402 | 403 | 407 | 451,
                ..
            } => "the site does not let us in; look for a feed, or ask its owner",
            Self::Status {
                code: 404 | 410, ..
            } => "the page has gone; see `tocsin sources discover` with the site's address",
            Self::Timeout { .. }
            | Self::RobotsUnreachable { .. }
            | Self::Status { .. }
            | Self::RetryLater { .. }
            | Self::Resting { .. }
            | Self::Body { .. } => return None,
        })
    }

    /// Whether no host could be reached at all: the network may be down.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Dns { .. } | Self::Connect { .. })
    }

    /// What of the site keeps us out, where it does not want us.
    pub fn barrier(&self) -> Option<Barrier> {
        match self {
            Self::RobotsForbid { .. } => Some(Barrier::Robots),
            Self::BotWall { .. } => Some(Barrier::BotWall),
            Self::Status { code, .. } => match code {
                403 => Some(Barrier::Refusal),
                401 | 407 => Some(Barrier::Login),
                402 | 451 => Some(Barrier::Terms),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether there is no such page (any more): status 404 or 410.
    pub fn is_gone(&self) -> bool {
        matches!(
            self,
            Self::Status {
                code: 404 | 410,
                ..
            }
        )
    }

    /// Whether it was said that the page does not come back: status 410.
    pub fn is_gone_for_good(&self) -> bool {
        matches!(self, Self::Status { code: 410, .. })
    }

    /// Whether the host itself does badly, whatever page is asked for: a page that fails with 500 may be alone in
    /// that.
    pub(super) fn is_hosts_fault(&self) -> bool {
        matches!(
            self,
            Self::Connect { .. } | Self::Tls { .. } | Self::Timeout { .. }
        )
    }

    /// Whether nothing was asked, since the host rests or has its pause.
    pub fn is_rest(&self) -> bool {
        matches!(
            self,
            Self::Resting { .. } | Self::RetryLater { said: None, .. }
        )
    }

    /// Whether the same page may well be had later: the network, the host or its load was in the way.
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Dns { .. }
                | Self::Connect { .. }
                | Self::Timeout { .. }
                | Self::RobotsUnreachable { .. }
                | Self::RetryLater { .. }
                | Self::Resting { .. }
                | Self::Body { .. }
                | Self::BotWall { until: Some(_), .. }
                | Self::Status {
                    code: 408 | 425 | 429 | 500..=599,
                    ..
                }
        )
    }

    /// Whether the host said just now that it is asked too often: status 429.
    pub fn is_too_often(&self) -> bool {
        matches!(
            self,
            Self::RetryLater {
                said: Some(429),
                ..
            }
        )
    }

    /// Until when the host asked to wait.
    pub fn retry_at(&self) -> Option<Timestamp> {
        match self {
            Self::RetryLater { until, .. } | Self::Resting { until, .. } => Some(*until),
            Self::BotWall { until, .. } => *until,
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(code: u16) -> FetchError {
        FetchError::Status {
            host: "ledger.example".to_owned(),
            code,
        }
    }

    #[test]
    fn statuses_are_told_apart() {
        for (code, barrier) in [
            (401, Barrier::Login),
            (402, Barrier::Terms),
            (403, Barrier::Refusal),
            (451, Barrier::Terms),
        ] {
            assert_eq!(status(code).barrier(), Some(barrier));
            assert!(!status(code).is_gone());
        }
        assert!(status(410).is_gone() && status(410).barrier().is_none());
        assert!(status(410).is_gone_for_good() && !status(404).is_gone_for_good());
        assert!(!status(500).is_gone() && status(500).barrier().is_none());
        assert!(status(502).is_temporary() && !status(404).is_temporary());
        assert_eq!(status(500).hint(), None);
        assert!(status(404).hint().is_some());
    }

    #[test]
    fn a_sentence_names_host_and_cause() {
        let error = FetchError::Connect {
            host: "ledger.example".to_owned(),
            why: "connection refused".to_owned(),
        };
        assert_eq!(
            error.to_string(),
            "no connection to ledger.example: connection refused"
        );
        assert!(error.is_unreachable());
    }
}
