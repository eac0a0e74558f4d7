//! Alerts to webhooks, signed as the Standard Webhooks specification says, so that receivers can check
//! them with the libraries that there are: the id, the time and the body under HMAC-SHA-256.

use super::{DeliveryError, WebhookConfig, causes, seconds, secret};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, StatusCode, header};
use ring::hmac;
use serde_json::json;
use tocsin_core::{Outgoing, Timestamp};
use url::Url;

/// The environment variable that may hold the secret.
const SECRET_VARIABLE: &str = "TOCSIN_WEBHOOK_SECRET";
/// What a secret begins with that is written in base64.
const PREFIX: &str = "whsec_";
/// Shorter secrets can be guessed.
const SHORTEST: usize = 24;

/// What is needed for webhooks.
pub(super) struct Hooks {
    client: Client,
    key: Option<hmac::Key>,
}

impl Hooks {
    pub(super) fn new(config: &WebhookConfig) -> Result<Self, DeliveryError> {
        let file = config.secret_file.as_deref();
        let secret = secret(("webhook", "secret_file"), file, SECRET_VARIABLE)?;
        let client = Client::builder()
            .user_agent(concat!("tocsin/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry the alert to a place that nobody wrote down.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(seconds(config.timeout_s))
            .build()
            .map_err(|e| wrong("timeout_s", causes(&e)))?;
        Ok(Self {
            client,
            key: secret.as_deref().map(key).transpose()?,
        })
    }

    pub(super) fn signs(&self) -> bool {
        self.key.is_some()
    }

    pub(super) async fn post(
        &self,
        url: &Url,
        mail: &Outgoing,
        now: Timestamp,
    ) -> Result<(), DeliveryError> {
        let key = self.key.as_ref().ok_or_else(|| {
            let reason = format!("is not set, nor is {SECRET_VARIABLE}: webhooks are signed");
            wrong("secret_file", reason)
        })?;
        let (id, time, body) = (&mail.alert.message_id, now.as_second(), body(mail));
        let request = self
            .client
            .post(url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", time)
            .header("webhook-signature", signature(key, id, time, &body))
            .body(body);
        let server = url.host_str().unwrap_or("the webhook").to_owned();
        match request.send().await {
            Ok(response) => taken(server, response.status()),
            Err(error) => Err(DeliveryError::Unreachable {
                server,
                // The address may be a secret of its own.
                reason: causes(&error.without_url()),
            }),
        }
    }
}

/// `id.time.body` under the key.
fn signature(key: &hmac::Key, id: &str, time: i64, body: &str) -> String {
    let tag = hmac::sign(key, format!("{id}.{time}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag))
}

fn body(mail: &Outgoing) -> String {
    let alert = &mail.alert;
    json!({
        "type": "alert",
        "timestamp": mail.queued_at,
        "data": {
            "message_id": alert.message_id,
            "rule": alert.rule,
            "event": alert.event,
            "stories": alert.stories,
            "reason": alert.reason,
            "references": mail.references,
            "subject": mail.subject,
            "text": mail.text,
            "html": mail.html,
        },
    })
    .to_string()
}

fn taken(server: String, status: StatusCode) -> Result<(), DeliveryError> {
    let reason = format!("it answers {status}");
    match status {
        status if status.is_success() => Ok(()),
        // The specification's way to end a subscription.
        StatusCode::GONE => Err(DeliveryError::Refused { server, reason }),
        StatusCode::TOO_MANY_REQUESTS => Err(DeliveryError::Unreachable { server, reason }),
        status if status.is_server_error() => Err(DeliveryError::Unreachable { server, reason }),
        _ => Err(DeliveryError::NotYet { server, reason }),
    }
}

fn key(secret: &str) -> Result<hmac::Key, DeliveryError> {
    let bytes = match secret.strip_prefix(PREFIX) {
        Some(encoded) => STANDARD
            .decode(encoded)
            .map_err(|_| wrong("secret_file", format!("what follows {PREFIX} is no base64")))?,
        None => secret.as_bytes().to_vec(),
    };
    if bytes.len() < SHORTEST {
        let reason = format!("the secret is shorter than {SHORTEST} bytes");
        return Err(wrong("secret_file", reason));
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}

fn wrong(key: &'static str, reason: String) -> DeliveryError {
    DeliveryError::Config {
        table: "webhook",
        key,
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn the_signature_is_that_of_the_specification() {
        let key = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = signature(
            &key,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            "{\"test\": 2432232314}",
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_weak_secret_is_refused_without_being_told() {
        for secret in ["short-secret", "whsec_!!!", "whsec_c2hvcnQ="] {
            let error = key(secret).unwrap_err().to_string();
            assert!(error.starts_with("[webhook] secret_file"), "{error}");
            assert!(!error.contains("short-secret"), "{error}");
        }
    }
}
