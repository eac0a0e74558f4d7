//! A waiting mail as bytes of RFC 5322.

use crate::deliver::DeliveryError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use std::time::{Duration, SystemTime};
use tocsin_core::{Outgoing, Timestamp, digest_hex};

/// Bytes in an encoded word, so that the line is within 76 characters behind `Subject: `, too (RFC 2047).
const WORD: usize = 39;

/// Builds the mail; `ways_out` are the address for one click and another one, by which a reader
/// unsubscribes. Equal mails give equal bytes: even the boundary comes from the Message-ID.
///
/// # Errors
/// Where lettre refuses an address or a header.
pub(crate) fn message(
    mail: &Outgoing,
    from: &Mailbox,
    to: &Mailbox,
    ways_out: (Option<String>, Option<&str>),
) -> Result<Message, DeliveryError> {
    let id = format!("<{}>", mail.alert.message_id);
    let mut builder = Message::builder()
        .from(from.clone())
        .to(to.clone())
        .raw_header(subject(&mail.subject))
        .date(system_time(mail.queued_at))
        .message_id(Some(id));
    for header in extra_headers(mail, ways_out) {
        builder = builder.raw_header(header);
    }
    let boundary = digest_hex(&["boundary", &mail.alert.message_id], 32);
    let parts = MultiPart::alternative()
        .boundary(boundary)
        .singlepart(part(ContentType::TEXT_PLAIN, &mail.text))
        .singlepart(part(ContentType::TEXT_HTML, &mail.html));
    builder
        .multipart(parts)
        .map_err(|e| DeliveryError::Unsendable {
            reason: e.to_string(),
        })
}

/// lettre encodes what is not ASCII, but leaves a headline as it is that looks encoded already.
fn subject(words: &str) -> HeaderValue {
    if !words.contains("=?") {
        return raw("Subject", words);
    }
    let mut encoded: Vec<String> = Vec::new();
    let mut rest = words;
    while !rest.is_empty() {
        let end = rest
            .floor_char_boundary(WORD)
            .max(rest.chars().next().map_or(1, char::len_utf8));
        let (word, behind) = rest.split_at(end);
        encoded.push(format!("=?utf-8?b?{}?=", STANDARD.encode(word)));
        rest = behind;
    }
    let name = HeaderName::new_from_ascii_str("Subject");
    HeaderValue::dangerous_new_pre_encoded(name, words.to_owned(), encoded.join("\r\n "))
}

fn part(kind: ContentType, body: &str) -> SinglePart {
    SinglePart::builder().header(kind).body(body.to_owned())
}

fn extra_headers(
    mail: &Outgoing,
    (one_click, unsubscribe): (Option<String>, Option<&str>),
) -> Vec<HeaderValue> {
    let mut headers = vec![
        raw("Auto-Submitted", "auto-generated"),
        raw("List-Id", "Tocsin alerts <alerts.tocsin.invalid>"),
    ];
    if let Some(last) = mail.references.last() {
        let chain: Vec<String> = mail.references.iter().map(|r| format!("<{r}>")).collect();
        headers.push(raw("References", &chain.join(" ")));
        headers.push(raw("In-Reply-To", &format!("<{last}>")));
    }
    // RFC 8058: one address of the web, and no other beside it. Behind a proxy without TLS it would be refused.
    let one_click = one_click.filter(|link| link.starts_with("https:"));
    let other = unsubscribe.filter(|way| one_click.is_none() || way.starts_with("mailto:"));
    let ways = one_click.as_deref().into_iter().chain(other);
    let ways: Vec<String> = ways.map(|way| format!("<{way}>")).collect();
    if !ways.is_empty() {
        headers.push(raw("List-Unsubscribe", &ways.join(", ")));
    }
    if one_click.is_some() {
        headers.push(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    headers
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// Mails are dated to the second, and never before 1970.
fn system_time(moment: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(moment.as_second()).unwrap_or(0))
}
