//! Three hundred hosts on loopback, six thousand pages, asked by many at once and looked at from the side of
//! the server: no host has two requests under way, or one too soon; a second look costs next to nothing.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and tells its figures"
)]

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use futures::StreamExt;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tocsin_crawler::{Answer, FetchConfig, Fetcher, SystemClock, SystemResolver, Validators};

const HOSTS: usize = 300;
const PAGES: usize = 20;
const PAGE_BYTES: usize = 24_000;
/// Long enough to be seen past the noise of a busy machine.
const GAP: Duration = Duration::from_millis(30);

#[derive(Default)]
struct Log {
    /// By host: when each request began and ended.
    requests: HashMap<String, Vec<(Instant, Instant)>>,
    under_way: HashMap<String, usize>,
    most_at_once: usize,
    bytes: usize,
}

type Shared = Arc<Mutex<Log>>;

async fn answer(State(log): State<Shared>, request: Request) -> Response {
    let host = request.headers()[header::HOST].to_str().unwrap().to_owned();
    let begun = Instant::now();
    {
        let mut log = log.lock().unwrap();
        let under_way = log.under_way.entry(host.clone()).or_default();
        *under_way += 1;
        let now = *under_way;
        log.most_at_once = log.most_at_once.max(now);
    }
    let is_known = request.headers().contains_key(header::IF_NONE_MATCH);
    let response = Response::builder().header(header::ETAG, "\"1\"");
    let response = match (request.uri().path(), is_known) {
        ("/robots.txt", _) => response.body(Body::from("User-agent: *\nAllow: /\n")),
        (_, true) => response
            .status(StatusCode::NOT_MODIFIED)
            .body(Body::empty()),
        (_, false) => response
            .header(header::CONTENT_TYPE, "text/html")
            .body(Body::from(vec![b'x'; PAGE_BYTES])),
    };
    let response = response.unwrap();
    let mut log = log.lock().unwrap();
    // What the headers of an answer take, beside its body.
    log.bytes += 180 + if is_known { 0 } else { PAGE_BYTES };
    *log.under_way.get_mut(&host).unwrap() -= 1;
    log.requests
        .entry(host)
        .or_default()
        .push((begun, Instant::now()));
    response
}

fn fetcher() -> Fetcher {
    let config = FetchConfig {
        allow_private: vec!["127.0.0.0/8".to_owned()],
        host_gap_ms: u64::try_from(GAP.as_millis()).unwrap(),
        ..FetchConfig::default()
    };
    Fetcher::new(config, Arc::new(SystemResolver), Arc::new(SystemClock)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_host_is_asked_twice_at_once_or_too_soon() {
    let log = Shared::default();
    // Every address of 127.0.0.0/8 is this machine.
    let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let site = Router::new().fallback(answer).with_state(Arc::clone(&log));
    tokio::spawn(async move { axum::serve(listener, site).await });

    let fetcher = fetcher();
    let addresses: Vec<String> = (0..PAGES)
        .flat_map(|page| (0..HOSTS).map(move |host| (host, page)))
        .map(|(host, page)| {
            let (high, low) = (1 + host / 250, 1 + host % 250);
            format!("http://127.0.{high}.{low}:{port}/page/{page}")
        })
        .collect();
    let known = Mutex::new(HashMap::new());
    let first = pass(&fetcher, &addresses, &known).await;
    let first_bytes = std::mem::take(&mut log.lock().unwrap().bytes);
    let second = pass(&fetcher, &addresses, &known).await;
    let second_bytes = log.lock().unwrap().bytes;
    assert_eq!((first, second), ((HOSTS * PAGES, 0), (0, HOSTS * PAGES)));

    let log = log.lock().unwrap();
    assert_eq!((log.requests.len(), log.most_at_once), (HOSTS, 1));
    let mut shortest = Duration::MAX;
    for requests in log.requests.values() {
        // Twice the pages, and one robots.txt.
        assert_eq!(requests.len(), 2 * PAGES + 1);
        let mut requests = requests.clone();
        requests.sort();
        for pair in requests.windows(2) {
            shortest = shortest.min(pair[1].0.duration_since(pair[0].1));
        }
    }
    // The gap runs from the end of an answer at the client, which is later than its end at the server.
    assert!(shortest >= GAP, "{shortest:?}");
    let part = second_bytes as f64 / first_bytes as f64;
    println!(
        "shortest gap {shortest:?}, second pass {:.2} % of the bytes",
        part * 100.0
    );
    assert!(part < 0.02, "{part}");
}

/// Asks for all, many at once. Gives how many were read and how many had not changed.
async fn pass(
    fetcher: &Fetcher,
    addresses: &[String],
    known: &Mutex<HashMap<String, Validators>>,
) -> (usize, usize) {
    let asked = futures::stream::iter(addresses).map(|url| async move {
        let validators = known.lock().unwrap().get(url).cloned().unwrap_or_default();
        match fetcher.get(url, &validators).await.unwrap() {
            Answer::Page {
                validators, page, ..
            } => {
                assert_eq!(page.body.len(), PAGE_BYTES);
                known.lock().unwrap().insert(url.clone(), validators);
                (1, 0)
            }
            Answer::NotModified => (0, 1),
        }
    });
    let counts = asked.buffer_unordered(1_200);
    counts
        .fold(
            (0, 0),
            |sum, one| async move { (sum.0 + one.0, sum.1 + one.1) },
        )
        .await
}
