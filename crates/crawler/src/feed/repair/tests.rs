//! One helper, and what the pieces must hold.

use super::*;

fn pieces(text: &str) -> Repaired {
    repair(text, Url::parse("https://a.example/feed").ok().as_ref()).unwrap()
}

#[test]
fn every_dialect_becomes_atom() {
    for text in [
        "<rss><channel><item><title>T</title><link>/1</link></item></channel></rss>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><channel/><item><title>T</title><link>/1</link></item></rdf:RDF>",
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title>T</title><link href='/1'/></entry></feed>",
        "<x:rss xmlns:x='http://unknown.example/'><x:channel><x:item><x:title>T</x:title><x:link>/1</x:link></x:item></x:channel></x:rss>",
    ] {
        let found = pieces(text);
        assert_eq!(found.entries.len(), 1, "{text}");
        let xml = &found.entries[0].xml;
        assert!(xml.contains(">T</title>"), "{xml}");
        assert!(xml.contains("href=\"https://a.example/1\""), "{xml}");
    }
}

#[test]
fn a_missing_end_keeps_the_fields_that_were_whole() {
    let found = pieces(
        "<rss><channel><item><title>One</title></item><item><title>Two</title><link>https://a.example/ha",
    );
    assert_eq!(found.entries.len(), 2);
    assert!(found.entries[1].xml.contains("Two"));
    assert!(
        !found.entries[1].xml.contains("/ha"),
        "a cut address must not be kept"
    );
}

#[test]
fn unclosed_and_crossed_tags_do_not_swallow_the_next_entry() {
    let found = pieces(
        "<rss><channel><item><title>One<item><description><b>x</i></description></item></channel>",
    );
    assert_eq!(found.entries.len(), 2);
    assert!(found.entries[1].xml.contains("summary"));
    let unclosed = "<rss><channel><title>A".to_owned() + &"<item><link>/1</link>".repeat(300);
    let found = pieces(&unclosed);
    assert_eq!(found.entries.len(), 300);
    assert!(found.feed.xml.contains(">A</title>"));
}

#[test]
fn a_field_of_another_element_is_not_the_entrys() {
    let found = pieces(
        "<feed><entry><source><title>No</title></source><title>Yes</title><x:title xmlns:x='urn:x'>No</x:title></entry></feed>",
    );
    assert!(
        !found.entries[0].xml.contains("No"),
        "{}",
        found.entries[0].xml
    );
}

#[test]
fn depth_and_entries_are_bounded() {
    let deep = format!(
        "<rss><channel><item><description>{}x",
        "<div>".repeat(50_000)
    );
    assert_eq!(pieces(&deep).entries.len(), 1);
    let many = format!("<rss><channel>{}", "<item></item>".repeat(MAX_ENTRIES + 5));
    assert_eq!(pieces(&many).entries.len(), MAX_ENTRIES);
}

#[test]
fn what_is_no_feed_is_named() {
    assert_eq!(repair("hello", None).unwrap_err(), NotAFeed::NoMarkup);
    assert_eq!(
        repair("<html><body>", None).unwrap_err(),
        NotAFeed::Root("html".to_owned())
    );
}
