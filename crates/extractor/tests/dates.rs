//! When an article was published, through the public door.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use common::{STORY, page, published, read, sent};
use tocsin_extractor::Page;

#[test]
fn the_page_s_own_clock_is_kept() {
    let meta = |at: &str| format!("<meta property=\"article:published_time\" content=\"{at}\">");
    let day = |head: &str, body: &str| {
        let article = read(head, body);
        article.by_own_clock(article.published.unwrap())
    };
    let shown = |words: &str| format!("<h1>Rule</h1><p class=date>{words}</p>{STORY}");
    // As the page says it; as a time or a day that readers see gives it away; else UTC.
    assert_eq!(
        day(&meta("2026-03-02T01:30:00+09:00"), STORY),
        "2026-03-02T01:30:00+09:00"
    );
    assert_eq!(
        day(&meta("2026-03-02T03:28:00Z"), &shown("1 March 2026, 22:28")),
        "2026-03-01T22:28:00-05:00"
    );
    assert_eq!(
        day(&meta("2026-03-02T03:28:00Z"), &shown("1 March 2026")),
        "2026-03-01T23:28:00-04:00"
    );
    assert_eq!(
        day(&meta("2026-03-02T23:28:00Z"), &shown("3 March 2026")),
        "2026-03-02T23:28:00Z"
    );
    assert_eq!(
        day(&meta("2026-03-02T03:28:00Z"), STORY),
        "2026-03-02T03:28:00Z"
    );
}

#[test]
fn dates_come_from_the_surest_place_first() {
    let ld = r#"<script type="application/ld+json">{"@type":"Article","datePublished":"2026-03-02"}</script>"#;
    let meta = r#"<meta property="article:published_time" content="2026-03-03T08:00:00Z">"#;
    let time = r#"<time class="published" datetime="2026-03-04">4 March</time>"#;
    let visible = "<p class=dateline>5 March 2026</p>";
    let changed = r#"<meta property="article:modified_time" content="2026-03-09T08:00:00Z">"#;
    let body = format!("<h1>Rule</h1>{time}{visible}{STORY}");
    assert_eq!(
        published(&[ld, meta, changed].concat(), &body),
        "2026-03-02T12:00:00Z Day"
    );
    assert_eq!(
        published(&[meta, changed].concat(), &body),
        "2026-03-03T08:00:00Z Second"
    );
    assert_eq!(published(changed, &body), "2026-03-04T12:00:00Z Day");
    assert_eq!(
        published(changed, &format!("<h1>Rule</h1>{visible}{STORY}")),
        "2026-03-05T12:00:00Z Day"
    );
    assert_eq!(published(changed, STORY), "2026-03-09T08:00:00Z Second");
    assert_eq!(published("", STORY), "-");
}

#[test]
fn visible_dates_are_read_in_seven_languages() {
    for line in [
        "Published 2 March 2026",
        "Veröffentlicht am 2. März 2026",
        "Publié le 2 mars 2026",
        "2 de marzo de 2026",
        "发布时间：2026年3月2日",
        "2026年3月2日 公開",
        "입력 2026년 3월 2일",
    ] {
        assert_eq!(
            published("", &format!("<h1>Rule</h1><p class=date>{line}</p>{STORY}")),
            "2026-03-02T12:00:00Z Day",
            "{line}"
        );
    }
}

#[test]
fn json_ld_that_is_no_json_still_gives_its_dates() {
    let head = r#"<script type="application/ld+json">{"@type":"NewsArticle","description":"a "quoted" word",
        "datePublished":"2026-03-02T10:00:00Z"}</script>"#;
    assert_eq!(published(head, STORY), "2026-03-02T10:00:00Z Second");
}

#[test]
fn no_date_is_later_than_the_reading() {
    let html = page(
        "",
        &format!("<h1>Chip rule</h1><p class=date>12/03/2026</p>{STORY}"),
    );
    let day = |read_at: Option<&str>| {
        let page = Page {
            read_at: read_at.map(|at| at.parse().unwrap()),
            ..sent(html.as_bytes(), None)
        };
        let published = tocsin_extractor::extract(&page).unwrap().published;
        published.unwrap().to_string()
    };
    assert_eq!(day(None), "2026-12-03T12:00:00Z");
    assert_eq!(day(Some("2026-03-15T08:00:00Z")), "2026-03-12T12:00:00Z");
}

#[test]
fn two_that_agree_outvote_one() {
    let ld = r#"<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Rule",
        "datePublished": "2026-02-27T09:00:00Z"}</script>"#;
    let meta = "<meta property='article:published_time' content='2026-03-02T10:00:00Z'>";
    let body = |day: &str| format!("<h1>Rule</h1><p class=date>{day}</p>{STORY}");
    let read = |day| published(&[ld, meta].concat(), &body(day));
    assert_eq!(read("2 March 2026"), "2026-03-02T10:00:00Z Second");
    assert_eq!(read("27 February 2026"), "2026-02-27T09:00:00Z Second");
    assert_eq!(read("5 March 2026"), "2026-02-27T09:00:00Z Second");
}

#[test]
fn a_film_on_the_page_is_not_the_article() {
    let film = r#"<script type="application/ld+json">{"@type": "VideoObject", "name": "Rule",
        "uploadDate": "2026-02-27T09:00:00Z"}</script>"#;
    let meta = "<meta name='parsely-pub-date' content='2026-03-02T10:00:00Z'>";
    assert_eq!(
        published(&[film, meta].concat(), STORY),
        "2026-03-02T10:00:00Z Second"
    );
    assert_eq!(published(film, STORY), "2026-02-27T09:00:00Z Second");
}

#[test]
fn what_stands_below_the_heading_is_nearer_than_the_page_s_clock_and_other_articles() {
    let clock = "<div class=date>Wednesday, 4 March 2026</div>";
    let others = "<div class=box><time datetime=2026-03-03>3 March</time></div>";
    for (heading, day) in [
        ("<h1>Chip rule out</h1>", "<p class=date>2 March 2026</p>"),
        ("<h1>Chip rule out</h1>", "<p>02.03.2026, 10:15</p>"),
        (
            "<h1>Chip rule out</h1>",
            "<aside><dd>02.03.2026</dd></aside>",
        ),
        ("<h2>Chip rule is out</h2>", "<time>2 March 2026</time>"),
    ] {
        let body = if day.starts_with("<aside") {
            format!("{heading}{day}{STORY}")
        } else {
            format!("{clock}{heading}{day}{STORY}{STORY}{others}")
        };
        let found = published("<title>Chip rule is out</title>", &body);
        assert_eq!(found.get(..10), Some("2026-03-02"), "{heading}{day}");
    }
}

#[test]
fn a_stamp_of_the_same_moment_brings_the_clock() {
    let day = |meta: &str, body: &str| {
        let head = format!("<meta property='article:published_time' content='{meta}'>");
        let article = read(&head, &format!("<h1>Rule</h1>{body}{STORY}"));
        article.by_own_clock(article.published.unwrap())
    };
    let stamp = "<time datetime='2026-03-01T22:35:29-08:00'>Mar 1</time>";
    assert_eq!(
        day("2026-03-02T06:35:29Z", stamp),
        "2026-03-01T22:35:29-08:00"
    );
    // What has only a day is put at its midnight.
    let shown = "<p class=date>2 March 2026</p>";
    assert_eq!(day("2026-03-01T23:00Z", shown), "2026-03-02T00:00:00+01:00");
    assert_eq!(day("2026-03-01T22:40:12Z", shown), "2026-03-01T22:40:12Z");
}

#[test]
fn a_shown_time_tells_the_clock_and_a_change_does_not() {
    let day = |meta: &str, body: &str| {
        let head = format!("<meta property='article:published_time' content='{meta}'>");
        let article = read(&head, &format!("<h1>Rule</h1>{body}{STORY}"));
        article.by_own_clock(article.published.unwrap())
    };
    for (meta, body, expected) in [
        (
            "2026-03-01T23:28:41Z",
            "<p class=date>2 March 2026, 00:28</p>",
            "2026-03-02T00:28:41+01:00",
        ),
        (
            "2026-03-02T03:28:00Z",
            "<p class=date>March 1, 2026 10:28 p.m. EST</p>",
            "2026-03-01T22:28:00-05:00",
        ),
        (
            "2026-03-02T10:00:00Z",
            "<p>Updated 2 March 2026, 12:30</p>",
            "2026-03-02T10:00:00Z",
        ),
        (
            "2026-03-01T20:00:00Z",
            "<p class=updated-date>2 March 2026, 08:00</p>",
            "2026-03-01T20:00:00Z",
        ),
    ] {
        assert_eq!(day(meta, body), expected, "{body}");
    }
}

#[test]
fn a_day_that_only_a_script_tells_is_better_than_none() {
    let script = "<script>window.state = {\"publishedAt\":\"2026-03-02T10:00:00Z\"}</script>";
    assert_eq!(published(script, STORY), "2026-03-02T10:00:00Z Second");
}
