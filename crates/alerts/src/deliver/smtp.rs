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
/// address; and 421, by which a server ends a conversation.
const OURS: [u16; 5] = [421, 530, 534, 535, 538];
/// Replies about a mailbox (RFC 5321), where no enhanced code says more.
const MAILBOX: [u16; 3] = [550, 551, 553];

/// What a lasting refusal is about.
#[derive(Debug, PartialEq, Eq)]
enum About {
    /// The reader's address.
    Reader,
    /// Our own.
    Sender,
    /// The mail, the route or the server's rules.
    Other,
}

/// By the enhanced code (RFC 3463) at the beginning of the server's words, else by the plain one.
fn about(code: u16, reply: &str) -> About {
    let words = reply.split(|c: char| c.is_whitespace() || c == ':');
    let enhanced = words
        .filter_map(|word| word.strip_prefix("5."))
        .find_map(|rest| {
            let (subject, detail) = rest.split_once('.')?;
            Some((subject.parse::<u16>().ok()?, detail.parse::<u16>().ok()?))
        });
    match enhanced {
        Some((1, 7 | 8)) => About::Sender,
        Some((1, _) | (2, 0 | 1)) => About::Reader,
        Some(_) => About::Other,
        None if MAILBOX.contains(&code) => About::Reader,
        None => About::Other,
    }
}

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
        if OURS.contains(&code) || !(error.is_transient() || error.is_permanent()) {
            return DeliveryError::Unreachable { server, reason };
        }
        if error.is_transient() {
            return DeliveryError::NotYet { server, reason };
        }
        // It may be us whom the server refuses: then it does so without a mail, too.
        match timeout(self.patience, self.transport.test_connection()).await {
            Ok(Ok(true)) => match about(code, &reason) {
                About::Reader => DeliveryError::Refused { server, reason },
                About::Sender => DeliveryError::Unreachable { server, reason },
                About::Other => DeliveryError::Rejected { server, reason },
            },
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
    use super::{About, about, encrypted};

    #[test]
    fn refusals_are_told_apart() {
        for (code, reply, expected) in [
            (
                550,
                "permanent error (550): 5.1.1 no such user",
                About::Reader,
            ),
            (550, "permanent error (550): no such user", About::Reader),
            (550, "permanent error (550): 5.2.1 disabled", About::Reader),
            (
                550,
                "permanent error (550): 5.1.8 bad sender",
                About::Sender,
            ),
            (
                550,
                "permanent error (550): 5.7.1 listed: 65.1.7.2",
                About::Other,
            ),
            (
                550,
                "permanent error (550): no mail from 65.1.7.2",
                About::Reader,
            ),
            (
                554,
                "permanent error (554): 5.7.1 relay access denied",
                About::Other,
            ),
            (
                554,
                "permanent error (554): transaction failed",
                About::Other,
            ),
            (
                552,
                "permanent error (552): 5.2.2 mailbox full",
                About::Other,
            ),
        ] {
            assert_eq!(about(code, reply), expected, "{reply}");
        }
    }

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
