//! Readers come, go by one click, are stopped and resumed: the program against a mail server on loopback,
//! and its page against a browser's requests.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod program;
#[path = "../crates/alerts/tests/delivery/server.rs"]
mod server;
#[path = "program/strict.rs"]
mod strict;

use program::Program;
use server::{Mood, Server};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

const RULES: &str = "[[rule]]\nname = \"chips\"\nquery = \"\"\nwhen = \"every-story\"\n\
    to = [\"mailto:ann@desk.example\", \"file:mail\"]\n";

/// An installation with a mail server, and a config of its own.
fn installed(server: &Server) -> Program {
    let program = Program::new();
    program.ok(&["init", "--quiet"]);
    let config = program.dir.path().join(".config/tocsin");
    fs::write(config.join("alerts.toml"), RULES).unwrap();
    let settings = format!(
        "[mail]\nsmtp = \"{}\"\ntimeout_s = 5\n[server]\npublic_url = \"https://news.example\"\n",
        server.url()
    );
    fs::write(config.join("tocsin.toml"), settings).unwrap();
    program
}

/// A story comes in; the mails about it go out.
fn comes_in(program: &Program, number: usize) {
    let place = ["Geneva", "Ottawa", "Nairobi", "Lima", "Oslo", "Hanoi"][number];
    let what = [
        "chips",
        "deepfakes",
        "copyright",
        "privacy",
        "safety tests",
        "schools",
    ][number];
    let text = format!(
        "{place} ministry publishes rule on artificial intelligence and {what}\n\n\
         The ministry in {place} published a regulation on artificial intelligence and {what} on Monday.\n\n\
         The law obliges providers of AI systems to register their models, the regulator of {place} said.\n"
    );
    let file = program.dir.path().join(format!("{number}.txt"));
    fs::write(&file, text).unwrap();
    program.ok(&["ingest", file.to_str().unwrap(), "--quiet"]);
}

/// Who got the mails from this number on.
fn readers(server: &Server, from: usize) -> Vec<String> {
    let name = |to: &str| to.split(['<', '@']).nth(1).unwrap().to_owned();
    let taken = server.taken();
    let mut names: Vec<String> = taken.iter().skip(from).map(|(to, _)| name(to)).collect();
    names.sort();
    names
}

#[test]
fn a_reader_comes_by_command_and_goes_by_one_click() {
    let server = Server::open(|_| Mood::Good);
    let program = installed(&server);
    program.ok(&["subscribers", "add", "bob@desk.example", "--rule", "chips"]);
    comes_in(&program, 0);
    assert_eq!(readers(&server, 0), ["ann", "bob"]);
    let taken = server.taken();
    let (_, bytes) = taken.iter().find(|(to, _)| to.contains("bob")).unwrap();
    let mail = strict::parse(bytes).unwrap();
    let ways = mail.header("List-Unsubscribe").unwrap();
    let link = ways.split(['<', '>']).nth(1).unwrap();
    let path = link.strip_prefix("https://news.example").unwrap();

    let page = Page::open(&program);
    // A guard that looks at the link changes nothing.
    let asked = page.get(path);
    assert!(
        asked.starts_with("HTTP/1.1 200") && asked.contains("<b>chips</b>"),
        "{asked}"
    );
    assert!(
        asked.contains("content-security-policy: default-src 'none'"),
        "{asked}"
    );
    assert!(
        !asked.contains("bob"),
        "the page does not say whose link it is: {asked}"
    );
    assert!(page.get("/unsubscribe/style.css").contains("text/css"));
    comes_in(&program, 1);
    assert_eq!(readers(&server, 2), ["ann", "bob"]);
    for wrong in [
        "/",
        "/unsubscribe/0",
        &format!("{path}0"),
        "/unsubscribe/%2e%2e%2fx",
    ] {
        let answer = page.post(wrong);
        assert!(answer.starts_with("HTTP/1.1 404"), "{wrong}: {answer}");
    }
    let done = page.post(path);
    assert!(
        done.starts_with("HTTP/1.1 200") && done.contains("Done"),
        "{done}"
    );
    assert!(page.post(path).starts_with("HTTP/1.1 200"), "twice is once");

    comes_in(&program, 2);
    assert_eq!(readers(&server, 4), ["ann"]);
    let list = program.json(&["subscribers", "list", "--json"]);
    let states: Vec<(&str, &str)> = list
        .iter()
        .map(|r| (r["to"].as_str().unwrap(), r["state"].as_str().unwrap()))
        .collect();
    let expected = [
        ("file:mail", "active"),
        ("mailto:ann@desk.example", "active"),
        ("mailto:bob@desk.example", "unsubscribed"),
    ];
    assert_eq!(states, expected);
    let log = program.ok(&["log"]);
    assert!(
        log.contains("mailto:bob@desk.example is told no more by chips"),
        "{log}"
    );

    // Added once more, told once more; removed for good.
    program.ok(&["subscribers", "add", "bob@desk.example", "--rule", "chips"]);
    comes_in(&program, 3);
    assert_eq!(readers(&server, 5), ["ann", "bob"]);
    program.ok(&["subscribers", "remove", "bob@desk.example"]);
    comes_in(&program, 4);
    assert_eq!(readers(&server, 7), ["ann"]);
    assert!(
        page.post(path).starts_with("HTTP/1.1 404"),
        "the link is good no more"
    );
    let csv = program.ok(&["subscribers", "export"]);
    let rows: Vec<&str> = csv.lines().collect();
    let expected = [
        "to,rule,when,state,since,why",
        "mailto:ann@desk.example,chips,every-story,active,,",
        "file:mail,chips,every-story,active,,",
    ];
    assert_eq!(rows, expected);
    let rules = fs::read_to_string(program.dir.path().join(".config/tocsin/alerts.toml")).unwrap();
    assert_eq!(rules, RULES, "everything else is as it was written");
}

#[test]
fn a_refused_address_is_shown_and_resumed() {
    let server = Server::open(|number| match number {
        0 => Mood::Reader("550 5.1.1 no such reader"),
        _ => Mood::Good,
    });
    let program = installed(&server);
    comes_in(&program, 0);
    assert!(readers(&server, 0).is_empty());
    let list = program.ok(&["subscribers", "list"]);
    assert!(
        list.contains("stopped") && list.contains("no such reader"),
        "{list}"
    );
    assert!(list.contains("1 mail waiting"), "{list}");
    let found = program.run(&["doctor"]);
    let told = String::from_utf8(found.stdout).unwrap();
    assert!(told.contains("mailto:ann@desk.example"), "{told}");
    program.ok(&["subscribers", "resume", "ann@desk.example"]);
    comes_in(&program, 1);
    assert_eq!(readers(&server, 0), ["ann", "ann"]);
}

#[test]
fn mistakes_are_told_with_a_way_out() {
    let server = Server::open(|_| Mood::Good);
    let program = installed(&server);
    let fails = |args: &[&str]| program.fails(args, 2);
    let told = fails(&["subscribers", "add", "ann@desk.example", "--rule", "chip"]);
    assert!(told.contains("no rule is named `chip`"), "{told}");
    let told = fails(&["subscribers", "add", "carrier-pigeon:7", "--rule", "chips"]);
    assert!(told.contains("is no target"), "{told}");
    let told = fails(&["subscribers", "remove", "eve@desk.example"]);
    assert!(
        told.contains("no rule tells mailto:eve@desk.example"),
        "{told}"
    );
    program.ok(&["subscribers", "remove", "file:mail"]);
    let told = fails(&["subscribers", "remove", "ann@desk.example"]);
    assert!(
        told.contains("is the last reader of the rule `chips`"),
        "{told}"
    );
    let told = fails(&["serve", "--listen", "192.0.2.1:80"]);
    assert!(told.contains("not of this machine"), "{told}");
    fs::write(program.dir.path().join(".config/tocsin/tocsin.toml"), "").unwrap();
    let told = fails(&["serve"]);
    assert!(told.contains("public_url"), "{told}");
}

/// `tocsin serve`, ended when it goes out of scope.
struct Page {
    child: Child,
    address: String,
}

impl Page {
    fn open(program: &Program) -> Self {
        let mut child = program
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut told = BufReader::new(child.stderr.take().unwrap());
        told.read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).unwrap();
        let address = address.split(',').next().unwrap().to_owned();
        Self { child, address }
    }

    fn get(&self, path: &str) -> String {
        self.ask("GET", path)
    }

    fn post(&self, path: &str) -> String {
        self.ask("POST", path)
    }

    /// As a mail program asks by RFC 8058.
    fn ask(&self, verb: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let body = "List-Unsubscribe=One-Click";
        write!(
            stream,
            "{verb} {path} HTTP/1.1\r\nhost: news.example\r\nconnection: close\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
