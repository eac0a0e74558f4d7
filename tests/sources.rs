//! Sources found, added, removed, taken from other readers and given to them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod program;

use program::{Program, respond, serve, shared};
use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};

const PAGE: &str = "<html lang=fr><head><title>Autorité des modèles</title>\
    <link rel=alternate type=application/rss+xml title=Commentaires href=/comments.xml>\
    <link rel=alternate type=application/rss+xml href=/actualites.xml></head><body><p>Bienvenue.</p></body></html>";

fn answer(stream: &mut TcpStream, _: SocketAddr, path: &str) -> std::io::Result<()> {
    let (status, body) = match path {
        "/" => ("200 OK", PAGE.to_owned()),
        "/actualites.xml" => ("200 OK", feed("Actualités")),
        "/comments.xml" => ("200 OK", feed("Commentaires")),
        _ => ("404 Not Found", "no".to_owned()),
    };
    respond(stream, status, body.as_bytes())
}

fn feed(title: &str) -> String {
    format!(
        "<rss version='2.0'><channel><title>{title}</title><item><title>Règle sur l'intelligence artificielle</title>\
         <link>/1</link><pubDate>Mon, 05 Oct 2026 08:00:00 GMT</pubDate></item></channel></rss>"
    )
}

/// An installation that may ask loopback, with one source.
fn program() -> Program {
    let program = Program::new();
    let conf = program.dir.path().join("conf");
    std::fs::create_dir_all(&conf).unwrap();
    let settings = "[fetch]\nallow_private = [\"127.0.0.0/8\"]\nhost_gap_ms = 0\n";
    std::fs::write(conf.join("tocsin.toml"), settings).unwrap();
    let sources = "# Mine\n\n[[source]]\nid = \"xx-one\"\nname = \"One\"\nkind = \"feed\"\nurl = \"https://one.example/rss\"\n";
    std::fs::write(conf.join("sources.toml"), sources).unwrap();
    program
}

fn file(program: &Program) -> String {
    std::fs::read_to_string(program.dir.path().join("conf/sources.toml")).unwrap()
}

#[test]
fn a_site_is_looked_at_and_its_best_feed_added() {
    let program = program();
    let site = format!("http://{}/", serve(answer));
    let found = program.json(&["sources", "discover", &site, "--json", "--config", "conf"]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0]["url"], format!("{site}actualites.xml"));
    assert_eq!(found[0]["source"]["lang"], "fr");
    let table = program.ok(&["sources", "add", &site, "--config", "conf", "--dry-run"]);
    assert!(table.starts_with("[[source]]\n"), "{table}");
    assert!(!file(&program).contains("actualites"));
    program.ok(&[
        "sources",
        "add",
        &site,
        "--id",
        "fr-aa",
        "--category",
        "regulator",
        "--topics",
        "policy,safety",
        "--config",
        "conf",
    ]);
    let text = file(&program);
    assert!(text.starts_with("# Mine"), "{text}");
    assert!(
        text.contains("id = \"fr-aa\"") && text.contains("topics = [\"policy\", \"safety\"]"),
        "{text}"
    );
    let error = program.fails(&["sources", "add", &site, "--config", "conf"], 2);
    assert!(error.contains("`fr-aa` reads"), "{error}");
    let checked = program.json(&["sources", "check", "fr-aa", "--json", "--config", "conf"]);
    assert_eq!(checked[0]["entries"], 1, "{checked:?}");
}

#[test]
fn a_source_is_removed_and_the_rest_stays() {
    let program = program();
    program.ok(&[
        "sources",
        "add",
        "https://two.example/rss",
        "--kind",
        "feed",
        "--id",
        "xx-two",
        "--config",
        "conf",
    ]);
    program.ok(&["sources", "remove", "xx-one", "--config", "conf"]);
    let text = file(&program);
    assert!(
        text.starts_with("# Mine") && text.contains("xx-two") && !text.contains("xx-one"),
        "{text}"
    );
    let error = program.fails(&["sources", "remove", "xx-one", "--config", "conf"], 2);
    assert!(error.contains("no source is named `xx-one`"), "{error}");
    let error = program.fails(
        &[
            "sources",
            "add",
            "two.example",
            "--kind",
            "feed",
            "--config",
            "conf",
        ],
        2,
    );
    assert!(error.contains("https://"), "{error}");
}

#[test]
fn lists_of_other_readers_come_in_and_go_out() {
    let program = program();
    let opml = "<opml version='2.0'><body><outline text='Press'><outline text='Two' xmlUrl='https://two.example/rss'/>\
        <outline text='One' xmlUrl='https://one.example/rss'/></outline><outline text='Bad' xmlUrl='nowhere'/></body></opml>";
    std::fs::write(program.dir.path().join("list.opml"), opml).unwrap();
    let shown = program.json(&[
        "sources",
        "import-opml",
        "list.opml",
        "--dry-run",
        "--json",
        "--config",
        "conf",
    ]);
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert_eq!(shown[0]["category"], "Press");
    program.ok(&["sources", "import-opml", "list.opml", "--config", "conf"]);
    let written = program.ok(&["sources", "export-opml", "--config", "conf"]);
    assert!(written.contains("<outline text=\"Press\""), "{written}");
    let other = Program::new();
    std::fs::create_dir_all(other.dir.path().join("conf")).unwrap();
    std::fs::write(other.dir.path().join("conf/sources.toml"), "").unwrap();
    other.answered(
        &["sources", "import-opml", "--config", "conf"],
        written.as_bytes(),
    );
    let ids = |program: &Program| -> Vec<String> {
        let list = program.json(&["sources", "list", "--json", "--config", "conf"]);
        let mut ids: Vec<String> = list
            .iter()
            .map(|s| s["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&program), ids(&other));
    let error = program.fails(
        &[
            "sources",
            "import-opml",
            "conf/sources.toml",
            "--config",
            "conf",
        ],
        2,
    );
    assert!(error.contains("no OPML"), "{error}");
}

#[test]
fn pages_of_the_shared_set_name_the_feeds_that_they_should() {
    let Some(shared) = shared() else {
        println!("skipped: needs ../shared");
        return;
    };
    let packed = std::fs::File::open(shared.join("data/feeds/discovery.jsonl.gz")).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed)
        .read_to_string(&mut text)
        .unwrap();
    let program = Program::new();
    let answers = program.filter(&["sources", "discover", "--batch"], text.as_bytes());
    for (case, answer) in text.lines().zip(&answers) {
        let case: serde_json::Value = serde_json::from_str(case).unwrap();
        assert_eq!(case["feeds"], answer["feeds"], "{}", case["id"]);
    }
}

#[test]
fn a_pause_that_a_host_asked_for_holds_for_every_command() {
    let program = program();
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    fn busy(stream: &mut TcpStream, _: SocketAddr, path: &str) -> std::io::Result<()> {
        if path == "/robots.txt" {
            return respond(stream, "404 Not Found", b"no");
        }
        ASKED.fetch_add(1, Ordering::SeqCst);
        let status = "429 Too Many Requests\r\nretry-after: 3600";
        respond(stream, status, b"later")
    }
    let site = format!("http://{}", serve(busy));
    let source = format!(
        "[[source]]\nid = \"xx-busy\"\nname = \"Busy\"\nkind = \"feed\"\nurl = \"{site}/feed.xml\"\n"
    );
    std::fs::write(program.dir.path().join("conf/sources.toml"), source).unwrap();
    let run = |args: &[&str]| {
        let output = program.command(args).args(["--config", "conf"]).output();
        let code = output.unwrap().status.code();
        assert!(code.is_some_and(|code| code != 2), "{args:?}");
        ASKED.load(Ordering::SeqCst)
    };
    // Kept where there is a store to keep it in.
    assert_eq!(run(&["run"]), 1);
    assert_eq!(run(&["sources", "discover", &site]), 1);
    assert_eq!(run(&["sources", "check", "xx-busy"]), 1);
    assert_eq!(run(&["run", "--source", "xx-busy"]), 1);
}
