//! Which robots.txt holds for an address, read once and remembered.

use super::Validators;
use super::body::Limits;
use super::error::FetchError;
use super::host::host_name;
use super::register::{Register, Remembered};
use super::trail::Trail;
use super::wire::{Ask, Reply, Wire};
use crate::robots::RobotsTxt;
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::Duration;
use tocsin_core::Timestamp;
use url::Url;

/// RFC 9309, 2.4: a copy is not used for longer than a day.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How long a robots.txt that could not be read is not asked for again.
const BAD_FOR: SignedDuration = SignedDuration::from_mins(10);
/// The same where no host could be reached: the network may be back in a moment.
const UNREACHED_FOR: SignedDuration = SignedDuration::from_mins(1);
/// RFC 9309, 2.3.1.2: five redirects are followed.
const MAX_REDIRECTS: usize = 5;
/// RFC 9309, 2.5: so much of it is read.
const MAX_BYTES: usize = 500 * 1024;

/// What is known of the robots.txt files of the origins that we asked.
#[derive(Debug, Default)]
pub(super) struct Manners {
    origins: Register<Origin>,
}

#[derive(Debug, Default)]
struct Origin {
    /// Locked while the file is read: it is read once, however many pages wait for it.
    known: tokio::sync::Mutex<Option<Known>>,
}

impl Remembered for Origin {
    fn is_idle(&self) -> bool {
        true
    }
}

#[derive(Debug)]
struct Known {
    verdict: Result<Arc<RobotsTxt>, FetchError>,
    until: Timestamp,
}

impl Manners {
    /// The rules for an address, from memory or from its site.
    ///
    /// # Errors
    /// Where the site cannot be reached, or its robots.txt cannot be read though it may exist.
    pub(super) async fn rules(
        &self,
        wire: &Wire,
        url: &Url,
        asking: Asking,
    ) -> Result<Arc<RobotsTxt>, FetchError> {
        let origin = self.origins.entry(&url.origin().ascii_serialization());
        let mut known = origin.known.lock().await;
        match &*known {
            Some(known) if wire.now() < known.until => known.verdict.clone(),
            _ => {
                let verdict = read(wire, url, asking).await;
                *known = remember(&verdict, wire.now());
                verdict
            }
        }
    }
}

/// How a robots.txt is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asking {
    pub(super) gap: Duration,
    pub(super) timeout: Duration,
    pub(super) ratio: u32,
}

/// A pause is remembered with the host, and so not here.
fn remember(verdict: &Result<Arc<RobotsTxt>, FetchError>, now: Timestamp) -> Option<Known> {
    let time = match verdict {
        Ok(_) => GOOD_FOR,
        Err(
            FetchError::RetryLater { .. } | FetchError::BotWall { .. } | FetchError::Resting { .. },
        ) => return None,
        Err(error) if error.is_unreachable() => UNREACHED_FOR,
        Err(_) => BAD_FOR,
    };
    Some(Known {
        verdict: verdict.clone(),
        until: now.checked_add(time).ok()?,
    })
}

async fn read(wire: &Wire, url: &Url, asking: Asking) -> Result<Arc<RobotsTxt>, FetchError> {
    let host = host_name(url);
    match follow(wire, url, asking).await {
        Ok(body) => Ok(Arc::new(RobotsTxt::parse(&body))),
        // RFC 9309, 2.3.1.3: a file that is not there forbids nothing.
        Err(FetchError::Status {
            code: 400..=499, ..
        })
        | Err(FetchError::BotWall { until: None, .. })
        | Err(FetchError::TooManyRedirects { .. }) => Ok(Arc::default()),
        // The page itself would fail in the same way.
        Err(
            error @ (FetchError::Dns { .. }
            | FetchError::Connect { .. }
            | FetchError::Tls { .. }
            | FetchError::PrivateAddress { .. }
            | FetchError::RetryLater { .. }
            | FetchError::BotWall { .. }
            | FetchError::Resting { .. }),
        ) => Err(error),
        // 2.3.1.4: a file that may be there and cannot be read forbids everything.
        Err(error) => Err(FetchError::RobotsUnreachable {
            host,
            why: error.to_string(),
        }),
    }
}

async fn follow(wire: &Wire, url: &Url, asking: Asking) -> Result<Vec<u8>, FetchError> {
    let start = url
        .join("/robots.txt")
        .map_err(|error| FetchError::BadUrl {
            why: error.to_string(),
        })?;
    let mut trail = Trail::from(start, MAX_REDIRECTS);
    let mut left = asking.timeout;
    loop {
        let ask = Ask {
            url: trail.here(),
            validators: &Validators::default(),
            limits: Limits {
                bytes: MAX_BYTES,
                ratio: asking.ratio,
                cut: true,
            },
            gap: asking.gap,
            for_robots: true,
        };
        match wire.ask(ask, &mut left).await? {
            Reply::Document { body, .. } => return Ok(body),
            Reply::Redirect {
                location,
                permanent,
            } => trail.follow(&location, permanent)?,
            // Only answered where a condition was sent, and none was.
            Reply::NotModified => return Ok(Vec::new()),
        }
    }
}
