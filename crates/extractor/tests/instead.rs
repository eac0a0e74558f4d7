//! Pages that hold something else than an article, and those that only look like it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use tocsin_extractor::{ExtractError, Page, Wall, extract};

const URL: &str = "https://news.example/chips";
const STORY: &str = "<p>The ministry of trade published a rule on the export of chips on Monday, and said that it \
    would apply from May to every maker in the country.</p><p>Makers asked for a delay of half a year, for the rule \
    names no limit for chips that were ordered before it was published, they said.</p>";

fn page(title: &str, body: &str) -> String {
    format!("<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>")
}

fn outcome(html: &str) -> ExtractError {
    extract(&Page::new(html.as_bytes(), URL)).unwrap_err()
}

/// A story of so many paragraphs more.
fn long_story(count: usize) -> String {
    let paragraph = |n: usize| {
        format!(
            "<p>In round {n} of the talks the makers asked for {n} more months and for a list of the buyers that need no \
             licence, and the ministry gave them a part of that, a spokesman said after hour {n} of the meeting.</p>"
        )
    };
    STORY.to_owned() + &(1..=count).map(paragraph).collect::<String>()
}

/// What a front page shows of so many stories.
fn items(count: usize) -> String {
    let item = |n: usize| {
        format!(
            "<div class=item><a href=/{n}>Ministry tightens export rule number {n}</a><p>The rule applies from May to \
             makers of chips in every part of the country, the ministry of trade said on Monday.</p></div>"
        )
    };
    (0..count).map(item).collect()
}

#[test]
fn an_error_in_the_form_of_a_page_is_no_article() {
    for title in [
        "Page not found | News",
        "404",
        "Seite nicht gefunden – Zeitung",
        "Erreur 404 : page introuvable",
        "ページが見つかりません",
        "페이지를 찾을 수 없습니다",
    ] {
        let body = "<h1>Sorry</h1><p>The page that you asked for may have moved, or it never was here. Try our search, \
            or go back to the front page and look there.</p>";
        let html = page(title, &(body.to_owned() + &items(4)));
        assert_eq!(outcome(&html), ExtractError::NotFound, "{title}");
    }
    let html = page("Why page not found is the web's best known sentence", STORY);
    assert!(extract(&Page::new(html.as_bytes(), URL)).is_ok());
}

#[test]
fn walls_are_told_apart() {
    let challenge = page(
        "Just a moment...",
        "<h1>news.example</h1><p>Verify you are human by completing the action below. The site needs to review the \
         security of your connection before it goes on.</p>",
    );
    assert_eq!(outcome(&challenge), ExtractError::Wall(Wall::Challenge));
    let consent = page(
        "Example",
        "<h1>Your privacy</h1><p>We and our partners store cookies on your device, and read them, to measure how the \
         site is used and to show advertising that fits you.</p><p>With your consent we may use exact data of your place. \
         You may withdraw your consent at any time in the privacy settings.</p><button>Accept all</button>",
    );
    assert_eq!(outcome(&consent), ExtractError::Wall(Wall::Consent));
    let login = page(
        "Example",
        "<h1>Welcome back</h1><p>Enter the address and the password of your account at Example to go on to the page that \
         you asked for, or make a new account.</p><form><input type=password></form>",
    );
    assert_eq!(outcome(&login), ExtractError::Wall(Wall::Login));
    assert!(
        outcome(&login)
            .to_string()
            .contains("a login in place of an article")
    );
}

#[test]
fn an_article_about_a_wall_is_one() {
    let about_cookies = "<p>The court ruled on Monday that cookies for advertising need consent before they are stored, \
        and that a button to accept must not be larger than the one to refuse.</p>";
    let html = page("Court rules on cookies", &format!("{about_cookies}{STORY}"));
    assert!(extract(&Page::new(html.as_bytes(), URL)).is_ok());
    let declared = "<meta property='article:published_time' content='2026-03-02'>";
    let html = page(
        "Court rules on cookies",
        &format!("{declared}{about_cookies}<button>Accept</button>"),
    );
    assert!(extract(&Page::new(html.as_bytes(), URL)).is_ok());
}

#[test]
fn news_that_speaks_of_walls_is_news() {
    let privacy = "<p>The conference on privacy and Datenschutz asked the ministry on Monday what consent a maker of \
        chips has to ask for, and what a person may refuse.</p>";
    for (title, body) in [
        (
            "Asylum seekers' access denied by an algorithm, court finds",
            STORY.to_owned(),
        ),
        (
            "Police: nothing found in search of AI laboratory",
            STORY.to_owned(),
        ),
        (
            "Privacy",
            format!("{}<button>Akzeptieren</button>", privacy.repeat(2)),
        ),
        (
            "Export rule",
            format!("<form><input type=password></form>{STORY}"),
        ),
    ] {
        let html = page(title, &body);
        let found = extract(&Page::new(html.as_bytes(), URL));
        assert!(found.is_ok(), "{title}: {found:?}");
    }
}

#[test]
fn a_list_is_told_from_an_article_with_a_list_below() {
    assert_eq!(outcome(&page("News", &items(12))), ExtractError::List);
    let story = long_story(12);
    let html = page(
        "Export rule",
        &format!("<article>{story}</article>{}", items(12)),
    );
    assert!(extract(&Page::new(html.as_bytes(), URL)).is_ok());
}

#[test]
fn a_set_of_frames_names_its_pages() {
    let html = "<html><head><title>Ministry</title></head><frameset cols=20,80><frame src=menu.html><frame src=/main.html>\
        <noframes>Your browser cannot show frames.</noframes></frameset></html>";
    let ExtractError::Frameset { frames } = outcome(html) else {
        panic!("{:?}", outcome(html));
    };
    assert_eq!(
        frames,
        [
            "https://news.example/menu.html",
            "https://news.example/main.html"
        ]
    );
}

#[test]
fn a_beginning_for_those_who_do_not_pay_is_marked() {
    let teaser = |html: &str| extract(&Page::new(html.as_bytes(), URL)).unwrap().teaser;
    let paid = "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"Chip rule\",\
        \"isAccessibleForFree\":\"False\"}</script>";
    assert!(teaser(&page("Chip rule", &format!("{paid}{STORY}"))));
    assert!(!teaser(&page(
        "Chip rule",
        &format!("{paid}{}", long_story(9))
    )));
    let words =
        "<div class=offer>Subscribe to continue reading. Already a subscriber? Log in.</div>";
    assert!(teaser(&page("Chip rule", &format!("{STORY}{words}"))));
    assert!(!teaser(&page(
        "Chip rule",
        &format!("<nav>{words}</nav>{STORY}")
    )));
    assert!(!teaser(&page("Chip rule", STORY)));
    let own =
        format!("{STORY}<p>Makers can subscribe to read the gazette of the ministry, it said.</p>");
    assert!(!teaser(&page("Chip rule", &own)));
}

#[test]
fn text_that_stands_only_in_a_script_is_read() {
    let data = serde_json::json!({ "article": { "title": "Chip rule", "body": STORY.repeat(2) } });
    let html = page(
        "Chip rule",
        &format!("<div id=root></div><script>window.state = {data};</script>"),
    );
    let article = extract(&Page::new(html.as_bytes(), URL)).unwrap();
    assert_eq!(article.title, "Chip rule");
    assert!(article.text.starts_with("The ministry of trade"));
    assert!(!article.text.contains('<'));
}
