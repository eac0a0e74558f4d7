use super::*;
use proptest::prelude::*;

fn allowed(robots: &str, agent: &str, path: &str) -> bool {
    RobotsTxt::parse(robots.as_bytes()).allowed(agent, &format!("https://ledger.example{path}"))
}

/// One rule for everybody: does it keep us off the path?
fn forbids(rule: &str, path: &str) -> bool {
    !allowed(&format!("User-agent: *\nDisallow: {rule}"), "tocsin", path)
}

#[test]
fn no_file_forbids_nothing() {
    assert!(RobotsTxt::default().allowed("tocsin", "https://ledger.example/a"));
    assert!(allowed("", "tocsin", "/"));
}

#[test]
fn the_group_that_names_us_hides_the_one_for_everybody() {
    let robots = "User-agent: *\nDisallow: /\n\nUser-agent: Tocsin\nDisallow: /print/";
    assert!(allowed(robots, "tocsin", "/news"));
    assert!(!allowed(robots, "tocsin", "/print/1"));
    assert!(!allowed(robots, "other", "/news"));
}

#[test]
fn groups_of_one_name_are_merged_and_names_share_a_group() {
    let robots = "User-agent: a\nUser-agent: b\nDisallow: /1\nUser-agent: c\nDisallow: /2\n\
                  User-agent: A/2.0\nDisallow: /3";
    for (agent, closed) in [("a", "/1"), ("b", "/1"), ("c", "/2"), ("a", "/3")] {
        assert!(!allowed(robots, agent, closed), "{agent} {closed}");
    }
    assert!(allowed(robots, "b", "/3"));
    assert!(allowed(robots, "c", "/1"));
}

#[test]
fn other_lines_do_not_part_the_names_of_a_group() {
    let robots = "User-agent: a\nSitemap: https://ledger.example/map.xml\nCrawl-delay: 2\n\n\
                  User-agent: b\nDisallow: /x";
    assert!(!allowed(robots, "a", "/x"));
    assert!(!allowed(robots, "b", "/x"));
}

#[test]
fn an_empty_disallow_opens_everything_and_ends_the_names() {
    let robots = "User-agent: a\nDisallow:\nUser-agent: b\nDisallow: /";
    assert!(allowed(robots, "a", "/x"));
    assert!(!allowed(robots, "b", "/x"));
}

#[test]
fn the_longest_rule_decides_and_allow_wins_a_tie() {
    let robots =
        "User-agent: *\nDisallow: /a/\nAllow: /a/b\nDisallow: /a/b/c\nAllow: /d\nDisallow: /d";
    assert!(!allowed(robots, "tocsin", "/a/x"));
    assert!(allowed(robots, "tocsin", "/a/b/x"));
    assert!(!allowed(robots, "tocsin", "/a/b/c"));
    assert!(allowed(robots, "tocsin", "/d"));
}

#[test]
fn wildcards_and_the_end_mark() {
    assert!(forbids("/*.pdf$", "/files/a.pdf"));
    assert!(!forbids("/*.pdf$", "/files/a.pdf?v=2"));
    assert!(forbids("/*.pdf", "/files/a.pdf?v=2"));
    assert!(forbids("/a*b*c$", "/a-b-c-b-c"));
    assert!(!forbids("/a*b*c$", "/a-b"));
    assert!(forbids("*", "/"));
    assert!(forbids("/$", "/"));
    assert!(!forbids("/$", "/a"));
    assert!(forbids("/price$/list", "/price$/list/1"));
    assert!(!forbids("/ab*ba$", "/aba"));
    assert!(forbids("/***a***", "/bba"));
}

#[test]
fn escapes_are_compared_by_what_they_mean() {
    assert!(forbids("/caf\u{e9}", "/caf%c3%a9"));
    assert!(forbids("/caf%C3%A9", "/caf\u{e9}"));
    assert!(forbids("/%7Eann", "/~ann"));
    assert!(forbids("/a%2fb", "/a%2Fb"));
    assert!(!forbids("/a%2Fb", "/a/b"));
    assert!(forbids(
        "/go?to=http%3A%2F%2Fa.example",
        "/go?to=http://a.example"
    ));
    assert!(forbids("/*?to=/b", "/go?to=%2Fb"));
    assert!(forbids("/a b", "/a%20b"));
    assert!(forbids("/100%", "/100%25"));
    assert!(forbids("/a%2Ab", "/a*b"));
    assert!(!forbids("/a%2Ab", "/a-b"));
}

#[test]
fn bytes_that_are_no_utf_8_are_compared_as_bytes() {
    let robots = RobotsTxt::parse(b"User-agent: *\nDisallow: /caf\xe9");
    assert!(!robots.allowed("tocsin", "https://ledger.example/caf%E9"));
    assert!(robots.allowed("tocsin", "https://ledger.example/caf%C3%A9"));
}

#[test]
fn spelling_is_forgiven() {
    for line in [
        "Disalow: /x",
        "DISSALLOW : /x",
        "disallow /x",
        "  Disallow:/x # why not",
        "dis-allow: /x",
    ] {
        assert!(
            !allowed(&format!("useragent: *\n{line}"), "t", "/x"),
            "{line}"
        );
    }
    assert!(!allowed("User agent tocsin\nDisallow /x", "tocsin", "/x"));
    assert!(allowed("User-agent: *\nDisallow-all of it", "t", "/x"));
}

#[test]
fn every_kind_of_line_end_ends_a_line() {
    for end in ["\n", "\r", "\r\n"] {
        let robots = ["User-agent: *", "Disallow: /x", "Allow: /x/y"].join(end);
        assert!(!allowed(&robots, "t", "/x"), "{end:?}");
        assert!(allowed(&robots, "t", "/x/y"), "{end:?}");
    }
}

#[test]
fn a_byte_order_mark_does_not_hide_the_first_line() {
    for mark in [&b"\xef\xbb\xbf"[..], b"\xef\xbb", b"\xef"] {
        let file = [mark, b"User-agent: *\nDisallow: /x"].concat();
        assert!(!RobotsTxt::parse(&file).allowed("t", "/x"), "{mark:?}");
    }
}

#[test]
fn a_web_page_is_no_robots_txt() {
    assert!(allowed(
        "\n<!DOCTYPE html>\nUser-agent: *\nDisallow: /",
        "t",
        "/"
    ));
}

#[test]
fn nothing_is_read_behind_500_kib() {
    let mut robots = "User-agent: *\nDisallow: /a\n".to_owned();
    robots.push_str(&"#".repeat(500 * 1024));
    robots.push_str("\nDisallow: /b");
    assert!(!allowed(&robots, "t", "/a"));
    assert!(allowed(&robots, "t", "/b"));
}

#[test]
fn the_index_page_opens_its_folder() {
    let robots = "User-agent: *\nDisallow: /\nAllow: /news/index.html";
    assert!(allowed(robots, "t", "/news/"));
    assert!(allowed(robots, "t", "/news/index.html"));
    assert!(!allowed(robots, "t", "/news/1"));
}

#[test]
fn an_agent_is_known_by_its_product_token() {
    for (agent, token) in [
        ("tocsin/0.1 (+mailto:desk@ledger.example)", "tocsin"),
        (
            "Mozilla/5.0 (compatible; Tocsin/0.1; +https://a.example)",
            "tocsin",
        ),
        ("Tocsin", "tocsin"),
        ("*", ""),
    ] {
        assert_eq!(product_token(agent), token);
    }
}

#[test]
fn the_query_belongs_to_the_path_and_the_fragment_does_not() {
    assert!(forbids("/?", "/?page=2"));
    assert!(forbids("/?", "?page=2"));
    assert!(!forbids("/*top", "/a#top"));
    assert!(forbids(
        "/go?to=http://a.example/x",
        "/go?to=http://a.example/x"
    ));
}

#[test]
fn crawl_delay_is_read_per_group() {
    let robots = RobotsTxt::parse(
        b"User-agent: *\nCrawl-delay: 2.5\nDisallow: /x\nUser-agent: slow\nCrawl-delay: 30 s\n\
          Disallow: /x\nUser-agent: odd\nCrawl-delay: -1\nDisallow: /x",
    );
    assert_eq!(
        robots.crawl_delay("tocsin"),
        Some(Duration::from_millis(2500))
    );
    assert_eq!(robots.crawl_delay("slow"), Some(Duration::from_secs(30)));
    assert_eq!(robots.crawl_delay("odd"), None);
}

/// Matching by trying every way: slow, and plainly right.
fn by_trial(pattern: &[u8], path: &[u8]) -> bool {
    match (pattern, path) {
        ([], _) => true,
        ([b'$'], _) => path.is_empty(),
        ([b'*', more @ ..], _) => (0..=path.len()).any(|i| by_trial(more, &path[i..])),
        ([p, more @ ..], [c, rest @ ..]) => p == c && by_trial(more, rest),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400), url in "\\PC{0,60}") {
        let _ = RobotsTxt::parse(&bytes).allowed("tocsin", &url);
    }

    #[test]
    fn matching_equals_trying_every_way(pattern in "/[ab*]{0,7}\\$?", path in "/[ab]{0,9}") {
        prop_assert_eq!(forbids(&pattern, &path), by_trial(pattern.as_bytes(), path.as_bytes()));
    }
}

#[test]
fn sitemaps_are_found_outside_of_groups_too() {
    let robots = RobotsTxt::parse(
        b"Sitemap: https://a.example/s.xml\nUser-agent: *\nDisallow: /x\nSITEMAP : http://a.example/n.xml # news\nSitemap: /relative.xml",
    );
    assert_eq!(
        robots.sitemaps(),
        ["https://a.example/s.xml", "http://a.example/n.xml"]
    );
    assert!(
        RobotsTxt::parse(b"<html>Sitemap: https://a.example/s.xml")
            .sitemaps()
            .is_empty()
    );
}
