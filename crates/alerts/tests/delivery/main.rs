//! Delivery to a real folder, to a mail server and to a receiver of webhooks on loopback, in all their moods.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod hook;
mod server;
#[path = "../../../../tests/program/strict.rs"]
mod strict;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hook::Receiver;
use ring::hmac;
use server::{Mood, Server};
use tocsin_alerts::unsubscribe::Links;
use tocsin_alerts::{DeliveryConfig, DeliveryError, MailConfig, Outlets, WebhookConfig, test_mail};
use tocsin_core::{Outgoing, Timestamp};

const SECRET: &str = "a secret of thirty-two letters..";

fn now() -> Timestamp {
    "2026-10-05T18:00:00Z".parse().unwrap()
}

fn mail(to: &str, subject: &str) -> Outgoing {
    let mut mail = test_mail(to, now());
    mail.alert.rule = "chips".to_owned();
    mail.subject = subject.to_owned();
    mail
}

/// Ways out with little patience, and their folder.
fn outlets(change: impl FnOnce(&mut DeliveryConfig)) -> (Outlets, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let secret = dir.path().join("secret");
    std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
    let mut config = DeliveryConfig {
        mail: MailConfig {
            timeout_s: 1,
            ..MailConfig::default()
        },
        webhook: WebhookConfig {
            secret_file: Some(secret),
            timeout_s: 1,
        },
        links: None,
    };
    change(&mut config);
    (Outlets::new(&config, dir.path()).unwrap(), dir)
}

fn by(server: &Server) -> (Outlets, tempfile::TempDir) {
    outlets(|config| config.mail.smtp = Some(server.url()))
}

async fn failure(mood: Mood) -> DeliveryError {
    let server = Server::open(move |_| mood);
    let (outlets, _dir) = outlets(|config| {
        config.mail.smtp = Some(server.url());
        if matches!(mood, Mood::Password(_)) {
            let secret = config.webhook.secret_file.clone();
            config.mail.user = Some("tocsin".to_owned());
            config.mail.password_file = secret;
        }
    });
    let mail = mail("mailto:desk@think.example", "x");
    outlets.deliver(&mail, now()).await.unwrap_err()
}

#[tokio::test]
async fn a_mail_reaches_the_server_as_the_standards_want_it() {
    let server = Server::open(|_| Mood::Good);
    let (outlets, _dir) = outlets(|config| {
        config.mail.smtp = Some(server.url());
        config.mail.unsubscribe = Some("mailto:stop@think.example".to_owned());
        config.links = Some(Links::new("https://news.example", SECRET.as_bytes()).unwrap());
    });
    let mut mail = mail(
        "mailto:desk@think.example",
        "Exportregeln für Chips: 出口管理",
    );
    mail.references = vec!["first@tocsin.invalid".to_owned()];
    outlets.deliver(&mail, now()).await.unwrap();
    let taken = server.taken();
    let [(to, bytes)] = taken.as_slice() else {
        panic!("{} mails", taken.len())
    };
    assert_eq!(to, "RCPT TO:<desk@think.example>");
    let read = strict::parse(bytes).unwrap();
    let header = |name| read.header(name).unwrap_or_default();
    assert_eq!(header("Subject"), mail.subject);
    assert_eq!(header("To"), "desk@think.example");
    assert_eq!(header("Date"), "Mon, 05 Oct 2026 18:00:00 +0000");
    let id = format!("<{}>", mail.alert.message_id);
    assert_eq!(header("Message-ID"), id);
    assert_eq!(header("In-Reply-To"), "<first@tocsin.invalid>");
    assert_eq!(header("Auto-Submitted"), "auto-generated");
    assert_eq!(
        header("List-Unsubscribe-Post"),
        "List-Unsubscribe=One-Click"
    );
    let ways = header("List-Unsubscribe");
    assert!(
        ways.starts_with("<https://news.example/unsubscribe/"),
        "{ways}"
    );
    assert!(ways.ends_with(", <mailto:stop@think.example>"), "{ways}");
    let link = ways.split(['<', '>']).nth(1).unwrap();
    assert!(read.text.contains(link) && read.html.contains(link));
}

#[tokio::test]
async fn what_a_server_says_is_told_apart() {
    let refused = |error: &DeliveryError| matches!(error, DeliveryError::Refused { .. });
    let rejected = |error: &DeliveryError| matches!(error, DeliveryError::Rejected { .. });
    let not_yet = |error: &DeliveryError| matches!(error, DeliveryError::NotYet { .. });
    let unreachable = |error: &DeliveryError| matches!(error, DeliveryError::Unreachable { .. });
    type Kind<'a> = &'a dyn Fn(&DeliveryError) -> bool;
    let cases: [(Mood, Kind<'_>, &str); 13] = [
        (
            Mood::Reader("550 5.1.1 no such reader"),
            &refused,
            "no such reader",
        ),
        (
            Mood::Reader("550 no such reader"),
            &refused,
            "no such reader",
        ),
        (Mood::Reader("554 no"), &rejected, "554"),
        (Mood::Reader("550 5.7.1 listed"), &rejected, "listed"),
        (Mood::Reader("450 4.2.0 greylisted"), &not_yet, "greylisted"),
        (
            Mood::Reader("452 4.2.2 mailbox full"),
            &not_yet,
            "mailbox full",
        ),
        // None of these is the reader's fault.
        (
            Mood::Sender("550 5.1.8 who are you"),
            &unreachable,
            "who are you",
        ),
        (
            Mood::Password("535 5.7.8 wrong password"),
            &unreachable,
            "wrong password",
        ),
        (
            Mood::Greeting("554 not from there"),
            &unreachable,
            "not from there",
        ),
        (Mood::Greeting("421 too busy"), &unreachable, "too busy"),
        (Mood::Hangs, &unreachable, "no answer within 1 seconds"),
        (
            Mood::HangsAfterData,
            &unreachable,
            "no answer within 1 seconds",
        ),
        (Mood::DropsInData, &unreachable, ""),
    ];
    for (mood, is_right, words) in cases {
        let error = failure(mood).await;
        let told = error.to_string();
        assert!(is_right(&error), "{mood:?}: {error:?}");
        assert!(told.contains(words), "{mood:?}: {told}");
        assert!(!told.contains(SECRET), "{told}");
    }
}

#[tokio::test]
async fn a_mail_that_was_taken_without_a_word_comes_again_under_its_id() {
    let server = Server::open(|number| match number {
        0 => Mood::DropsAfterData,
        _ => Mood::Good,
    });
    let (outlets, _dir) = by(&server);
    let mail = mail("mailto:desk@think.example", "x");
    outlets.deliver(&mail, now()).await.unwrap_err();
    outlets.deliver(&mail, now()).await.unwrap();
    let taken = server.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0], taken[1], "the reader's side drops one by its id");
}

#[tokio::test]
async fn without_a_server_the_mail_waits() {
    let (outlets, _dir) = outlets(|_| {});
    let mail = mail("mailto:desk@think.example", "x");
    let error = outlets.deliver(&mail, now()).await.unwrap_err();
    assert!(matches!(error, DeliveryError::NoServer));
}

#[tokio::test]
async fn a_file_is_written_whole_and_a_second_time_the_same() {
    let (outlets, dir) = outlets(|_| {});
    let mail = mail("file:mail", "出口管理 — Führungsänderung");
    outlets.deliver(&mail, now()).await.unwrap();
    let read = || {
        let files: Vec<_> = std::fs::read_dir(dir.path().join("mail"))
            .unwrap()
            .map(|f| f.unwrap().path())
            .collect();
        assert_eq!(files.len(), 1, "{files:?}");
        std::fs::read(&files[0]).unwrap()
    };
    let first = read();
    outlets.deliver(&mail, now()).await.unwrap();
    assert_eq!(read(), first);
    let read = strict::parse(&first).unwrap();
    assert_eq!(read.header("Subject"), Some(mail.subject.as_str()));
}

#[tokio::test]
async fn a_webhook_gets_the_alert_signed() {
    let receiver = Receiver::open("204 No Content");
    let (outlets, _dir) = outlets(|_| {});
    let mail = mail(&receiver.target(), "Chips");
    outlets.deliver(&mail, now()).await.unwrap();
    let posts = receiver.posts();
    let [post] = posts.as_slice() else {
        panic!("{posts:?}")
    };
    let (id, time) = (post.header("webhook-id"), post.header("webhook-timestamp"));
    assert_eq!((id, time), (mail.alert.message_id.as_str(), "1791223200"));
    let signed = format!("{id}.{time}.{}", post.body);
    let tag = post
        .header("webhook-signature")
        .strip_prefix("v1,")
        .unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    hmac::verify(&key, signed.as_bytes(), &STANDARD.decode(tag).unwrap()).unwrap();
    let body: serde_json::Value = serde_json::from_str(&post.body).unwrap();
    assert_eq!(body["type"], "alert");
    assert_eq!(body["data"]["subject"], "Chips");
    assert_eq!(body["data"]["message_id"], mail.alert.message_id.as_str());
}

#[tokio::test]
async fn what_a_receiver_answers_is_told_apart_and_its_address_is_kept_secret() {
    for (answer, kind) in [
        ("410 Gone", "Refused"),
        ("404 Not Found", "NotYet"),
        ("302 Found\r\nlocation: http://127.0.0.1:1/", "NotYet"),
        ("503 Service Unavailable", "Unreachable"),
        ("429 Too Many Requests", "Unreachable"),
        ("", "Unreachable"),
    ] {
        let receiver = Receiver::open(answer);
        let (outlets, _dir) = outlets(|_| {});
        let mail = mail(&receiver.target(), "x");
        let error = outlets.deliver(&mail, now()).await.unwrap_err();
        assert!(
            format!("{error:?}").starts_with(kind),
            "{answer}: {error:?}"
        );
        assert!(
            !format!("{error} {error:?}").contains("s3cret"),
            "{error:?}"
        );
        assert_eq!(receiver.posts().len(), 1, "{answer}");
    }
    let (outlets, _dir) = outlets(|config| config.webhook.secret_file = None);
    let mail = mail("https://hooks.example/in", "x");
    let error = outlets.deliver(&mail, now()).await.unwrap_err();
    assert!(error.to_string().contains("webhooks are signed"), "{error}");
}
