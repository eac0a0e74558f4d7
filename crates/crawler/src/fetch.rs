//! Reads a page as a good guest would.
//!
//! In: an address and the validators of the last answer. Out: the page, "not modified", or a typed
//! failure. Every request, redirects and robots.txt files included, waits for its host's turn, goes
//! to a permitted address only, and is read within bounds of time and size.
//!
//! Never: keeps a page, retries, reads more than its limit, asks what a robots.txt forbids. The
//! system's proxy settings are not used: a proxy would look names up past our address rules.

mod address;
mod body;
mod book;
mod bot_wall;
mod clock;
mod config;
mod debts;
mod error;
mod host;
mod manners;
mod register;
mod resolver;
mod retry_after;
mod trail;
mod wire;

pub use clock::{Clock, SystemClock};
pub use config::FetchConfig;
pub use debts::Debts;
pub use error::FetchError;
pub use resolver::{Resolver, Resolving, SystemResolver};

use crate::robots::{RobotsTxt, product_token};
use body::Limits;
pub use host::site_of;

use host::{LONGEST_GAP, host_name};
use manners::{Asking, Manners};
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tocsin_core::Page;
use trail::{Trail, web_address};
use url::Url;
use wire::{Ask, Reply, Wire};

/// What an answer is known by, to ask later whether it changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// Its `ETag` header.
    pub etag: Option<String>,
    /// Its `Last-Modified` header.
    pub last_modified: Option<String>,
}

/// What [`Fetcher::get`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The page.
    Page {
        /// What was read.
        page: Page,
        /// What to ask with next time.
        validators: Validators,
        /// Where the page lives now, if every redirect to it is permanent.
        moved_to: Option<String>,
        /// Seconds for which the answer is fresh, by its `Cache-Control: max-age`.
        max_age_s: Option<u64>,
    },
    /// Nothing changed since the answer with the given validators.
    NotModified,
}

/// What becomes of an answer that is longer than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TooLong {
    Refuse,
    Cut,
}

/// Reads pages; one for a process, so that turns and pauses hold for all who ask.
pub struct Fetcher {
    wire: Wire,
    manners: Manners,
    clock: Arc<dyn Clock>,
    config: FetchConfig,
    /// The name that robots.txt files know us by.
    token: String,
    /// Held while debts are handed on, so that none goes out after a later one.
    handing_on: Mutex<()>,
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl Fetcher {
    /// Makes a fetcher of its settings, a way to look names up, and a clock.
    ///
    /// # Errors
    /// [`FetchError::BadConfig`].
    pub fn new(
        config: FetchConfig,
        resolver: Arc<dyn Resolver>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, FetchError> {
        Ok(Self {
            wire: Wire::new(&config, resolver, Arc::clone(&clock))?,
            manners: Manners::default(),
            clock,
            token: product_token(&config.agent_header()),
            handing_on: Mutex::default(),
            config,
        })
    }

    /// Reads a page, following redirects, if it changed since the answer that the validators are of.
    ///
    /// Waits as long as politeness asks: for the host's turn, then for its gap.
    ///
    /// # Errors
    /// Every other way in which it can end; see [`FetchError`].
    pub async fn get(&self, url: &str, validators: &Validators) -> Result<Answer, FetchError> {
        self.read(url, validators, TooLong::Refuse).await
    }

    /// Reads a list of articles: a feed, a sitemap, a page of links. Of one that is longer than the limit
    /// the beginning is read, see [`Fetcher::is_cut`].
    ///
    /// # Errors
    /// As [`Fetcher::get`].
    pub async fn get_list(&self, url: &str, validators: &Validators) -> Result<Answer, FetchError> {
        self.read(url, validators, TooLong::Cut).await
    }

    /// Reads what a site's robots.txt asks for, if that is not known, so that it can be kept what will be owed
    /// before anything else is asked: the process may be killed while it waits. What is wrong is told by the request.
    pub async fn prepare(&self, url: &str) {
        if let Ok(url) = web_address(url)
            && let Ok(robots) = self.rules(&url).await
        {
            self.wire.owe_gap(self.gap(&robots));
        }
    }

    /// The pause between two requests to one host, at least.
    pub fn host_gap(&self) -> Duration {
        self.config.host_gap()
    }

    /// Takes over what an earlier process owed to hosts: pauses that still last, and its longest gap, which is the
    /// caller's to wait.
    pub fn take_over(&self, debts: &Debts) {
        self.wire.take_over(debts);
    }

    /// Hands on what we owe to hosts, to be kept for the next process, where it became more since the last time.
    ///
    /// # Errors
    /// Those of `keep`; it is then handed on again the next time that there is more.
    pub fn hand_on<E>(&self, keep: impl FnOnce(&Debts) -> Result<(), E>) -> Result<(), E> {
        let _one = self
            .handing_on
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match self.wire.new_debts() {
            Some(debts) => keep(&debts),
            None => Ok(()),
        }
    }

    /// The site of this address gets such a gap at least, up to half a minute: somebody wishes it to be asked more slowly
    /// than the rules want.
    pub fn slow_down(&self, url: &str, gap: Duration) {
        if let Ok(url) = web_address(url) {
            self.wire.slow_down(&url, gap);
        }
    }

    /// The address where the host of a page lives; `None` where none is known, or none may be asked.
    pub async fn address(&self, url: &str) -> Option<IpAddr> {
        self.wire.ip(&web_address(url).ok()?).await.ok()
    }

    /// What we owe to hosts.
    pub fn debts(&self) -> Debts {
        self.wire.debts()
    }

    /// The longest gap that any host got, here or, taken over, in an earlier process; at least the usual one.
    pub fn longest_gap(&self) -> Duration {
        self.config.host_gap().max(self.wire.longest_gap())
    }

    /// Whether a page that [`Fetcher::get_list`] gave is only the beginning of one.
    pub fn is_cut(&self, page: &Page) -> bool {
        page.body.len() >= self.config.max_bytes
    }

    /// What a site's robots.txt says; asked for once a day.
    ///
    /// # Errors
    /// Where it may be there and cannot be read, or the host cannot be reached.
    pub async fn robots(&self, url: &str) -> Result<Arc<RobotsTxt>, FetchError> {
        self.rules(&web_address(url)?).await
    }

    async fn rules(&self, url: &Url) -> Result<Arc<RobotsTxt>, FetchError> {
        let asking = Asking {
            gap: self.config.host_gap(),
            timeout: self.config.total_timeout(),
            ratio: self.config.max_compression_ratio,
        };
        self.manners.rules(&self.wire, url, asking).await
    }

    async fn read(
        &self,
        url: &str,
        validators: &Validators,
        too_long: TooLong,
    ) -> Result<Answer, FetchError> {
        let mut trail = Trail::from(web_address(url)?, self.config.max_redirects);
        let mut left = self.config.total_timeout();
        loop {
            let reply = self.hop(&trail, validators, too_long, &mut left).await?;
            match reply {
                Reply::NotModified => return Ok(Answer::NotModified),
                Reply::Redirect {
                    location,
                    permanent,
                } => trail.follow(&location, permanent)?,
                Reply::Document {
                    content_type,
                    validators,
                    max_age_s,
                    body,
                } => {
                    return Ok(Answer::Page {
                        page: Page {
                            url: url.to_owned(),
                            final_url: trail.destination(),
                            content_type,
                            body,
                            fetched_at: self.clock.now(),
                        },
                        validators,
                        moved_to: trail.moved_to(),
                        max_age_s,
                    });
                }
            }
        }
    }

    /// Asks for the address where the trail has arrived, if its robots.txt lets us.
    async fn hop(
        &self,
        trail: &Trail,
        validators: &Validators,
        too_long: TooLong,
        left: &mut Duration,
    ) -> Result<Reply, FetchError> {
        let url = trail.here();
        let robots = self.rules(url).await?;
        if !robots.allowed(&self.token, url.as_str()) {
            let host = host_name(url);
            return Err(FetchError::RobotsForbid { host });
        }
        let ask = Ask {
            url,
            validators,
            limits: Limits {
                bytes: self.config.max_bytes,
                ratio: self.config.max_compression_ratio,
                cut: too_long == TooLong::Cut,
            },
            gap: self.gap(&robots),
            for_robots: false,
        };
        self.wire.ask(ask, left).await
    }

    fn gap(&self, robots: &RobotsTxt) -> Duration {
        let asked = robots.crawl_delay(&self.token).unwrap_or_default();
        self.config.host_gap().max(asked.min(LONGEST_GAP))
    }
}
