//! `watch` killed in the middle of a request: the next process is as good a guest, and asks for no page twice.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod program;

use program::{Program, respond, serve};
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

/// One request, as the slow site saw it.
#[derive(Clone)]
struct Visit {
    path: String,
    begun: Instant,
    ended: Option<Instant>,
}

static SLOW: Mutex<Vec<Visit>> = Mutex::new(Vec::new());
static BUSY: Mutex<Vec<String>> = Mutex::new(Vec::new());
static CHANGED: Condvar = Condvar::new();
static KILLED: AtomicBool = AtomicBool::new(false);

fn feed(addr: SocketAddr, stories: usize) -> String {
    let items: String = (1..=stories)
        .map(|n| {
            format!(
                "<item><title>Council of {addr} adopts rule {n} on artificial intelligence</title>\
                 <link>http://{addr}/story/{n}</link></item>"
            )
        })
        .collect();
    format!("<rss version=\"2.0\"><channel><title>Council</title>{items}</channel></rss>")
}

fn story(path: &str) -> String {
    let text =
        "The council adopted a regulation on artificial intelligence and its models. ".repeat(9);
    format!(
        "<html><head><title>Council adopts rule {path}</title></head><body><article>\
         <h1>Council adopts rule {path}</h1><p>{text}</p></article></body></html>"
    )
}

/// Wants a second between two requests, and does not answer for its second story before the kill.
fn slow(stream: &mut TcpStream, addr: SocketAddr, path: &str) -> std::io::Result<()> {
    let place = {
        let mut log = SLOW.lock().unwrap();
        log.push(Visit {
            path: path.to_owned(),
            begun: Instant::now(),
            ended: None,
        });
        CHANGED.notify_all();
        let place = log.len() - 1;
        if path == "/story/2" {
            let wait = |_: &mut Vec<Visit>| !KILLED.load(Ordering::SeqCst);
            log = CHANGED.wait_while(log, wait).unwrap();
        }
        drop(log);
        place
    };
    let answered = match path {
        "/robots.txt" => respond(stream, "200 OK", b"User-agent: *\nCrawl-delay: 1\n"),
        "/feed.xml" => respond(stream, "200 OK", feed(addr, 3).as_bytes()),
        _ => respond(stream, "200 OK", story(path).as_bytes()),
    };
    SLOW.lock().unwrap()[place].ended = Some(Instant::now());
    answered
}

/// Asks for a pause at its only story.
fn busy(stream: &mut TcpStream, addr: SocketAddr, path: &str) -> std::io::Result<()> {
    BUSY.lock().unwrap().push(path.to_owned());
    match path {
        "/feed.xml" => respond(stream, "200 OK", feed(addr, 1).as_bytes()),
        "/story/1" => respond(stream, "429 Too Many Requests\r\nRetry-After: 3600", b""),
        _ => respond(stream, "404 Not Found", b""),
    }
}

fn installed() -> Program {
    let program = Program::new();
    program.ok(&["init", "--quiet"]);
    let config = program.dir.path().join(".config/tocsin");
    let sources: String = [("eu-slow", serve(slow)), ("eu-busy", serve(busy))]
        .map(|(id, addr)| {
            format!("[[source]]\nid = \"{id}\"\nname = \"{id}\"\nkind = \"feed\"\nurl = \"http://{addr}/feed.xml\"\n")
        })
        .concat();
    fs::write(config.join("sources.toml"), sources).unwrap();
    fs::write(
        config.join("tocsin.toml"),
        "[fetch]\nallow_private = [\"127.0.0.0/8\"]\nhost_gap_ms = 20\n",
    )
    .unwrap();
    program
}

#[test]
fn a_killed_watch_goes_on_where_it_was_and_no_gap_is_broken() {
    let program = installed();
    let mut child = program
        .command(&["watch"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let held = |log: &mut Vec<Visit>| log.iter().all(|visit| visit.path != "/story/2");
    drop(CHANGED.wait_while(SLOW.lock().unwrap(), held).unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
    let killed = Instant::now();
    KILLED.store(true, Ordering::SeqCst);
    CHANGED.notify_all();
    assert_eq!(
        *BUSY.lock().unwrap(),
        ["/robots.txt", "/feed.xml", "/story/1"]
    );

    program.ok(&["run", "--source=eu-slow", "--source=eu-busy", "--quiet"]);
    let log = SLOW.lock().unwrap().clone();
    let times = |path: &str| log.iter().filter(|visit| visit.path == path).count();
    assert_eq!(
        (times("/story/1"), times("/story/2"), times("/story/3")),
        (1, 2, 1)
    );
    for pair in log.windows(2) {
        let ended = match pair[0].path.as_str() {
            "/story/2" if pair[1].path == "/robots.txt" => killed,
            _ => pair[0].ended.unwrap(),
        };
        let gap = pair[1].begun.saturating_duration_since(ended);
        assert!(
            gap >= Duration::from_millis(980),
            "{gap:?} between {} and {}",
            pair[0].path,
            pair[1].path
        );
    }
    assert_eq!(
        BUSY.lock().unwrap().len(),
        3,
        "its pause holds for the next process too"
    );
    assert_eq!(program.json(&["query", "--json"]).len(), 3);
}
