//! Lines of a robots.txt into groups of rules.

use super::pattern::Rule;
use std::time::Duration;

/// RFC 9309 asks for at least this much; what stands behind it is not read.
const MAX_BYTES: usize = 500 * 1024;
/// Octets of a line that are read: no server takes an address as long as that.
const MAX_LINE: usize = 2083 * 8 - 1;
/// Sitemaps that are kept.
const MAX_SITEMAPS: usize = 100;
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// Rules for some crawlers.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Group {
    agents: Vec<String>,
    /// Whether it is for every crawler that no group names.
    pub(super) everybody: bool,
    pub(super) rules: Vec<Rule>,
    pub(super) delay: Option<Duration>,
    /// Whether a rule was seen, even an empty one: the next crawler's name opens a new group.
    closed: bool,
}

impl Group {
    /// Whether it names the crawler with this product token.
    pub(super) fn names(&self, token: &str) -> bool {
        self.agents.iter().any(|agent| agent == token)
    }

    fn add_agent(&mut self, value: &[u8]) {
        let value = String::from_utf8_lossy(value).to_lowercase();
        let name = value.split_whitespace().next().unwrap_or_default();
        if name == "*" {
            self.everybody = true;
            return;
        }
        let name = agent_name(name.split('/').next().unwrap_or_default());
        if !name.is_empty() {
            self.agents.push(name);
        }
    }

    fn add_rule(&mut self, allow: bool, value: &[u8]) {
        self.closed = true;
        if !value.is_empty() {
            self.rules.push(Rule::new(allow, value));
        }
    }
}

/// A name as it is compared: asterisks inside of it, which some files have, mean nothing.
pub(super) fn agent_name(name: &str) -> String {
    name.replace('*', "")
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Directive {
    UserAgent,
    Allow,
    Disallow,
    CrawlDelay,
    Sitemap,
}

/// The addresses of sitemaps that a file names, wherever in it they stand.
pub(super) fn sitemaps(bytes: &[u8]) -> Vec<String> {
    let named = lines(bytes).filter_map(|(directive, value)| {
        let address = std::str::from_utf8(value).ok()?;
        let is_address = address.starts_with("http://") || address.starts_with("https://");
        (directive == Directive::Sitemap && is_address).then(|| address.to_owned())
    });
    named.take(MAX_SITEMAPS).collect()
}

/// The lines that mean something; a web page has none.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (Directive, &[u8])> {
    let bytes = without_mark(bytes.get(..MAX_BYTES).unwrap_or(bytes));
    let bytes = if is_web_page(bytes) { &[] } else { bytes };
    bytes
        .split(|b| matches!(b, b'\n' | b'\r'))
        .filter_map(read_line)
}

/// The groups of a file, in its order. Lines before the first crawler's name belong to nobody.
pub(super) fn groups(bytes: &[u8]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (directive, value) in lines(bytes) {
        if directive == Directive::UserAgent && groups.last().is_none_or(|group| group.closed) {
            groups.push(Group::default());
        }
        let Some(group) = groups.last_mut() else {
            continue;
        };
        match directive {
            Directive::UserAgent => group.add_agent(value),
            Directive::Allow => group.add_rule(true, value),
            Directive::Disallow => group.add_rule(false, value),
            Directive::CrawlDelay => group.delay = group.delay.max(seconds(value)),
            Directive::Sitemap => {}
        }
    }
    groups
}

/// Skips a byte order mark, also one of which only the first bytes are left.
fn without_mark(bytes: &[u8]) -> &[u8] {
    let marks = BYTE_ORDER_MARK.iter().zip(bytes);
    let skipped = marks.take_while(|(mark, byte)| mark == byte).count();
    bytes.get(skipped..).unwrap_or_default()
}

fn is_web_page(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    ["<!doctype", "<html", "<head", "<?xml"].iter().any(|tag| {
        start
            .get(..tag.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(tag.as_bytes()))
    })
}

fn read_line(line: &[u8]) -> Option<(Directive, &[u8])> {
    let line = line.get(..MAX_LINE).unwrap_or(line);
    let line = line.split(|b| *b == b'#').next().unwrap_or_default();
    with_colon(line).or_else(|| without_colon(line))
}

fn with_colon(line: &[u8]) -> Option<(Directive, &[u8])> {
    let colon = line.iter().position(|b| *b == b':')?;
    let (key, value) = line.split_at_checked(colon)?;
    Some((directive(key)?, value.get(1..)?.trim_ascii()))
}

/// A directive and one word: more words would be a sentence that only begins like a directive.
fn without_colon(line: &[u8]) -> Option<(Directive, &[u8])> {
    let line = line.trim_ascii();
    let space = line.iter().rposition(u8::is_ascii_whitespace)?;
    let (key, value) = line.split_at_checked(space)?;
    Some((directive(key)?, value.trim_ascii()))
}

/// Knows a directive in any case, with its parts joined or apart, and in the spellings that the
/// search engines forgive.
fn directive(key: &[u8]) -> Option<Directive> {
    let letters: Vec<u8> = key
        .iter()
        .filter(|b| !matches!(b, b'-' | b'_' | b' ' | b'\t'))
        .map(u8::to_ascii_lowercase)
        .collect();
    match letters.as_slice() {
        b"useragent" | b"useragents" => Some(Directive::UserAgent),
        b"allow" => Some(Directive::Allow),
        b"disallow" | b"dissallow" | b"dissalow" | b"disalow" | b"diasllow" | b"disallaw" => {
            Some(Directive::Disallow)
        }
        b"crawldelay" => Some(Directive::CrawlDelay),
        b"sitemap" | b"sitemaps" => Some(Directive::Sitemap),
        _ => None,
    }
}

fn seconds(value: &[u8]) -> Option<Duration> {
    let number = value.split(u8::is_ascii_whitespace).next()?;
    let number: f64 = std::str::from_utf8(number).ok()?.parse().ok()?;
    Duration::try_from_secs_f64(number).ok()
}
