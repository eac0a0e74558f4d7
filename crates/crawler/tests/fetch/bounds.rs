//! Answers that are too long, too slow, or not what they seem.

use crate::world::World;
use async_compression::tokio::write::{BrotliEncoder, GzipEncoder, ZlibEncoder, ZstdEncoder};
use axum::Router;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::StreamExt;
use std::convert::Infallible;
use std::time::Duration;
use tocsin_crawler::FetchError;
use tokio::io::AsyncWriteExt;

fn endless(pause: Duration) -> Body {
    let chunks = futures::stream::repeat("tick ").then(move |chunk| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, Infallible>(chunk)
    });
    Body::from_stream(chunks)
}

async fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzipEncoder::new(Vec::new());
    encoder.write_all(plain).await.unwrap();
    encoder.shutdown().await.unwrap();
    encoder.into_inner()
}

#[tokio::test(start_paused = true)]
async fn an_endless_body_is_left_at_the_limit() {
    let site = Router::new().route("/a", get(|| async { endless(Duration::ZERO) }));
    let world = World::with(site, |config| config.max_bytes = 4096).await;
    let error = world.error("http://ledger.example/a").await;
    assert!(
        matches!(error, FetchError::TooLarge { limit: 4096, .. }),
        "{error:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_length_over_the_limit_is_not_even_read() {
    let site = Router::new().route("/a", get(|| async { "x".repeat(5000) }));
    let world = World::with(site, |config| config.max_bytes = 4999).await;
    let error = world.error("http://ledger.example/a").await;
    assert!(matches!(error, FetchError::TooLarge { .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_drips_is_left_in_time() {
    let site = Router::new().route("/a", get(|| async { endless(Duration::from_secs(5)) }));
    let world = World::new(site).await;
    let start = tokio::time::Instant::now();
    let error = world.error("http://ledger.example/a").await;
    assert!(
        matches!(error, FetchError::Timeout { seconds: 60, .. }),
        "{error:?}"
    );
    assert!(
        start.elapsed() < Duration::from_secs(65),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn redirects_share_the_time_of_a_page() {
    async fn slow() -> Response {
        tokio::time::sleep(Duration::from_secs(40)).await;
        axum::response::Redirect::temporary("/b").into_response()
    }
    let site = Router::new().route("/a", get(slow)).route("/b", get(slow));
    let error = World::new(site)
        .await
        .error("http://ledger.example/a")
        .await;
    assert!(matches!(error, FetchError::Timeout { .. }), "{error:?}");
}

async fn bomb() -> Response {
    let body = gzip(&vec![0; 20 * 1024 * 1024]).await;
    ([("content-encoding", "gzip")], body).into_response()
}

#[tokio::test(start_paused = true)]
async fn a_decompression_bomb_is_refused_by_its_growth_and_by_its_size() {
    let site = || Router::new().route("/a", get(bomb));
    let error = World::new(site())
        .await
        .error("http://ledger.example/a")
        .await;
    assert!(
        matches!(error, FetchError::Bomb { ratio: 200, .. }),
        "{error:?}"
    );
    let trusting = World::with(site(), |config| config.max_compression_ratio = 100_000).await;
    let error = trusting.error("http://ledger.example/a").await;
    assert!(matches!(error, FetchError::TooLarge { .. }), "{error:?}");
}

const PLAIN: &[u8] = b"Ministry publishes chip export rule";

async fn compressed(headers: HeaderMap, name: &str) -> Response {
    let accepted = headers["accept-encoding"].to_str().unwrap();
    assert!(accepted.contains(name), "{accepted}");
    macro_rules! encode {
        ($encoder:ident) => {{
            let mut encoder = $encoder::new(Vec::new());
            encoder.write_all(PLAIN).await.unwrap();
            encoder.shutdown().await.unwrap();
            encoder.into_inner()
        }};
    }
    let body = match name {
        "gzip" => encode!(GzipEncoder),
        "br" => encode!(BrotliEncoder),
        "zstd" => encode!(ZstdEncoder),
        _ => encode!(ZlibEncoder),
    };
    ([("content-encoding", name.to_owned())], body).into_response()
}

#[tokio::test(start_paused = true)]
async fn every_compression_that_we_ask_for_is_understood() {
    let site = Router::new().route(
        "/as/{name}",
        get(|axum::extract::Path(name): axum::extract::Path<String>, headers: HeaderMap| async move {
            compressed(headers, &name).await
        }),
    );
    let world = World::new(site).await;
    for name in ["gzip", "br", "zstd", "deflate"] {
        let page = world
            .page(&format!("http://ledger.example/as/{name}"))
            .await;
        assert_eq!(page.body, PLAIN, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_breaks_off_is_no_page() {
    async fn half() -> Response {
        let whole = gzip(&[7; 1000]).await;
        let half = whole[..whole.len() / 2].to_vec();
        ([("content-encoding", "gzip")], half).into_response()
    }
    let site = Router::new().route("/a", get(half));
    let error = World::new(site)
        .await
        .error("http://ledger.example/a")
        .await;
    assert!(matches!(error, FetchError::Body { .. }), "{error:?}");
    assert!(error.is_temporary());
}
