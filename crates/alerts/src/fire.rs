//! Which mails a pass gives rise to. Pure: the same events and the same past give the same mails.

use crate::compose;
use crate::past::{Item, Past};
use crate::rules::{Rule, Rules, Target, When};
use std::borrow::Cow;
use tocsin_core::{Alert, Event, EventId, Outgoing, Story, StoryId, Timestamp, digest_hex};

/// An event older than this is no longer news for a rule that was not there when it began: a rule
/// added today does not mail last month's events because one of them got one more story.
const FRESH_HOURS: i64 = 72;

/// An event that a pass touched.
#[derive(Debug, Clone, Copy)]
pub struct Happening<'a> {
    /// The event as it is now.
    pub event: &'a Event,
    /// Its stories, copies included.
    pub stories: &'a [Story],
    /// Those that came in this pass.
    pub fresh: &'a [StoryId],
}

/// What the rules want done, in one batch with what gave rise to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fired {
    /// Mails for the outbox.
    pub mails: Vec<Outgoing>,
    /// Named values to remember: what was told, what waits. The next call asks for them.
    pub marks: Vec<(String, String)>,
}

/// One thing that a rule could tell to one target.
struct Due<'a> {
    happening: Happening<'a>,
    story: Option<&'a Story>,
    token: String,
    /// What told the same under another name: the events that became part of this one.
    former: Vec<String>,
}

impl Rules {
    /// The mails that are due, in the order of rules, targets and events. `past` gives the marks of earlier
    /// calls.
    pub fn fire(
        &self,
        happenings: &[Happening<'_>],
        now: Timestamp,
        past: &dyn Fn(&str) -> Option<String>,
    ) -> Fired {
        let (mut past, mut mails) = (Past::new(past), Vec::new());
        for rule in self.iter() {
            for target in &rule.to {
                if past.is_off(rule, target) {
                    continue;
                }
                let since = past.since(rule, target, now);
                let due = happenings
                    .iter()
                    .flat_map(|h| rule.due(*h, target, now, since));
                for due in due {
                    let known = |token: &String| past.is_told(token);
                    if !known(&due.token) && !due.former.iter().any(known) {
                        mails.extend(rule.tell(&due, target, now, &mut past));
                    }
                }
            }
        }
        Fired {
            mails,
            marks: past.into_marks(),
        }
    }

    /// What an analyst's words about an event give rise to: digests that tell of the event hold them; other
    /// mails carry them when they are sent.
    pub fn noted(
        &self,
        event: &Event,
        stories: &[Story],
        now: Timestamp,
        past: &dyn Fn(&str) -> Option<String>,
    ) -> Fired {
        let mut past = Past::new(past);
        let item = Item {
            event: event.id.clone(),
            story: None,
            is_note: true,
        };
        for rule in self.iter().filter(|rule| rule.tells_of(event, stories)) {
            for target in &rule.to {
                if matches!(rule.when, When::Digest(_)) && !past.is_off(rule, target) {
                    past.hold(rule, target, item.clone(), now);
                }
            }
        }
        Fired {
            mails: Vec::new(),
            marks: past.into_marks(),
        }
    }
}

impl Rule {
    /// Whether an event is what the rule asks for.
    fn tells_of(&self, event: &Event, stories: &[Story]) -> bool {
        event.sources >= self.min_sources && stories.iter().any(|s| self.wants(s))
    }

    fn wants(&self, story: &Story) -> bool {
        story.duplicate_of.is_none() && self.query.matches(story)
    }

    /// What there is to tell to a target, which the rule tells since then.
    fn due<'a>(
        &self,
        happening: Happening<'a>,
        target: &Target,
        now: Timestamp,
        since: Timestamp,
    ) -> Vec<Due<'a>> {
        if happening.event.sources < self.min_sources {
            return Vec::new();
        }
        let is_new = |s: &Story| s.duplicate_of.is_none() && !is_stale(s.time(), now);
        let new_fact = |s: &Story| s.development.is_some() && !is_stale(s.time(), now);
        match &self.when {
            When::NewEvent => self.new_event(happening, target, now, since),
            // However old the event is, only the story has to be new.
            When::EveryStory => self.each_fresh(happening, target, is_new),
            When::Development => self.each_fresh(happening, target, new_fact),
            When::Digest(_) => {
                let mut due = self.new_event(happening, target, now, since);
                due.extend(self.each_fresh(happening, target, new_fact));
                due
            }
        }
    }

    /// An event that is new, or that becomes what the rule asks for only now, though the rule was there from
    /// its beginning: a story that names the reader's subject, a second source.
    fn new_event<'a>(
        &self,
        happening: Happening<'a>,
        target: &Target,
        now: Timestamp,
        since: Timestamp,
    ) -> Vec<Due<'a>> {
        let event = happening.event;
        if !self.tells_of(event, happening.stories) {
            return Vec::new();
        }
        let is_fresh = |s: &&Story| happening.fresh.contains(s.id()) && !is_stale(s.time(), now);
        let becomes_so = || {
            let mut fresh = happening.stories.iter().filter(is_fresh);
            since <= event.first_seen && fresh.any(|s| self.wants(s))
        };
        if is_stale(event.first_seen, now) && !becomes_so() {
            return Vec::new();
        }
        let token = |id: &EventId| token(&self.name, target, id.as_str());
        vec![Due {
            happening,
            story: None,
            token: token(&event.id),
            former: event.merged.iter().map(token).collect(),
        }]
    }

    /// The stories of this pass that the rule asks for and that are `told` on their own.
    fn each_fresh<'a>(
        &self,
        happening: Happening<'a>,
        target: &Target,
        told: impl Fn(&Story) -> bool,
    ) -> Vec<Due<'a>> {
        let fresh = happening.stories.iter().filter(|story| {
            happening.fresh.contains(story.id()) && told(story) && self.query.matches(story)
        });
        fresh
            .map(|story| Due {
                happening,
                story: Some(story),
                token: token(&self.name, target, story.id().as_str()),
                former: Vec::new(),
            })
            .collect()
    }

    /// A mail at once; or, for a digest, in quiet hours and over the rule's limit, a place in the next mail
    /// that lists several.
    fn tell(
        &self,
        due: &Due<'_>,
        target: &Target,
        now: Timestamp,
        past: &mut Past<'_>,
    ) -> Option<Outgoing> {
        let waits = matches!(self.when, When::Digest(_))
            || self.is_quiet(now)
            || past.sent_lately(self, target, now) >= self.max_per_hour;
        let item = Item {
            event: due.happening.event.id.clone(),
            story: due.story.map(|story| story.id().clone()),
            is_note: false,
        };
        if waits {
            past.hold(self, target, item, now);
            past.tell(&due.token, "held");
            return None;
        }
        let mail = self.single(due, target, now, past);
        past.tell(&due.token, &mail.alert.message_id);
        past.count(self, target, now);
        Some(mail)
    }

    pub(crate) fn is_quiet(&self, now: Timestamp) -> bool {
        self.quiet_hours
            .as_ref()
            .is_some_and(|hours| hours.end(now).is_some())
    }

    fn single(
        &self,
        due: &Due<'_>,
        target: &Target,
        now: Timestamp,
        past: &mut Past<'_>,
    ) -> Outgoing {
        let Happening { event, stories, .. } = due.happening;
        let stories = shown(stories);
        let notes = past.untold_notes(self, target, event);
        let message = match due.story {
            Some(story) if self.when == When::Development => {
                compose::development(self, event, story, &notes)
            }
            Some(story) => compose::story(self, story, &notes),
            None => compose::event(self, event, &stories, &notes),
        };
        let told = match due.story {
            Some(story) => vec![story.id().clone()],
            None => stories.iter().map(|story| story.id().clone()).collect(),
        };
        let is_of_event = due.story.is_none() || self.when == When::Development;
        let alert = Alert {
            rule: self.name.clone(),
            event: is_of_event.then(|| event.id.clone()),
            stories: told,
            reason: match due.story.and_then(|story| story.development.as_ref()) {
                Some(fact) => format!("new fact: “{fact}”"),
                None => event.novelty.reason.clone(),
            },
            to: target.to_string(),
            sent_at: None,
            message_id: due.token.clone(),
        };
        let mut mail = message.outgoing(alert, now);
        if is_of_event {
            let names: Vec<&EventId> = std::iter::once(&event.id).chain(&event.merged).collect();
            mail.references.extend(past.thread(target, &names));
            past.begin_thread(target, &event.id, &due.token);
        }
        mail
    }
}

fn is_stale(time: Timestamp, now: Timestamp) -> bool {
    now.duration_since(time).as_hours() > FRESH_HOURS
}

/// The Message-ID: rule, thing and reader, nothing else.
pub(crate) fn token(rule: &str, target: &Target, thing: &str) -> String {
    message_id(rule, &target.to_string(), thing)
}

/// The same for a target as it is written.
pub(crate) fn message_id(rule: &str, to: &str, thing: &str) -> String {
    format!("{}@tocsin.invalid", digest_hex(&[rule, to, thing], 32))
}

/// Stories without those that a person took out: nobody is told of them any more.
fn shown(stories: &[Story]) -> Cow<'_, [Story]> {
    if stories.iter().all(|story| !story.removed) {
        return Cow::Borrowed(stories);
    }
    let shown = stories.iter().filter(|story| !story.removed);
    Cow::Owned(shown.cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Words, at, event, story};
    use std::collections::HashMap;

    const NOW: &str = "2026-10-05T18:00:00Z";

    fn rules(text: &str) -> Rules {
        Rules::parse("alerts.toml", text, &Words, at(NOW)).unwrap()
    }

    fn chip_rule(when: &str, more: &str) -> Rules {
        rules(&format!(
            "[[rule]]\nname = \"chips\"\nquery = \"tag:chip-restrictions\"\nwhen = \"{when}\"\n\
             to = [\"mailto:desk@think.example\", \"file:mail\"]\n{more}"
        ))
    }

    /// A store's memory, and what fires on it.
    #[derive(Default)]
    struct Desk(HashMap<String, String>);

    impl Desk {
        fn keep(&mut self, fired: Fired) -> Vec<Outgoing> {
            self.0.extend(fired.marks);
            fired.mails
        }

        fn fire_on(
            &mut self,
            rules: &Rules,
            event: &Event,
            stories: &[Story],
            now: &str,
        ) -> Vec<Outgoing> {
            let happening = Happening {
                event,
                stories,
                fresh: &event.stories,
            };
            let fired = rules.fire(&[happening], at(now), &|key| self.0.get(key).cloned());
            self.keep(fired)
        }

        fn fire(&mut self, rules: &Rules, stories: &[Story], now: &str) -> Vec<Outgoing> {
            self.fire_on(rules, &event(stories), stories, now)
        }

        /// What is due, where these are all stories, of one event.
        fn release(&mut self, rules: &Rules, stories: &[Story], now: &str) -> Vec<Outgoing> {
            let known = |_: &EventId| Ok::<_, ()>(Some((event(stories), stories.to_vec())));
            let past = |key: &str| self.0.get(key).cloned();
            let fired = rules.release(at(now), None, &past, &known).unwrap();
            self.keep(fired)
        }
    }

    fn fire(rules: &Rules, stories: &[Story], now: &str) -> Vec<Outgoing> {
        Desk::default().fire(rules, stories, now)
    }

    fn chip_story() -> Story {
        story("a", "Ministry publishes chip rule", "chip-restrictions")
    }

    #[test]
    fn a_new_event_is_told_once_to_each_target() {
        let stories = [chip_story()];
        let (rules, mut desk) = (chip_rule("new-event", ""), Desk::default());
        let first = desk.fire(&rules, &stories, NOW);
        assert_eq!(first.len(), 2);
        assert_ne!(first[0].alert.message_id, first[1].alert.message_id);
        assert_eq!(desk.fire(&rules, &stories, NOW), []);
    }

    #[test]
    fn an_event_that_took_in_a_told_one_is_told_already() {
        let (rules, mut desk) = (chip_rule("new-event", ""), Desk::default());
        let former = event(&[chip_story()]).id;
        assert_eq!(desk.fire(&rules, &[chip_story()], NOW).len(), 2);
        let stories = [
            story("b", "Chip rule published", "chip-restrictions"),
            chip_story(),
        ];
        let mut whole = event(&stories);
        let mut other = Desk(desk.0.clone());
        assert_eq!(other.fire_on(&rules, &whole, &stories, NOW).len(), 2);
        whole.merged = vec![former];
        assert_eq!(desk.fire_on(&rules, &whole, &stories, NOW), []);
    }

    #[test]
    fn another_subject_a_copy_and_an_old_event_stay_silent() {
        let rules = chip_rule("new-event", "");
        let other = [story("a", "Summit opens", "conference")];
        assert_eq!(fire(&rules, &other, NOW), []);
        let mut copy = chip_story();
        copy.duplicate_of = Some(StoryId::new("s0"));
        assert_eq!(fire(&rules, &[copy], NOW), []);
        assert_eq!(fire(&rules, &[chip_story()], "2026-10-09T08:00:00Z"), []);
    }

    #[test]
    fn an_old_event_that_becomes_the_readers_subject_is_told_where_the_rule_was_there() {
        let rules = chip_rule("new-event", "");
        let mut desk = Desk::default();
        let first = story("a", "Summit opens", "conference");
        assert_eq!(
            desk.fire(&rules, std::slice::from_ref(&first), "2026-10-05T07:00:00Z"),
            []
        );
        let mut second = story("b", "Summit agrees on chips", "chip-restrictions");
        second.article.published = Some(at("2026-10-10T08:00:00Z"));
        let now = "2026-10-10T09:00:00Z";
        let both = [first, second];
        assert_eq!(desk.fire(&rules, &both, now).len(), 2);
        assert_eq!(desk.fire(&rules, &both, now), [], "once");
        // A rule that came with the second story does not know what it missed.
        assert_eq!(fire(&rules, &both, now), []);
        // Nor is an old story news.
        let mut desk = Desk::default();
        desk.fire(&rules, &both[..1], "2026-10-05T07:00:00Z");
        assert_eq!(desk.fire(&rules, &both, "2026-10-14T09:00:00Z"), []);
    }

    #[test]
    fn too_few_sources_wait() {
        let rules = chip_rule("new-event", "min_sources = 2\n");
        assert_eq!(fire(&rules, &[chip_story()], NOW), []);
    }

    #[test]
    fn over_the_limit_the_rest_is_one_mail_an_hour_later() {
        let one = |n: usize| {
            story(
                &n.to_string(),
                &format!("Chip rule {n}"),
                "chip-restrictions",
            )
        };
        let stories: Vec<Story> = (0..5).map(one).collect();
        let rules = chip_rule("every-story", "max_per_hour = 2\n");
        let mut desk = Desk::default();
        assert_eq!(desk.fire(&rules, &stories, NOW).len(), 4);
        assert_eq!(desk.release(&rules, &stories, "2026-10-05T18:59:59Z"), []);
        let later = desk.release(&rules, &stories, "2026-10-05T19:00:00Z");
        assert_eq!(later.len(), 2);
        assert_eq!(later[0].subject, "1 more event for the rule chips");
        assert!(later[0].text.contains("Chip rule 4") && !later[0].text.contains("Chip rule 1 "));
        assert_eq!(desk.release(&rules, &stories, "2026-10-05T20:00:00Z"), []);
        // The hour is over: single mails again.
        let sixth = [one(6)];
        assert_eq!(desk.fire(&rules, &sixth, "2026-10-05T19:00:00Z").len(), 2);
    }

    #[test]
    fn what_comes_in_quiet_hours_is_one_mail_in_the_morning() {
        let rules = chip_rule("new-event", "quiet_hours = \"17:00-07:00\"\n");
        let mut desk = Desk::default();
        assert_eq!(desk.fire(&rules, &[chip_story()], NOW), []);
        assert_eq!(
            desk.release(&rules, &[chip_story()], "2026-10-06T06:59:00Z"),
            []
        );
        let morning = desk.release(&rules, &[chip_story()], "2026-10-06T07:00:00Z");
        assert_eq!(morning.len(), 2);
        assert!(morning[0].text.contains("Ministry publishes chip rule"));
        assert_eq!(
            desk.fire(&rules, &[chip_story()], "2026-10-06T08:00:00Z"),
            []
        );
    }

    #[test]
    fn a_digest_holds_everything_once_and_comes_at_its_time() {
        let rules = chip_rule("daily 08:00 Europe/Brussels", "");
        let mut update = story("b", "Chip rule approved", "chip-restrictions");
        update.development = Some("The committee approved it 14 to 3".to_owned());
        let stories = [chip_story(), update];
        let mut desk = Desk::default();
        assert_eq!(desk.fire(&rules, &stories, NOW), []);
        assert_eq!(desk.fire(&rules, &stories, NOW), []);
        assert_eq!(desk.release(&rules, &stories, "2026-10-06T05:59:59Z"), []);
        let digest = desk.release(&rules, &stories, "2026-10-06T06:00:00Z");
        assert_eq!(digest.len(), 2);
        assert_eq!(digest[0].subject, "chips: 1 new event, 1 update, 6 October");
        assert!(
            digest[0]
                .text
                .contains("Update: “The committee approved it 14 to 3”")
        );
        assert_eq!(desk.release(&rules, &stories, "2026-10-07T06:00:00Z"), []);
    }

    #[test]
    fn a_clock_that_was_days_ahead_loses_no_digest() {
        let rules = chip_rule("daily 08:00", "");
        let mut desk = Desk::default();
        let mut ids = std::collections::HashSet::new();
        // Three days ahead, put right, and so three mornings twice.
        let mornings = [5, 6, 7, 8, 5, 6, 7, 8, 9];
        for (n, day) in mornings.into_iter().enumerate() {
            let mut one = story(
                &n.to_string(),
                &format!("Chip rule {n}"),
                "chip-restrictions",
            );
            one.article.published = Some(at(&format!("2026-10-{day:02}T07:00:00Z")));
            let one = [one];
            desk.fire(&rules, &one, &format!("2026-10-{day:02}T07:10:00Z"));
            let mails = desk.release(&rules, &one, &format!("2026-10-{day:02}T08:10:00Z"));
            assert_eq!(mails.len(), 2, "the {n}th morning");
            assert!(mails[0].text.contains(&format!("Chip rule {n}")));
            ids.extend(mails.into_iter().map(|mail| mail.alert.message_id));
        }
        assert_eq!(ids.len(), 2 * mornings.len(), "no id is used twice");
    }

    #[test]
    fn an_empty_digest_is_sent_only_where_it_is_asked_for() {
        let empty = |more: &str| {
            let (rules, mut desk) = (chip_rule("weekly tue 08:00", more), Desk::default());
            assert_eq!(desk.release(&rules, &[], NOW), []);
            desk.release(&rules, &[], "2026-10-06T08:00:00Z").len()
        };
        assert_eq!(empty(""), 0);
        assert_eq!(empty("send_empty = true\n"), 2);
    }

    #[test]
    fn mails_about_one_event_are_one_thread() {
        let rules = |name: &str, when: &str| {
            rules(&format!(
                "[[rule]]\nname = \"{name}\"\nquery = \"tag:chip-restrictions\"\nwhen = \"{when}\"\nto = [\"file:mail\"]\n"
            ))
        };
        let mut desk = Desk::default();
        let first = desk.fire(&rules("new", "new-event"), &[chip_story()], NOW);
        assert_eq!(first[0].references, Vec::<String>::new());
        let mut update = story("b", "Chip rule approved", "chip-restrictions");
        update.development = Some("The committee approved it 14 to 3".to_owned());
        let stories = [chip_story(), update];
        let second = desk.fire(&rules("more", "development"), &stories, NOW);
        assert_eq!(second[0].references, [first[0].alert.message_id.clone()]);
    }

    #[test]
    fn a_new_fact_is_told_once_even_in_a_copy_and_in_an_old_event() {
        let mut first = chip_story();
        first.article.published = Some(at("2026-09-01T08:00:00Z"));
        let mut second = story("b", "Chip rule approved", "chip-restrictions");
        second.duplicate_of = Some(StoryId::new("a"));
        let (rules, mut desk) = (chip_rule("development", ""), Desk::default());
        assert_eq!(desk.fire(&rules, &[first.clone(), second.clone()], NOW), []);
        second.development = Some("The committee approved it 14 to 3".to_owned());
        let stories = [first, second];
        let mails = desk.fire(&rules, &stories, NOW);
        assert_eq!(mails.len(), 2);
        assert!(
            mails[0]
                .text
                .contains("“The committee approved it 14 to 3”")
        );
        assert_eq!(
            mails[0].alert.reason,
            "new fact: “The committee approved it 14 to 3”"
        );
        assert_eq!(desk.fire(&rules, &stories, NOW), []);
    }
}
