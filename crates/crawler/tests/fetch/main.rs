//! The fetcher against a server on loopback. Time is tokio's paused time, so gaps and timeouts cost
//! none.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that finds the unexpected has to fail"
)]

mod bounds;
mod discovery;
mod manners;
mod world;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use tocsin_crawler::{Answer, FetchConfig, FetchError, Validators};
use world::World;

async fn conditional(headers: HeaderMap) -> impl IntoResponse {
    if headers
        .get("if-none-match")
        .is_some_and(|tag| tag == "\"7\"")
    {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let sent = [
        ("etag", "\"7\""),
        ("content-type", "text/html; charset=utf-8"),
    ];
    (sent, "<p>Chips").into_response()
}

#[tokio::test(start_paused = true)]
async fn a_page_is_read_and_not_read_again_while_unchanged() {
    let world = World::new(Router::new().route("/a", get(conditional))).await;
    let url = "http://ledger.example/a";
    let Ok(Answer::Page {
        page,
        validators,
        moved_to,
        ..
    }) = world.get(url).await
    else {
        panic!("no page");
    };
    assert_eq!(
        (page.body.as_slice(), page.final_url.as_str()),
        (&b"<p>Chips"[..], url)
    );
    assert_eq!(
        page.content_type.as_deref(),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(page.fetched_at.as_second(), world::DAWN);
    assert_eq!(moved_to, None);
    let again = world.fetcher.get(url, &validators).await;
    assert_eq!(again, Ok(Answer::NotModified));
}

#[tokio::test(start_paused = true)]
async fn the_virtual_host_and_an_honest_name_are_sent() {
    let site = Router::new().route("/a", get("one"));
    let world = World::with(site, |config| {
        config.contact = Some("https://desk.example".into())
    })
    .await;
    world.page("http://ledger.example/a").await;
    let visit = &world.visits()[0];
    assert_eq!(visit.host, "ledger.example");
    let agent = visit.headers["user-agent"].to_str().unwrap();
    assert!(
        agent.starts_with("tocsin/") && agent.ends_with("(+https://desk.example)"),
        "{agent}"
    );
    assert!(!visit.headers.contains_key("if-none-match"));
}

#[tokio::test(start_paused = true)]
async fn permanent_redirects_tell_the_new_address() {
    let site = Router::new()
        .route("/old", get(|| async { Redirect::permanent("/older") }))
        .route(
            "/older",
            get(|| async { (StatusCode::MOVED_PERMANENTLY, [("location", "/new")]) }),
        )
        .route("/for-now", get(|| async { Redirect::temporary("/new") }))
        .route("/new", get("one"));
    let world = World::new(site).await;
    for (path, expected) in [
        ("old", Some("http://ledger.example/new")),
        ("for-now", None),
    ] {
        let answer = world
            .get(&format!("http://ledger.example/{path}"))
            .await
            .unwrap();
        let Answer::Page { page, moved_to, .. } = answer else {
            panic!("no page at {path}");
        };
        assert_eq!(page.final_url, "http://ledger.example/new");
        assert_eq!(moved_to.as_deref(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn redirects_end() {
    let site = Router::new()
        .route("/circle", get(|| async { Redirect::temporary("/circle") }))
        .route(
            "/n/{n}",
            get(
                |axum::extract::Path(n): axum::extract::Path<u32>| async move {
                    Redirect::temporary(&format!("/n/{}", n + 1))
                },
            ),
        );
    let world = World::new(site).await;
    let error = world.error("http://ledger.example/circle").await;
    assert!(
        matches!(error, FetchError::TooManyRedirects { .. }),
        "{error:?}"
    );
    assert_eq!(world.visits().len(), 1);
    let error = world.error("http://ledger.example/n/0").await;
    assert!(
        matches!(error, FetchError::TooManyRedirects { limit: 10, .. }),
        "{error:?}"
    );
    assert_eq!(world.visits().len(), 1 + 11);
}

#[tokio::test(start_paused = true)]
async fn no_redirect_leads_to_a_private_address() {
    let site = Router::new()
        .route(
            "/number",
            get(|| async { Redirect::temporary("http://10.0.0.1/secret") }),
        )
        .route(
            "/neighbour",
            get(|| async { Redirect::temporary("http://127.0.0.2/secret") }),
        )
        .route(
            "/mapped",
            get(|| async { Redirect::temporary("http://[::ffff:10.0.0.1]/secret") }),
        )
        .route(
            "/name",
            get(|| async { Redirect::temporary("http://inside.example/secret") }),
        );
    let world = World::new(site).await;
    for path in ["number", "neighbour", "mapped", "name"] {
        let error = world.error(&format!("http://ledger.example/{path}")).await;
        assert!(
            matches!(error, FetchError::PrivateAddress { .. }),
            "{path}: {error:?}"
        );
    }
    assert_eq!(world.visits().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn loopback_is_refused_unless_it_is_listed() {
    let site = Router::new().route("/a", get("one"));
    let world = World::with(site, |config| config.allow_private.clear()).await;
    for url in [
        "http://ledger.example/a".to_owned(),
        format!("http://127.0.0.1:{}/a", world.port),
    ] {
        let error = world.error(&url).await;
        assert!(
            matches!(error, FetchError::PrivateAddress { .. }),
            "{error:?}"
        );
    }
    assert_eq!(world.visits().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_not_reached_is_told_from_one_that_refuses() {
    let world = World::new(Router::new()).await;
    let unknown = world.error("http://unknown.example/").await;
    assert!(matches!(unknown, FetchError::Dns { .. }), "{unknown:?}");
    let silent = world.error("http://nobody-listens.example/").await;
    assert_eq!(
        silent.to_string(),
        "no connection to nobody-listens.example: connection refused"
    );
    assert!(unknown.is_unreachable() && silent.is_unreachable());
    let missing = world.error("http://ledger.example/a").await;
    assert!(
        matches!(missing, FetchError::Status { code: 404, .. }),
        "{missing:?}"
    );
    assert!(missing.is_gone() && !missing.is_unreachable());
}

#[tokio::test(start_paused = true)]
async fn a_server_without_tls_is_not_asked_in_the_open() {
    let world = World::new(Router::new().route("/a", get("one"))).await;
    let error = world.error("https://ledger.example/a").await;
    assert!(matches!(error, FetchError::Tls { .. }), "{error:?}");
    assert_eq!(world.visits().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_password_is_not_told() {
    let world = World::new(Router::new()).await;
    let error = world.error("http://desk:secret@ledger.example/a").await;
    assert_eq!(error.to_string(), "ledger.example answered with status 404");
    let error = world.error("http://desk:secret@ledger.example:x/").await;
    assert!(
        !format!("{error} {error:?}").contains("secret"),
        "{error:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_servers_send_in_validators_is_sent_back_only_if_it_can_be() {
    let world = World::new(Router::new().route("/a", get("one"))).await;
    let validators = Validators {
        etag: Some("a\nb".to_owned()),
        last_modified: Some("Mon, 02 Mar 2026 05:00:00 GMT".to_owned()),
    };
    let answer = world
        .fetcher
        .get("http://ledger.example/a", &validators)
        .await;
    assert!(matches!(answer, Ok(Answer::Page { .. })), "{answer:?}");
    let headers = &world.visits()[0].headers;
    assert!(headers.contains_key("if-modified-since") && !headers.contains_key("if-none-match"));
}

#[tokio::test]
async fn a_config_that_cannot_be_used_names_its_key() {
    for (key, config) in [
        (
            "user_agent",
            FetchConfig {
                user_agent: Some("a\nb".into()),
                ..FetchConfig::default()
            },
        ),
        (
            "allow_private",
            FetchConfig {
                allow_private: vec!["all".into()],
                ..FetchConfig::default()
            },
        ),
    ] {
        let (names, clock) = (tocsin_crawler::SystemResolver, tocsin_crawler::SystemClock);
        let made = tocsin_crawler::Fetcher::new(
            config,
            std::sync::Arc::new(names),
            std::sync::Arc::new(clock),
        );
        let error = made.unwrap_err();
        assert!(
            error.to_string().starts_with(&format!("`fetch.{key}`")),
            "{error}"
        );
    }
}
