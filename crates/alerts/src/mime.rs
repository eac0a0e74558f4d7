//! A waiting mail as bytes of RFC 5322.

use crate::deliver::DeliveryError;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use std::time::{Duration, SystemTime};
use tocsin_core::{Outgoing, Timestamp, digest_hex};

/// Builds the mail. Equal mails give equal bytes: even the boundary comes from the Message-ID.
///
/// # Errors
/// Where lettre refuses an address or a header.
pub(crate) fn message(
    mail: &Outgoing,
    from: &Mailbox,
    to: &Mailbox,
    unsubscribe: Option<&str>,
) -> Result<Message, DeliveryError> {
    let id = format!("<{}>", mail.alert.message_id);
    let mut builder = Message::builder()
        .from(from.clone())
        .to(to.clone())
        .subject(&mail.subject)
        .date(system_time(mail.queued_at))
        .message_id(Some(id));
    for header in extra_headers(mail, unsubscribe) {
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

fn part(kind: ContentType, body: &str) -> SinglePart {
    SinglePart::builder().header(kind).body(body.to_owned())
}

fn extra_headers(mail: &Outgoing, unsubscribe: Option<&str>) -> Vec<HeaderValue> {
    let mut headers = vec![
        raw("Auto-Submitted", "auto-generated"),
        raw("List-Id", "Tocsin alerts <alerts.tocsin.invalid>"),
    ];
    if let Some(last) = mail.references.last() {
        let chain: Vec<String> = mail.references.iter().map(|r| format!("<{r}>")).collect();
        headers.push(raw("References", &chain.join(" ")));
        headers.push(raw("In-Reply-To", &format!("<{last}>")));
    }
    if let Some(unsubscribe) = unsubscribe {
        headers.push(raw("List-Unsubscribe", &format!("<{unsubscribe}>")));
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
