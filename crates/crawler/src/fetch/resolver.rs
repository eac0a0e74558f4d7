//! Names to addresses, and the guard that keeps the forbidden ones from being connected to.

use super::book::{Book, NoAddress};
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

/// The answer of a [`Resolver`] to come.
pub type Resolving<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>>;

/// Finds a host's addresses.
pub trait Resolver: Send + Sync {
    /// The addresses of a host name. Port 0 stands for the scheme's usual port; another one takes
    /// its place, unless the URL names a port itself.
    ///
    /// # Errors
    /// Where the name is not known or nobody answers.
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a>;
}

/// Asks the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) })
    }
}

/// A name that leads nowhere but to addresses that may not be asked.
#[derive(Debug, thiserror::Error)]
#[error("{0} may not be asked")]
pub(super) struct Forbidden(pub(super) IpAddr);

/// The resolver that the HTTP client is given.
pub(super) struct Guard(pub(super) Arc<Book>);

impl reqwest::dns::Resolve for Guard {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let book = Arc::clone(&self.0);
        Box::pin(async move {
            match book.look_up(name.as_str()).await {
                Ok(addresses) => Ok(Box::new(addresses.into_iter()) as reqwest::dns::Addrs),
                Err(NoAddress::Forbidden(forbidden)) => Err(forbidden.into()),
                Err(NoAddress::Unknown(error)) => Err(error.into()),
            }
        })
    }
}
