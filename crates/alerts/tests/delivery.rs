//! Delivery to a real folder and to a real SMTP server on loopback.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use tocsin_alerts::{DeliveryError, MailConfig, Outlets, test_mail};
use tocsin_core::Outgoing;

/// What the server says to RCPT.
#[derive(Clone, Copy)]
enum Reader {
    Welcome,
    Unknown,
}

/// A mail server for one connection; gives the lines of the mail it took.
fn server(reader: Reader) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let handle = std::thread::spawn(move || talk(listener.accept().unwrap().0, reader));
    (url, handle)
}

fn talk(stream: TcpStream, reader: Reader) -> Vec<String> {
    let mut out = stream.try_clone().unwrap();
    let mut say = |line: &str| out.write_all(format!("{line}\r\n").as_bytes()).unwrap();
    let (mut mail, mut in_data) = (Vec::new(), false);
    say("220 mx.example ready");
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        match (
            in_data,
            line.split_once([' ', ':'])
                .map_or(line.as_str(), |(verb, _)| verb),
        ) {
            (true, _) if line == "." => {
                in_data = false;
                say("250 taken");
            }
            (true, _) => mail.push(line),
            (false, "RCPT") => say(match reader {
                Reader::Welcome => "250 ok",
                Reader::Unknown => "550 no such reader",
            }),
            (false, "DATA") => {
                in_data = true;
                say("354 go on");
            }
            (false, "QUIT") => break,
            (false, _) => say("250 mx.example"),
        }
    }
    mail
}

fn mail(to: &str, subject: &str) -> Outgoing {
    let mut mail = test_mail(to, "2026-10-05T18:00:00Z".parse().unwrap());
    mail.subject = subject.to_owned();
    mail
}

fn outlets(smtp: Option<String>) -> (Outlets, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let config = MailConfig {
        smtp,
        ..MailConfig::default()
    };
    (Outlets::new(&config, dir.path()).unwrap(), dir)
}

#[tokio::test]
async fn a_mail_reaches_the_server_with_its_id_and_a_safe_subject() {
    let (url, server) = server(Reader::Welcome);
    let (outlets, _dir) = outlets(Some(url));
    let mail = mail(
        "mailto:desk@think.example",
        "Chips\r\nBcc: all@think.example",
    );
    outlets.deliver(&mail).await.unwrap();
    drop(outlets);
    let lines = server.join().unwrap();
    assert!(
        lines.contains(&format!("Message-ID: <{}>", mail.alert.message_id)),
        "{lines:#?}"
    );
    assert!(lines.contains(&"To: desk@think.example".to_owned()));
    assert!(lines.iter().all(|l| !l.starts_with("Bcc:")), "{lines:#?}");
    assert!(
        lines.contains(&"Date: Mon, 05 Oct 2026 18:00:00 +0000".to_owned()),
        "{lines:#?}"
    );
}

#[tokio::test]
async fn a_refused_reader_is_an_error_in_the_servers_words() {
    let (url, _server) = server(Reader::Unknown);
    let (outlets, _dir) = outlets(Some(url));
    let error = outlets
        .deliver(&mail("mailto:nobody@think.example", "x"))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, DeliveryError::Server { reason } if reason.contains("no such reader")),
        "{error}"
    );
}

#[tokio::test]
async fn without_a_server_the_mail_waits() {
    let (outlets, _dir) = outlets(None);
    let error = outlets
        .deliver(&mail("mailto:desk@think.example", "x"))
        .await
        .unwrap_err();
    assert!(matches!(error, DeliveryError::NoServer));
}

#[tokio::test]
async fn a_file_is_written_whole_and_a_second_time_the_same() {
    let (outlets, dir) = outlets(None);
    let mail = mail("file:mail", "出口管理 — Führungsänderung");
    outlets.deliver(&mail).await.unwrap();
    let read = || {
        let files: Vec<_> = std::fs::read_dir(dir.path().join("mail"))
            .unwrap()
            .map(|f| f.unwrap().path())
            .collect();
        assert_eq!(files.len(), 1, "{files:?}");
        std::fs::read(&files[0]).unwrap()
    };
    let first = read();
    outlets.deliver(&mail).await.unwrap();
    assert_eq!(read(), first);
    let text = String::from_utf8(first).unwrap();
    assert!(text.is_ascii(), "headers and bodies are encoded");
    assert!(text.contains("multipart/alternative"));
}
