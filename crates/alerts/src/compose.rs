//! What a mail says, from what is known. Pure.

mod body;

use crate::digest::Thing;
use crate::fire::message_id;
use crate::rules::{Rule, Target, When};
use crate::subscription::Stopped;
use body::{Body, Item, way_out};
use std::collections::HashMap;
use tocsin_core::text::{one_line, shorten};
use tocsin_core::{
    Alert, Event, Note, Outgoing, Source, SourceState, Story, TagScore, Timestamp, Way,
};

/// Stories listed in a mail about an event.
const LISTED: usize = 12;
/// Tags and names shown of an event.
const SHOWN: usize = 8;
/// Evidence shown for a tag, and its characters.
const EVIDENCE: (usize, usize) = (3, 80);
/// Characters of a story's beginning.
const BEGINNING: usize = 400;

/// Subject and both parts.
pub(crate) struct Message {
    subject: String,
    text: String,
    html: String,
}

impl Message {
    /// The message as a waiting mail.
    pub(crate) fn outgoing(self, alert: Alert, now: Timestamp) -> Outgoing {
        Outgoing {
            alert,
            subject: self.subject,
            text: self.text,
            html: self.html,
            references: Vec::new(),
            queued_at: now,
            attempts: 0,
            next_try: None,
            last_error: None,
        }
    }
}

/// A mail about a new event.
pub(crate) fn event(rule: &Rule, event: &Event, stories: &[Story], notes: &[Note]) -> Message {
    let mut body = Body::default();
    body.heading(&event.title);
    body.paragraph(&format!("New: {}.", bare(&event.novelty.reason)));
    if let Some(lead) = stories.first() {
        body.paragraph(&shorten(first_paragraph(&lead.article.text), BEGINNING));
    }
    write_notes(&mut body, notes);
    write_tags(&mut body, &best_tags(event, stories));
    write_names(&mut body, &names(event, stories));
    body.label(&match stories.len() {
        1 => "Told by".to_owned(),
        n => format!(
            "Told by {n} stories of {}",
            counted(event.sources, "source")
        ),
    });
    body.list(stories.iter().take(LISTED).map(story_item));
    if stories.len() > LISTED {
        body.paragraph(&format!("… and {} more.", stories.len() - LISTED));
    }
    body.footer(rule);
    body.message(&event.title)
}

/// A mail about a new fact of a known event: the fact first, then where it stands and what it follows.
pub(crate) fn development(rule: &Rule, event: &Event, story: &Story, notes: &[Note]) -> Message {
    let fact = story.development.as_deref().unwrap_or_default();
    let mut body = Body::default();
    body.heading(&story.article.title);
    body.paragraph(&format!("New: “{fact}”"));
    body.paragraph(&format!(
        "In the event “{}” of {}, told by {} so far.",
        one_line(&event.title),
        event.first_seen.strftime("%-d %B"),
        match event.sources {
            1 => "one source".to_owned(),
            n => format!("{n} sources"),
        }
    ));
    rest_of_story(body, rule, story, notes).message(&format!("Update: {}", story.article.title))
}

/// A mail about one story.
pub(crate) fn story(rule: &Rule, story: &Story, notes: &[Note]) -> Message {
    let mut body = Body::default();
    body.heading(&story.article.title);
    body.paragraph(&shorten(first_paragraph(&story.article.text), BEGINNING));
    rest_of_story(body, rule, story, notes).message(&story.article.title)
}

fn rest_of_story(mut body: Body, rule: &Rule, story: &Story, notes: &[Note]) -> Body {
    write_notes(&mut body, notes);
    write_tags(&mut body, &story.tags.iter().collect::<Vec<_>>());
    let names = story.entities.iter().map(|entity| entity.name.as_str());
    write_names(&mut body, &names.take(SHOWN).collect::<Vec<_>>());
    body.label("Read it");
    body.list([story_item(story)]);
    body.footer(rule);
    body
}

/// One mail about several events: a digest, or what was held back. Grouped by the first tag of each.
pub(crate) fn digest(rule: &Rule, things: &[Thing], more: usize, slot: Timestamp) -> Message {
    let subject = digest_subject(rule, things, slot);
    let mut body = Body::default();
    body.heading(&subject);
    if things.is_empty() && more == 0 {
        body.paragraph("Nothing new since the last one.");
    }
    let mut groups: Vec<(&str, Vec<&Thing>)> = Vec::new();
    for thing in things {
        let tag = thing.event.tags.first().map_or("other", String::as_str);
        match groups.iter_mut().find(|(known, _)| *known == tag) {
            Some((_, group)) => group.push(thing),
            None => groups.push((tag, vec![thing])),
        }
    }
    groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.len()));
    for (tag, group) in groups {
        body.label(tag);
        body.list(group.into_iter().map(thing_item));
    }
    if more > 0 {
        let more = counted(more, "more thing");
        body.paragraph(&format!(
            "And {more}, too much for a mail: see `tocsin events`."
        ));
    }
    body.footer(rule);
    body.message(&subject)
}

/// "chips: 3 new events, 1 update, 5 October", by the reader's calendar.
fn digest_subject(rule: &Rule, things: &[Thing], slot: Timestamp) -> String {
    let When::Digest(schedule) = &rule.when else {
        return format!(
            "{} for the rule {}",
            counted(things.len(), "more event"),
            rule.name
        );
    };
    let new = things.iter().filter(|thing| thing.is_new).count();
    let updates: usize = things.iter().map(|thing| thing.updates.len()).sum();
    let parts: Vec<String> = [(new, "new event"), (updates, "update")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| counted(count, what))
        .collect();
    let what = if parts.is_empty() {
        "nothing new".to_owned()
    } else {
        parts.join(", ")
    };
    let day = slot
        .to_zoned_datetime(schedule.zone().clone())
        .strftime("%-d %B");
    format!("{}: {what}, {day}", rule.name)
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 {
        format!("1 {what}")
    } else {
        format!("{count} {what}s")
    }
}

/// The event, and below it what is new in it.
fn thing_item(thing: &Thing) -> Item {
    let Thing {
        event,
        stories,
        notes,
        ..
    } = thing;
    let lead = stories.first();
    let by = counted(event.sources, "source");
    let updated = thing
        .updates
        .iter()
        .filter_map(|id| stories.iter().find(|story| story.id() == id));
    let updates = updated.filter_map(|story| match &story.development {
        Some(fact) => Some(Item {
            words: format!("Update: “{}”", one_line(fact)),
            ..story_item(story)
        }),
        // The one that the event is named after stands above.
        None => lead
            .is_none_or(|lead| lead.id() != story.id())
            .then(|| story_item(story)),
    });
    Item {
        words: event.title.clone(),
        link: lead.map(|story| story.article.url.clone()),
        lang: lead.and_then(|story| story.article.language.clone()),
        aside: match thing.is_new {
            true => format!("{by}; {}", bare(&event.novelty.reason)),
            false => by,
        },
        below: updates.chain(notes.iter().map(note_item)).collect(),
    }
}

fn note_item(note: &Note) -> Item {
    let day = note.at.strftime("%-d %B");
    Item::plain(&note.text, format!("note by {}, {day}", one_line(&note.by)))
}

fn story_item(story: &Story) -> Item {
    let source = story.article.site_name.as_deref();
    let copy = match story.duplicate_of {
        Some(_) => ", a copy",
        None => "",
    };
    Item {
        words: story.article.title.clone(),
        link: Some(story.article.url.clone()),
        lang: story.article.language.clone(),
        aside: format!(
            "{}, {}{copy}",
            source.unwrap_or(story.source.as_str()),
            story.time().strftime("%-d %B, %H:%M UTC")
        ),
        below: Vec::new(),
    }
}

/// What analysts wrote about the event.
fn write_notes(body: &mut Body, notes: &[Note]) {
    if !notes.is_empty() {
        body.label("Notes");
        body.list(notes.iter().map(note_item));
    }
}

/// The event's tags, each as the story tells it that is surest of it, in the first one's language if it can be.
fn best_tags<'a>(event: &Event, stories: &'a [Story]) -> Vec<&'a TagScore> {
    let lang = stories.first().map(|story| &story.article.language);
    let rank = |(story, given): &(&Story, &TagScore)| {
        let is_readable = Some(&story.article.language) == lang;
        f64::from(u8::from(is_readable)) + given.score.get()
    };
    let best = |tag: &String| {
        let given = stories
            .iter()
            .flat_map(|story| story.tags.iter().map(move |given| (story, given)));
        given
            .filter(|(_, given)| given.tag == *tag)
            .max_by(|a, b| rank(a).total_cmp(&rank(b)))
            .map(|(_, given)| given)
    };
    let mut tags: Vec<&TagScore> = event.tags.iter().filter_map(best).take(SHOWN).collect();
    tags.sort_by(|a, b| b.score.get().total_cmp(&a.score.get()));
    tags
}

fn write_tags(body: &mut Body, tags: &[&TagScore]) {
    if tags.is_empty() {
        return;
    }
    body.label("Tags, with the words that earned them");
    body.list(tags.iter().map(|tag| {
        let mut words: Vec<String> = Vec::new();
        for evidence in &tag.evidence {
            let quoted = format!("“{}”", shorten(&one_line(&evidence.text), EVIDENCE.1));
            if !words.contains(&quoted) && words.len() < EVIDENCE.0 {
                words.push(quoted);
            }
        }
        let percent = tag.score.get() * 100.0;
        Item::plain(format!("{} ({percent:.0} %)", tag.tag), words.join(" "))
    }));
}

/// The event's names, as its stories know them.
fn names<'a>(event: &Event, stories: &'a [Story]) -> Vec<&'a str> {
    let entities = stories.iter().flat_map(|story| &story.entities);
    let known: HashMap<&str, &str> = entities.map(|e| (e.id.as_str(), e.name.as_str())).collect();
    let names = event.entities.iter();
    let names = names.filter_map(|id| known.get(id.as_str()).copied());
    names.take(SHOWN).collect()
}

fn write_names(body: &mut Body, names: &[&str]) {
    if !names.is_empty() {
        body.paragraph(&format!("Names: {}", names.join(", ")));
    }
}

/// A sentence without its full stop.
fn bare(sentence: &str) -> &str {
    sentence.trim_end_matches('.')
}

fn first_paragraph(text: &str) -> &str {
    text.split("\n\n")
        .find(|p| !p.trim().is_empty())
        .unwrap_or("")
}

/// The same mail with a last line: how its reader ends it.
pub(crate) fn with_way_out(mail: &Outgoing, link: Option<&str>) -> Outgoing {
    let mut mail = mail.clone();
    let (text, html) = way_out(link);
    mail.text.push_str(&text);
    let end = mail.html.rfind("</body>").unwrap_or(mail.html.len());
    mail.html.insert_str(end, &html);
    mail
}

/// A mail of the program's own, of no rule that anybody wrote: one of [`OURS`](crate::rules::OURS).
fn ours(rule: &str, to: &str, what: &str, reason: String) -> Alert {
    Alert {
        rule: rule.to_owned(),
        event: None,
        stories: Vec::new(),
        reason,
        to: to.to_owned(),
        sent_at: None,
        message_id: message_id(rule, to, what),
    }
}

/// A mail that tells the operator that nothing more is sent to an address.
pub fn stopped_note(to: &Target, operator: &Target, stopped: &Stopped) -> Outgoing {
    let mut body = Body::default();
    let shown = to.shown();
    let heading = format!("Nothing more is sent to {shown}");
    body.heading(&heading);
    body.paragraph(&format!("It was refused for good: {}", stopped.why));
    body.paragraph(
        "What is due there waits in the outbox; nothing is lost. Where the address works again:",
    );
    body.list([Item::plain(
        format!("tocsin subscribers resume {shown}"),
        "",
    )]);
    body.paragraph("Where it is wrong or gone:");
    body.list([Item::plain(
        format!("tocsin subscribers remove {shown}"),
        "",
    )]);
    let since = stopped.since;
    let what = format!("stopped/{to}/{since}");
    let reason = format!("{shown} was refused for good");
    let alert = ours("operator", &operator.to_string(), &what, reason);
    body.message(&heading).outgoing(alert, since)
}

/// A source whose state changed.
#[derive(Debug, Clone)]
pub struct Ailing<'a> {
    /// The source.
    pub source: &'a Source,
    /// Its state now.
    pub state: SourceState,
    /// Why, in a sentence.
    pub why: String,
    /// What its site offers in its place.
    pub other_way: Option<Way>,
}

/// A mail that tells the operator of sources whose state changed, the same states together.
pub fn health_note(operator: &Target, ailing: &[Ailing<'_>], now: Timestamp) -> Outgoing {
    let heading = match ailing {
        [one] => format!("{}: {}", one.source.name, state_words(one.state)),
        several => format!("{} changed their state", counted(several.len(), "source")),
    };
    let mut body = Body::default();
    body.heading(&heading);
    let states = [
        SourceState::Blocked,
        SourceState::Gone,
        SourceState::Moved,
        SourceState::Failing,
        SourceState::Quiet,
        SourceState::Healthy,
    ];
    for state in states {
        let of_it: Vec<&Ailing<'_>> = ailing.iter().filter(|one| one.state == state).collect();
        if of_it.is_empty() {
            continue;
        }
        body.label(&format!(
            "{} {}",
            counted(of_it.len(), "source"),
            state_words(state)
        ));
        body.list(of_it.into_iter().map(|one| Item {
            words: format!("{} ({})", one.source.name, one.source.id),
            link: Some(one.source.url.clone()),
            aside: one.why.clone(),
            below: one.other_way.iter().map(way_item).collect(),
            ..Item::default()
        }));
        if let Some(advice) = advice(state) {
            body.paragraph(advice);
        }
    }
    body.paragraph("`tocsin sources list` shows all. A state is told once, and its end.");
    let ids: Vec<&str> = ailing.iter().map(|one| one.source.id.as_str()).collect();
    let what = format!("health/{}/{now}", ids.join("/"));
    let reason = "the state of sources changed".to_owned();
    let alert = ours("operator", &operator.to_string(), &what, reason);
    body.message(&heading).outgoing(alert, now)
}

/// What the operator can put in a source's place.
fn way_item(way: &Way) -> Item {
    Item {
        words: format!("Its site offers {}", way.words()),
        link: Some(way.url.clone()),
        aside: format!("tocsin sources add {}", way.url),
        ..Item::default()
    }
}

fn state_words(state: SourceState) -> &'static str {
    match state {
        SourceState::New => "new",
        SourceState::Healthy => "well again",
        SourceState::Quiet => "silent for longer than usual",
        SourceState::Failing => "failing for a day",
        SourceState::Blocked => "keeping us out",
        SourceState::Gone => "gone",
        SourceState::Moved => "moved for good",
    }
}

/// What the operator can do.
fn advice(state: SourceState) -> Option<&'static str> {
    match state {
        SourceState::Blocked => Some(
            "The honest other way is what a site itself offers: a feed, a sitemap, a list of articles. Where none is \
             named above, none was found yet; ask the site for access. The source is asked once a day.",
        ),
        SourceState::Gone => Some("`tocsin sources discover SITE` may find where it is now."),
        SourceState::Moved => {
            Some("It is read at its new address; please correct `url` in sources.toml.")
        }
        SourceState::Quiet => {
            Some("It answers, and publishes nothing. Has the list been left for another?")
        }
        _ => None,
    }
}

/// A mail that shows that a target can be reached; its Message-ID is of its moment, so that each
/// test arrives.
pub fn test_mail(target: &str, now: Timestamp) -> Outgoing {
    let mut body = Body::default();
    body.heading("A test of Tocsin's alerts");
    body.paragraph("If you can read this, alerts reach you here. Nothing happened.");
    let reason = "asked for by `tocsin alerts test`".to_owned();
    let alert = ours("test", target, &now.to_string(), reason);
    body.message("A test of Tocsin's alerts")
        .outgoing(alert, now)
}
