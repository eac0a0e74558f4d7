//! A page that is watched: twenty changes that matter and twenty that do not, read from a site on loopback.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod desk;

use desk::server::{Mood, Server};
use desk::{Desk, MINUTE, RULES, site};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tocsin_core::{Source, SourceKind, SourceState};
use tocsin_pipeline::poll::history;
use tocsin_store::{Range, Store};

/// A page in its parts.
#[derive(Clone)]
struct Page {
    menu: Vec<String>,
    latest: Vec<String>,
    paragraphs: Vec<String>,
    rows: Vec<(String, String)>,
    stamp: String,
    banner: String,
    foot: String,
}

impl Page {
    fn new() -> Self {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Self {
            menu: own(&["Home", "About the office", "Contact"]),
            latest: own(&["Office visits a school in Riga", "Annual report is out"]),
            paragraphs: (1..=9)
                .map(|n| {
                    format!(
                        "Article {n}. The provider of a general-purpose AI model of class {n} notifies the office within \
                         {} days and keeps the documentation of its training for {} years after the model is withdrawn.",
                        n * 7,
                        n + 2
                    )
                })
                .collect(),
            rows: vec![
                ("Fine for late notification".to_owned(), "10 million euro".to_owned()),
                ("Fine for false documents".to_owned(), "15 million euro".to_owned()),
            ],
            stamp: "Last updated: 2 March 2026, 08:00".to_owned(),
            banner: String::new(),
            foot: "© 2025 AI office. All rights reserved.".to_owned(),
        }
    }

    fn html(&self) -> String {
        let list = |items: &[String]| -> String {
            items
                .iter()
                .map(|item| format!("<li><a href=\"/{}\">{item}</a></li>", item.len()))
                .collect()
        };
        let paragraphs: String = self
            .paragraphs
            .iter()
            .map(|p| format!("<p>{p}</p>\n"))
            .collect();
        let rows: String = self
            .rows
            .iter()
            .map(|(a, b)| format!("<tr><td>{a}</td><td>{b}</td></tr>"))
            .collect();
        format!(
            "<!DOCTYPE html><html lang=en><head><title>Duties of providers - AI office</title></head><body>{}\
             <nav><ul>{}</ul></nav><main><article><h1>Duties of providers of AI models</h1><p>{}</p>{paragraphs}\
             <table>{rows}</table></article></main><aside><h2>Latest news</h2><ul>{}</ul></aside>\
             <footer><p>{}</p></footer></body></html>",
            self.banner,
            list(&self.menu),
            self.stamp,
            list(&self.latest),
            self.foot
        )
    }

    /// The n-th change that matters.
    fn matters(&mut self, n: usize) {
        match n % 5 {
            0 => self.paragraphs[n % 5] += &format!(" In case {n} the office decides alone."),
            1 => self.paragraphs.push(format!(
                "Article {}. A deployer of an AI model in schools asks the office for an opinion, number {n}, before the first use.",
                n + 20
            )),
            2 => self.rows[0].1 = format!("{} million euro", 20 + n),
            3 => drop(self.paragraphs.remove(3)),
            _ => self.paragraphs[1] = format!(
                "Article 2. This article was replaced by regulation number {n} of the council on audits of AI models."
            ),
        }
    }

    /// The n-th one that does not.
    fn does_not(&mut self, n: usize) {
        match n % 8 {
            0 => self.menu.push(format!("Careers {n}")),
            1 => self.stamp = format!("Last updated: {} March 2026, 09:{:02}", n + 3, n),
            2 => self.foot = format!("© {} AI office. All rights reserved.", 2026 + n),
            3 => self.latest.insert(
                0,
                format!("Office opens consultation number {n} on labels for chatbots"),
            ),
            4 => self.paragraphs.swap(0, 2),
            5 => self.paragraphs[0] = self.paragraphs[0].replace(' ', "\n "),
            6 => {
                self.banner = format!(
                    "<div class=cookie-banner><p>We use cookies, version {n}. Accept all</p></div>"
                )
            }
            _ => drop(self.menu.pop()),
        }
    }
}

/// A site with one page, whose text is in the hands of the test.
fn serve() -> (SocketAddr, Arc<Mutex<String>>) {
    let html = Arc::new(Mutex::new(String::new()));
    let shown = Arc::clone(&html);
    let address = site::serve(move |_, path| match path {
        "/robots.txt" => ("404 Not Found", String::new()),
        _ => ("200 OK", shown.lock().unwrap().clone()),
    });
    (address, html)
}

fn source(address: SocketAddr) -> Source {
    Source {
        name: "AI office".to_owned(),
        kind: SourceKind::Page,
        country: "EU".to_owned(),
        category: "regulator".to_owned(),
        ..site::feed("eu-ai-office-duties", format!("http://{address}/duties"))
    }
}

fn stories(desk: &Desk) -> Vec<tocsin_core::Story> {
    let all = Range {
        limit: 1_000,
        ..Range::default()
    };
    desk.store.stories(&all).unwrap().items
}

#[test]
fn twenty_changes_that_matter_are_twenty_stories() {
    let server = Server::open(|_| Mood::Good);
    let desk = Desk::with_rules(&server, RULES);
    let (address, html) = serve();
    let sources = [source(address)];
    let mut page = Page::new();
    let mut second = 0;
    let mut look = |page: &Page| -> usize {
        *html.lock().unwrap() = page.html();
        second += 60 * MINUTE;
        let report = desk.poll(&sources, second);
        assert_eq!(report.sources[0].problems, Vec::<String>::new());
        report.sources[0].stories
    };
    assert_eq!(look(&page), 0, "the first look tells nothing");
    for n in 0..20 {
        page.does_not(n);
        assert_eq!(
            look(&page),
            0,
            "change {n} does not matter: {}",
            page.html()
        );
        page.matters(n);
        assert_eq!(look(&page), 1, "change {n} matters");
    }
    let stories = stories(&desk);
    assert_eq!(stories.len(), 20);
    assert!(
        stories
            .iter()
            .all(|story| story.article.url.ends_with("/duties"))
    );
    let fines: Vec<&str> = stories
        .iter()
        .map(|story| story.article.text.as_str())
        .filter(|text| text.contains("Now: Fine for late notification | 22 million euro"))
        .collect();
    assert_eq!(fines.len(), 1);
    assert!(
        fines[0].contains("Before: Fine for late notification | 10 million euro"),
        "{}",
        fines[0]
    );
    let versions = history(desk.store.as_ref(), &sources[0].id).unwrap();
    assert_eq!(versions.len(), 21);
    assert!(versions[0].changes.is_none() && versions[1..].iter().all(|v| v.changes.is_some()));
    assert!(desk.store.verify().unwrap().is_sound());
}

#[test]
fn an_error_page_is_believed_when_it_stays_and_a_return_is_a_change() {
    let server = Server::open(|_| Mood::Good);
    let desk = Desk::with_rules(&server, RULES);
    let (address, html) = serve();
    let sources = [source(address)];
    let show = |text: String| *html.lock().unwrap() = text;
    let page = Page::new();
    show(page.html());
    desk.poll(&sources, 0);
    let gone = "<html><body><main><p>This page of the office is being revised. Please come back later.</p></main></body></html>";
    show(gone.to_owned());
    let report = desk.poll(&sources, 60 * MINUTE);
    assert_eq!(
        (report.sources[0].stories, report.sources[0].problem_count),
        (0, 1)
    );
    // Back before the second look: nothing happened.
    show(page.html());
    assert_eq!(desk.poll(&sources, 120 * MINUTE).sources[0].stories, 0);
    show(gone.to_owned());
    assert_eq!(desk.poll(&sources, 180 * MINUTE).sources[0].stories, 0);
    assert_eq!(desk.poll(&sources, 240 * MINUTE).sources[0].stories, 1);
    assert_eq!(stories(&desk).len(), 1);
    let health = desk.store.health(&sources[0].id).unwrap().unwrap();
    assert_eq!(health.state, SourceState::Healthy);
}
