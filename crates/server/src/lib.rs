//! What readers reach by a browser: the page on which they unsubscribe, and the one click of RFC 8058.
//!
//! In: the readers of the rules, the key of their addresses. Out: wishes, as files in the data directory,
//! which the next pass carries out.
//!
//! Never: opens the store (a pass may hold it), shows an address or a rule to somebody who has not its link.
//! The listener is the caller's: on this machine, for a proxy in front that speaks TLS.

mod page;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::future::Future;
use std::sync::Arc;
use tocsin_alerts::Target;
use tocsin_alerts::unsubscribe::{Links, PATH, Wishes, is_token};
use tocsin_core::ConfigError;
use tokio::net::TcpListener;

/// Gives the readers of the rules as they are now.
pub type Readers = dyn Fn() -> Result<Vec<(String, Target)>, ConfigError> + Send + Sync;

/// What the pages need.
pub struct Site {
    /// Who reads what.
    pub readers: Box<Readers>,
    /// Makes and knows the addresses.
    pub links: Links,
    /// Where wishes are taken down.
    pub wishes: Wishes,
}

/// On every answer: nothing is loaded from elsewhere, framed, guessed at, kept or told on.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Answers on a listener until `ended`.
///
/// # Errors
/// Where the system takes the listener away.
pub async fn serve(
    listener: TcpListener,
    site: Site,
    ended: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, routes(site))
        .with_graceful_shutdown(ended)
        .await
}

fn routes(site: Site) -> Router {
    Router::new()
        .route(&format!("/{PATH}/{{token}}"), get(ask).post(unsubscribe))
        .route(&format!("/{PATH}/style.css"), get(style))
        .route("/healthz", get(async || "ok\n"))
        .fallback(async || page::unknown(StatusCode::NOT_FOUND))
        .layer(from_fn(with_headers))
        .with_state(Arc::new(site))
}

async fn with_headers(request: axum::extract::Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        page::STYLE,
    )
}

/// Mail programs and their guards look at links: only the button unsubscribes.
async fn ask(State(site): State<Arc<Site>>, Path(token): Path<String>) -> Response {
    answer(&site, &token, page::question)
}

async fn unsubscribe(State(site): State<Arc<Site>>, Path(token): Path<String>) -> Response {
    answer(&site, &token, |rule| match site.wishes.add(&token) {
        Ok(()) => page::done(rule),
        Err(error) => {
            tracing::error!(%error, "a wish to unsubscribe cannot be written");
            page::broken()
        }
    })
}

/// Answers by the rule that a link is about, if it is one of ours.
fn answer(site: &Site, token: &str, with: impl FnOnce(&str) -> Response) -> Response {
    if !is_token(token) {
        return page::unknown(StatusCode::NOT_FOUND);
    }
    let readers = match (site.readers)() {
        Ok(readers) => readers,
        Err(error) => {
            tracing::error!("{error}");
            return page::broken();
        }
    };
    match site.links.find(token, &readers) {
        Some((rule, _)) => with(rule),
        None => page::unknown(StatusCode::NOT_FOUND),
    }
}
