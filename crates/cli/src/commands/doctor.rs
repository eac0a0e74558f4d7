//! `doctor`: what is wrong with this installation, and what to do.

use crate::Ended;
use crate::args::Global;
use crate::installation;
use crate::output::{BAD, DIM, GOOD, Output, counted};
use anyhow::Result;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use tocsin_alerts::unsubscribe::Links;
use tocsin_alerts::{DeliveryConfig, Outlets, Rules, Target};
use tocsin_classifier::{Encoder, bert};
use tocsin_core::{Source, SourceState, Timestamp};
use tocsin_pipeline::{Config, Settings, Vocab, subscribers};
use tocsin_store::{SledStore, Store};

/// One finding.
#[derive(Serialize)]
struct Check {
    what: &'static str,
    ok: bool,
    says: String,
}

fn good(what: &'static str, says: impl Into<String>) -> Check {
    Check {
        what,
        ok: true,
        says: says.into(),
    }
}

fn bad(what: &'static str, says: impl Into<String>) -> Check {
    Check {
        what,
        ok: false,
        says: says.into(),
    }
}

pub(super) fn doctor(global: &Global, out: &mut Output) -> Result<Ended> {
    let mut checks = Vec::new();
    let dir = installation::data_dir(global, "tocsin")?;
    let (mut sources, mut readers) = (Vec::new(), Vec::new());
    match installation::config(global) {
        Ok(config) => {
            check_config(&config, &dir, &mut checks);
            sources = config.sources().unwrap_or_default();
            readers = config.readers().unwrap_or_default();
        }
        Err(error) => checks.push(bad("config", error.to_string())),
    }
    check_store(&dir, &sources, &readers, &mut checks);
    for check in &checks {
        if out.json {
            out.json_line(check)?;
        } else {
            let mark = if check.ok {
                format!("{GOOD}ok{GOOD:#}  ")
            } else {
                format!("{BAD}look{BAD:#}")
            };
            out.line(format!("{mark}  {:<10} {}", check.what, check.says))?;
        }
    }
    if !out.json {
        out.flush()?;
        out.note(format!(
            "{DIM}tocsin {}, config {}, data {}{DIM:#}",
            env!("CARGO_PKG_VERSION"),
            installation::config_dir(global)?.display(),
            dir.display()
        ));
    }
    Ok(if checks.iter().all(|c| c.ok) {
        Ended::Done
    } else {
        Ended::WithFindings
    })
}

fn check_config(config: &Config, dir: &Path, checks: &mut Vec<Check>) {
    match config.settings() {
        Ok(settings) => check_settings(&settings, dir, checks),
        Err(error) => checks.push(bad("settings", error.to_string())),
    }
    match config.sources() {
        Ok(sources) => {
            let on = sources.iter().filter(|s| s.enabled).count();
            checks.push(good(
                "sources",
                format!("{on} of {} are polled", sources.len()),
            ));
        }
        Err(error) => checks.push(bad("sources", error.to_string())),
    }
    match config.publishers() {
        Ok(rules) => checks.push(good("publishers", format!("{} rules", rules.count()))),
        Err(error) => checks.push(bad("publishers", error.to_string())),
    }
    let vocabulary: Result<Vocab> = installation::vocabulary(config);
    match vocabulary {
        Ok(vocabulary) => {
            let tags = vocabulary.classifier.taxonomy().tags().count();
            checks.push(good("taxonomy", format!("{tags} tags")));
            check_rules(config, &vocabulary, checks);
        }
        Err(error) => checks.push(bad("taxonomy", error.to_string())),
    }
    match config.encoder() {
        Ok(found) => checks.push(check_encoder(found)),
        Err(error) => checks.push(bad("bert", error.to_string())),
    }
}

/// Whether the neural model, where one is wanted, turns a sentence into a vector.
fn check_encoder(found: Result<Option<Arc<dyn Encoder>>, String>) -> Check {
    let tried = found.and_then(|encoder| {
        let Some(encoder) = encoder else {
            return Ok(None);
        };
        let vectors = encoder.encode(&["A sentence to try it with.".to_owned()]);
        let vectors = vectors.map_err(|e| e.to_string())?;
        Ok(vectors
            .first()
            .map(|v| (encoder.name().to_owned(), v.len())))
    });
    match tried {
        Ok(Some((name, width))) => good("bert", format!("{name} answers with {width} numbers")),
        Ok(None) if bert::BUILT_IN => good(
            "bert",
            "built in, but models.bert.dir is not set: words and concepts are used",
        ),
        Ok(None) => good(
            "bert",
            "not built in: tags that you describe go by words and concepts (docs/bert.md)",
        ),
        Err(error) => bad("bert", error),
    }
}

fn check_settings(settings: &Settings, dir: &Path, checks: &mut Vec<Check>) {
    if settings.fetch.contact.is_none() {
        checks.push(bad(
            "contact",
            "no `contact` under [fetch] in tocsin.toml: sites cannot tell who reads them; `tocsin init` writes the file",
        ));
    } else {
        checks.push(good("contact", "sites can tell who reads them"));
    }
    let delivery = DeliveryConfig {
        mail: settings.mail.clone(),
        webhook: settings.webhook.clone(),
        links: None,
    };
    if let Some(url) = &settings.server.public_url {
        checks.push(match Links::new(url, &[]) {
            Ok(_) if url.starts_with("https:") => {
                good("server", format!("readers unsubscribe at {url}"))
            }
            Ok(_) => bad(
                "server",
                format!("public_url {url} is no https: address: mail programs offer one click for those alone"),
            ),
            Err(why) => bad("server", format!("public_url: {why}")),
        });
    }
    match Outlets::new(&delivery, dir) {
        Ok(_) if settings.mail.smtp.is_some() => checks.push(good("mail", "a mail server is set")),
        Ok(_) => checks.push(good(
            "mail",
            "no mail server: file: and stdout: targets only",
        )),
        Err(error) => checks.push(bad("mail", error.to_string())),
    }
}

fn check_rules(config: &Config, vocabulary: &Vocab, checks: &mut Vec<Check>) {
    match config.rules(vocabulary, Timestamp::now()) {
        Ok(rules) => {
            checks.extend(unsigned(config, &rules));
            let by_mail = rules
                .iter()
                .any(|r| r.to.iter().any(|t| matches!(t, Target::Mail(_))));
            let server = config.settings().is_ok_and(|s| s.mail.smtp.is_some());
            let says = format!("{} rules", rules.iter().count());
            checks.push(if by_mail && !server {
                bad(
                    "alerts",
                    format!(
                        "{says}, some to mail addresses, but no `smtp` under [mail] in tocsin.toml"
                    ),
                )
            } else {
                good("alerts", says)
            });
        }
        Err(error) => checks.push(bad("alerts", error.to_string())),
    }
}

/// Webhooks without a secret to sign with.
fn unsigned(config: &Config, rules: &Rules) -> Option<Check> {
    let is_hook = |to: &Target| matches!(to, Target::Webhook(_));
    let has_hooks = rules.iter().any(|rule| rule.to.iter().any(is_hook));
    let settings = config.settings().ok()?;
    let delivery = DeliveryConfig {
        webhook: settings.webhook,
        ..DeliveryConfig::default()
    };
    let signs = Outlets::new(&delivery, Path::new("")).map_or(true, |outlets| outlets.signs());
    (has_hooks && !signs).then(|| {
        bad(
            "webhooks",
            "no secret to sign with: set `secret_file` under [webhook] in tocsin.toml",
        )
    })
}

fn check_store(
    dir: &Path,
    sources: &[Source],
    readers: &[(String, Target)],
    checks: &mut Vec<Check>,
) {
    if !dir.join("store").exists() {
        checks.push(good(
            "store",
            format!("none yet in {}; `tocsin run` makes it", dir.display()),
        ));
        return;
    }
    let found = SledStore::open(dir).and_then(|store| store_findings(&store, sources, readers));
    match found {
        Ok(findings) => checks.extend(findings),
        Err(error) => checks.push(bad("store", error.to_string())),
    }
}

fn store_findings(
    store: &dyn Store,
    sources: &[Source],
    readers: &[(String, Target)],
) -> Result<Vec<Check>, tocsin_store::StoreError> {
    let report = store.verify()?;
    let counts = store.counts()?;
    let says = format!(
        "{} stories, {} events, {} waiting to be grouped; every record was read",
        counts.stories, counts.events, counts.pending
    );
    let mut findings = vec![match report.problems.first() {
        None => good("store", says),
        Some(first) => bad(
            "store",
            format!("{} damaged: {first}", report.problems.len()),
        ),
    }];
    findings.extend(failing(store, sources)?);
    findings.extend(stopped(store, readers)?);
    let waiting = store.outbox(None, 1)?;
    findings.extend(
        waiting
            .first()
            .and_then(|mail| mail.last_error.as_ref())
            .map(|error| {
                bad(
                    "outbox",
                    format!(
                        "{} mails wait; the last failure: {error}",
                        counts.waiting_mails
                    ),
                )
            }),
    );
    Ok(findings)
}

/// Addresses that refused mails for good.
fn stopped(
    store: &dyn Store,
    readers: &[(String, Target)],
) -> Result<Option<Check>, tocsin_store::StoreError> {
    let mut addresses = BTreeSet::new();
    for (_, to) in readers {
        if subscribers::stopped(store, to)?.is_some() {
            addresses.insert(to.shown());
        }
    }
    let some = addresses
        .iter()
        .take(5)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    Ok((!addresses.is_empty()).then(|| {
        bad(
            "readers",
            format!(
                "nothing is sent to {} whose address was refused for good ({some}): see `tocsin subscribers list`",
                counted(addresses.len(), "reader")
            ),
        )
    }))
}

/// Sources that have not answered well for a while, named.
fn failing(
    store: &dyn Store,
    sources: &[Source],
) -> Result<Option<Check>, tocsin_store::StoreError> {
    let mut names = Vec::new();
    for source in sources.iter().filter(|s| s.enabled) {
        let state = store.health(&source.id)?.unwrap_or_default().state;
        if matches!(state, SourceState::Failing | SourceState::Gone) {
            names.push(source.id.as_str());
        }
    }
    let some = names.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    Ok((!names.is_empty()).then(|| {
        bad(
            "health",
            format!(
                "{} sources fail ({some} …): see `tocsin sources list`",
                names.len()
            ),
        )
    }))
}
