//! Invented sites, and how each is best followed (`tests/discovery`, written without sight of the code).

use crate::world::{DAWN, World};
use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use tocsin_crawler::{Clock, discover};

/// Sites of which the best way must be found; when they were first seen it was 51 of 60, 38 of 50
/// and 39 of 50.
const LEAST: [usize; 3] = [59, 49, 48];
/// The moment of the search: the sites' newest entries are some days older.
const NOW: i64 = 1_796_040_000;

#[derive(Deserialize)]
struct Site {
    name: String,
    start: String,
    pages: HashMap<String, Answer>,
    best: Vec<String>,
    kind: String,
}

#[derive(Clone, Deserialize)]
struct Answer {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    location: Option<String>,
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = self.status.and_then(|code| StatusCode::from_u16(code).ok());
        let mut headers = vec![(header::CONTENT_TYPE, self.kind)];
        headers.extend(self.location.map(|to| (header::LOCATION, to)));
        let headers: header::HeaderMap = headers
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.parse().ok()?)))
            .collect();
        (status.unwrap_or(StatusCode::OK), headers, self.body).into_response()
    }
}

/// The sites without TLS, which a test has no certificate for.
fn sites(text: &str) -> Vec<Site> {
    serde_json::from_str(&text.replace("https://", "http://")).unwrap()
}

fn router(pages: HashMap<String, Answer>) -> Router {
    let pages = Arc::new(pages);
    Router::new().fallback(move |request: Request| {
        let host = request.headers().get(header::HOST);
        let host = host.and_then(|h| h.to_str().ok()).unwrap_or_default();
        let answer = pages
            .get(&format!("http://{host}{}", request.uri()))
            .cloned();
        async move {
            answer.map_or_else(
                || StatusCode::NOT_FOUND.into_response(),
                Answer::into_response,
            )
        }
    })
}

#[tokio::test(start_paused = true)]
async fn the_best_way_to_follow_simple_sites_is_found() {
    the_best_way_is_found(include_str!("../discovery/one.json"), LEAST[0]).await;
}

#[tokio::test(start_paused = true)]
async fn the_best_way_to_follow_crowded_sites_is_found() {
    the_best_way_is_found(include_str!("../discovery/two.json"), LEAST[1]).await;
}

#[tokio::test(start_paused = true)]
async fn the_best_way_to_follow_odd_sites_is_found() {
    the_best_way_is_found(include_str!("../discovery/three.json"), LEAST[2]).await;
}

async fn the_best_way_is_found(text: &str, least: usize) {
    let sites = sites(text);
    let mut wrong = Vec::new();
    for site in &sites {
        let world = World::with(router(site.pages.clone()), |config| config.host_gap_ms = 0).await;
        world.clock.advance(NOW - DAWN);
        let found = discover::discover(&world.fetcher, &site.start, world.clock.now()).await;
        let found = found.unwrap_or_else(|error| panic!("{}: {error}", site.name));
        let first = found.candidates.first();
        if first.is_none_or(|c| !site.best.contains(&c.url) || c.kind.word() != site.kind) {
            let all = found
                .candidates
                .iter()
                .map(|c| format!("{} {}", c.kind.word(), c.url));
            let all: Vec<String> = all.collect();
            wrong.push(format!(
                "{}: {all:#?}, not {} {:?}",
                site.name, site.kind, site.best
            ));
        }
    }
    let right = sites.len() - wrong.len();
    assert!(
        right >= least,
        "{right} of {} sites\n{}",
        sites.len(),
        wrong.join("\n")
    );
}
