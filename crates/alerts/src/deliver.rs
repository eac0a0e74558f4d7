//! Delivery of one mail, and when to try again.

use crate::mime;
use crate::rules::Target;
use jiff::SignedDuration;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use serde::Deserialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tocsin_core::{Outgoing, Timestamp};

/// The whole conversation with a mail server may take this long.
const SMTP_TIMEOUT: Duration = Duration::from_secs(60);
/// The environment variable that may hold the server's password.
const PASSWORD_VARIABLE: &str = "TOCSIN_SMTP_PASSWORD";

/// The `[mail]` table of `tocsin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailConfig {
    /// The sender, `Name <address>`.
    pub from: String,
    /// The server: `smtps://host` (TLS from the start), `smtp://host:587?tls=required` (STARTTLS)
    /// or `smtp://127.0.0.1:25`. Without it, mails to `mailto:` targets wait in the outbox.
    pub smtp: Option<String>,
    /// The user name at the server.
    pub user: Option<String>,
    /// A file with the password; else the variable `TOCSIN_SMTP_PASSWORD` is read.
    pub password_file: Option<PathBuf>,
    /// A `mailto:` or `https:` address for the List-Unsubscribe header.
    pub unsubscribe: Option<String>,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self {
            from: "Tocsin <tocsin@localhost>".to_owned(),
            smtp: None,
            user: None,
            password_file: None,
            unsubscribe: None,
        }
    }
}

/// Why a mail could not be delivered. It stays in the outbox.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The `[mail]` table cannot be used.
    #[error("[mail] {key} in tocsin.toml: {reason}")]
    Config {
        /// The key.
        key: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no server for mail addresses.
    #[error("no mail server is set; set `smtp` under [mail] in tocsin.toml")]
    NoServer,
    /// The stored target is none any more.
    #[error("{0}; correct `to` in alerts.toml")]
    Target(String),
    /// The mail cannot be put into bytes.
    #[error("the mail cannot be built: {reason}")]
    Unsendable {
        /// lettre's words.
        reason: String,
    },
    /// The server refused it or did not answer.
    #[error("the mail server did not take it: {reason}")]
    Server {
        /// lettre's words.
        reason: String,
    },
    /// A file or standard output could not be written.
    #[error("cannot write {place}: {cause}")]
    Write {
        /// The file or stream.
        place: String,
        /// The system's words.
        cause: std::io::Error,
    },
}

/// Every way out that is set up.
pub struct Outlets {
    from: Mailbox,
    smtp: Option<AsyncSmtpTransport<Tokio1Executor>>,
    unsubscribe: Option<String>,
    base: PathBuf,
}

impl std::fmt::Debug for Outlets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The transport holds the password.
        f.debug_struct("Outlets")
            .field("from", &self.from)
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl Outlets {
    /// Sets the ways out up; nothing is connected yet. Relative `file:` folders lie below `base`.
    ///
    /// # Errors
    /// [`DeliveryError::Config`] for an address, a server or a password file that cannot be used.
    pub fn new(config: &MailConfig, base: &Path) -> Result<Self, DeliveryError> {
        let from = config.from.parse().map_err(|e| DeliveryError::Config {
            key: "from",
            reason: format!("`{}` is no sender: {e}", config.from),
        })?;
        Ok(Self {
            from,
            smtp: config
                .smtp
                .as_deref()
                .map(|url| transport(url, config))
                .transpose()?,
            unsubscribe: config.unsubscribe.clone(),
            base: base.to_owned(),
        })
    }

    /// Delivers one mail.
    ///
    /// # Errors
    /// See [`DeliveryError`]; the mail may be tried again, under the same Message-ID.
    pub async fn deliver(&self, mail: &Outgoing) -> Result<(), DeliveryError> {
        match mail.alert.to.parse().map_err(DeliveryError::Target)? {
            Target::Mail(address) => {
                let smtp = self.smtp.as_ref().ok_or(DeliveryError::NoServer)?;
                let message = self.message(mail, &Mailbox::new(None, address))?;
                let sent = smtp.send(message).await;
                sent.map(drop)
                    .map_err(|e| DeliveryError::Server { reason: causes(&e) })
            }
            Target::Folder(folder) => {
                let bytes = self.message(mail, &self.from)?.formatted();
                write_file(&self.base.join(folder), &mail.alert.message_id, &bytes)
            }
            Target::Stdout => {
                let text = format!("Subject: {}\n\n{}\n", mail.subject, mail.text);
                std::io::stdout()
                    .lock()
                    .write_all(text.as_bytes())
                    .map_err(|cause| DeliveryError::Write {
                        place: "standard output".to_owned(),
                        cause,
                    })
            }
        }
    }

    /// The bytes of a mail as it would go out; for previews.
    ///
    /// # Errors
    /// [`DeliveryError::Unsendable`] where it cannot be built.
    pub fn preview(&self, mail: &Outgoing) -> Result<Vec<u8>, DeliveryError> {
        let to = match mail.alert.to.parse() {
            Ok(Target::Mail(address)) => Mailbox::new(None, address),
            _ => self.from.clone(),
        };
        Ok(self.message(mail, &to)?.formatted())
    }

    fn message(&self, mail: &Outgoing, to: &Mailbox) -> Result<lettre::Message, DeliveryError> {
        mime::message(mail, &self.from, to, self.unsubscribe.as_deref())
    }
}

fn transport(
    url: &str,
    config: &MailConfig,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, DeliveryError> {
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        .map_err(|e| DeliveryError::Config {
            key: "smtp",
            reason: causes(&e),
        })?
        .timeout(Some(SMTP_TIMEOUT));
    if let Some(user) = &config.user {
        builder = builder.credentials(Credentials::new(user.clone(), password(config)?));
    }
    Ok(builder.build())
}

fn password(config: &MailConfig) -> Result<String, DeliveryError> {
    let Some(file) = &config.password_file else {
        return std::env::var(PASSWORD_VARIABLE).map_err(|_| DeliveryError::Config {
            key: "user",
            reason: format!(
                "needs a password: set `password_file`, or the variable {PASSWORD_VARIABLE}"
            ),
        });
    };
    std::fs::read_to_string(file)
        .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
        .map_err(|e| DeliveryError::Config {
            key: "password_file",
            reason: format!("cannot read {}: {e}", file.display()),
        })
}

/// Writes `FOLDER/ID.eml` whole or not at all: a kill in between leaves no half mail, and a second
/// delivery of the same mail replaces the file by an equal one.
fn write_file(folder: &Path, message_id: &str, bytes: &[u8]) -> Result<(), DeliveryError> {
    let name = message_id.split('@').next().unwrap_or(message_id);
    let path = folder.join(format!("{name}.eml"));
    let half = folder.join(format!(".{name}.part"));
    std::fs::create_dir_all(folder)
        .and_then(|()| {
            let mut file = std::fs::File::create(&half)?;
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| std::fs::rename(&half, &path))
        .map_err(|cause| DeliveryError::Write {
            place: path.display().to_string(),
            cause,
        })
}

/// An error and its causes in one line.
fn causes(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_words = cause.to_string();
        if !words.contains(&cause_words) {
            words = format!("{words}: {cause_words}");
        }
        next = cause.source();
    }
    tocsin_core::text::one_line(&words)
}

/// When a mail that failed `attempts` times is tried again: after 1, 5, 25 minutes, then every two
/// hours, and once a day after the first day.
pub fn retry_at(attempts: u32, now: Timestamp) -> Timestamp {
    let minutes = match attempts {
        0 | 1 => 1,
        2 => 5,
        3 => 25,
        4..=15 => 120,
        _ => 24 * 60,
    };
    now.saturating_add(SignedDuration::from_mins(minutes))
        .unwrap_or(now)
}
