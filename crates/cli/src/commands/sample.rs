//! `run --sample`: the whole product on a bundled world, offline, in a data directory of its own.
//!
//! The program serves the world's sites over loopback and reads them by the very code that reads
//! real sources; only the name service and the clock are the world's. Each run is one of its days:
//! the first, the second, and then days without news.

use super::run::{self, Surroundings};
use crate::Ended;
use crate::args::Global;
use crate::installation::{self, SAMPLE_PASSES};
use crate::output::{BOLD, DIM, GOOD, Output, TAG, counted};
use anyhow::{Result, bail};
use jiff::SignedDuration;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tocsin_core::text::{one_line, shorten};
use tocsin_core::{Event, Outgoing, Story, Timestamp};
use tocsin_crawler::{Clock, Resolver};
use tocsin_pipeline::{Settings, find};
use tocsin_sample::{Day, World};
use tocsin_store::{Change, Range, SledStore, Store};

/// The pause between two requests to one of the world's sites, in milliseconds: a site on one's own
/// machine needs no longer one, and a newcomer's minute is short.
const HOST_GAP_MS: u64 = 20;
/// Columns that a line of the report fills at most.
const WIDTH: usize = 96;

pub(super) fn run(global: &Global, out: &mut Output) -> Result<Ended> {
    let world = World::load()?;
    let dir = installation::data_dir(global, "tocsin-sample")?;
    let store: Arc<dyn Store> = Arc::new(SledStore::open(&dir)?);
    let passes = passes_so_far(store.as_ref(), &dir)?;
    let (day, now) = day_of(passes);
    let runtime = installation::runtime()?;
    let served = runtime.block_on(world.serve(day))?;
    let surroundings = Surroundings {
        clock: Arc::new(WorldClock(now)),
        resolver: Arc::new(WorldResolver {
            hosts: world.hosts().into_iter().map(str::to_owned).collect(),
            addr: served.addr(),
        }),
        fetcher: None,
    };
    let config = installation::sample_config(global, &world)?;
    let sources = config.sources()?;
    let pass = run::pass(
        &config,
        settings(config.settings()?),
        Arc::clone(&store),
        &dir,
        surroundings,
    )?;
    let report = run::execute(global, &pass, &sources, false)?;
    if out.json {
        out.json_line(&report)?;
    } else {
        heading(passes, now, &sources, out)?;
        run::print(&report, out)?;
        tell(store.as_ref(), now, &dir, passes, out)?;
    }
    out.flush()?;
    // The day ends only here: a run that is killed before comes back to the same day.
    store.commit(&[Change::SetMeta {
        key: SAMPLE_PASSES.to_owned(),
        value: (passes + 1).to_string(),
    }])?;
    // Everything is told and stored. Closing server and store in peace would take longer than many a
    // pass, and a kill in that time would look like one in the middle of the day.
    std::process::exit(0)
}

/// How many passes ended here; a store of real stories is left alone.
fn passes_so_far(store: &dyn Store, dir: &Path) -> Result<i64> {
    match store.meta(SAMPLE_PASSES)? {
        Some(number) => Ok(number.parse().unwrap_or(0)),
        None if store.counts()?.stories > 0 => bail!(
            "{} holds stories of real sources; give the sample world another place with --data DIR",
            dir.display()
        ),
        None => {
            store.commit(&[Change::SetMeta {
                key: SAMPLE_PASSES.to_owned(),
                value: "0".to_owned(),
            }])?;
            Ok(0)
        }
    }
}

fn day_of(passes: i64) -> (Day, Timestamp) {
    match passes {
        0 => (Day::First, Day::First.now()),
        n => {
            let later = SignedDuration::from_hours(24 * (n - 1));
            (
                Day::Second,
                Day::Second
                    .now()
                    .saturating_add(later)
                    .unwrap_or(Timestamp::MAX),
            )
        }
    }
}

fn settings(mut settings: Settings) -> Settings {
    settings.fetch.allow_private = vec!["127.0.0.0/8".to_owned()];
    settings.fetch.host_gap_ms = HOST_GAP_MS;
    settings
}

/// The world's own time, which stands still during a pass.
struct WorldClock(Timestamp);

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Knows the world's hosts and no other.
struct WorldResolver {
    hosts: Vec<String>,
    addr: SocketAddr,
}

impl Resolver for WorldResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> tocsin_crawler::Resolving<'a> {
        let known = self.hosts.iter().any(|h| h == host);
        let answer = if known {
            Ok(vec![self.addr])
        } else {
            Err(std::io::Error::new(
                std::io::ErrorKind::NotFound,
                "no such host in the sample world",
            ))
        };
        Box::pin(std::future::ready(answer))
    }
}

fn heading(
    passes: i64,
    now: Timestamp,
    sources: &[tocsin_core::Source],
    out: &mut Output,
) -> Result<()> {
    let day = match passes {
        0 => "its first day",
        1 => "its second day: only what is new",
        _ => "a day without news",
    };
    out.line(format!("{BOLD}Tocsin's sample world{BOLD:#}: {} invented sites, served by this program on this machine", sources.len()))?;
    out.line(format!(
        "{DIM}{}, {day}{DIM:#}\n",
        now.strftime("%A %-d %B %Y")
    ))
}

/// The events of this pass, what was kept out, the mail, and what to try next.
fn tell(
    store: &dyn Store,
    now: Timestamp,
    dir: &Path,
    passes: i64,
    out: &mut Output,
) -> Result<()> {
    let (mut events, mut kept_out) = (Vec::new(), Vec::new());
    let range = Range {
        limit: 500,
        ..Range::default()
    };
    for page in find::pages(store, range) {
        for story in page?.into_iter().filter(|s| s.first_seen == now) {
            match &story.event {
                Some(event) if !events.contains(event) => events.push(event.clone()),
                Some(_) => {}
                None => kept_out.push(story),
            }
        }
    }
    if !events.is_empty() {
        out.line(format!("\n{BOLD}What happened{BOLD:#}"))?;
    }
    for id in &events {
        if let Some(event) = store.event(id)? {
            let stories = find::stories_of(store, &event)?;
            tell_event(&event, &stories, now, out)?;
        }
    }
    if !kept_out.is_empty() {
        out.line(format!("\n{BOLD}Read and kept out{BOLD:#} {DIM}(not about AI policy, however many chips){DIM:#}"))?;
        for story in &kept_out {
            out.line(format!(
                "  {:.2}  {}",
                story.relevance.get(),
                shorten(&story.article.title, WIDTH - 8)
            ))?;
        }
    }
    tell_mail(store, now, dir, out)?;
    next_steps(dir, passes, events.first().map(|e| e.as_str()), out)
}

fn tell_event(event: &Event, stories: &[Story], now: Timestamp, out: &mut Output) -> Result<()> {
    let began = stories.first().is_some_and(|s| s.first_seen == now);
    let mark = if began {
        format!("{GOOD}new{GOOD:#} ")
    } else {
        format!("{DIM}more{DIM:#}")
    };
    out.line(format!(
        "\n  {mark} {BOLD}{}{BOLD:#}",
        shorten(&event.title, WIDTH - 8)
    ))?;
    let copies = stories.iter().filter(|s| s.duplicate_of.is_some()).count();
    let mut facts = vec![
        counted(stories.len(), "story"),
        counted(event.sources, "source"),
    ];
    if copies > 0 {
        facts.push(if copies == 1 {
            "1 a copy".to_owned()
        } else {
            format!("{copies} copies")
        });
    }
    let mut languages: Vec<&str> = stories
        .iter()
        .filter_map(|s| s.article.language.as_deref())
        .collect();
    languages.sort_unstable();
    languages.dedup();
    facts.push(languages.join(" "));
    out.line(format!(
        "       {DIM}{}; {}{DIM:#}",
        facts.join(", "),
        event.novelty.reason
    ))?;
    for tag in best_tags(stories) {
        out.line(format!("       {tag}"))?;
    }
    Ok(())
}

/// Each tag of the event once, from the story that is surest of it, with the words that earned it.
fn best_tags(stories: &[Story]) -> Vec<String> {
    let mut best: Vec<&tocsin_core::TagScore> = Vec::new();
    for tag in stories.iter().flat_map(|s| &s.tags) {
        match best.iter_mut().find(|b| b.tag == tag.tag) {
            Some(known) if known.score < tag.score => *known = tag,
            Some(_) => {}
            None => best.push(tag),
        }
    }
    best.sort_by(|a, b| b.score.get().total_cmp(&a.score.get()));
    best.iter()
        .take(5)
        .map(|tag| {
            let mut words: Vec<String> = Vec::new();
            for evidence in &tag.evidence {
                let quoted = format!("“{}”", shorten(&one_line(&evidence.text), 40));
                if !words.contains(&quoted) && words.len() < 3 {
                    words.push(quoted);
                }
            }
            format!(
                "{TAG}{:<25}{TAG:#} {:.2}  {DIM}{}{DIM:#}",
                tag.tag,
                tag.score.get(),
                words.join(" ")
            )
        })
        .collect()
}

fn tell_mail(store: &dyn Store, now: Timestamp, dir: &Path, out: &mut Output) -> Result<()> {
    let mut mails: Vec<Outgoing> = Vec::new();
    loop {
        let last = mails.last().map(|m| m.alert.message_id.clone());
        let more = store.sent(last.as_deref(), 200)?;
        if more.is_empty() {
            break;
        }
        mails.extend(more);
    }
    mails.retain(|m| m.alert.sent_at == Some(now));
    mails.sort_by(|a, b| (&a.alert.rule, &a.subject).cmp(&(&b.alert.rule, &b.subject)));
    if mails.is_empty() {
        return out.line(format!(
            "\n{BOLD}No mail{BOLD:#} {DIM}nothing new that a rule asks for{DIM:#}"
        ));
    }
    out.line(format!(
        "\n{BOLD}Mail{BOLD:#} {DIM}one for each new event that a rule asks for, in {}{DIM:#}",
        dir.join("mail").display()
    ))?;
    for mail in &mails {
        out.line(format!(
            "  {DIM}{:<15}{DIM:#} {}",
            mail.alert.rule,
            shorten(&mail.subject, WIDTH - 20)
        ))?;
    }
    Ok(())
}

fn next_steps(dir: &Path, passes: i64, event: Option<&str>, out: &mut Output) -> Result<()> {
    let program = std::env::args()
        .next()
        .unwrap_or_else(|| "tocsin".to_owned());
    let data = dir.display();
    out.line(format!("\n{BOLD}Try next{BOLD:#}"))?;
    let mut step = |command: String, what: &str| {
        out.line(format!("  {program} {command}\n      {DIM}{what}{DIM:#}"))
    };
    if passes < 2 {
        let what = if passes == 0 {
            "the second day: only what is new"
        } else {
            "once more: nothing new, no mail again"
        };
        step(format!("run --sample --data {data}"), what)?;
    }
    step(
        format!("query 'tag:chip-restrictions entity:华为' --data {data}"),
        "every chip-restriction story that names Huawei, in any language",
    )?;
    step(
        format!("events 'tag:export-enforcement' --data {data}"),
        "events, filtered",
    )?;
    if let Some(event) = event {
        step(
            format!("show {event} --data {data}"),
            "one event with all its stories",
        )?;
    }
    step("init".to_owned(), "then `run`: the real sources")
}
