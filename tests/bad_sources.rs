//! Sources that serve anything but news: each is named in the report, none stops the run.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod program;

use program::{Program, respond, serve};
use std::fmt::Write as _;
use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};

const FEED: &str = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Good</title>\
    <item><title>Ministry publishes AI chip export rule</title><link>http://ADDR/article</link>\
    <pubDate>Mon, 05 Oct 2026 08:00:00 GMT</pubDate></item></channel></rss>";
const ARTICLE: &str = "<html><head><title>Ministry publishes AI chip export rule</title></head><body><article>\
    <h1>Ministry publishes AI chip export rule</h1><p>The ministry published a rule on Monday that requires a \
    licence for the export of artificial intelligence chips. Makers have ninety days to apply for one.</p>\
    <p>The rule counts the chips that a buyer has had in a year. Smaller orders stay free.</p></article></body></html>";

fn answer(stream: &mut TcpStream, addr: SocketAddr, path: &str) -> std::io::Result<()> {
    if path == "/endless" {
        stream.write_all(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss><channel>",
        )?;
        loop {
            stream.write_all(&[b'x'; 65_536])?;
        }
    }
    let (status, body) = body(path, addr);
    respond(stream, status, &body)
}

fn body(path: &str, addr: SocketAddr) -> (&'static str, Vec<u8>) {
    let feed = FEED.replace("ADDR", &addr.to_string());
    let body = match path {
        "/good" => feed.into_bytes(),
        "/article" => ARTICLE.as_bytes().to_vec(),
        "/page" => b"<!DOCTYPE html><html><body><p>Welcome to our site.</p></body></html>".to_vec(),
        "/empty" => Vec::new(),
        "/truncated" => feed.as_bytes()[..feed.len() - 30].to_vec(),
        "/liar" => feed.replace("?>", " encoding=\"utf-16\"?>").into_bytes(),
        "/charset" => feed.replace("?>", " encoding=\"x-klingon\"?>").into_bytes(),
        "/deep" => format!("<rss><channel>{}", "<a>".repeat(100_000)).into_bytes(),
        _ => return ("404 Not Found", b"no".to_vec()),
    };
    ("200 OK", body)
}

fn configure(program: &Program, addr: SocketAddr, paths: &[&str]) {
    let conf = program.dir.path().join("conf");
    std::fs::create_dir_all(&conf).unwrap();
    let mut sources = String::new();
    for path in paths {
        let id = path.trim_start_matches('/');
        writeln!(
            sources,
            "[[source]]\nid = \"{id}\"\nname = \"{id}\"\nkind = \"feed\"\nurl = \"http://{addr}{path}\""
        )
        .unwrap();
    }
    std::fs::write(conf.join("sources.toml"), sources).unwrap();
    let settings =
        "[fetch]\nallow_private = [\"127.0.0.0/8\"]\nhost_gap_ms = 0\nmax_bytes = 1000000\n";
    std::fs::write(conf.join("tocsin.toml"), settings).unwrap();
}

fn outcomes(program: &Program) -> std::collections::BTreeMap<String, serde_json::Value> {
    let report = &program.json(&["run", "--config", "conf", "--json"])[0];
    let sources = report["sources"].as_array().unwrap().iter();
    sources
        .map(|s| {
            (
                s["source"].as_str().unwrap().to_owned(),
                s["outcome"].clone(),
            )
        })
        .collect()
}

#[test]
fn each_bad_source_is_named_and_the_good_one_is_read() {
    let program = Program::new();
    let paths = [
        "/good",
        "/page",
        "/empty",
        "/truncated",
        "/liar",
        "/charset",
        "/deep",
        "/endless",
        "/missing",
    ];
    configure(&program, serve(answer), &paths);
    let outcomes = outcomes(&program);
    assert_eq!(outcomes.len(), paths.len());
    for good in ["good", "liar", "charset"] {
        assert_eq!(
            outcomes[good]["state"], "read",
            "{good}: {}",
            outcomes[good]
        );
    }
    for (bad, word) in [
        ("page", "page"),
        ("empty", "empty"),
        ("endless", "bytes"),
        ("missing", "404"),
    ] {
        assert_eq!(outcomes[bad]["state"], "failed", "{bad}: {}", outcomes[bad]);
        let detail = outcomes[bad]["detail"].as_str().unwrap();
        assert!(
            detail.contains(word) && !detail.contains('\n'),
            "{bad}: {detail}"
        );
    }
    let stories = program.json(&["query", "", "--json"]);
    assert_eq!(stories.len(), 1, "one article, however many feeds list it");
    assert!(stories[0]["text"].as_str().unwrap().contains("ninety days"));
}

#[test]
fn where_nothing_can_be_reached_the_status_is_three_and_the_reason_one_sentence() {
    let program = Program::new();
    // Bound and let go: nobody listens there.
    let addr = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    configure(&program, addr, &["/a", "/b", "/c"]);
    let error = program.fails(&["run", "--config", "conf"], 3);
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(
        error.contains("none of 3 sources could be reached"),
        "{error}"
    );
}

#[test]
fn a_dry_run_stores_nothing() {
    let program = Program::new();
    configure(&program, serve(answer), &["/good"]);
    let report = &program.json(&["run", "--config", "conf", "--dry-run", "--json"])[0];
    assert_eq!(report["new_stories"], 1);
    assert_eq!(program.ok(&["query", "", "--count"]).trim(), "0");
    assert!(program.mails().is_empty());
}
