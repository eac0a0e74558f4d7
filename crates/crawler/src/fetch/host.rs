//! One host's turns: one request at a time, a gap between two, a pause where it asks for one.

use super::register::Remembered;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tocsin_core::Timestamp;
use tokio::time::{Instant, sleep_until};
use url::Url;

/// A host that was idle for this long may be forgotten: no gap lasts longer.
const IDLE: Duration = Duration::from_secs(60);

/// What is remembered about a host.
#[derive(Debug, Default)]
pub(super) struct Host {
    /// When its last request ended. Whoever holds the lock has the turn.
    last: tokio::sync::Mutex<Option<Instant>>,
    pause: Mutex<Option<Timestamp>>,
}

impl Host {
    /// Waits for our turn, and then until `gap` has passed since the last request's end.
    pub(super) async fn turn(&self, gap: Duration) -> Turn<'_> {
        let last = self.last.lock().await;
        if let Some(end) = *last {
            sleep_until(end + gap).await;
        }
        Turn { last }
    }

    /// The end of a pause that the host asked for and that still lasts.
    pub(super) fn paused_until(&self, now: Timestamp) -> Option<Timestamp> {
        let pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        pause.filter(|until| *until > now)
    }

    /// Remembers that the host asked for a pause.
    pub(super) fn pause_until(&self, until: Timestamp) {
        *self.pause.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }
}

impl Remembered for Host {
    fn is_idle(&self) -> bool {
        let paused = self.pause.lock().is_ok_and(|pause| pause.is_some());
        let rested = self
            .last
            .try_lock()
            .is_ok_and(|last| last.is_none_or(|end| end.elapsed() > IDLE));
        rested && !paused
    }
}

/// Our turn to ask a host; ends, also where the request is dropped half way, when it goes.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    last: tokio::sync::MutexGuard<'a, Option<Instant>>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.last = Some(Instant::now());
    }
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

    #[tokio::test(start_paused = true)]
    async fn a_turn_comes_a_gap_after_the_last_one_ended() {
        let host = Host::default();
        let start = Instant::now();
        drop(host.turn(Duration::from_secs(2)).await);
        assert_eq!(start.elapsed(), Duration::ZERO);
        let turn = host.turn(Duration::from_secs(2)).await;
        assert_eq!(start.elapsed(), Duration::from_secs(2));
        tokio::time::advance(Duration::from_secs(5)).await;
        drop(turn);
        drop(host.turn(Duration::from_secs(3)).await);
        assert_eq!(start.elapsed(), Duration::from_secs(10));
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
