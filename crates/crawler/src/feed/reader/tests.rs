//! One helper, and what a feed must hold.

use super::*;

fn feed(text: &str) -> Document {
    read(text, Url::parse("https://a.example/feed").ok().as_ref()).unwrap()
}

#[test]
fn every_dialect_is_read() {
    for text in [
        "<rss><channel><item><title>T</title><link>/1</link></item></channel></rss>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><channel/><item><title>T</title><link>/1</link></item></rdf:RDF>",
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title>T</title><link href='/1'/></entry></feed>",
        "<x:rss xmlns:x='http://unknown.example/'><x:channel><x:item><x:title>T</x:title><x:link>/1</x:link></x:item></x:channel></x:rss>",
        "<channel href='/'><item href='/1'><title>T</title></item></channel>",
    ] {
        let found = feed(text);
        assert_eq!(found.entries.len(), 1, "{text}");
        let entry = &found.entries[0];
        assert_eq!(entry.title.as_deref(), Some("T"), "{text}");
        assert_eq!(entry.link.as_deref(), Some("https://a.example/1"), "{text}");
    }
}

#[test]
fn a_missing_end_keeps_the_fields_that_were_whole() {
    let found = feed(
        "<rss><channel><item><title>One</title></item><item><title>Two</title><link>https://a.example/ha",
    );
    assert_eq!(found.entries.len(), 2);
    assert_eq!(found.entries[1].title.as_deref(), Some("Two"));
    assert_eq!(
        found.entries[1].link, None,
        "a cut address must not be kept"
    );
}

#[test]
fn unclosed_and_crossed_tags_do_not_swallow_the_next_entry() {
    let found = feed(
        "<rss><channel><item><title>One<item><description><b>x</i></description></item></channel>",
    );
    assert_eq!(found.entries.len(), 2);
    assert!(found.entries[1].summary.is_some());
    let unclosed = "<rss><channel><title>A".to_owned() + &"<item><link>/1</link>".repeat(300);
    let found = feed(&unclosed);
    assert_eq!(found.entries.len(), 300);
    assert_eq!(found.feed.title.as_deref(), Some("A"));
}

#[test]
fn a_field_of_another_element_is_not_the_entrys() {
    let found = feed(
        "<feed><entry><source><title>No</title></source><title>Yes</title><x:title xmlns:x='urn:x'>No</x:title></entry></feed>",
    );
    assert_eq!(found.entries[0].title.as_deref(), Some("Yes"));
}

#[test]
fn relative_addresses_follow_the_base_of_their_own_element() {
    let found = feed(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/f/'><entry xml:base='e/'><link href='1'/>\
         <summary type='html'>&lt;a href='2'&gt;x&lt;/a&gt;</summary>\
         <content type='html' xml:base='/c/'>&lt;a href='3'&gt;x&lt;/a&gt;</content></entry></feed>",
    );
    let entry = &found.entries[0];
    assert_eq!(entry.link.as_deref(), Some("https://a.example/f/e/1"));
    let summary = entry.summary.as_deref().unwrap();
    assert!(summary.contains("https://a.example/f/e/2"), "{summary}");
    let content = entry.content.as_deref().unwrap();
    assert!(content.contains("https://a.example/c/3"), "{content}");
}

#[test]
fn a_base_of_another_scheme_is_none() {
    let found = feed(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='javascript:/a/'><entry><link href='x'/>\
         <content type='html'>&lt;a href='y'&gt;z&lt;/a&gt;</content></entry></feed>",
    );
    let entry = &found.entries[0];
    assert_eq!(entry.link.as_deref(), Some("https://a.example/x"));
    let content = entry.content.as_deref().unwrap();
    assert!(content.contains("https://a.example/y"), "{content}");
}

#[test]
fn depth_and_entries_are_bounded() {
    let deep = format!(
        "<rss><channel><item><description>{}x",
        "<div>".repeat(50_000)
    );
    assert_eq!(feed(&deep).entries.len(), 1);
    let many = format!("<rss><channel>{}", "<item></item>".repeat(MAX_ENTRIES + 5));
    assert_eq!(feed(&many).entries.len(), MAX_ENTRIES);
}

#[test]
fn what_is_no_feed_is_named() {
    assert_eq!(read("hello", None).unwrap_err(), NotAFeed::NoMarkup);
    assert_eq!(
        read("<html><body>", None).unwrap_err(),
        NotAFeed::Root("html".to_owned())
    );
}
