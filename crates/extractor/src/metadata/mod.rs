//! Judges what a page says about itself: title, names, dates, section, picture, site.
//!
//! In: [`Facts`] and the address. Out: [`Metadata`]. For each thing the sources are tried in one
//! fixed order, written at the top of its module.

pub(crate) mod byline;
pub(crate) mod calendar;
pub(crate) mod claims;
mod clock;
mod dates;
mod json_ld;
pub(crate) mod moment;
mod months;
pub(crate) mod title;
mod tokens;

use crate::address::Address;
use crate::facts::Facts;
use calendar::Calendar;
use moment::Moment;
use title::Site;
use tocsin_core::Timestamp;

/// What a page says about its article.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) title: Option<String>,
    pub(crate) byline: Vec<String>,
    pub(crate) published: Option<Moment>,
    pub(crate) modified: Option<Timestamp>,
    pub(crate) site_name: Option<String>,
    pub(crate) section: Option<String>,
    pub(crate) image: Option<String>,
    /// The whole text, where JSON-LD carries it.
    pub(crate) body: Option<String>,
    /// Whether the page declares, to programs, an article and its day.
    pub(crate) declares_day: bool,
    /// Whether it declares that the article is for those who pay.
    pub(crate) is_paid: bool,
}

impl Metadata {
    /// Judges the facts.
    pub(crate) fn of(facts: &Facts, address: &Address, calendar: Calendar) -> Self {
        let article = json_ld::article(&facts.json_ld);
        let article = article.as_ref();
        let host = address.host();
        let site = facts
            .meta(&["og:site_name", "application-name", "al:android:app_name"])
            .map(str::to_owned);
        let site_name = site.or_else(|| article.and_then(|a| a.site_name.clone()));
        let image = facts
            .meta(&[
                "og:image",
                "og:image:url",
                "twitter:image",
                "twitter:image:src",
            ])
            .map(str::to_owned);
        let section = facts
            .meta(&["article:section", "parsely-section", "sailthru.section"])
            .map(str::to_owned);
        let called = Site {
            name: site_name.as_deref(),
            host,
        };
        Self {
            title: title::of(facts, article, called, address.url.path()),
            byline: byline::of(facts, article, called),
            published: dates::published(facts, article, address.url.path(), calendar),
            modified: dates::modified(facts, article, calendar).map(|m| m.at),
            section: article.and_then(|a| a.section.clone()).or(section),
            image: image
                .or_else(|| article.and_then(|a| a.image.clone()))
                .and_then(|i| address.resolve(&i)),
            body: article.and_then(|a| a.body.clone()),
            declares_day: article.is_some_and(|a| a.is_article && a.published.is_some())
                || facts.meta(&["article:published_time"]).is_some(),
            is_paid: article.is_some_and(|a| a.is_paid)
                || facts.meta(&["article:content_tier"]) == Some("locked"),
            site_name,
        }
    }
}
