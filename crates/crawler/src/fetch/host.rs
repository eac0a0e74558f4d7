//! One host's turns: one request at a time, a gap between two, a pause where it asks for one.

use super::debts::Unmeasured;
use super::register::Remembered;
use jiff::SignedDuration;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tocsin_core::{Timestamp, digest_hex};
use tokio::time::{Instant, sleep_until};
use url::Url;

/// A host that was idle for this long may be forgotten: no gap lasts longer.
const IDLE: Duration = Duration::from_secs(60);

/// A site that takes its time gets so many times that as a gap.
const SCALE: u32 = 2;
/// No longer gap comes from that, nor from what a site asks for, or a page of it would take hours.
pub(super) const LONGEST_GAP: Duration = Duration::from_secs(30);
/// Failures in a row from which on a host is left alone.
const PATIENCE: u32 = 4;
/// A pause or a rest that was met longer ago is forgotten: none lasts longer.
const FORGOTTEN: Duration = Duration::from_secs(24 * 3_600);
/// For so many seconds at first, twice as long after each failure more, and at most for an hour.
const FIRST_REST_S: i64 = 5 * 60;
const LONGEST_REST_S: i64 = 3_600;

/// The last request to a site.
#[derive(Debug, Clone, Copy)]
struct Last {
    ended: Instant,
    took: Duration,
}

/// The turns of a site, or of an address: one request at a time to all its hosts.
#[derive(Debug, Default)]
pub(super) struct Site {
    /// Its last request. Whoever holds the lock has the turn.
    last: tokio::sync::Mutex<Option<Last>>,
    /// Milliseconds of the least gap that somebody wishes for it.
    least: AtomicU64,
}

impl Site {
    /// It gets this gap at least, up to [`LONGEST_GAP`].
    pub(super) fn slow_down(&self, gap: Duration) {
        let gap = u64::try_from(gap.min(LONGEST_GAP).as_millis()).unwrap_or(u64::MAX);
        self.least.store(gap, Ordering::Relaxed);
    }

    /// The least gap that it gets.
    pub(super) fn least_gap(&self) -> Duration {
        Duration::from_millis(self.least.load(Ordering::Relaxed))
    }

    /// Waits for our turn, and then until a gap has passed since the last request's end, which may hang on how
    /// long that took.
    pub(super) async fn turn(&self, gap: impl Fn(Duration) -> Duration) -> Turn<'_> {
        let last = self.last.lock().await;
        if let Some(Last { ended, took }) = *last {
            sleep_until(ended + gap(took)).await;
        }
        Turn {
            last,
            begun: Instant::now(),
        }
    }
}

/// The gap after a request that took so long, where `gap` is the rule. Without one there is none for slow sites
/// either.
pub(super) fn gap_after(took: Duration, gap: Duration) -> Duration {
    match gap.is_zero() {
        true => Duration::ZERO,
        false => gap.max(took.saturating_mul(SCALE).min(LONGEST_GAP)),
    }
}

impl Remembered for Site {
    fn is_idle(&self) -> bool {
        let last = self.last.try_lock();
        let is_still = last.is_ok_and(|last| last.is_none_or(|last| last.ended.elapsed() > IDLE));
        is_still && self.least_gap().is_zero()
    }
}

/// What is remembered about a host.
#[derive(Debug, Default)]
pub(super) struct Host {
    pause: Mutex<Option<Timestamp>>,
    trouble: Mutex<Trouble>,
    /// When it was asked last.
    asked: Mutex<Option<Instant>>,
}

/// A circuit breaker: failures in a row, and until when the host is left alone for them.
#[derive(Debug, Default)]
struct Trouble {
    failures: u32,
    rests_until: Option<Timestamp>,
    /// Pauses in a row that it asked for without saying how long.
    pauses: Option<Unmeasured>,
}

impl Host {
    /// The end of a pause that the host asked for and that still lasts.
    pub(super) fn paused_until(&self, now: Timestamp) -> Option<Timestamp> {
        let pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        pause.filter(|until| *until > now)
    }

    /// Seconds of a pause that the host asks for without saying how long: longer each time.
    pub(super) fn own_pause_s(&self, name: &str, now: Timestamp) -> i64 {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        let before = recent(trouble.pauses, now).map_or(0, |pauses| pauses.times);
        trouble.pauses = Some(Unmeasured {
            times: before.saturating_add(1),
            last: now,
        });
        backoff_s(before, name, now)
    }

    /// Remembers that the host asked for a pause.
    pub(super) fn pause_until(&self, until: Timestamp) {
        *self.pause.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }

    /// Pauses in a row that it asked for without saying how long, the last one within a day.
    pub(super) fn own_pauses(&self, now: Timestamp) -> Option<Unmeasured> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        recent(trouble.pauses, now)
    }

    /// Remembers those that it asked earlier processes for, where it was not asked by this one.
    pub(super) fn had_own_pauses(&self, pauses: Unmeasured) {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.is_none() {
            let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
            trouble.pauses = Some(pauses);
        }
    }

    /// Remembers a pause that the host asked an earlier process for.
    pub(super) fn still_paused_until(&self, until: Timestamp) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        *pause = (*pause).max(Some(until));
    }

    /// Until when the host is left alone, since it failed again and again.
    pub(super) fn rests_until(&self, now: Timestamp) -> Option<Timestamp> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.rests_until.filter(|until| *until > now)
    }

    /// Remembers how a request went.
    pub(super) fn went(&self, how: Went, name: &str, now: Timestamp) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match how {
            Went::Well => *trouble = Trouble::default(),
            Went::Elsewhere => {
                *trouble = Trouble {
                    pauses: trouble.pauses,
                    ..Trouble::default()
                }
            }
            Went::PagesFault => {}
            Went::HostsFault => {
                trouble.failures = trouble.failures.saturating_add(1);
                if let Some(more) = trouble.failures.checked_sub(PATIENCE) {
                    let rest = SignedDuration::from_secs(backoff_s(more, name, now));
                    trouble.rests_until = now.checked_add(rest).ok();
                }
            }
        }
    }
}

/// What is longer ago than a day, or comes of a wrong clock, is forgotten.
fn recent(pauses: Option<Unmeasured>, now: Timestamp) -> Option<Unmeasured> {
    let age = |pauses: &Unmeasured| Duration::try_from(now.duration_since(pauses.last));
    pauses.filter(|pauses| age(pauses).is_ok_and(|age| age <= FORGOTTEN))
}

/// Seconds for which a host is left alone after so many earlier times in a row: doubled by each, and up to a
/// quarter more, so that all who were refused at once do not come back at once. That part is drawn from the name and
/// the moment, so that the same history gives the same.
fn backoff_s(before: u32, name: &str, now: Timestamp) -> i64 {
    let doubled = FIRST_REST_S.saturating_mul(1 << before.min(8));
    let wait = doubled.min(LONGEST_REST_S);
    let drawn = digest_hex(&[name, &now.to_string()], 4);
    let drawn = i64::from_str_radix(&drawn, 16).unwrap_or_default();
    wait + wait * drawn / (4 << 16)
}

/// How a request went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Went {
    /// There was what was asked for, or it was unchanged.
    Well,
    /// It was sent elsewhere: the host works, and may still refuse what it was asked for there.
    Elsewhere,
    /// Not well, and that says nothing about the host.
    PagesFault,
    /// Not well, and the host is to blame.
    HostsFault,
}

impl Remembered for Host {
    fn is_idle(&self) -> bool {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let paused = self.pause.lock().is_ok_and(|pause| pause.is_some());
        let troubled = self
            .trouble
            .lock()
            .is_ok_and(|trouble| trouble.failures > 0 || trouble.pauses.is_some());
        let patience = if paused || troubled { FORGOTTEN } else { IDLE };
        asked.is_none_or(|asked| asked.elapsed() > patience)
    }
}

impl Turn<'_> {
    /// What came before was still waiting: the request begins now.
    pub(super) fn begin(&mut self) {
        self.begun = Instant::now();
    }
}

/// Our turn to ask a site; ends, also where the request is dropped half way, when it goes.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    last: tokio::sync::MutexGuard<'a, Option<Last>>,
    begun: Instant,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let ended = Instant::now();
        *self.last = Some(Last {
            ended,
            took: ended.duration_since(self.begun),
        });
    }
}

/// The site whose hosts share turns: its registrable domain, or the number and port of a host without a name.
pub(super) fn site_name(url: &Url) -> String {
    match url.host() {
        Some(url::Host::Domain(name)) => registrable_domain(name).to_owned(),
        _ => host_name(url),
    }
}

/// The site of an address; `None` where it is no web address.
pub fn site_of(url: &str) -> Option<String> {
    let url = Url::parse(url.trim()).ok()?;
    url.has_host().then(|| site_name(&url))
}

/// The part of a host's name that somebody registered, by the Public Suffix List; the name itself where there
/// is none.
fn registrable_domain(host: &str) -> &str {
    let host = host.trim_end_matches('.');
    psl::domain_str(host).unwrap_or(host)
}

/// A host as it is told apart and named to people: with its port, where that is not the usual one.
/// One site's http and https addresses share their turns.
pub(super) fn host_name(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "ledger.example";

    /// A turn where so many seconds are the rule.
    async fn turn_of(host: &Site, seconds: u64) -> Turn<'_> {
        host.turn(|took| gap_after(took, Duration::from_secs(seconds)))
            .await
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_comes_a_gap_after_the_last_one_ended() {
        let host = Site::default();
        let start = Instant::now();
        drop(turn_of(&host, 2).await);
        assert_eq!(start.elapsed(), Duration::ZERO);
        let turn = turn_of(&host, 2).await;
        assert_eq!(start.elapsed(), Duration::from_secs(2));
        tokio::time::advance(Duration::from_secs(5)).await;
        drop(turn);
        drop(turn_of(&host, 3).await);
        // Twice the five seconds that the last one took.
        assert_eq!(start.elapsed(), Duration::from_secs(17));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_site_gets_a_longer_gap() {
        let host = Site::default();
        let turn = turn_of(&host, 2).await;
        tokio::time::advance(Duration::from_secs(4)).await;
        drop(turn);
        let start = Instant::now();
        let turn = turn_of(&host, 2).await;
        assert_eq!(start.elapsed(), Duration::from_secs(8));
        tokio::time::advance(Duration::from_secs(60)).await;
        drop(turn);
        let start = Instant::now();
        drop(turn_of(&host, 2).await);
        assert_eq!(start.elapsed(), LONGEST_GAP);
    }

    #[test]
    fn a_host_that_fails_again_and_again_rests() {
        let host = Host::default();
        let now: Timestamp = "2026-03-02T06:00:00Z".parse().unwrap();
        for _ in 0..3 {
            host.went(Went::HostsFault, NAME, now);
        }
        assert_eq!(host.rests_until(now), None);
        let mut minutes = Vec::new();
        for _ in 0..6 {
            host.went(Went::HostsFault, NAME, now);
            minutes.push(host.rests_until(now).unwrap().duration_since(now).as_mins());
        }
        let least = [5, 10, 20, 40, 60, 60];
        assert!(
            minutes
                .iter()
                .zip(least)
                .all(|(m, least)| (least..=least * 5 / 4).contains(m)),
            "{minutes:?}"
        );
        let longest = SignedDuration::from_secs(LONGEST_REST_S * 5 / 4);
        assert_eq!(host.rests_until(now + longest), None);
        host.went(Went::PagesFault, NAME, now);
        assert!(
            host.rests_until(now).is_some(),
            "a missing page says nothing of the host"
        );
        host.went(Went::Well, NAME, now);
        assert_eq!(host.rests_until(now), None);
    }

    #[test]
    fn what_was_refused_at_once_does_not_come_back_at_once() {
        let now: Timestamp = "2026-03-02T06:00:00Z".parse().unwrap();
        let names: Vec<String> = (0..200).map(|n| format!("site-{n}.example")).collect();
        let waits: Vec<i64> = names
            .iter()
            .map(|name| Host::default().own_pause_s(name, now))
            .collect();
        assert!(
            waits.iter().all(|wait| (300..=375).contains(wait)),
            "{waits:?}"
        );
        let different: std::collections::HashSet<_> = waits.iter().collect();
        assert!(different.len() > 50, "{waits:?}");
        assert_eq!(
            Host::default().own_pause_s(NAME, now),
            Host::default().own_pause_s(NAME, now)
        );
        let host = Host::default();
        let waits: Vec<i64> = (0..6).map(|_| host.own_pause_s(NAME, now) / 300).collect();
        assert!(
            waits.windows(2).take(3).all(|pair| pair[1] > pair[0]),
            "{waits:?}"
        );
        assert!(
            waits.iter().all(|wait| (1..=15).contains(wait)),
            "{waits:?}"
        );
        host.went(Went::Well, NAME, now);
        assert!(host.own_pause_s(NAME, now) <= 375);
    }

    #[test]
    fn hosts_of_one_site_share_their_turns() {
        for (url, site) in [
            ("https://www.ledger.co.uk/a", "ledger.co.uk"),
            ("http://news.ledger.co.uk:8080/", "ledger.co.uk"),
            ("https://someone.github.io/", "someone.github.io"),
            ("https://ledger.example./", "ledger.example"),
            ("http://127.0.0.1:81/", "127.0.0.1:81"),
            ("http://localhost/", "localhost"),
        ] {
            assert_eq!(site_name(&Url::parse(url).unwrap()), site);
        }
    }

    #[test]
    fn a_pause_ends() {
        let host = Host::default();
        let until: Timestamp = "2026-03-02T06:00:00Z".parse().unwrap();
        host.pause_until(until);
        let before = "2026-03-02T05:59:59Z".parse().unwrap();
        assert_eq!(host.paused_until(before), Some(until));
        assert_eq!(host.paused_until(until), None);
    }

    #[test]
    fn a_host_is_named_with_its_unusual_port_only() {
        for (url, name) in [
            ("http://ledger.example/a", "ledger.example"),
            ("https://u:pw@ledger.example:443/", "ledger.example"),
            ("http://[::1]:8080/", "[::1]:8080"),
        ] {
            assert_eq!(host_name(&Url::parse(url).unwrap()), name);
        }
    }
}
