//! Pages as sites build them, and what must come out.

use super::*;

fn read_at() -> Option<Timestamp> {
    "2026-10-07T10:00:00Z".parse().ok()
}

/// The days of a page of the corpus, a dash where there is none.
fn days(page: &[u8]) -> Vec<String> {
    let entries = parse(page, "https://www.a.example/news/", None, read_at()).unwrap();
    let day = |e: &FeedEntry| e.published.map(|t| t.strftime("%m-%d").to_string());
    let days = entries
        .iter()
        .map(|e| day(e).unwrap_or_else(|| "-".to_owned()));
    days.collect()
}

fn read(html: &str) -> Vec<(String, String, String)> {
    let entries = parse(
        html.as_bytes(),
        "https://www.a.example/news/",
        None,
        read_at(),
    )
    .unwrap();
    let field = |value: Option<String>| value.unwrap_or_default();
    entries
        .into_iter()
        .map(|e| {
            (
                field(e.url),
                field(e.title),
                field(e.published.map(|t| t.to_string())),
            )
        })
        .collect()
}

const AROUND: &str = r#"<nav><a href="/about">About this ministry and its work</a><a href="/b">Everything else we do here</a>
    <a href="/c">Contact and further information</a></nav>"#;
const FOOTER: &str = r#"<ul class="pager"><li><a href="?page=2">The second page of all news</a></ul>
    <footer><a href="/imprint">Imprint and legal information</a></footer>"#;

#[test]
fn a_list_with_dates_is_read_and_navigation_is_not() {
    let items: String = (1..=4)
        .map(|n| format!(r#"<li class="item-{n}"><span>0{n}.10.2026</span><h3><a href="{n}.html">Ministry rule number {n}</a></h3></li>"#))
        .collect();
    let found = read(&format!("{AROUND}<main><ul>{items}</ul></main>{FOOTER}"));
    assert_eq!(found.len(), 4, "{found:?}");
    assert_eq!(
        found[1],
        (
            "https://www.a.example/news/2.html".to_owned(),
            "Ministry rule number 2".to_owned(),
            "2026-10-02T12:00:00Z".to_owned()
        )
    );
}

#[test]
fn chinese_lists_and_dates_in_addresses_are_read() {
    let items: String = (1..=3)
        .map(|n| {
            format!(
                r#"<li><a href="/art/2026/10/0{n}/a_{n}.html">关于人工智能管理的通知{n}</a></li>"#
            )
        })
        .collect();
    let found = read(&format!("<ul>{items}</ul>"));
    assert_eq!(found[2].2, "2026-10-03T12:00:00Z");
    assert_eq!(found[2].1, "关于人工智能管理的通知3");
}

#[test]
fn a_card_gives_its_heading_and_its_time_element() {
    let items: String = (1..=3)
        .map(|n| format!(r#"<a class="card" href="/n/{n}"><img alt="x"><time datetime="2026-10-0{n}T08:00:00Z">now</time><h2>Headline of card {n}</h2><p>More text on this matter.</p></a>"#))
        .collect();
    let found = read(&format!("<div>{items}</div>"));
    assert_eq!(found[0].1, "Headline of card 1");
    assert_eq!(found[0].2, "2026-10-01T08:00:00Z");
}

#[test]
fn a_date_of_a_neighbour_is_not_taken() {
    let html = r#"<ul><li><a href="/1">A headline of some length</a> <i>5 October 2026</i></li>
        <li><a href="/2">Another headline of length</a></li><li><a href="/3">The third headline of it</a></li></ul>"#;
    let found = read(html);
    assert_eq!(found[0].2, "2026-10-05T12:00:00Z");
    assert_eq!(found[1].2, "");
}

#[test]
fn days_are_found_where_sites_put_them() {
    let page = |name: &str| {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/listing/");
        std::fs::read(format!("{root}{name}")).unwrap()
    };
    for (name, expected) in [
        // Above their link, of an era, in full-width digits, two of which the nearer counts.
        ("news-japanese-dl.html", "10-05 10-02 09-30 09-24 09-17"),
        // In pieces, of which a part would be another date; one that the calendar does not have.
        ("archive-dates-spread.html", "10-05 10-02 09-28 -"),
        // In a time element, or in its text where it says nothing useful.
        ("cards-with-time.html", "10-05 10-04 - 09-28"),
        // With two digits of the year.
        ("press-german-cards.html", "10-05 10-01 09-28 09-21"),
        (
            "ministry-chinese-gb2312.html",
            "10-05 10-03 09-28 09-21 09-15",
        ),
        ("board-korean-table.html", "10-05 10-02 09-29"),
        ("navigation-and-footers.html", "10-06 10-05 09-28"),
    ] {
        assert_eq!(days(&page(name)).join(" "), expected, "{name}");
    }
}

#[test]
fn headings_date_the_lists_below_them() {
    let list = |n: u32| {
        format!(
            "<ul><li><a href=/{n}a>A headline of some length</a></li><li><a href=/{n}b>Another one of length</a></li></ul>"
        )
    };
    let html = format!(
        "<div><h3>5 October 2026</h3>{}<h3>2 October 2026</h3>{}</div>",
        list(1),
        list(2)
    );
    assert_eq!(days(html.as_bytes()), ["10-05", "10-05", "10-02", "10-02"]);
}

#[test]
fn a_selector_is_obeyed_and_checked() {
    let html = br#"<p class="x"><a href="/1">One</a></p><p><a href="/2">Two</a></p>"#;
    let parse = |selector| parse(html, "https://a.example/", Some(selector), None);
    let found = parse("p.x").unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].url.as_deref(), Some("https://a.example/1"));
    assert!(parse("p[").unwrap_err().contains("link_selector"));
    assert!(parse("p.y").unwrap_err().contains("matches no link"));
}

#[test]
fn a_page_without_a_list_says_so() {
    let error = parse(b"<p>Hello</p>", "https://a.example/", None, None).unwrap_err();
    assert!(error.contains("link_selector"), "{error}");
    let deep = "<div>".repeat(100_000);
    assert!(
        parse(deep.as_bytes(), "https://a.example/", None, None)
            .unwrap_err()
            .contains("deep")
    );
}
