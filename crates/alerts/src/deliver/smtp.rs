//! Mails to a server, by lettre; what its refusals mean is decided here.

use super::{DeliveryError, MailConfig, causes, seconds, secret};
use crate::rules::is_here;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::Duration;
use tokio::time::timeout;
use url::{Host, Url};

/// The environment variable that may hold the server's password.
const PASSWORD_VARIABLE: &str = "TOCSIN_SMTP_PASSWORD";
/// What errors call it.
const NAME: &str = "the mail server";
/// Replies about our own standing (RFC 4954): the user name or the password is wrong, not the reader's
/// address.
const OURS: [u16; 5] = [421, 530, 534, 535, 538];
/// Enhanced codes (RFC 3463) about the sender's address.
const SENDERS: [&str; 2] = ["5.1.7", "5.1.8"];

/// A mail server.
pub(super) struct Server {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    patience: Duration,
}

impl Server {
    /// The server of the config, if there is one.
    pub(super) fn new(config: &MailConfig) -> Result<Option<Self>, DeliveryError> {
        let Some(url) = config.smtp.as_deref() else {
            return Ok(None);
        };
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(&encrypted(url)).map_err(|e| {
                DeliveryError::Config {
                    table: "mail",
                    key: "smtp",
                    reason: causes(&e),
                }
            })?;
        if let Some(user) = &config.user {
            builder = builder.credentials(Credentials::new(user.clone(), password(config)?));
        }
        let patience = seconds(config.timeout_s);
        Ok(Some(Self {
            transport: builder.timeout(Some(patience)).build(),
            patience,
        }))
    }

    /// Hands one mail over.
    pub(super) async fn send(&self, message: Message) -> Result<(), DeliveryError> {
        // lettre's own limit is only for the connection to come about.
        match timeout(self.patience, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(self.meaning(&error).await),
            Err(_) => Err(self.silence()),
        }
    }

    async fn meaning(&self, error: &Error) -> DeliveryError {
        let (server, reason) = (NAME.to_owned(), causes(error));
        let code = error.status().map_or(0, u16::from);
        let is_ours = OURS.contains(&code) || SENDERS.iter().any(|code| reason.contains(code));
        if is_ours || !(error.is_transient() || error.is_permanent()) {
            return DeliveryError::Unreachable { server, reason };
        }
        if error.is_transient() {
            return DeliveryError::NotYet { server, reason };
        }
        // It may be us whom the server refuses: then it does so without a mail, too.
        match timeout(self.patience, self.transport.test_connection()).await {
            Ok(Ok(true)) => DeliveryError::Refused { server, reason },
            Ok(_) => DeliveryError::Unreachable { server, reason },
            Err(_) => self.silence(),
        }
    }

    fn silence(&self) -> DeliveryError {
        DeliveryError::Unreachable {
            server: NAME.to_owned(),
            reason: format!("no answer within {} seconds", self.patience.as_secs()),
        }
    }
}

/// Plain SMTP leaves this machine only where the config asks for it.
fn encrypted(url: &str) -> String {
    let Ok(mut parsed) = Url::parse(url) else {
        return url.to_owned();
    };
    // `url` knows no ports of this scheme, and so keeps its host as it is written.
    let host = parsed.host_str().and_then(|host| Host::parse(host).ok());
    let has_say = parsed.query_pairs().any(|(key, _)| key == "tls");
    if parsed.scheme() == "smtp" && !host.is_some_and(|host| is_here(&host)) && !has_say {
        parsed.query_pairs_mut().append_pair("tls", "required");
    }
    parsed.into()
}

fn password(config: &MailConfig) -> Result<String, DeliveryError> {
    let file = config.password_file.as_deref();
    secret(("mail", "password_file"), file, PASSWORD_VARIABLE)?.ok_or_else(|| {
        DeliveryError::Config {
            table: "mail",
            key: "user",
            reason: format!(
                "needs a password: set `password_file`, or the variable {PASSWORD_VARIABLE}"
            ),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::encrypted;

    #[test]
    fn only_this_machine_is_spoken_to_in_plain() {
        for (given, used) in [
            (
                "smtp://mail.example.org:587",
                "smtp://mail.example.org:587?tls=required",
            ),
            (
                "smtp://mail.example.org?tls=opportunistic",
                "smtp://mail.example.org?tls=opportunistic",
            ),
            ("smtps://mail.example.org", "smtps://mail.example.org"),
            ("smtp://127.0.0.1:25", "smtp://127.0.0.1:25"),
            ("smtp://localhost", "smtp://localhost"),
            ("smtp://[::1]:25", "smtp://[::1]:25"),
        ] {
            assert_eq!(encrypted(given), used);
        }
    }
}
