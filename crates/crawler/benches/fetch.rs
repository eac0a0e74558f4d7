//! Pages a second that the fetcher reads where politeness is not what it waits for: three hundred hosts on
//! loopback, no gaps, server and client on the same cores. Beside it, the bare HTTP client on the same pages.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark"
)]

use axum::Router;
use axum::response::IntoResponse;
use futures::StreamExt;
use peak_alloc::PeakAlloc;
use std::sync::Arc;
use std::time::Instant;
use tocsin_crawler::{FetchConfig, Fetcher, SystemClock, SystemResolver, Validators};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const HOSTS: usize = 300;
const PAGES: usize = 20;
const PAGE_BYTES: usize = 24_000;
/// Requests under way.
const AT_ONCE: usize = 300;

async fn page() -> impl IntoResponse {
    ([("content-type", "text/html")], vec![b'x'; PAGE_BYTES])
}

#[tokio::main]
async fn main() {
    let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(page)).await });
    let addresses: Vec<String> = (0..PAGES)
        .flat_map(|page| (0..HOSTS).map(move |host| (host, page)))
        .map(|(host, page)| {
            format!(
                "http://127.0.{}.{}:{port}/page/{page}",
                1 + host / 250,
                1 + host % 250
            )
        })
        .collect();
    let config = FetchConfig {
        allow_private: vec!["127.0.0.0/8".to_owned()],
        host_gap_ms: 0,
        ..FetchConfig::default()
    };
    for round in 1..=3 {
        let fetcher = Fetcher::new(
            config.clone(),
            Arc::new(SystemResolver),
            Arc::new(SystemClock),
        )
        .unwrap();
        MEMORY.reset_peak_usage();
        let fetcher = &fetcher;
        let ours = rate(&addresses, |url| async move {
            fetcher.get(url, &Validators::default()).await.unwrap();
        })
        .await;
        let memory = MEMORY.peak_usage_as_mb();
        let client = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(1)
            .build()
            .unwrap();
        let client = &client;
        let bare = rate(&addresses, |url| async move {
            client.get(url).send().await.unwrap().bytes().await.unwrap();
        })
        .await;
        println!(
            "round {round}: {ours:.0} pages a second, {memory:.0} MB; bare client {bare:.0}; ratio {:.2}",
            ours / bare
        );
    }
}

async fn rate<'a, F: Future<Output = ()>>(
    addresses: &'a [String],
    get: impl Fn(&'a str) -> F,
) -> f64 {
    let begun = Instant::now();
    futures::stream::iter(addresses)
        .map(|url| get(url))
        .buffer_unordered(AT_ONCE)
        .for_each(|()| async {})
        .await;
    addresses.len() as f64 / begun.elapsed().as_secs_f64()
}
