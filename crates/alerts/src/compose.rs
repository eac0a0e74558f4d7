//! The words of a mail, in plain text and HTML, from what is known. Pure.

use crate::digest::Thing;
use crate::fire::token;
use crate::rules::{Rule, Target, When};
use crate::subscription::Stopped;
use std::fmt::Write as _;
use tocsin_core::text::{escape_html as escape, one_line, shorten};
use tocsin_core::{Alert, Event, Note, Outgoing, Story, Timestamp, digest_hex};

/// Longest subject, in characters: what mail programs show in one line or two.
const SUBJECT: usize = 140;
/// Stories listed in a mail about an event.
const LISTED: usize = 12;
/// Evidence shown for a tag.
const SHOWN_EVIDENCE: usize = 3;

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

/// Both parts of a mail, written side by side so that they never tell different things.
#[derive(Default)]
struct Body {
    text: String,
    html: String,
}

impl Body {
    fn heading(&mut self, words: &str) {
        let words = one_line(words);
        let _ = writeln!(self.text, "{words}\n");
        let _ = writeln!(
            self.html,
            "<h1 dir=\"auto\" style=\"font-size:1.25em\">{}</h1>",
            escape(&words)
        );
    }

    fn paragraph(&mut self, words: &str) {
        let words = one_line(words);
        let _ = writeln!(self.text, "{words}\n");
        let _ = writeln!(self.html, "<p dir=\"auto\">{}</p>", escape(&words));
    }

    fn label(&mut self, words: &str) {
        let _ = writeln!(self.text, "{words}");
        let _ = writeln!(
            self.html,
            "<p style=\"margin-bottom:0\"><b>{}</b></p>",
            escape(words)
        );
    }

    fn list<'a>(&mut self, items: impl Iterator<Item = (String, &'a str)>) {
        self.html.push_str("<ul>\n");
        for (words, link) in items {
            let words = one_line(&words);
            let _ = writeln!(self.text, "  - {words}");
            if link.is_empty() {
                let _ = writeln!(self.html, "<li dir=\"auto\">{}</li>", escape(&words));
            } else {
                let _ = writeln!(self.text, "    {link}");
                let _ = writeln!(
                    self.html,
                    "<li dir=\"auto\"><a href=\"{}\">{}</a></li>",
                    escape(link),
                    escape(&words)
                );
            }
        }
        self.text.push('\n');
        self.html.push_str("</ul>\n");
    }

    /// What analysts wrote about the event.
    fn notes(&mut self, notes: &[Note]) {
        if !notes.is_empty() {
            self.label("Notes");
            self.list(notes.iter().map(|note| (note_line(note), "")));
        }
    }

    fn footer(&mut self, rule: &Rule) {
        let words = format!(
            "You get this by the rule \"{}\" ({}). To change or end it, edit the rule in alerts.toml.",
            rule.name,
            if rule.expression.is_empty() {
                "everything"
            } else {
                &rule.expression
            }
        );
        let _ = writeln!(self.text, "-- \n{words}");
        let _ = writeln!(
            self.html,
            "<hr><p style=\"color:#555;font-size:.9em\">{}</p>",
            escape(&words)
        );
    }

    fn message(self, subject: &str) -> Message {
        Message {
            subject: shorten(&one_line(subject), SUBJECT).into_owned(),
            text: self.text,
            html: format!(
                "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">\
                 <meta name=\"viewport\" content=\"width=device-width\"></head>\n\
                 <body style=\"font-family:sans-serif;max-width:40em;margin:1em auto;padding:0 1em\">\n{}</body></html>\n",
                self.html
            ),
        }
    }
}

/// A mail about a new event.
pub(crate) fn event(rule: &Rule, event: &Event, stories: &[Story], notes: &[Note]) -> Message {
    let mut body = Body::default();
    body.heading(&event.title);
    body.paragraph(&format!(
        "New: {}.",
        event.novelty.reason.trim_end_matches('.')
    ));
    body.notes(notes);
    if let Some(lead) = stories.first() {
        body.paragraph(&shorten(first_paragraph(&lead.article.text), 400));
        tags(&mut body, lead);
    }
    body.label(&match stories.len() {
        1 => "Told by".to_owned(),
        n => format!("Told by {n} stories of {} sources", event.sources),
    });
    body.list(
        stories
            .iter()
            .take(LISTED)
            .map(|s| (headline(s), s.article.url.as_str())),
    );
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
    body.notes(notes);
    tags(&mut body, story);
    body.label("Read it");
    body.list([(headline(story), story.article.url.as_str())].into_iter());
    body.footer(rule);
    body.message(&format!("Update: {}", story.article.title))
}

/// A mail about one story.
pub(crate) fn story(rule: &Rule, story: &Story, notes: &[Note]) -> Message {
    let mut body = Body::default();
    body.heading(&story.article.title);
    body.notes(notes);
    body.paragraph(&shorten(first_paragraph(&story.article.text), 400));
    tags(&mut body, story);
    body.label("Read it");
    body.list([(headline(story), story.article.url.as_str())].into_iter());
    body.footer(rule);
    body.message(&story.article.title)
}

/// One mail about several events: a digest, or what was held back. Grouped by the first tag of each.
pub(crate) fn digest(rule: &Rule, things: &[Thing], slot: Timestamp) -> Message {
    let subject = digest_subject(rule, things, slot);
    let mut body = Body::default();
    body.heading(&subject);
    if things.is_empty() {
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
        body.list(group.into_iter().flat_map(lines));
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
fn lines(thing: &Thing) -> Vec<(String, &str)> {
    let Thing {
        event,
        stories,
        notes,
        ..
    } = thing;
    let link = stories
        .first()
        .map_or("", |story| story.article.url.as_str());
    let by = counted(event.sources, "source");
    let title = one_line(&event.title);
    let mut lines = vec![match thing.is_new {
        true => (
            format!(
                "{title} ({by}): {}",
                event.novelty.reason.trim_end_matches('.')
            ),
            link,
        ),
        false => (format!("{title} ({by})"), link),
    }];
    let updated = thing
        .updates
        .iter()
        .filter_map(|id| stories.iter().find(|story| story.id() == id));
    lines.extend(updated.map(|story| {
        let what = match &story.development {
            Some(fact) => format!("Update: “{}”", one_line(fact)),
            None => headline(story),
        };
        (what, story.article.url.as_str())
    }));
    lines.extend(notes.iter().map(|note| (note_line(note), "")));
    lines
}

fn note_line(note: &Note) -> String {
    let day = note.at.strftime("%-d %B");
    format!(
        "Note by {}, {day}: {}",
        one_line(&note.by),
        one_line(&note.text)
    )
}

fn tags(body: &mut Body, story: &Story) {
    if story.tags.is_empty() {
        return;
    }
    body.label("Tags, with the words that earned them");
    body.list(story.tags.iter().map(|tag| {
        let mut words: Vec<String> = Vec::new();
        for evidence in &tag.evidence {
            let quoted = format!("\"{}\"", one_line(&evidence.text));
            if !words.contains(&quoted) && words.len() < SHOWN_EVIDENCE {
                words.push(quoted);
            }
        }
        (
            format!(
                "{} ({:.0} %): {}",
                tag.tag,
                tag.score.get() * 100.0,
                words.join(", ")
            ),
            "",
        )
    }));
}

fn headline(story: &Story) -> String {
    let source = story
        .article
        .site_name
        .as_deref()
        .unwrap_or(story.source.as_str());
    let copy = if story.duplicate_of.is_some() {
        ", a copy"
    } else {
        ""
    };
    let time = story.time().strftime("%-d %B, %H:%M UTC");
    format!("{} ({source}, {time}{copy})", story.article.title)
}

fn first_paragraph(text: &str) -> &str {
    text.split("\n\n")
        .find(|p| !p.trim().is_empty())
        .unwrap_or("")
}

/// The same mail with the address by which its reader unsubscribes.
pub(crate) fn with_way_out(mail: &Outgoing, link: &str) -> Outgoing {
    let mut mail = mail.clone();
    let _ = writeln!(mail.text, "To stop these mails: {link}");
    let line = format!(
        "<p style=\"color:#555;font-size:.9em\"><a href=\"{}\">Stop these mails</a></p>\n",
        escape(link)
    );
    let end = mail.html.rfind("</body>").unwrap_or(mail.html.len());
    mail.html.insert_str(end, &line);
    mail
}

/// A mail that tells the operator that nothing more is sent to an address.
pub fn stopped_note(to: &Target, operator: &Target, stopped: &Stopped) -> Outgoing {
    let mut body = Body::default();
    let heading = format!("Nothing more is sent to {to}");
    body.heading(&heading);
    body.paragraph(&format!("It was refused for good: {}", stopped.why));
    body.paragraph(
        "What is due there waits in the outbox; nothing is lost. Where the address was right, and works again:",
    );
    body.list([(format!("tocsin subscribers resume {to}"), "")].into_iter());
    body.paragraph("Where it is wrong or gone:");
    body.list([(format!("tocsin subscribers remove {to}"), "")].into_iter());
    let since = stopped.since;
    let alert = Alert {
        rule: "operator".to_owned(),
        event: None,
        stories: Vec::new(),
        reason: format!("{to} was refused for good"),
        to: operator.to_string(),
        sent_at: None,
        message_id: token("operator", operator, &format!("stopped/{to}/{since}")),
    };
    body.message(&heading).outgoing(alert, since)
}

/// A mail that shows that a target can be reached; its Message-ID is of its moment, so that each
/// test arrives.
pub fn test_mail(target: &str, now: Timestamp) -> Outgoing {
    let mut body = Body::default();
    body.heading("A test of Tocsin's alerts");
    body.paragraph("If you can read this, alerts reach you here. Nothing happened.");
    let alert = Alert {
        rule: "test".to_owned(),
        event: None,
        stories: Vec::new(),
        reason: "asked for by `tocsin alerts test`".to_owned(),
        to: target.to_owned(),
        sent_at: None,
        message_id: format!(
            "{}@tocsin.invalid",
            digest_hex(&["test", target, &now.to_string()], 32)
        ),
    };
    body.message("A test of Tocsin's alerts")
        .outgoing(alert, now)
}
