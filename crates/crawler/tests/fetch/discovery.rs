//! Sixty invented sites, and how each is best followed (`discovery.json`, written without sight of the code).

use crate::world::{DAWN, World};
use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use tocsin_crawler::{Clock, discover};

/// Sites of which the best way must be found. When they were first seen it was 51.
const LEAST: usize = 58;
/// The moment of the search: the sites' newest entries are some days older.
const NOW: i64 = 1_796_040_000;

#[derive(Deserialize)]
struct Site {
    name: String,
    start: String,
    pages: HashMap<String, Answer>,
    best: Vec<String>,
    kind: String,
    not: Vec<String>,
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
fn sites() -> Vec<Site> {
    let text = include_str!("../discovery.json").replace("https://", "http://");
    serde_json::from_str(&text).unwrap()
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

#[tokio::test]
async fn the_best_way_to_follow_a_site_is_found() {
    let mut right = 0;
    let sites = sites();
    for site in &sites {
        let world = World::with(router(site.pages.clone()), |config| config.host_gap_ms = 0).await;
        world.clock.advance(NOW - DAWN);
        let found = discover::discover(&world.fetcher, &site.start, world.clock.now()).await;
        let asked = world.visits().len();
        let found = found.unwrap_or_else(|error| panic!("{}: {error}", site.name));
        let first = found.candidates.first();
        let is_right =
            first.is_some_and(|c| site.best.contains(&c.url) && c.kind.word() == site.kind);
        right += usize::from(is_right);
        if !is_right {
            let all: Vec<String> = found
                .candidates
                .iter()
                .map(|c| format!("{} {}", c.kind.word(), c.url))
                .collect();
            println!(
                "{} ({asked} requests): {all:#?} not {:?} {:?}",
                site.name, site.kind, site.best
            );
        }
        if first.is_some_and(|c| site.not.contains(&c.url)) {
            println!("  and that is one that must not be first");
        }
    }
    println!("{right} of {}", sites.len());
    assert!(right >= LEAST, "{right} of {} sites", sites.len());
}
