//! A program with a store, a clock and a mail server in the hands of a test.

#![allow(dead_code, reason = "each test file uses its part")]

#[path = "../../../alerts/tests/delivery/server.rs"]
pub(crate) mod server;
pub(crate) mod site;

use server::Server;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tocsin_alerts::unsubscribe::Links;
use tocsin_alerts::{DeliveryConfig, MailConfig, Outlets};
use tocsin_core::{Alert, Article, Outgoing, Source, SourceId, StoryId, Timestamp};
use tocsin_crawler::{Clock, FetchConfig, Fetcher, SystemResolver};
use tocsin_pipeline::{Config, Pass, PassReport, Silent, Vocab};
use tocsin_store::{Change, MemoryStore, Store};

pub(crate) const RULES: &str = "[[rule]]\nname = \"chips\"\nquery = \"\"\nwhen = \"new-event\"\n\
    to = [\"mailto:ann@desk.example\", \"mailto:bob@desk.example\", \"mailto:cem@desk.example\"]\n";
pub(crate) const MINUTE: i64 = 60;
pub(crate) const DAY: i64 = 24 * 60 * MINUTE;

#[derive(Default)]
pub(crate) struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        at(self.0.load(Ordering::Relaxed))
    }
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_791_223_200 + second).unwrap()
}

/// A program with mails to three readers in its outbox.
pub(crate) struct Desk {
    pub(crate) store: Arc<MemoryStore>,
    clock: Arc<Hand>,
    pub(crate) pass: Pass,
    runtime: tokio::runtime::Runtime,
    pub(crate) dir: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new(server: &Server) -> Self {
        let desk = Self::with_rules(server, RULES);
        desk.queue("first");
        desk
    }

    /// One with other rules, and nothing in its outbox.
    pub(crate) fn with_rules(server: &Server, rules: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(Hand::default()));
        let config = Config::new(None).with_file("alerts.toml", rules.to_owned());
        let vocabulary = Vocab {
            classifier: Arc::new(config.rules_alone().unwrap()),
            sources: Arc::default(),
        };
        let delivery = DeliveryConfig {
            mail: MailConfig {
                smtp: Some(server.url()),
                operator: Some("mailto:operator@desk.example".to_owned()),
                timeout_s: 1,
                ..MailConfig::default()
            },
            links: Some(links()),
            ..DeliveryConfig::default()
        };
        let fetch = FetchConfig {
            allow_private: vec!["127.0.0.0/8".to_owned()],
            host_gap_ms: 0,
            ..FetchConfig::default()
        };
        let fetcher = Fetcher::new(fetch, Arc::new(SystemResolver), clock.clone()).unwrap();
        let pass = Pass {
            store: store.clone(),
            fetcher: Arc::new(fetcher),
            clock: clock.clone(),
            archive: None,
            rules: config.rules(&vocabulary, at(0)).unwrap(),
            classifier: vocabulary.classifier,
            publishers: Arc::default(),
            outlets: Some(Outlets::new(&delivery, dir.path()).unwrap()),
            events: tocsin_events::Settings::default(),
            parallel_sources: 1,
            max_pages_per_source: 1,
            host_patience: std::time::Duration::from_secs(300),
            rest: tocsin_pipeline::poll::Rest::default(),
        };
        Self {
            store,
            clock,
            pass,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            dir,
        }
    }

    /// An article comes in, judged by the pass's classifier.
    pub(crate) fn comes_in(&self, number: usize, title: &str, text: &str, published: Timestamp) {
        let url = format!("https://site{number}.example/{number}");
        let article: Article = serde_json::from_value(serde_json::json!({
            "id": StoryId::of_url(&url), "url": url, "canonical_url": url, "title": title, "byline": [],
            "published": published, "published_precision": null, "modified": null, "site_name": null,
            "language": "en", "text": text, "section": null, "image": null,
        }))
        .unwrap();
        let source = SourceId::new(format!("xx-{number}"));
        let story = tocsin_pipeline::judge(&self.pass.classifier, article, source, published);
        self.store.commit(&[Change::PutPending(story)]).unwrap();
    }

    /// One more mail to each reader.
    pub(crate) fn queue(&self, name: &str) {
        let mails = ["ann", "bob", "cem"].map(|reader| Change::Enqueue(mail(name, reader)));
        self.store.commit(&mails).unwrap();
    }

    /// A pass so many seconds after the beginning.
    pub(crate) fn pass(&self, second: i64) -> PassReport {
        self.clock.0.store(second, Ordering::Relaxed);
        let mut report = PassReport::default();
        let finish = self.pass.finish(&mut report, &Silent);
        self.runtime.block_on(finish).unwrap();
        report
    }

    /// A pass over these sources, due or not, so many seconds after the beginning.
    pub(crate) fn poll(&self, sources: &[Source], second: i64) -> PassReport {
        self.clock.0.store(second, Ordering::Relaxed);
        self.runtime
            .block_on(self.pass.run(sources, true, &Silent))
            .unwrap()
    }

    pub(crate) fn waiting(&self) -> usize {
        self.store.counts().unwrap().waiting_mails
    }
}

pub(crate) fn links() -> Links {
    Links::new("https://news.example", b"a key of this installation").unwrap()
}

pub(crate) fn mail(name: &str, reader: &str) -> Outgoing {
    Outgoing {
        alert: Alert {
            rule: "chips".to_owned(),
            event: None,
            stories: Vec::new(),
            reason: "it fits".to_owned(),
            to: format!("mailto:{reader}@desk.example"),
            sent_at: None,
            message_id: format!("{name}.{reader}@tocsin.invalid"),
        },
        subject: name.to_owned(),
        text: "text".to_owned(),
        html: "<p>text</p>".to_owned(),
        references: Vec::new(),
        queued_at: at(0),
        attempts: 0,
        next_try: None,
        last_error: None,
    }
}
