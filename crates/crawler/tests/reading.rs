//! The readers seen from outside: whole feeds, any bytes, and the list of sources that is shipped.

use proptest::prelude::*;
use std::collections::HashSet;
use tocsin_core::SourceId;
use tocsin_crawler::{Sources, feed, listing, sitemap};

const URL: &str = "https://a.example/feed";

fn read(text: &str) -> feed::Document {
    feed::parse(text.as_bytes(), None, URL)
}

#[test]
fn an_rss_feed_becomes_entries_of_the_program() {
    let found = read(
        r#"<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
        <channel><title>Ministry &amp; Co</title><link>https://a.example/</link><language>en</language>
        <item><title>Rule &lt;b&gt;one&lt;/b&gt; &amp;amp; more</title><link>/rules/1?a=1&b=2</link><guid isPermaLink="false">r1</guid>
          <description>Short &nbsp; text</description><author>press@a.example (Ada Bell)</author>
          <content:encoded><![CDATA[<p onclick="x()">Long <a href="/x">text</a></p><script>y()</script>]]></content:encoded>
          <pubDate>Mon, 05 Oct 2026 08:30:00 +0200</pubDate><category>AI</category>
          <enclosure url="/a.mp3" type="audio/mpeg" length="12"/></item></channel></rss>"#,
    );
    assert_eq!(found.error, None);
    assert_eq!(found.feed.title.as_deref(), Some("Ministry & Co"));
    assert_eq!(found.feed.language.as_deref(), Some("en"));
    let entry = found.entries[0]
        .clone()
        .into_feed_entry(&SourceId::new("xx-ministry"));
    assert_eq!(entry.title.as_deref(), Some("Rule one & more"));
    assert_eq!(
        entry.url.as_deref(),
        Some("https://a.example/rules/1?a=1&b=2")
    );
    assert_eq!(entry.guid.as_deref(), Some("r1"));
    assert_eq!(
        entry.content_html.as_deref(),
        Some(r#"<p>Long <a href="https://a.example/x">text</a></p>"#)
    );
    assert_eq!(entry.published.unwrap().to_string(), "2026-10-05T06:30:00Z");
    assert_eq!(entry.authors, ["Ada Bell"]);
    assert_eq!(entry.categories, ["AI"]);
    assert_eq!(entry.enclosures[0].url, "https://a.example/a.mp3");
    assert_eq!(entry.enclosures[0].length, Some(12));
}

#[test]
fn text_of_an_atom_feed_is_escaped_where_html_is_expected() {
    let found = read(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><summary>a &lt;script&gt;b()&lt;/script&gt;</summary><updated>2026-10-05</updated></entry></feed>",
    );
    assert_eq!(
        found.entries[0].summary.as_deref(),
        Some("a <script>b()</script>")
    );
    let entry = found.entries[0]
        .clone()
        .into_feed_entry(&SourceId::new("xx-a"));
    assert!(!entry.summary.unwrap().contains('<'));
    assert_eq!(entry.published, entry.updated);
}

#[test]
fn a_json_feed_is_read() {
    let found = read(
        r#"{"version":"https://jsonfeed.org/version/1.1","title":"A","items":[{"id":"1","url":"https://a.example/1",
        "content_html":"<p>x<script>y</script></p>","date_published":"2026-10-05T08:00:00Z",
        "attachments":[{"url":"https://a.example/a.mp3","mime_type":"audio/mpeg"}]}]}"#,
    );
    assert_eq!(found.error, None);
    let entry = &found.entries[0];
    assert_eq!(entry.link.as_deref(), Some("https://a.example/1"));
    assert_eq!(entry.content.as_deref(), Some("<p>x</p>"));
    assert_eq!(entry.enclosures.len(), 1);
    assert!(read("{\"a\":1}").error.unwrap().contains("JSON"));
}

#[test]
fn an_entry_without_id_gets_none_made_up() {
    let found = read("<rss><channel><item><title>T</title><link>/1</link></item></channel></rss>");
    assert_eq!(found.entries[0].id, None);
}

#[test]
fn a_web_page_is_named_with_the_feed_that_it_names() {
    let page = "<!DOCTYPE html><html><head><link rel=alternate type=application/rss+xml href=/rss.xml></head><body>Hi</body></html>";
    let error = read(page).error.unwrap();
    assert_eq!(
        error,
        "a web page where a feed was expected; the page names a feed: https://a.example/rss.xml"
    );
    for (text, word) in [
        ("", "empty"),
        ("hello", "plain text"),
        ("<urlset/>", "sitemap"),
        ("<opml/>", "<opml>"),
    ] {
        let found = read(text);
        assert!(
            found.error.as_ref().unwrap().contains(word),
            "{:?}",
            found.error
        );
        assert_eq!(found.entries, []);
    }
}

#[test]
fn large_and_deep_feeds_are_bounded() {
    let item = "<item><title>t</title></item>";
    let many = format!("<rss><channel>{}", item.repeat(feed::MAX_ENTRIES + 1));
    assert_eq!(read(&many).entries.len(), feed::MAX_ENTRIES);
    let deep = format!(
        "<rss><channel><item><description>{}",
        "&lt;div&gt;".repeat(100_000)
    );
    assert_eq!(read(&(deep + "</description></item>")).entries.len(), 1);
}

#[test]
fn the_shipped_sources_are_many_and_sound() {
    let text = include_str!("../../../config/sources.toml");
    let sources = Sources::parse("sources.toml", text).unwrap();
    let distinct = |value: fn(&tocsin_core::Source) -> &str| {
        sources
            .iter()
            .map(value)
            .filter(|v| !v.is_empty())
            .collect::<HashSet<_>>()
            .len()
    };
    assert!(sources.len() >= 250, "{}", sources.len());
    assert_eq!(distinct(|s| s.id.as_str()), sources.len());
    assert_eq!(distinct(|s| &s.url), sources.len());
    assert!(distinct(|s| &s.country) >= 30);
    assert!(distinct(|s| &s.lang) >= 15);
    assert!(distinct(|s| &s.category) >= 14);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = feed::parse(&bytes, Some("text/xml; charset=gb2312"), URL);
        let _ = sitemap::parse(&bytes, URL);
        let _ = listing::parse(&bytes, URL, None, None);
    }

    #[test]
    fn any_markup_is_survived(parts in proptest::collection::vec(prop_oneof![
        Just("<rss>"), Just("<channel>"), Just("<item>"), Just("</item>"), Just("<title>"), Just("</title>"),
        Just("<link>"), Just("<link href='/a'/>"), Just("<![CDATA["), Just("]]>"), Just("<feed xml:base='::'>"),
        Just("<entry"), Just(" x='"), Just(">"), Just("&"), Just("&#0;"), Just("<!--"), Just("<!DOCTYPE a ["),
        Just("<urlset><url><loc>"), Just("<a href='//['>"), Just("2026-10-05"), Just("é"), Just("\u{0}"),
        Just("<content type='xhtml'><div>"), Just("<summary mode='base64'>"), Just("{\"version\":"),
    ], 0..40)) {
        let text = parts.concat();
        let _ = read(&text);
        let _ = sitemap::parse(text.as_bytes(), URL);
        let _ = listing::parse(text.as_bytes(), URL, Some("a"), None);
    }

    #[test]
    fn every_cut_of_a_feed_keeps_the_whole_entries(cut in 0_usize..400) {
        let item = |n| format!("<item><title>Title {n}</title><link>https://a.example/{n}</link></item>");
        let whole: String = (0..5).map(item).collect();
        let text = format!("<rss version='2.0'><channel>{whole}</channel></rss>");
        let text = text.get(..cut).unwrap_or(&text);
        let complete = text.matches("</item>").count();
        let found = read(text);
        prop_assert!(found.entries.len() >= complete);
        for entry in &found.entries {
            let link = entry.link.as_deref().unwrap_or("https://a.example/0");
            prop_assert!((0..5).any(|n| link == format!("https://a.example/{n}")), "{link}");
        }
    }
}
