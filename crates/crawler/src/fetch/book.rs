//! Where hosts live: names looked up once a minute, and only addresses that may be asked.

use super::address::AddressRules;
use super::register::{Register, Remembered};
use super::resolver::{Forbidden, Resolver};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use url::{Host, Url};

/// So long an answer is good for. Short, since how long it really is, the system does not tell.
const GOOD_FOR: Duration = Duration::from_secs(60);

/// What is known of hosts' addresses. A connection is only ever opened to one that passed here, so a name that
/// changes its address between check and use gains nothing.
pub(super) struct Book {
    resolver: Arc<dyn Resolver>,
    rules: AddressRules,
    names: Register<Name>,
}

/// What a name led to: nothing, where it is not known. Locked while it is looked up: once, however many ask.
#[derive(Debug, Default)]
struct Name(tokio::sync::Mutex<Option<(Instant, Vec<SocketAddr>)>>);

impl Remembered for Name {
    fn is_idle(&self) -> bool {
        true
    }
}

/// Why a host has no address that can be asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAddress {
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    #[error(transparent)]
    Unknown(#[from] io::Error),
}

impl Book {
    pub(super) fn new(resolver: Arc<dyn Resolver>, rules: AddressRules) -> Self {
        Self {
            resolver,
            rules,
            names: Register::default(),
        }
    }

    /// The addresses of a name that may be asked, at least one.
    pub(super) async fn look_up(&self, name: &str) -> Result<Vec<SocketAddr>, NoAddress> {
        let entry = self.names.entry(name);
        let mut known = entry.0.lock().await;
        if let Some((_, addresses)) = known.as_ref().filter(|(at, _)| at.elapsed() < GOOD_FOR) {
            return match addresses.is_empty() {
                true => Err(io::Error::from(io::ErrorKind::NotFound).into()),
                false => Ok(addresses.clone()),
            };
        }
        let found = match self.resolver.resolve(name).await {
            Ok(found) => found,
            Err(error) => {
                *known = Some((Instant::now(), Vec::new()));
                return Err(error.into());
            }
        };
        let (open, forbidden): (Vec<_>, Vec<_>) = found
            .into_iter()
            .partition(|address| self.rules.permit(address.ip()));
        match forbidden.first() {
            Some(address) if open.is_empty() => Err(Forbidden(address.ip()).into()),
            None if open.is_empty() => Err(io::Error::from(io::ErrorKind::NotFound).into()),
            _ => {
                *known = Some((Instant::now(), open.clone()));
                Ok(open)
            }
        }
    }

    /// The address that stands for a host: of several the least, so that hosts with the same ones share it.
    pub(super) async fn address(&self, url: &Url) -> Result<IpAddr, NoAddress> {
        let literal = match url.host() {
            Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
            Some(Host::Ipv6(v6)) => IpAddr::V6(v6),
            Some(Host::Domain(name)) => {
                let addresses = self.look_up(name).await?;
                let least = addresses.iter().map(SocketAddr::ip).min();
                return least.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound).into());
            }
            None => return Err(io::Error::from(io::ErrorKind::NotFound).into()),
        };
        // A number is never looked up, so nobody else checks it.
        match self.rules.permit(literal) {
            true => Ok(literal),
            false => Err(Forbidden(literal).into()),
        }
    }
}
