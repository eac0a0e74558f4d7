//! What happens in a year: the same for the same number.

use std::collections::BTreeMap;
use std::sync::Mutex;
use tocsin_core::{Story, StoryId, Timestamp};
use tocsin_crawler::Clock;

/// Passes a day.
const PASSES: i64 = 2;
const DAYS: i64 = 365;
const HOUR: i64 = 3_600;

pub(crate) const RULES: &str = r#"
[[rule]]
name = "new"
query = "tag:chip-restrictions"
when = "new-event"
to = ["file:new", "file:desk"]

[[rule]]
name = "all"
query = ""
when = "every-story"
to = ["file:all"]
max_per_hour = 1

[[rule]]
name = "facts"
query = "tag:conference"
when = "development"
to = ["mailto:reader@desk.example"]

[[rule]]
name = "morning"
query = ""
when = "daily 08:00 Europe/Brussels"
to = ["file:morning"]

[[rule]]
name = "week"
query = "tag:chip-restrictions"
when = "weekly mon 07:30 Asia/Tokyo"
to = ["mailto:reader@desk.example", "mailto:other@desk.example"]
send_empty = true

[[rule]]
name = "by-day"
query = ""
when = "new-event"
to = ["file:day"]
min_sources = 2
quiet_hours = "20:00-08:00 America/New_York"
"#;

const WORDS: &[&str] = &[
    "ministry",
    "chip",
    "export",
    "licence",
    "summit",
    "tribunal",
    "model",
    "regulator",
    "accelerator",
    "treaty",
    "parliament",
    "senate",
    "wafer",
    "foundry",
    "audit",
    "watermark",
    "ceiling",
    "quota",
    "auction",
    "inspector",
    "harbour",
    "canton",
    "province",
    "embassy",
    "memorandum",
    "consortium",
    "laboratory",
    "registry",
    "deadline",
    "subsidy",
    "tariff",
    "embargo",
    "amendment",
    "petition",
    "hearing",
    "commissioner",
    "delegate",
    "envoy",
    "satellite",
    "turbine",
    "reactor",
    "pipeline",
    "library",
    "hospital",
    "school",
    "bank",
    "insurer",
    "court",
];
const DEEDS: &[&str] = &[
    "approves",
    "rejects",
    "publishes",
    "delays",
    "signs",
    "suspends",
];

/// Numbers that are the same in each run (xorshift64*, Vigna 2016).
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16).unwrap() % end
    }
}

/// A clock that shows what it is set to.
#[derive(Debug, Default)]
pub(crate) struct Hand(Mutex<Timestamp>);

impl Hand {
    pub(crate) fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap() = now;
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// One pass: when it is, and what came.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) now: Timestamp,
    pub(crate) stories: Vec<Story>,
    pub(crate) act: Option<Deed>,
}

/// What somebody does after a pass.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Deed {
    /// Writes a note on the latest event.
    Note,
    /// Makes one of the two latest events.
    Merge,
    /// The same, and takes it back.
    MergeAndUndo,
    /// A reader wants no more of a rule, or wants it again.
    Subscription,
}

impl Step {
    /// The n-th pass after a year's end, in which nothing comes.
    pub(crate) fn empty(last: Timestamp, n: usize) -> Self {
        Self {
            now: at(last.as_second() + 12 * HOUR * i64::try_from(n).unwrap()),
            stories: Vec::new(),
            act: None,
        }
    }
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(crate) fn dawn() -> Timestamp {
    at(1_767_225_600)
}

/// After everything.
pub(crate) fn dusk() -> Timestamp {
    at(dawn().as_second() + (DAYS + 40) * 24 * HOUR)
}

/// The passes whose clock is wrong.
const WRONG: std::ops::Range<i64> = 300..300 + 7 * PASSES;

/// A happening that is told of for some days.
struct Topic {
    words: Vec<&'static str>,
    left: usize,
}

/// Sources that fail for some time: what they publish meanwhile comes when they are back, all at once.
#[derive(Default)]
struct Outages {
    /// Until which pass a source is away.
    away: BTreeMap<String, i64>,
    kept: Vec<Story>,
}

impl Outages {
    fn begin(&mut self, pass: i64, dice: &mut Dice) {
        if dice.below(40) == 0 {
            let until = pass + 2 + i64::try_from(dice.below(20)).unwrap();
            self.away.insert(source(dice), until);
        }
    }

    fn let_through(&mut self, story: Story) -> Option<Story> {
        if !self.away.contains_key(story.source.as_str()) {
            return Some(story);
        }
        self.kept.push(story);
        None
    }

    fn ended(&mut self, pass: i64, now: Timestamp) -> Vec<Story> {
        self.away.retain(|_, until| *until > pass);
        let is_back = |story: &Story| !self.away.contains_key(story.source.as_str());
        let (mut back, away) = std::mem::take(&mut self.kept)
            .into_iter()
            .partition(is_back);
        self.kept = away;
        for story in &mut back {
            story.first_seen = now;
        }
        back
    }
}

fn source(dice: &mut Dice) -> String {
    format!("xx-{}", dice.below(9))
}

/// The passes of a year.
pub(crate) fn year(seed: u64) -> Vec<Step> {
    let mut dice = Dice::new(seed);
    let mut topics: Vec<Topic> = Vec::new();
    let mut count = 0;
    let mut outages = Outages::default();
    let steps = (0..DAYS * PASSES).map(|n| {
        let mut now = dawn().as_second() + n * (24 / PASSES) * HOUR;
        // Now and then somebody sets the clock back.
        if dice.below(200) == 0 {
            now -= 2 * HOUR;
        }
        // Once it is days ahead for a week.
        if WRONG.contains(&n) {
            now += 70 * HOUR;
        }
        let coming = [0, 0, 0, 0, 1, 2, 4][dice.below(7)];
        let mut stories = outages.ended(n, at(now));
        for _ in 0..coming {
            count += 1;
            let story = story(count, at(now), &mut topics, &mut dice);
            stories.extend(outages.let_through(story));
        }
        outages.begin(n, &mut dice);
        let act = match dice.below(120) {
            0..=2 => Some(Deed::Note),
            3 => Some(Deed::Merge),
            4 => Some(Deed::MergeAndUndo),
            5 => Some(Deed::Subscription),
            _ => None,
        };
        Step {
            now: at(now),
            stories,
            act,
        }
    });
    steps.collect()
}

fn story(number: usize, now: Timestamp, topics: &mut Vec<Topic>, dice: &mut Dice) -> Story {
    topics.retain(|topic| topic.left > 0);
    if topics.len() < 3 || dice.below(3) == 0 {
        let words = (0..7).map(|_| WORDS[dice.below(WORDS.len())]).collect();
        topics.push(Topic {
            words,
            left: 2 + dice.below(6),
        });
    }
    let place = dice.below(topics.len());
    let topic = &mut topics[place];
    topic.left -= 1;
    let mut words = topic.words.clone();
    words.remove(dice.below(words.len()));
    let deed = DEEDS[dice.below(DEEDS.len())];
    let title = format!("{} {deed} {}", words[0], words[1..].join(" "));
    let text = format!(
        "The {} {deed} the {}. On Monday the {} of the {} voted {} to {}.",
        words[0],
        words[1..].join(" and the "),
        words[2],
        words[3],
        50 + dice.below(40),
        dice.below(40)
    );
    // Most are of today; some come days late, and so after those that they came before.
    let late = [0, 0, 0, 0, 1, 30, 200][dice.below(7)] * HOUR;
    let url = format!("https://site{}.example/{number}", dice.below(9));
    let tags = if dice.below(2) == 0 {
        "chip-restrictions"
    } else {
        "conference"
    };
    serde_json::from_value(serde_json::json!({
        "id": StoryId::of_url(&url), "url": url, "canonical_url": url, "title": title, "byline": [],
        "published": at(now.as_second() - late), "published_precision": null, "modified": null, "site_name": null,
        "language": "en", "text": text, "section": null, "image": null, "relevance": 0.9, "relevant": true,
        "tags": [{"tag": tags, "score": 0.9, "by": "rule", "evidence": []}], "review": [], "entities": [],
        "fingerprint": "", "duplicate_of": null, "event": null, "source": source(dice),
        "first_seen": now,
    }))
    .unwrap()
}
