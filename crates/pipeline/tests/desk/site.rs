//! Sites on loopback whose answers are in the hands of a test.

use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use tocsin_core::{Source, SourceId, SourceKind};

/// Serves until the test ends. `answer` is given the address that was asked, of which every one of 127.0.0.0/8 has
/// the port, and the path; it gives the status line's end, more headers behind it if need be, and the body.
pub(crate) fn serve(
    answer: impl Fn(SocketAddr, &str) -> (&'static str, String) + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let answer = Arc::clone(&answer);
            // A client that hangs up is no failure of the site.
            std::thread::spawn(move || drop(talk(stream, answer.as_ref())));
        }
    });
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

fn talk(
    mut stream: TcpStream,
    answer: &dyn Fn(SocketAddr, &str) -> (&'static str, String),
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let path = request.split(' ').nth(1).unwrap_or("/");
    let (status, body) = answer(stream.local_addr()?, path);
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A feed that is polled.
pub(crate) fn feed(id: &str, url: String) -> Source {
    Source {
        id: SourceId::new(id),
        name: id.to_owned(),
        kind: SourceKind::Feed,
        url,
        site: String::new(),
        country: String::new(),
        lang: "en".to_owned(),
        category: String::new(),
        topics: Vec::new(),
        enabled: true,
        keyword_filter: false,
        link_selector: None,
        min_gap_s: None,
        min_interval_min: None,
    }
}
