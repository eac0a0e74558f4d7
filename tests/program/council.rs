//! A council's site on loopback: a feed, and two stories.

use crate::program::Program;
use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;

/// Requests that the site had.
pub(crate) static ASKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A feed of two stories.
pub(crate) fn site(stream: &mut TcpStream, addr: SocketAddr, path: &str) -> std::io::Result<()> {
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

/// An installation whose only source is that site.
pub(crate) fn installed(addr: SocketAddr) -> Program {
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
