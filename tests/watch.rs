//! `watch`: passes by themselves, other commands in between, a change of the config taken in, a kill gone on
//! from.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod program;

use program::{Program, serve};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

/// Requests that the site had.
static ASKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A feed of two stories.
fn site(stream: &mut TcpStream, addr: SocketAddr, path: &str) -> std::io::Result<()> {
    ASKED.lock().unwrap().push(path.to_owned());
    let entry = |n: usize| {
        format!(
            "<item><title>Council adopts rule {n} on artificial intelligence</title>\
             <link>http://{addr}/story/{n}</link></item>"
        )
    };
    let (status, body) = match path {
        "/feed.xml" => (
            "200 OK",
            format!(
                "<rss version=\"2.0\"><channel><title>Council</title>{}{}</channel></rss>",
                entry(1),
                entry(2)
            ),
        ),
        "/story/1" | "/story/2" => {
            let text = "The council adopted a regulation on artificial intelligence and its models in public offices. ".repeat(8);
            (
                "200 OK",
                format!(
                    "<html><head><title>Council adopts rule {path}</title></head><body><article><h1>Council adopts rule {path} on artificial intelligence</h1><p>{text}</p></article></body></html>"
                ),
            )
        }
        _ => ("404 Not Found", String::new()),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn installed(addr: SocketAddr) -> Program {
    let program = Program::new();
    program.ok(&["init", "--quiet"]);
    let config = program.dir.path().join(".config/tocsin");
    let source = format!(
        "[[source]]\nid = \"eu-council\"\nname = \"Council\"\nkind = \"feed\"\nurl = \"http://{addr}/feed.xml\"\n"
    );
    fs::write(config.join("sources.toml"), source).unwrap();
    fs::write(
        config.join("tocsin.toml"),
        "[fetch]\nallow_private = [\"127.0.0.0/8\"]\nhost_gap_ms = 20\n",
    )
    .unwrap();
    program
}

fn end(mut child: Child) {
    let _ = Command::new("kill").arg(child.id().to_string()).status();
    let status = child.wait().unwrap();
    assert!(status.success(), "{status}");
}

#[test]
fn it_polls_by_itself_and_lets_others_in_between() {
    let program = installed(serve(site));
    let mut child = program
        .command(&["watch", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut report = String::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    lines.read_line(&mut report).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(
        (&report["new_stories"], &report["relevant"]),
        (&2.into(), &2.into())
    );
    // The pass is over, so the store is free.
    let found = program.json(&["query", "council", "--json"]);
    assert_eq!(found.len(), 2);
    end(child);
    let once = |path: &str| {
        ASKED
            .lock()
            .unwrap()
            .iter()
            .filter(|asked| *asked == path)
            .count()
    };
    assert_eq!(
        (once("/feed.xml"), once("/story/1"), once("/story/2")),
        (1, 1, 1)
    );

    // Started again it knows what it has: nothing is due, and no page is asked for twice.
    assert_eq!(program.ok(&["watch", "--passes", "1"]), "");
    assert_eq!((once("/feed.xml"), once("/story/1")), (1, 1));
    let list = program.json(&["sources", "list", "--json"]);
    assert!(
        list[0]["next_poll"].is_string() && list[0]["state"] == "healthy",
        "{list:?}"
    );
    let told = program.fails(&["watch", "--config", "nowhere"], 2);
    assert!(told.contains("no config directory"), "{told}");
}
