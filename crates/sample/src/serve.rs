//! The sample world on a loopback port: the one place of this crate that touches a network.

use crate::answer::{Answer, Request, answer};
use crate::day::Day;
use crate::world::World;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::{Method, Response, StatusCode, Uri};
use jiff::fmt::rfc2822::DateTimePrinter;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// One request that the sample world answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The site that was asked, without port.
    pub host: String,
    /// The path without the query.
    pub path: String,
    /// The HTTP status of the answer.
    pub status: u16,
}

/// The world while it is served; it stops when this is dropped.
#[derive(Debug)]
pub struct Served {
    addr: SocketAddr,
    log: Log,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

type Log = Arc<Mutex<Vec<Hit>>>;

impl Served {
    /// Where it listens; every host of the world has to be resolved to this address.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What was asked so far, in order.
    pub fn requests(&self) -> Vec<Hit> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.clone()
    }

    /// Stops and waits until the port is free again; dropping stops without waiting.
    pub async fn stop(self) {
        drop(self.stop);
        // The task ends in an error only if it was killed with its runtime: stopped all the same.
        let _ = self.task.await;
    }
}

#[derive(Clone)]
struct Shared {
    world: Arc<World>,
    day: Day,
    log: Log,
}

/// Serves the world as it stands on a day.
pub(crate) async fn serve(world: &World, day: Day) -> io::Result<Served> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let addr = listener.local_addr()?;
    let log = Log::default();
    let shared = Shared {
        world: Arc::new(world.clone()),
        day,
        log: Arc::clone(&log),
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let app = Router::new().fallback(handle).with_state(shared);
    let server = axum::serve(listener, app).with_graceful_shutdown(async {
        // Ends with an error when the sender is dropped, which is the signal.
        let _ = stopped.await;
    });
    Ok(Served {
        addr,
        log,
        stop,
        task: tokio::spawn(server.into_future()),
    })
}

async fn handle(
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, StatusCode> {
    if method != Method::GET && method != Method::HEAD {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let request = Request {
        host: text(header::HOST).unwrap_or_default(),
        path: uri.path(),
        if_none_match: text(header::IF_NONE_MATCH),
        if_modified_since: text(header::IF_MODIFIED_SINCE),
    };
    let answer = answer(&shared.world, shared.day, &request);
    let hit = Hit {
        host: request
            .host
            .split(':')
            .next()
            .unwrap_or_default()
            .to_owned(),
        path: request.path.to_owned(),
        status: answer.status,
    };
    let mut log = shared.log.lock().unwrap_or_else(PoisonError::into_inner);
    log.push(hit);
    drop(log);
    respond(answer).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

fn respond(answer: Answer) -> Result<Response<Body>, axum::http::Error> {
    let changed = answer.last_modified.and_then(|moment| {
        DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&moment)
            .ok()
    });
    let mut response = Response::builder()
        .status(answer.status)
        .header(header::CONTENT_TYPE, answer.content_type);
    if let Some(etag) = answer.etag {
        response = response.header(header::ETAG, etag);
    }
    if let Some(changed) = changed {
        response = response.header(header::LAST_MODIFIED, changed);
    }
    if let Some(seconds) = answer.retry_after {
        response = response.header(header::RETRY_AFTER, seconds);
    }
    response.body(Body::from(answer.body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    async fn send(addr: SocketAddr, request: String) -> String {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    fn request(method: &str, host: &str, path: &str, more: &str) -> String {
        format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n")
    }

    #[tokio::test]
    async fn it_answers_by_host_with_validators_and_logs() {
        let world = World::load().unwrap();
        let served = world.serve(Day::First).await.unwrap();
        let ask = |host, path, more| send(served.addr(), request("GET", host, path, more));
        let feed = ask("lequai.example", "/une.xml?x=1", "").await;
        assert!(feed.starts_with("HTTP/1.1 200"), "{feed}");
        assert!(
            feed.contains("last-modified: Mon, 05 Oct 2026 16:05:00 GMT\r\n"),
            "{feed}"
        );
        let etag = feed.lines().find_map(|l| l.strip_prefix("etag: ")).unwrap();
        let same = format!("If-None-Match: {etag}\r\n");
        let again = ask("lequai.example", "/une.xml", &same).await;
        assert!(again.starts_with("HTTP/1.1 304"), "{again}");
        let busy = ask("straits-circuit.example", "/atom", "").await;
        assert!(busy.starts_with("HTTP/1.1 503") && busy.contains("retry-after: 3600\r\n"));
        let seen: Vec<_> = served.requests().iter().map(|hit| hit.status).collect();
        assert_eq!(seen, [200, 304, 503]);
        assert_eq!(served.requests()[0].path, "/une.xml");
    }

    #[tokio::test]
    async fn it_takes_no_posts_and_stops() {
        let world = World::load().unwrap();
        let served = world.serve(Day::Second).await.unwrap();
        let addr = served.addr();
        let post = send(addr, request("POST", "lequai.example", "/comment", "")).await;
        assert!(post.starts_with("HTTP/1.1 405"), "{post}");
        assert_eq!(served.requests(), []);
        served.stop().await;
        assert!(TcpStream::connect(addr).await.is_err());
    }
}
