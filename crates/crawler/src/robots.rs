//! What a site's robots.txt lets us read (RFC 9309).
//!
//! In: the file's bytes, whatever they are; the name of a crawler; an address. Out: yes or no, and
//! the delay that the site asks for. As forgiving as the search engines are, since site owners test
//! against them: misspelt directives, missing colons and stray bytes do not switch a rule off.
//!
//! Never: opens a socket, fails. What cannot be read is no rule.

mod parse;
mod pattern;

use parse::Group;
use std::time::Duration;

/// A robots.txt, parsed.
///
/// ```
/// use tocsin_crawler::RobotsTxt;
/// let robots = RobotsTxt::parse(b"User-agent: *\nDisallow: /drafts/\nAllow: /drafts/final");
/// assert!(!robots.allowed("tocsin", "https://ledger.example/drafts/7"));
/// assert!(robots.allowed("tocsin", "https://ledger.example/drafts/final"));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RobotsTxt {
    groups: Vec<Group>,
    sitemaps: Vec<String>,
}

impl RobotsTxt {
    /// Reads the first 500 KiB of a file. A web page in the place of the file has no rules.
    pub fn parse(bytes: &[u8]) -> Self {
        Self {
            groups: parse::groups(bytes),
            sitemaps: parse::sitemaps(bytes),
        }
    }

    /// The sitemaps that the file names, absolute, in its order.
    pub fn sitemaps(&self) -> &[String] {
        &self.sitemaps
    }

    /// Whether the crawler named `agent` may read `url`.
    ///
    /// `agent` is a product token such as `tocsin`, or a whole `User-Agent` header. The rule with
    /// the most octets decides; of two equally long ones the one that allows.
    pub fn allowed(&self, agent: &str, url: &str) -> bool {
        let path = pattern::comparable_path(url);
        let (mut allow, mut disallow) = (None, None);
        for rule in self.groups_for(agent).flat_map(|group| &group.rules) {
            let best = if rule.allow {
                &mut allow
            } else {
                &mut disallow
            };
            *best = (*best).max(rule.octets_matched(&path));
        }
        allow >= disallow
    }

    /// The pause between two requests that the site asks of `agent`; the longest, if it says several.
    pub fn crawl_delay(&self, agent: &str) -> Option<Duration> {
        self.groups_for(agent).filter_map(|group| group.delay).max()
    }

    /// The groups that name the agent; those for everybody where none does.
    fn groups_for<'a>(&'a self, agent: &str) -> impl Iterator<Item = &'a Group> {
        let token = product_token(agent);
        let named = self.groups.iter().any(|group| group.names(&token));
        self.groups.iter().filter(move |group| {
            if named {
                group.names(&token)
            } else {
                group.everybody
            }
        })
    }
}

/// The name under which a `User-Agent` header is looked up, in lower case: what stands before the
/// version, or after `compatible;` in the form that imitates a browser.
pub(crate) fn product_token(agent: &str) -> String {
    let lower = agent.to_lowercase();
    let named = lower
        .split_once("compatible;")
        .map_or(lower.as_str(), |(_, rest)| rest);
    let token = named
        .trim_start()
        .split(['/', ';', ')'])
        .next()
        .unwrap_or_default();
    parse::agent_name(token.trim_end())
}

#[cfg(test)]
mod tests;
