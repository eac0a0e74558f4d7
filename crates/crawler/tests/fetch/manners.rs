//! What a good guest does: robots.txt, turns, gaps and pauses.

use crate::world::{DAWN, World};
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tocsin_core::Barrier;
use tocsin_crawler::FetchError;

/// A site with this robots.txt and a page at `/a` and `/b`.
fn site(robots: &'static str) -> Router {
    pages().route("/robots.txt", get(robots))
}

fn pages() -> Router {
    Router::new()
        .route("/a", get("one"))
        .route("/b", get("two"))
}

#[tokio::test(start_paused = true)]
async fn what_robots_txt_forbids_is_not_asked() {
    let world = World::new(site("User-agent: tocsin\nDisallow: /a")).await;
    let error = world.error("http://ledger.example/a").await;
    assert!(
        matches!(error, FetchError::RobotsForbid { .. }),
        "{error:?}"
    );
    assert_eq!(error.barrier(), Some(Barrier::Robots));
    world.page("http://ledger.example/b").await;
    let paths: Vec<String> = world.visits().into_iter().map(|visit| visit.path).collect();
    assert_eq!(paths, ["/b"]);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_is_held_to_the_robots_txt_of_where_it_leads() {
    let world = World::new(site("User-agent: *\nDisallow: /b").route(
        "/away",
        get(|| async { Redirect::temporary("http://print.ledger.example/b") }),
    ))
    .await;
    let error = world.error("http://ledger.example/away").await;
    let host = "print.ledger.example".to_owned();
    assert_eq!(error, FetchError::RobotsForbid { host });
    assert_eq!(world.robots_visits(), 2);
}

#[tokio::test(start_paused = true)]
async fn robots_txt_is_read_once_a_day() {
    let world = World::new(site("")).await;
    world.page("http://ledger.example/a").await;
    world.clock.advance(23 * 3600);
    world.page("http://ledger.example/b").await;
    assert_eq!(world.robots_visits(), 1);
    world.clock.advance(2 * 3600);
    world.page("http://ledger.example/a").await;
    assert_eq!(world.robots_visits(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_robots_txt_that_is_not_there_forbids_nothing() {
    let world = World::new(pages()).await;
    world.page("http://ledger.example/a").await;
    assert_eq!(world.robots_visits(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_robots_txt_that_cannot_be_read_forbids_everything_for_now() {
    let broken = Arc::new(AtomicUsize::new(500));
    let status = Arc::clone(&broken);
    let site = pages().route(
        "/robots.txt",
        get(move || async move {
            let code = u16::try_from(status.load(Ordering::Relaxed)).unwrap();
            StatusCode::from_u16(code).unwrap()
        }),
    );
    let world = World::new(site).await;
    for _ in 0..2 {
        let error = world.error("http://ledger.example/a").await;
        assert!(
            matches!(error, FetchError::RobotsUnreachable { .. }),
            "{error:?}"
        );
    }
    assert_eq!((world.robots_visits(), world.visits().len()), (1, 0));
    broken.store(200, Ordering::Relaxed);
    world.clock.advance(11 * 60);
    world.page("http://ledger.example/a").await;
}

#[tokio::test(start_paused = true)]
async fn robots_txt_may_be_redirected_five_times() {
    let chain = |length: u32| {
        pages()
            .route(
                "/robots.txt",
                get(move || async move { Redirect::temporary(&format!("/r/{length}")) }),
            )
            .route(
                "/r/{left}",
                get(
                    |axum::extract::Path(left): axum::extract::Path<u32>| async move {
                        match left {
                            1 => "User-agent: *\nDisallow: /a".into_response(),
                            more => {
                                Redirect::temporary(&format!("/r/{}", more - 1)).into_response()
                            }
                        }
                    },
                ),
            )
    };
    let error = World::new(chain(5))
        .await
        .error("http://ledger.example/a")
        .await;
    assert!(
        matches!(error, FetchError::RobotsForbid { .. }),
        "{error:?}"
    );
    World::new(chain(6))
        .await
        .page("http://ledger.example/a")
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_host_that_asks_for_a_pause_gets_it() {
    let pause = || async { (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "120")]) };
    let world = World::new(pages().route("/busy", get(pause))).await;
    for path in ["busy", "a", "b"] {
        let error = world.error(&format!("http://ledger.example/{path}")).await;
        assert_eq!(
            error.retry_at().map(|until| until.as_second()),
            Some(DAWN + 120),
            "{path}"
        );
    }
    assert_eq!(world.visits().len(), 1);
    world.page("http://print.ledger.example/a").await;
    world.clock.advance(121);
    world.page("http://ledger.example/a").await;
}

#[tokio::test(start_paused = true)]
async fn a_test_for_robots_takes_nothing_off_a_pause() {
    let wall = || async {
        let words = "<title>Just a moment...</title><p>Solve the captcha";
        (
            StatusCode::TOO_MANY_REQUESTS,
            [("retry-after", "3600")],
            words,
        )
    };
    let refusal = || async { (StatusCode::FORBIDDEN, [("cf-mitigated", "challenge")], "") };
    let world = World::new(
        pages()
            .route("/wall", get(wall))
            .route("/test", get(refusal)),
    )
    .await;
    let error = world.error("http://ledger.example/test").await;
    assert!(
        matches!(
            error,
            FetchError::BotWall {
                code: 403,
                until: None,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(!error.is_temporary());
    let error = world.error("http://ledger.example/wall").await;
    assert_eq!(error.barrier(), Some(Barrier::BotWall));
    assert!(error.is_temporary());
    let until = error.retry_at().map(|until| until.as_second());
    assert_eq!(until, Some(DAWN + 3_600));
    let next = world.error("http://ledger.example/a").await;
    assert!(
        next.is_rest() && next.retry_at() == error.retry_at(),
        "{next:?}"
    );
    assert_eq!(world.visits().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn pauses_that_nobody_measured_grow_from_process_to_process() {
    let busy = || async { StatusCode::TOO_MANY_REQUESTS };
    let moved = || async { Redirect::temporary("/busy") };
    let site = || {
        site("")
            .route("/busy", get(busy))
            .route("/moved", get(moved))
    };
    let (mut debts, mut waits) = (tocsin_crawler::Debts::default(), Vec::new());
    for _ in 0..3 {
        let world = World::new(site()).await;
        world.fetcher.take_over(&debts);
        let error = world.error("http://ledger.example/moved").await;
        let until = error.retry_at().unwrap().as_second();
        waits.push((until - DAWN) / 300);
        debts = tocsin_crawler::Debts {
            pauses: std::collections::BTreeMap::new(),
            ..world.fetcher.debts()
        };
    }
    assert_eq!(waits, [1, 2, 4]);
    let world = World::new(site()).await;
    world.fetcher.take_over(&debts);
    world.page("http://ledger.example/a").await;
    assert!(world.fetcher.debts().times.is_empty(), "forgiven");
}

#[tokio::test(start_paused = true)]
async fn what_is_owed_to_hosts_outlasts_a_process() {
    let pause = || async { (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "3600")]) };
    let robots = "User-agent: *\nCrawl-delay: 7";
    let world = World::new(site(robots).route("/busy", get(pause))).await;
    let owed = |world: &World| {
        let mut owed = None;
        let kept = world.fetcher.hand_on(|debts| {
            owed = Some(debts.clone());
            Ok::<(), ()>(())
        });
        kept.map(|()| owed).unwrap()
    };
    assert_eq!(owed(&world), None);
    world.error("http://ledger.example/busy").await;
    let debts = owed(&world).unwrap();
    assert_eq!(debts.gap_ms, 7_000);
    assert_eq!(
        debts
            .pauses
            .iter()
            .map(|(host, until)| (host.as_str(), until.as_second()))
            .collect::<Vec<_>>(),
        [("ledger.example", DAWN + 3_600)]
    );
    assert_eq!(owed(&world), None, "told once");

    let next = World::new(site(robots)).await;
    next.fetcher.take_over(&debts);
    let error = next.error("http://ledger.example/a").await;
    assert_eq!(
        error.retry_at().map(|until| until.as_second()),
        Some(DAWN + 3_600)
    );
    assert_eq!((next.robots_visits(), next.visits().len()), (0, 0));
    next.clock.advance(3_601);
    next.page("http://ledger.example/a").await;
    // A pause written under a wrong clock ends within a day all the same.
    let wrong = tocsin_crawler::Debts {
        pauses: debts
            .pauses
            .into_keys()
            .map(|host| (host, "2999-01-01T00:00:00Z".parse().unwrap()))
            .collect(),
        ..debts
    };
    next.fetcher.take_over(&wrong);
    let written_anew = owed(&next).unwrap();
    let until = DAWN + 3_601 + 86_400;
    assert!(
        written_anew
            .pauses
            .values()
            .all(|end| end.as_second() == until)
    );
    assert_eq!(written_anew.gap_ms, 7_000, "no less than before");
    next.error("http://ledger.example/b").await;
    next.clock.advance(86_401);
    next.page("http://ledger.example/b").await;
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_robots_txt_is_answered_with_holds_for_the_host() {
    let site = pages().route(
        "/robots.txt",
        get(|| async { StatusCode::TOO_MANY_REQUESTS }),
    );
    let world = World::new(site).await;
    for _ in 0..2 {
        let error = world.error("http://ledger.example/a").await;
        assert!(matches!(error, FetchError::RetryLater { .. }), "{error:?}");
    }
    assert_eq!((world.robots_visits(), world.visits().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_host_is_asked_one_thing_at_a_time() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let slow = move || async move {
        seen.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_secs(1)).await;
        now.fetch_sub(1, Ordering::SeqCst);
        "one"
    };
    let world = World::with(pages().route("/slow", get(slow)), |config| {
        config.host_gap_ms = 0
    })
    .await;
    let urls = ["http://ledger.example/slow"; 5];
    let answers = futures::future::join_all(urls.iter().map(|url| world.get(url))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(most.load(Ordering::SeqCst), 1);
    let both = |a, b| futures::future::join_all([world.get(a), world.get(b)]);
    both(
        "http://a.ledger.example/slow",
        "http://b.ledger.example/slow",
    )
    .await;
    assert_eq!(
        most.load(Ordering::SeqCst),
        1,
        "hosts of one site share their turns"
    );
    both("http://ledger.example/slow", "http://gazette.example/slow").await;
    assert_eq!(
        most.load(Ordering::SeqCst),
        1,
        "sites at one address share the turns of its machine"
    );
    both(
        "http://ledger.example/slow",
        "http://elsewhere.example/slow",
    )
    .await;
    assert_eq!(
        most.load(Ordering::SeqCst),
        2,
        "sites at different addresses do not wait for one another"
    );
}

#[tokio::test(start_paused = true)]
async fn sites_at_one_address_keep_its_gap_and_not_the_wishes_of_their_neighbours() {
    let world = World::new(site("User-agent: *\nCrawl-delay: 9")).await;
    for name in ["ledger", "gazette", "courier"] {
        world.page(&format!("http://{name}.example/a")).await;
    }
    let visits = world.visits();
    let first = visits.first().unwrap().at;
    let after: Vec<u64> = visits
        .iter()
        .map(|v| v.at.duration_since(first).as_secs())
        .collect();
    // The second site's robots.txt two seconds after the first one's page, its page nine seconds after that.
    assert_eq!(after, [0, 11, 22]);
}

/// Seconds between the visits to a site, rounded down.
async fn gaps(robots: &'static str) -> Vec<u64> {
    let world = World::new(site(robots)).await;
    for path in ["a", "b", "a"] {
        world.page(&format!("http://ledger.example/{path}")).await;
    }
    let visits = world.visits();
    let pairs = visits.iter().zip(visits.iter().skip(1));
    pairs
        .map(|(a, b)| b.at.duration_since(a.at).as_secs())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn requests_to_a_host_keep_the_gap_that_either_side_wants() {
    assert_eq!(gaps("").await, [2, 2]);
    assert_eq!(gaps("User-agent: *\nCrawl-delay: 5").await, [5, 5]);
    assert_eq!(gaps("User-agent: *\nCrawl-delay: 0.1").await, [2, 2]);
    assert_eq!(gaps("User-agent: *\nCrawl-delay: 600").await, [30, 30]);
}

#[tokio::test(start_paused = true)]
async fn a_site_may_be_asked_more_slowly_and_not_faster() {
    let world = World::new(site("User-agent: *\nCrawl-delay: 5")).await;
    let gap_with = async |wish: u64| {
        let slow = Duration::from_secs(wish);
        world
            .fetcher
            .slow_down("http://www.ledger.example/feed.xml", slow);
        let before = world.visits().len();
        world.page("http://ledger.example/a").await;
        world.page("http://ledger.example/b").await;
        let visits = world.visits();
        let [.., a, b] = visits.as_slice() else {
            unreachable!("two visits more than {before}");
        };
        b.at.duration_since(a.at).as_secs()
    };
    assert_eq!(gap_with(1).await, 5);
    assert_eq!(gap_with(12).await, 12);
    assert_eq!(gap_with(9_999).await, 30);
}
