//! Delivery of one mail, and when to try again.

mod folder;
mod smtp;
mod webhook;

use crate::compose;
use crate::mime;
use crate::rules::{OURS, Target};
use crate::unsubscribe::Links;
use jiff::SignedDuration;
use lettre::message::Mailbox;
use serde::Deserialize;
use smtp::Server;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tocsin_core::{Outgoing, Timestamp};
use webhook::Hooks;

/// The `[mail]` table of `tocsin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailConfig {
    /// The sender, `Name <address>`.
    pub from: String,
    /// The server: `smtps://host` (TLS from the start), `smtp://host:587` (STARTTLS, unless the host is this
    /// machine). Without it, mails to `mailto:` targets wait in the outbox.
    pub smtp: Option<String>,
    /// The user name at the server.
    pub user: Option<String>,
    /// A file with the password; else the variable `TOCSIN_SMTP_PASSWORD` is read.
    pub password_file: Option<PathBuf>,
    /// A `mailto:` or `https:` address for the List-Unsubscribe header.
    pub unsubscribe: Option<String>,
    /// Who is told when an address refuses mails for good: a target as in `to` of a rule.
    pub operator: Option<String>,
    /// Seconds that the conversation about one mail may take.
    pub timeout_s: u64,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self {
            from: "Tocsin <tocsin@localhost>".to_owned(),
            smtp: None,
            user: None,
            password_file: None,
            unsubscribe: None,
            operator: None,
            timeout_s: 60,
        }
    }
}

/// The `[webhook]` table of `tocsin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookConfig {
    /// A file with the secret that signs; else the variable `TOCSIN_WEBHOOK_SECRET` is read.
    pub secret_file: Option<PathBuf>,
    /// Seconds until a receiver has to have answered.
    pub timeout_s: u64,
}

impl Default for WebhookConfig {
    fn default() -> Self {
        Self {
            secret_file: None,
            timeout_s: 20,
        }
    }
}

/// How alerts go out.
#[derive(Debug, Clone, Default)]
pub struct DeliveryConfig {
    /// By mail.
    pub mail: MailConfig,
    /// To webhooks.
    pub webhook: WebhookConfig,
    /// Where readers unsubscribe by one click, if somewhere.
    pub links: Option<Links>,
}

/// Why a mail could not be delivered. It stays in the outbox.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The config cannot be used.
    #[error("[{table}] {key} in tocsin.toml: {reason}")]
    Config {
        /// The table.
        table: &'static str,
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
    /// Nobody answers as they should: nothing else can go out there now.
    #[error("{server} cannot be used now: {reason}")]
    Unreachable {
        /// The mail server, or the webhook's host.
        server: String,
        /// What happened.
        reason: String,
    },
    /// It was not taken this time: greylisting, a full mailbox.
    #[error("{server} did not take it yet: {reason}")]
    NotYet {
        /// The mail server, or the webhook's host.
        server: String,
        /// Its words.
        reason: String,
    },
    /// It was refused for good, and perhaps not for the address's sake: the mail, the sender's standing.
    #[error("{server} rejected it: {reason}")]
    Rejected {
        /// The mail server.
        server: String,
        /// Its words.
        reason: String,
    },
    /// The address is no good: nothing will ever be taken for it.
    #[error("{server} refused it for good: {reason}")]
    Refused {
        /// The mail server, or the webhook's host.
        server: String,
        /// Its words.
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
    smtp: Option<Server>,
    hooks: Hooks,
    unsubscribe: Option<String>,
    links: Option<Links>,
    operator: Option<Target>,
    base: PathBuf,
}

impl std::fmt::Debug for Outlets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The ways out hold passwords and secrets.
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
    /// [`DeliveryError::Config`] for an address, a server or a file with a secret that cannot be used.
    pub fn new(config: &DeliveryConfig, base: &Path) -> Result<Self, DeliveryError> {
        let mail = &config.mail;
        let wrong = |key, reason| DeliveryError::Config {
            table: "mail",
            key,
            reason,
        };
        let no_sender = |e| wrong("from", format!("`{}` is no sender: {e}", mail.from));
        let no_operator = |e| wrong("operator", e);
        let operator = mail.operator.as_deref().map(str::parse);
        Ok(Self {
            from: mail.from.parse().map_err(no_sender)?,
            smtp: Server::new(mail)?,
            hooks: Hooks::new(&config.webhook)?,
            unsubscribe: mail.unsubscribe.clone(),
            links: config.links.clone(),
            operator: operator.transpose().map_err(no_operator)?,
            base: base.to_owned(),
        })
    }

    /// Who is told what readers need not know.
    pub fn operator(&self) -> Option<&Target> {
        self.operator.as_ref()
    }

    /// Whether there is a secret by which webhooks are signed.
    pub fn signs(&self) -> bool {
        self.hooks.signs()
    }

    /// The data directory.
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// Where readers unsubscribe by one click, if somewhere.
    pub fn links(&self) -> Option<&Links> {
        self.links.as_ref()
    }

    /// Delivers one mail. `now` dates a webhook's signature.
    ///
    /// # Errors
    /// See [`DeliveryError`]; the mail may be tried again, under the same Message-ID.
    pub async fn deliver(&self, mail: &Outgoing, now: Timestamp) -> Result<(), DeliveryError> {
        match mail.alert.to.parse().map_err(DeliveryError::Target)? {
            Target::Mail(address) => {
                let smtp = self.smtp.as_ref().ok_or(DeliveryError::NoServer)?;
                let message = self.message(mail, &Mailbox::new(None, address))?;
                smtp.send(message).await
            }
            Target::Webhook(url) => self.hooks.post(&url, mail, now).await,
            Target::Folder(folder) => {
                let bytes = self.message(mail, &self.from)?.formatted();
                folder::write(&self.base.join(folder), &mail.alert.message_id, &bytes)
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

    fn message(&self, mail: &Outgoing, to: &Mailbox) -> Result<lettre::Message, DeliveryError> {
        let alert = &mail.alert;
        if OURS.contains(&alert.rule.as_str()) {
            let way_out = (None, self.unsubscribe.as_deref());
            return mime::message(mail, &self.from, to, way_out);
        }
        let links = self.links.as_ref();
        let link = links.and_then(|links| links.of(&alert.rule, &alert.to));
        let mail = compose::with_way_out(mail, link.as_deref());
        mime::message(&mail, &self.from, to, (link, self.unsubscribe.as_deref()))
    }
}

/// How long a conversation may take.
fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds.max(1))
}

/// A secret from a file, or from a variable of the environment; `None` where neither is there.
fn secret(
    (table, key): (&'static str, &'static str),
    file: Option<&Path>,
    variable: &str,
) -> Result<Option<String>, DeliveryError> {
    let Some(file) = file else {
        return Ok(std::env::var(variable)
            .ok()
            .filter(|secret| !secret.is_empty()));
    };
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned())),
        Err(e) => Err(DeliveryError::Config {
            table,
            key,
            reason: format!("cannot read {}: {e}", file.display()),
        }),
    }
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
