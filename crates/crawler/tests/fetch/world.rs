//! A site on loopback, with its name, its clock and a record of who asked for what.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use tocsin_core::{Page, Timestamp};
use tocsin_crawler::{
    Answer, Clock, FetchConfig, FetchError, Fetcher, Resolver, Resolving, Validators,
};
use tokio::time::Instant;

/// The start of a test's time.
pub(crate) const DAWN: i64 = 1_772_431_200;

/// A server and a fetcher that knows it as `http://ledger.example/` and by other names.
pub(crate) struct World {
    pub fetcher: Fetcher,
    pub clock: Arc<TestClock>,
    pub port: u16,
    record: Record,
}

type Record = Arc<Mutex<Vec<Visit>>>;

/// One request, as the server saw it.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub host: String,
    pub path: String,
    pub at: Instant,
    pub headers: axum::http::HeaderMap,
}

impl World {
    pub(crate) async fn new(site: Router) -> Self {
        Self::with(site, |_| {}).await
    }

    /// A world with other settings than the default ones.
    pub(crate) async fn with(site: Router, set: impl FnOnce(&mut FetchConfig)) -> Self {
        let record = Record::default();
        let port = serve(site, Arc::clone(&record)).await;
        let mut config = FetchConfig {
            allow_private: vec!["127.0.0.1/32".to_owned(), "127.0.0.3/32".to_owned()],
            ..FetchConfig::default()
        };
        set(&mut config);
        let clock = Arc::new(TestClock(AtomicI64::new(DAWN)));
        let fetcher = Fetcher::new(config, Arc::new(Names { port }), clock.clone()).unwrap();
        Self {
            fetcher,
            clock,
            port,
            record,
        }
    }

    /// Asks without validators.
    pub(crate) async fn get(&self, url: &str) -> Result<Answer, FetchError> {
        self.fetcher.get(url, &Validators::default()).await
    }

    /// Asks for what has to be there.
    pub(crate) async fn page(&self, url: &str) -> Page {
        match self.get(url).await {
            Ok(Answer::Page { page, .. }) => page,
            other => panic!("{url}: {other:?}"),
        }
    }

    /// Asks for what has to fail.
    pub(crate) async fn error(&self, url: &str) -> FetchError {
        self.get(url).await.unwrap_err()
    }

    /// The requests so far, those for robots.txt files left out.
    pub(crate) fn visits(&self) -> Vec<Visit> {
        let mut visits = self.record.lock().unwrap().clone();
        visits.retain(|visit| visit.path != "/robots.txt");
        visits
    }

    /// How often any robots.txt was asked for.
    pub(crate) fn robots_visits(&self) -> usize {
        let all = self.record.lock().unwrap().len();
        all - self.visits().len()
    }
}

async fn serve(site: Router, record: Record) -> u16 {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0))
        .await
        .unwrap();
    let port = listener.local_addr().unwrap().port();
    let site = site.layer(from_fn(move |request: Request, next: Next| {
        note(Arc::clone(&record), request, next)
    }));
    tokio::spawn(async move { axum::serve(listener, site).await });
    port
}

async fn note(record: Record, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let host = headers.get("host").and_then(|host| host.to_str().ok());
    record.lock().unwrap().push(Visit {
        host: host.unwrap_or_default().to_owned(),
        path: request.uri().path().to_owned(),
        at: Instant::now(),
        headers,
    });
    next.run(request).await
}

/// Knows every name but one, nearly all of them as the server's.
struct Names {
    port: u16,
}

impl Resolver for Names {
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a> {
        let address = match host {
            "inside.example" => SocketAddr::from(([127, 0, 0, 2], self.port)),
            "elsewhere.example" => SocketAddr::from(([127, 0, 0, 3], self.port)),
            "nobody-listens.example" => SocketAddr::from(([127, 0, 0, 1], 1)),
            _ => SocketAddr::from(([127, 0, 0, 1], self.port)),
        };
        let known = host != "unknown.example";
        Box::pin(async move {
            if known {
                Ok(vec![address])
            } else {
                Err(io::Error::other("no such name"))
            }
        })
    }
}

/// Shows what it is set to.
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }
}
