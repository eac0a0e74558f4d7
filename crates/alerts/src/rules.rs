//! `alerts.toml`: who is told what, when.

mod edit;

use crate::schedule::{QuietHours, Schedule};
use jiff::SignedDuration;
use serde::Deserialize;
use std::path::PathBuf;
use tocsin_core::{ConfigError, Timestamp, parse_toml};
use tocsin_search::{Query, Vocabulary};
use url::{Host, Url};

/// What would make relative times another moment.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// What stands for a rule in the program's own mails: a note to the operator, a test of a target. They have
/// no subscribers.
pub(crate) const OURS: [&str; 2] = ["operator", "test"];

/// Every rule of `alerts.toml`, checked.
#[derive(Debug, Default)]
pub struct Rules {
    rules: Vec<Rule>,
}

/// One rule: what a reader wants to hear of, and where it goes.
#[derive(Debug)]
pub struct Rule {
    /// Unique; part of every Message-ID, so a renamed rule tells its events anew.
    pub name: String,
    /// As written, for the mail's "why you get this".
    pub expression: String,
    /// What the query became.
    pub query: Query,
    /// On what it fires.
    pub when: When,
    /// Where its mails go.
    pub to: Vec<Target>,
    /// Waits until this many sources tell the event.
    pub min_sources: usize,
    /// Single mails an hour to each target; what is over becomes one mail that lists the rest.
    pub max_per_hour: usize,
    /// Hours in which nothing is sent; what comes then is one mail afterwards.
    pub quiet_hours: Option<QuietHours>,
    /// Whether a digest is sent though nothing is in it.
    pub send_empty: bool,
}

/// What makes a rule fire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Once for each event, when it breaks.
    NewEvent,
    /// Once for each story that is no copy.
    EveryStory,
    /// Once for each story that brings a new fact of a known event, copies of old text included.
    Development,
    /// New events and new facts of known ones, in one mail at its time.
    Digest(Schedule),
}

impl std::fmt::Display for When {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NewEvent => f.write_str("new-event"),
            Self::EveryStory => f.write_str("every-story"),
            Self::Development => f.write_str("development"),
            Self::Digest(schedule) => schedule.fmt(f),
        }
    }
}

/// Where a mail goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A reader's mail address.
    Mail(lettre::Address),
    /// An address of the web that gets each alert as signed JSON.
    Webhook(Url),
    /// A folder that gets one `.eml` file a mail; a relative one lies in the data directory.
    Folder(PathBuf),
    /// Standard output.
    Stdout,
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Mail(address) => write!(f, "mailto:{address}"),
            Self::Webhook(url) => url.fmt(f),
            Self::Folder(folder) => write!(f, "file:{}", folder.display()),
            Self::Stdout => f.write_str("stdout:"),
        }
    }
}

impl std::str::FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("mailto", address)) => address
                .parse()
                .map(Self::Mail)
                .map_err(|e| format!("`{address}` is no mail address: {e}")),
            Some(("https" | "http", _)) => webhook(text).map(Self::Webhook),
            Some(("file", folder)) if !folder.is_empty() => Ok(Self::Folder(PathBuf::from(folder))),
            Some(("stdout", "")) => Ok(Self::Stdout),
            _ => Err(format!("`{text}` is no target")),
        }
    }
}

impl Target {
    /// For a log: without the part of a webhook's address that may be a secret.
    pub fn shown(&self) -> String {
        match self {
            Self::Webhook(url) => format!("{}/…", url.origin().ascii_serialization()),
            other => other.to_string(),
        }
    }
}

/// An address for alerts: they do not leave this machine unencrypted.
fn webhook(text: &str) -> Result<Url, String> {
    // What stands behind the host may be a secret.
    let url = Url::parse(text).map_err(|e| format!("a webhook's address cannot be read: {e}"))?;
    if url.scheme() == "http" && !url.host().is_some_and(|host| is_here(&host)) {
        let origin = url.origin().ascii_serialization();
        return Err(format!("`{origin}/…` is not encrypted; use https://"));
    }
    Ok(url)
}

/// Whether a host is this machine.
pub(crate) fn is_here<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(name) => name.as_ref() == "localhost",
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<RawRule>,
}

#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    name: String,
    query: String,
    when: String,
    to: Vec<String>,
    #[serde(default = "one")]
    min_sources: usize,
    #[serde(default = "twenty")]
    max_per_hour: usize,
    #[serde(default)]
    quiet_hours: Option<String>,
    #[serde(default)]
    send_empty: bool,
}

fn one() -> usize {
    1
}

fn twenty() -> usize {
    20
}

impl Rules {
    /// Reads `alerts.toml`. `now` dates the relative times of its queries.
    ///
    /// # Errors
    /// A typo, a query that does not parse, an unknown `when`, a target that is none, a name that
    /// stands twice; each with file, line and a hint.
    pub fn parse(
        file: &str,
        text: &str,
        vocabulary: &dyn Vocabulary,
        now: Timestamp,
    ) -> Result<Self, ConfigError> {
        let raw: File = parse_toml(file, text)?;
        let mut rules: Vec<Rule> = Vec::with_capacity(raw.rule.len());
        for rule in raw.rule {
            let place = format!("\"{}\"", rule.name);
            let rule = rule
                .check(file, text, vocabulary, now)
                .map_err(|e| match e.line {
                    Some(_) => e,
                    None => e.at(text, &place),
                })?;
            if OURS.contains(&rule.name.as_str()) {
                let why = format!(
                    "no rule can be named `{}`: the program's own mails are",
                    rule.name
                );
                return Err(ConfigError::new(file, why).at(text, &place));
            }
            if rules.iter().any(|r| r.name == rule.name) {
                return Err(
                    ConfigError::new(file, format!("two rules are named `{}`", rule.name))
                        .at(text, &place)
                        .hint("give each rule its own name: it is part of its mails' ids"),
                );
            }
            rules.push(rule);
        }
        Ok(Self { rules })
    }

    /// The rules in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, Rule> {
        self.rules.iter()
    }
}

impl RawRule {
    fn check(
        self,
        file: &str,
        text: &str,
        vocabulary: &dyn Vocabulary,
        now: Timestamp,
    ) -> Result<Rule, ConfigError> {
        let query = Query::parse(&self.query, vocabulary, now).map_err(|e| {
            ConfigError::new(
                file,
                format!("rule `{}`: {}", self.name, e.render(&self.query)),
            )
            .at(text, &self.query)
            .hint("try the expression with `tocsin query` first")
        })?;
        let tomorrow = now.saturating_add(A_DAY).unwrap_or(now);
        let again = Query::parse(&self.query, vocabulary, tomorrow);
        if again.is_ok_and(|again| again.bounds() != query.bounds()) {
            let why = format!(
                "rule `{}`: its query speaks of today or of days ago",
                self.name
            );
            return Err(ConfigError::new(file, why)
                .at(text, &self.query)
                .hint("leave the time out: a rule tells of what is new"));
        }
        let when = parse_when(&self.when).map_err(|why| {
            ConfigError::new(file, format!("rule `{}`: {why}", self.name))
                .at(text, &format!("\"{}\"", self.when))
                .hint(WHENS)
        })?;
        let quiet_hours = self.quiet_hours.as_deref().map(|hours| {
            QuietHours::parse(hours).map_err(|why| {
                ConfigError::new(file, format!("rule `{}`: quiet_hours: {why}", self.name))
                    .at(text, &format!("\"{hours}\""))
            })
        });
        let to = self
            .to
            .iter()
            .map(|t| t.parse())
            .collect::<Result<Vec<Target>, String>>();
        let to = to.map_err(|e| {
            ConfigError::new(file, format!("rule `{}`: {e}", self.name))
                .hint("use \"mailto:you@example.org\", \"https://your-service/hook\", \"file:FOLDER\" or \"stdout:\"")
        })?;
        if to.is_empty() {
            return Err(ConfigError::new(
                file,
                format!("rule `{}` tells nobody: `to` is empty", self.name),
            )
            .hint("add \"file:mail\" to keep its mails as files in the data directory"));
        }
        Ok(Rule {
            name: self.name,
            expression: self.query,
            query,
            when,
            to,
            min_sources: self.min_sources.max(1),
            max_per_hour: self.max_per_hour.max(1),
            quiet_hours: quiet_hours.transpose()?,
            send_empty: self.send_empty,
        })
    }
}

/// What `when` may be.
const WHENS: &str = "use \"new-event\", \"development\", \"every-story\", \"daily 08:00 Europe/Brussels\" or \
    \"weekly mon 08:00 Europe/Brussels\"";

fn parse_when(text: &str) -> Result<When, String> {
    match text {
        "new-event" => Ok(When::NewEvent),
        "every-story" => Ok(When::EveryStory),
        "development" => Ok(When::Development),
        other => match Schedule::parse(other) {
            Some(schedule) => Ok(When::Digest(
                schedule.map_err(|why| format!("when = \"{other}\": {why}"))?,
            )),
            None => Err(format!("when = \"{other}\" is not known")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Words, at};

    fn mistake(text: &str) -> String {
        Rules::parse("alerts.toml", text, &Words, at("2026-10-05T18:00:00Z"))
            .unwrap_err()
            .to_string()
    }

    const GOOD: &str = "[[rule]]\nname = \"a\"\nquery = \"tag:conference\"\nwhen = \"new-event\"\nto = [\"stdout:\"]\n";

    #[test]
    fn a_rule_is_read() {
        let rules = Rules::parse("alerts.toml", GOOD, &Words, at("2026-10-05T18:00:00Z")).unwrap();
        let rule = rules.iter().next().unwrap();
        assert_eq!(
            (rule.name.as_str(), &rule.when, rule.min_sources),
            ("a", &When::NewEvent, 1)
        );
    }

    #[test]
    fn every_mistake_has_its_line_and_a_way_out() {
        let twice = format!("{GOOD}{GOOD}");
        assert!(mistake(&twice).starts_with("alerts.toml:2: two rules are named `a`"));
        let ours = mistake(&GOOD.replace("\"a\"", "\"operator\""));
        assert!(
            ours.starts_with("alerts.toml:2: no rule can be named"),
            "{ours}"
        );
        let when = mistake(&GOOD.replace("new-event", "hourly"));
        assert!(
            when.starts_with("alerts.toml:4:") && when.contains("hint: use \"new-event\""),
            "{when}"
        );
        let zone = mistake(&GOOD.replace("new-event", "daily 08:00 Mars/Base"));
        assert!(
            zone.starts_with("alerts.toml:4:") && zone.contains("`Mars/Base` is no time zone"),
            "{zone}"
        );
        let quiet = mistake(&format!("{GOOD}quiet_hours = \"night\"\n"));
        assert!(quiet.starts_with("alerts.toml:6:"), "{quiet}");
        let to = mistake(&GOOD.replace("stdout:", "carrier-pigeon:7"));
        assert!(to.contains("`carrier-pigeon:7` is no target"), "{to}");
        let query = mistake(&GOOD.replace("tag:conference", "tag:conferense"));
        assert!(
            query.starts_with("alerts.toml:3:") && query.contains("conference"),
            "{query}"
        );
        let relative = mistake(&GOOD.replace("tag:conference", "tag:conference since:7d"));
        assert!(
            relative.starts_with("alerts.toml:3: rule `a`: its query speaks of"),
            "{relative}"
        );
        assert!(mistake("[[rule]]\nnaem = \"a\"").contains("did you mean `name`?"));
    }

    #[test]
    fn targets_print_as_they_are_written() {
        for text in [
            "mailto:desk@think.example",
            "https://hooks.example/in?a=b",
            "http://127.0.0.1:9/in",
            "file:mail/chips",
            "stdout:",
        ] {
            assert_eq!(text.parse::<Target>().unwrap().to_string(), text);
        }
        for text in ["mailto:nobody", "http://hooks.example/in", "https://"] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
        let hook: Target = "https://hooks.example/in/s3cret".parse().unwrap();
        assert_eq!(hook.shown(), "https://hooks.example/…");
    }
}
