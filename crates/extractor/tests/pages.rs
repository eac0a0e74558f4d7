//! Whole pages through the public door: what comes out, what is refused, what is survived.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use common::{STORY, URL, extract, page, read, sent};
use proptest::prelude::*;
use tocsin_core::{Precision, StoryId};
use tocsin_extractor::{ExtractError, Judged, Page, from_plain_text, text_of_fragment};

#[test]
fn a_page_of_today_gives_everything() {
    let head = r#"<title>Ministry puts chips under licence | Chip Daily</title>
        <link rel=canonical href="/world/export-rule">
        <meta property="og:site_name" content="Chip Daily">
        <meta property="og:image" content="/pictures/1.jpg">
        <script type="application/ld+json">{"@graph": [
            {"@type": "Organization", "@id": "/#house", "name": "Chip Daily"},
            {"@type": "Person", "@id": "/#ann", "name": "Ann Example"},
            {"@type": "NewsArticle", "headline": "Ministry puts chips under licence",
             "author": [{"@id": "/#ann"}, {"@type": "Person", "name": "Bo Sample (bs)"}],
             "datePublished": "2026-03-02T10:15:30+01:00", "dateModified": "2026-03-02T12:00:00Z",
             "articleSection": "World", "publisher": {"@id": "/#house"}}]}</script>"#;
    let body = format!(
        "<h1>Ministry puts chips under licence</h1>{STORY}<h2>Related articles</h2><ul><li><a href=/b>Another story</a></li></ul>"
    );
    let article = read(head, &body);
    assert_eq!(article.title, "Ministry puts chips under licence");
    assert_eq!(article.byline, ["Ann Example", "Bo Sample"]);
    assert_eq!(
        article.published.unwrap().to_string(),
        "2026-03-02T09:15:30Z"
    );
    assert_eq!(article.published_precision, Some(Precision::Second));
    assert_eq!(
        article.modified.unwrap().to_string(),
        "2026-03-02T12:00:00Z"
    );
    assert_eq!(
        article.canonical_url,
        "https://www.chipdaily.example/world/export-rule"
    );
    assert_eq!(article.id, StoryId::of_url(&article.canonical_url));
    assert_eq!(article.url, URL);
    assert_eq!(article.site_name.as_deref(), Some("Chip Daily"));
    assert_eq!(article.section.as_deref(), Some("World"));
    assert_eq!(
        article.image.as_deref(),
        Some("https://www.chipdaily.example/pictures/1.jpg")
    );
    assert_eq!(article.language.as_deref(), Some("en"));
    let paragraphs: Vec<&str> = article.text.split("\n\n").collect();
    assert_eq!(paragraphs.len(), 3, "{}", article.text);
    assert!(
        paragraphs
            .first()
            .unwrap()
            .starts_with("The ministry of trade")
    );
    assert!(
        paragraphs
            .last()
            .unwrap()
            .ends_with("period of transition.")
    );
}

#[test]
fn what_stands_around_an_article_is_no_part_of_it() {
    let others = "<section class=related-stories><h2>More on chips</h2><ul><li><a href=/1>Makers of chips meet in spring</a></li>\
        <li><a href=/2>Prices of chips fall again</a></li></ul></section>\
        <div class=newsletter-signup><p>Sign up for our newsletter and get the news of the week on Friday.</p></div>\
        <div id=comments><h3>Comments</h3><div class=comment><p>I think that the rule is late, and it will not work at all.</p></div></div>";
    let body = format!(
        "<h1>Rule</h1><figure><img src=/a.jpg><figcaption>A wafer in a plant. Photo: Ann Example</figcaption></figure>\
         <div class=article-body>{STORY}<aside class=newsletter-box><p>All the news in your inbox on Friday.</p></aside></div>{others}"
    );
    let text = read("<title>Rule</title>", &body).text;
    assert_eq!(text.split("\n\n").count(), 3, "{text}");
}

#[test]
fn a_table_s_row_is_one_paragraph() {
    let table = "<table><tr><th>Step</th><th>Day</th></tr><tr><td>The text of the rule is published for comments</td>\
        <td>2 March 2026</td></tr><tr><td>The rule applies to all shipments of chips</td><td>1 May 2026</td></tr></table>";
    let text = read(
        "",
        &format!("<h1>Rule</h1><div class=article-body>{STORY}{table}{STORY}</div>"),
    )
    .text;
    assert!(text.contains("for comments | 2 March 2026"), "{text}");
}

#[test]
fn every_block_is_explained() {
    let html = page(
        "<title>Rule</title>",
        &format!("<h1>Rule</h1><div class='story body'>{STORY}</div>"),
    );
    let blocks = tocsin_extractor::explain(&sent(html.as_bytes(), None))
        .unwrap()
        .blocks;
    let taken: Vec<&Judged> = blocks.iter().filter(|b| b.taken).collect();
    assert!(
        taken
            .iter()
            .any(|b| b.path.ends_with("div.story.body > p") && b.chance > 0.5)
    );
    assert!(
        blocks
            .iter()
            .any(|b| b.text.starts_with("All rights") && !b.taken)
    );
    assert!(tocsin_extractor::explain(&sent(b"%PDF-1.7", None)).is_err());
}

#[test]
fn names_are_split_and_cleaned() {
    for (body, expected) in [
        (
            "<p class=byline>By Ann Example and Bo Sample</p>",
            vec!["Ann Example", "Bo Sample"],
        ),
        (
            "<a rel=author href=/a>Von Ann Example</a>",
            vec!["Ann Example"],
        ),
        (
            "<span itemprop=author><span itemprop=name>Ann Example</span> writes on chips</span>",
            vec!["Ann Example"],
        ),
        ("<p class=author>Share 12 times</p>", vec![]),
    ] {
        assert_eq!(
            read("", &format!("<h1>Rule</h1>{body}{STORY}")).byline,
            expected,
            "{body}"
        );
    }
    let meta =
        |content: &str| read(&format!("<meta name=author content=\"{content}\">"), STORY).byline;
    assert_eq!(meta("例子一、例子二"), ["例子一", "例子二"]);
    assert_eq!(meta("https://social.example/ann"), Vec::<String>::new());
    assert_eq!(meta("admin"), Vec::<String>::new());
    assert_eq!(meta("Ann Example, senior reporter"), ["Ann Example"]);
}

#[test]
fn a_page_that_names_only_itself_gives_way_to_a_person() {
    let head = r#"<meta property="og:site_name" content="Chip Daily"><meta name=author content="Chip Daily">"#;
    assert_eq!(
        read(
            head,
            &format!("<h1>Rule</h1><p class=byline>By Ann Example</p>{STORY}")
        )
        .byline,
        ["Ann Example"]
    );
    assert_eq!(read(head, STORY).byline, ["Chip Daily"]);
}

#[test]
fn chinese_text_stays_whole() {
    let story = "<p>商务部周一公布了一项新规定，将十二种芯片列入许可证管理范围，这是两年来的第三次此类措施。</p>"
        .to_owned()
        + "<p>制造商必须申报每批货物的买方和用途，商务部可在六十天内作出拒绝的决定，规定自下月起施行。</p>\
           <p>两家行业协会表示，它们将先研究该规定，再决定是否提起诉讼；小型制造商则要求延长过渡期。</p>";
    let article = read("", &format!("<h1>芯片出口新规公布</h1>{story}"));
    assert_eq!(article.language.as_deref(), Some("zh"));
    assert!(
        article.text.contains("将十二种芯片列入许可证管理范围"),
        "{}",
        article.text
    );
    assert_eq!(article.title, "芯片出口新规公布");
}

#[test]
fn old_character_sets_are_read() {
    let html = page(
        "<title>Größe</title>",
        &STORY.replace("ministry", "Ministère"),
    );
    let bytes: Vec<u8> = html
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let article = extract(&bytes, Some("text/html")).unwrap();
    assert_eq!(article.title, "Größe");
    assert!(article.text.contains("Ministère of trade"));
}

#[test]
fn what_is_no_article_is_told_apart() {
    let error = |body: &[u8], kind: Option<&str>| extract(body, kind).unwrap_err();
    assert!(matches!(
        error(b"%PDF-1.7 \x00\x01", Some("text/html")),
        ExtractError::NotHtml { .. }
    ));
    assert!(matches!(
        error(&[0x89, b'P', b'N', b'G', 0, 1], None),
        ExtractError::NotHtml { .. }
    ));
    assert!(matches!(
        error(b"<p>a</p>", Some("video/mp4")),
        ExtractError::NotHtml { .. }
    ));
    assert_eq!(error(b" \n ", Some("text/html")), ExtractError::Empty);
    let shell = b"<html><head><script src=/a.js></script></head><body><div id=root></div><noscript>Turn on JavaScript.</noscript></body></html>";
    assert_eq!(error(shell, None), ExtractError::NeedsBrowser);
    assert!(matches!(
        tocsin_extractor::extract(&Page::new(b"<p>a</p>", "news")),
        Err(ExtractError::BadUrl { .. })
    ));
}

#[test]
fn plain_text_has_a_title_and_no_comment_form() {
    let text = "\u{feff}Ministry puts chips under licence\n\nExport\nThe ministry published a rule.\r\nIt starts in May.\n\
        Post a Comment for \"Ministry puts chips under licence\"\nPost a Comment\n";
    let article = from_plain_text(text, URL).unwrap();
    assert_eq!(article.title, "Ministry puts chips under licence");
    assert_eq!(
        article.text,
        "Export\n\nThe ministry published a rule.\n\nIt starts in May."
    );
    assert_eq!(extract(text.as_bytes(), Some("text/plain")), Ok(article));
    assert_eq!(from_plain_text(" \n", URL), Err(ExtractError::Empty));
}

#[test]
fn the_front_page_is_not_the_address_of_a_story() {
    let article = read(
        "<link rel=canonical href='https://www.chipdaily.example/'>",
        STORY,
    );
    assert_eq!(
        article.canonical_url,
        "https://www.chipdaily.example/world/export-rule"
    );
}

#[test]
fn a_short_article_keeps_its_paragraphs() {
    let article = read(
        "",
        "<header><h1>Rule out</h1></header><p>The ministry\n\npublished <b>a rule</b>.</p><p>It starts<br>in May.</p><footer>Tags</footer>",
    );
    assert_eq!(article.title, "Rule out");
    assert_eq!(
        article.text,
        "The ministry published a rule.\n\nIt starts in May."
    );
}

#[test]
fn a_fragment_is_all_text() {
    let html =
        "<p>One <i>rule</i></p><ul><li>a</li><li>b</li></ul><script>x()</script>last<br><br>line";
    assert_eq!(text_of_fragment(html), "One rule\n\na\n\nb\n\nlast\n\nline");
    assert_eq!(text_of_fragment(""), "");
}

#[test]
fn depth_is_survived_on_a_small_stack() {
    // Elements of every sort that can nest, deeper than any recursion on this stack would bear.
    for open in [
        "<div>",
        "<span>",
        "<b>",
        "<table><tr><td>",
        "<ul><li>",
        "<svg><g>",
        "<blockquote>",
        "<font color=a>",
    ] {
        let html = page("", &format!("{}{STORY}", open.repeat(5_000)));
        let run = move || extract(html.as_bytes(), None).is_ok();
        let thread = std::thread::Builder::new()
            .stack_size(1 << 20)
            .spawn(run)
            .unwrap();
        let found = thread.join().unwrap();
        assert!(found || open.starts_with("<svg"), "{open}");
    }
}

#[test]
fn the_text_of_a_deep_page_is_kept() {
    let html = page(
        "",
        &format!(
            "{}{STORY}{}",
            "<div>".repeat(100_000),
            "</div>".repeat(100_000)
        ),
    );
    let article = extract(html.as_bytes(), None).unwrap();
    assert!(article.text.contains("puts twelve kinds of chips"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_survived(body in proptest::collection::vec(any::<u8>(), 0..600), kind in proptest::option::of(".{0,30}")) {
        let _ = extract(&body, kind.as_deref());
    }

    #[test]
    fn any_markup_gives_paragraphs_or_a_reason(
        html in "(<(html|p|div|h1|b|a href=x|table|td|li|time datetime=2026-03-02|meta name=author content=|script|svg|title|ul|article)>|</(p|div|b|a|table|script)>|word |The rule, said Ann\\. |芯片|&amp;|<!--|-->|\"|\n){0,120}"
    ) {
        if let Ok(article) = extract(html.as_bytes(), None) {
            prop_assert!(!article.text.is_empty());
            prop_assert!(!article.text.contains("\n\n\n") && article.text.trim() == article.text);
            prop_assert!(!article.text.split("\n\n").any(|p| p.contains('\n')));
        }
    }

    #[test]
    fn any_plain_text_is_survived(text in "\\PC{0,200}") {
        let _ = from_plain_text(&text, URL);
    }
}
