//! One request and its answer, in turn.

use super::address::AddressRules;
use super::body::{self, BodyError, ENCODINGS, Limits};
use super::book::{Book, NoAddress};
use super::clock::Clock;
use super::config::FetchConfig;
use super::debts::Debts;
use super::error::FetchError;
use super::host::{Host, LONGEST_GAP, Site, Went, gap_after, host_name, site_name};
use super::register::Register;
use super::resolver::{Forbidden, Guard, Resolver};
use super::{Validators, bot_wall, retry_after};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, StatusCode};
use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tocsin_core::Timestamp;
use tokio::time::{Instant, timeout};
use tracing::{Instrument, Span, field};
use url::Url;

const ACCEPT: &str = "text/html, application/xhtml+xml, application/atom+xml, \
                      application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8";

/// The words of a refusal are waited for so long.
const REFUSAL: Duration = Duration::from_secs(5);

/// The HTTP client with the rules that hold for every request, those for a robots.txt included.
pub(super) struct Wire {
    client: Client,
    sites: Register<Site>,
    /// Many sites may live at one address: its machine, too, is asked one thing at a time.
    addresses: Register<Site>,
    hosts: Register<Host>,
    /// Milliseconds of the longest gap that a site got.
    longest_gap: AtomicU64,
    /// Whether we owe something that nobody was told of yet.
    owes_more: AtomicBool,
    book: Arc<Book>,
    clock: Arc<dyn Clock>,
    host_gap: Duration,
    connect_timeout: Duration,
    total_timeout: Duration,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask<'a> {
    pub(super) url: &'a Url,
    pub(super) validators: &'a Validators,
    pub(super) limits: Limits,
    /// Between the host's last request and this one.
    pub(super) gap: Duration,
    /// Whether it is for a robots.txt: hosts give that to those whom they refuse all else.
    pub(super) for_robots: bool,
}

/// What came back.
#[derive(Debug)]
pub(super) enum Reply {
    Document {
        content_type: Option<String>,
        validators: Validators,
        max_age_s: Option<u64>,
        body: Vec<u8>,
    },
    NotModified,
    Redirect {
        location: String,
        permanent: bool,
    },
}

impl Wire {
    /// # Errors
    /// [`FetchError::BadConfig`].
    pub(super) fn new(
        config: &FetchConfig,
        resolver: Arc<dyn Resolver>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, FetchError> {
        let rules =
            AddressRules::new(&config.allow_private).map_err(|error| FetchError::BadConfig {
                key: "allow_private",
                why: error.to_string(),
            })?;
        let book = Arc::new(Book::new(resolver, rules));
        Ok(Self {
            client: client(config, Guard(Arc::clone(&book)))?,
            sites: Register::default(),
            addresses: Register::default(),
            hosts: Register::default(),
            longest_gap: AtomicU64::new(0),
            owes_more: AtomicBool::new(false),
            book,
            clock,
            host_gap: config.host_gap(),
            connect_timeout: config.connect_timeout(),
            total_timeout: config.total_timeout(),
        })
    }

    /// The present moment.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Waits for the site's turn and for that of its address, then asks. What the answer takes is taken off `left`.
    pub(super) async fn ask(&self, ask: Ask<'_>, left: &mut Duration) -> Result<Reply, FetchError> {
        let site = self.sites.entry(&site_name(ask.url));
        let host = self.hosts.entry(&host_name(ask.url));
        self.check_pause(&host, ask.url)?;
        let address = self.address(ask.url).await?;
        let gap = ask.gap.max(site.least_gap());
        // Always in this order, so that nobody waits in a circle.
        let mut turn = site.turn(|took| gap_after(took, gap)).await;
        let _other = address.turn(|_| self.host_gap).await;
        turn.begin();
        // Once more: while we waited for our turn, another request may have been told to wait.
        self.check_pause(&host, ask.url)?;
        self.owe_gap(gap);
        let start = Instant::now();
        let reply = timeout(*left, self.send(ask, &host)).await;
        let took = start.elapsed();
        *left = left.saturating_sub(took);
        self.owe_gap(gap_after(took, gap));
        let reply = reply.unwrap_or_else(|_| {
            Err(FetchError::Timeout {
                host: host_name(ask.url),
                seconds: self.total_timeout.as_secs(),
            })
        });
        let went = match &reply {
            Ok(Reply::Redirect { .. }) => Went::Elsewhere,
            Ok(_) if ask.for_robots => Went::Elsewhere,
            Ok(_) => Went::Well,
            Err(error) if error.is_hosts_fault() => Went::HostsFault,
            Err(_) => Went::PagesFault,
        };
        if went == Went::Well && host.own_pauses(self.now()).is_some() {
            self.owes_more.store(true, Ordering::Release);
        }
        host.went(went, &host_name(ask.url), self.now());
        reply
    }

    /// Remembers that some site gets such a gap.
    pub(super) fn owe_gap(&self, gap: Duration) {
        let gap = millis(gap);
        if self.longest_gap.fetch_max(gap, Ordering::Relaxed) < gap {
            self.owes_more.store(true, Ordering::Release);
        }
    }

    /// The longest gap that any host got.
    pub(super) fn longest_gap(&self) -> Duration {
        Duration::from_millis(self.longest_gap.load(Ordering::Relaxed))
    }

    /// What we owe to hosts, where that became more since the last time.
    pub(super) fn new_debts(&self) -> Option<Debts> {
        let owes_more = self.owes_more.swap(false, Ordering::AcqRel);
        owes_more.then(|| self.debts())
    }

    pub(super) fn debts(&self) -> Debts {
        let now = self.now();
        let hosts = self.hosts.all();
        let pauses = hosts.iter().filter_map(|(name, host)| {
            let until = host.paused_until(now)?;
            Some((name.clone(), until))
        });
        let times = hosts
            .iter()
            .filter_map(|(name, host)| Some((name.clone(), host.own_pauses(now)?)));
        Debts {
            gap_ms: millis(self.longest_gap()),
            pauses: pauses.collect(),
            times: times.collect(),
        }
    }

    /// Takes over what an earlier process owed.
    pub(super) fn take_over(&self, debts: &Debts) {
        let gap = Duration::from_millis(debts.gap_ms).min(LONGEST_GAP);
        self.longest_gap.fetch_max(millis(gap), Ordering::Relaxed);
        let now = self.now();
        let longest = retry_after::longest(now);
        for (name, times) in &debts.times {
            self.hosts.entry(name).had_own_pauses(*times);
        }
        let lasting = debts.pauses.iter().filter(|(_, until)| **until > now);
        for (name, until) in lasting {
            if *until > longest {
                // Written under a wrong clock: to be written anew, or it would begin again with each process.
                self.owes_more.store(true, Ordering::Release);
            }
            self.hosts
                .entry(name)
                .still_paused_until((*until).min(longest));
        }
    }

    /// The site of an address gets this gap at least.
    pub(super) fn slow_down(&self, url: &Url, gap: Duration) {
        self.sites.entry(&site_name(url)).slow_down(gap);
    }

    /// The turns of the address where a host lives.
    async fn address(&self, url: &Url) -> Result<Arc<Site>, FetchError> {
        let address = self.ip(url).await?;
        Ok(self.addresses.entry(&address.to_string()))
    }

    /// The address where a host lives.
    pub(super) async fn ip(&self, url: &Url) -> Result<IpAddr, FetchError> {
        let found = match timeout(self.connect_timeout, self.book.address(url)).await {
            Ok(found) => found,
            Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
        };
        match found {
            Ok(address) => Ok(address),
            Err(NoAddress::Forbidden(Forbidden(address))) => Err(FetchError::PrivateAddress {
                host: host_name(url),
                address,
            }),
            Err(NoAddress::Unknown(_)) => Err(FetchError::Dns {
                host: host_name(url),
            }),
        }
    }

    fn check_pause(&self, host: &Host, url: &Url) -> Result<(), FetchError> {
        if let Some(until) = host.rests_until(self.now()) {
            return Err(FetchError::Resting {
                host: host_name(url),
                until,
            });
        }
        match host.paused_until(self.now()) {
            Some(until) => Err(FetchError::RetryLater {
                host: host_name(url),
                until,
                said: None,
            }),
            None => Ok(()),
        }
    }

    async fn send(&self, ask: Ask<'_>, host: &Host) -> Result<Reply, FetchError> {
        let span = tracing::debug_span!(
            "request",
            host = host_name(ask.url),
            status = field::Empty,
            bytes = field::Empty,
            elapsed_ms = field::Empty
        );
        let start = Instant::now();
        let reply = self.answer(ask, host, &span).instrument(span.clone()).await;
        span.record("elapsed_ms", millis(start.elapsed()));
        span.in_scope(|| tracing::debug!(answered = reply.is_ok(), "asked"));
        reply
    }

    async fn answer(&self, ask: Ask<'_>, host: &Host, span: &Span) -> Result<Reply, FetchError> {
        let request = self.client.get(ask.url.clone());
        let response = request
            .headers(conditions(ask.validators))
            .send()
            .await
            .map_err(|error| self.transport_error(ask.url, &error))?;
        let status = response.status();
        span.record("status", status.as_u16());
        if let Some(location) = redirect_target(&response) {
            return Ok(Reply::Redirect {
                location,
                permanent: matches!(status.as_u16(), 301 | 308),
            });
        }
        if status == StatusCode::NOT_MODIFIED && *ask.validators != Validators::default() {
            return Ok(Reply::NotModified);
        }
        if !status.is_success() {
            return Err(self.refusal(ask, host, response).await);
        }
        let reply = document(ask, response).await;
        if let Ok(Reply::Document { body, .. }) = &reply {
            span.record("bytes", body.len());
        }
        reply
    }

    async fn refusal(&self, ask: Ask<'_>, host: &Host, response: Response) -> FetchError {
        let (url, code) = (ask.url, response.status().as_u16());
        let header = text_header(&response, &header::RETRY_AFTER);
        let unsaid = || host.own_pause_s(&host_name(url), self.now());
        let pause = retry_after::pause_end(code, header.as_deref(), unsaid, self.now());
        // Before anything else is read: it holds however that goes.
        if let Some(until) = pause {
            host.pause_until(until);
            self.owes_more.store(true, Ordering::Release);
        }
        let host = host_name(url);
        if matches!(code, 403 | 429 | 503) && shows_a_test(ask, response).await {
            return FetchError::BotWall {
                host,
                code,
                until: pause,
            };
        }
        match pause {
            Some(until) => FetchError::RetryLater {
                host,
                until,
                said: Some(code),
            },
            None => FetchError::Status { host, code },
        }
    }

    fn transport_error(&self, url: &Url, error: &reqwest::Error) -> FetchError {
        let host = host_name(url);
        if let Some(forbidden) = cause::<Forbidden>(error) {
            let address = forbidden.0;
            return FetchError::PrivateAddress { host, address };
        }
        if error.is_dns() {
            return FetchError::Dns { host };
        }
        if let Some(tls) = cause::<rustls::Error>(error) {
            let why = tls.to_string();
            return FetchError::Tls { host, why };
        }
        if error.is_connect() && error.is_timeout() {
            let why = format!("no answer within {} s", self.connect_timeout.as_secs());
            return FetchError::Connect { host, why };
        }
        let why = root_cause(error);
        if error.is_connect() {
            return FetchError::Connect { host, why };
        }
        FetchError::Body { host, why }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn client(config: &FetchConfig, guard: Guard) -> Result<Client, FetchError> {
    let bad_agent = |why: String| FetchError::BadConfig {
        key: "user_agent",
        why,
    };
    let agent = HeaderValue::from_str(&config.agent_header())
        .map_err(|_| bad_agent("a header holds no line breaks or control characters".to_owned()))?;
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static(ACCEPT));
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(ENCODINGS));
    Client::builder()
        .user_agent(agent)
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(config.connect_timeout())
        .pool_max_idle_per_host(1)
        .referer(false)
        // A proxy would look names up itself, past the guard.
        .no_proxy()
        // Decompressed by `body`, which sees both sizes.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .dns_resolver(guard)
        .build()
        .map_err(|error| bad_agent(root_cause(&error)))
}

/// Validators that are no valid header are left out: the page is then read anew.
fn conditions(validators: &Validators) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (header::IF_NONE_MATCH, &validators.etag),
        (header::IF_MODIFIED_SINCE, &validators.last_modified),
    ] {
        if let Some(Ok(value)) = value.as_deref().map(HeaderValue::from_str) {
            headers.insert(name, value);
        }
    }
    headers
}

fn redirect_target(response: &Response) -> Option<String> {
    matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308)
        .then(|| text_header(response, &header::LOCATION))
        .flatten()
}

/// A header as text; servers write addresses in plain UTF-8, though they should not.
fn text_header(response: &Response, name: &HeaderName) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// A refusal that breaks off says no less than its headers did.
async fn shows_a_test(ask: Ask<'_>, response: Response) -> bool {
    let headers = response.headers().clone();
    let limits = Limits {
        bytes: bot_wall::BEGINNING,
        cut: true,
        ..ask.limits
    };
    let beginning = match timeout(REFUSAL, body::read(response, limits)).await {
        Ok(beginning) => beginning.unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    bot_wall::is_bot_wall(&headers, &beginning)
}

async fn document(ask: Ask<'_>, response: Response) -> Result<Reply, FetchError> {
    let content_type = text_header(&response, &header::CONTENT_TYPE);
    let validators = Validators {
        etag: text_header(&response, &header::ETAG),
        last_modified: text_header(&response, &header::LAST_MODIFIED),
    };
    let cache = text_header(&response, &header::CACHE_CONTROL);
    let max_age_s = cache.as_deref().and_then(max_age);
    let host = host_name(ask.url);
    let Limits { bytes, ratio, .. } = ask.limits;
    let body = body::read(response, ask.limits)
        .await
        .map_err(|error| match error {
            BodyError::TooLarge => FetchError::TooLarge { host, limit: bytes },
            BodyError::Bomb => FetchError::Bomb { host, ratio },
            BodyError::Broken(error) => FetchError::Body {
                host,
                why: root_cause(&error),
            },
        })?;
    Ok(Reply::Document {
        content_type,
        validators,
        max_age_s,
        body,
    })
}

/// Seconds of `Cache-Control: max-age`; none beside `no-cache` or `no-store`.
fn max_age(header: &str) -> Option<u64> {
    let directives = || {
        header
            .split(',')
            .map(|part| part.trim().to_ascii_lowercase())
    };
    if directives().any(|part| matches!(part.as_str(), "no-cache" | "no-store")) {
        return None;
    }
    directives().find_map(|part| {
        part.strip_prefix("max-age=")?
            .trim_matches('"')
            .parse()
            .ok()
    })
}

/// An error and what is behind it, outermost first.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| behind(*error))
}

/// An I/O error names as its source not the error that it wraps, but that one's source.
fn behind<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    causes(error).find_map(|error| error.downcast_ref::<E>())
}

/// The innermost cause in words: the outer ones only say which layer passed it on.
fn root_cause(error: &(dyn Error + 'static)) -> String {
    let Some(root) = causes(error).last() else {
        return error.to_string();
    };
    match root.downcast_ref::<io::Error>() {
        Some(io) => io.kind().to_string(),
        None => root.to_string(),
    }
}
