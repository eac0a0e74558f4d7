//! Which mails a pass gives rise to. Pure: the same events and the same past give the same mails.

use crate::compose;
use crate::rules::{Rule, Rules, Target, When};
use tocsin_core::{Alert, Event, EventId, Outgoing, Story, StoryId, Timestamp, digest_hex};

/// An event older than this is no longer news when a rule meets it for the first time: a rule
/// added today does not mail last month's events because one of them got a late story.
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

/// A mail for the outbox and what it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// The mail.
    pub outgoing: Outgoing,
    /// One token for each thing told; a thing whose token is known is not told again.
    pub tells: Vec<String>,
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
    /// The mails that are due, in the order of rules, targets and events. `told` knows the tokens
    /// of all mails so far.
    pub fn fire(
        &self,
        happenings: &[Happening<'_>],
        now: Timestamp,
        told: &dyn Fn(&str) -> bool,
    ) -> Vec<Fired> {
        let mut fired = Vec::new();
        for rule in self.iter() {
            for target in &rule.to {
                let mut due: Vec<Due<'_>> = happenings
                    .iter()
                    .flat_map(|h| rule.due(*h, target, now))
                    .collect();
                due.retain(|d| !told(&d.token) && !d.former.iter().any(|token| told(token)));
                fired.extend(rule.mails(due, target, now));
            }
        }
        fired
    }
}

impl Rule {
    fn due<'a>(&self, happening: Happening<'a>, target: &Target, now: Timestamp) -> Vec<Due<'a>> {
        if happening.event.sources < self.min_sources {
            return Vec::new();
        }
        let is_old = is_stale(happening.event.first_seen, now);
        match self.when {
            When::NewEvent => {
                let wanted = |s: &Story| s.duplicate_of.is_none() && self.query.matches(s);
                if is_old || !happening.stories.iter().any(wanted) {
                    return Vec::new();
                }
                let token = |id: &EventId| token(&self.name, target, id.as_str());
                vec![Due {
                    happening,
                    story: None,
                    token: token(&happening.event.id),
                    former: happening.event.merged.iter().map(token).collect(),
                }]
            }
            When::EveryStory => {
                self.each_fresh(happening, target, |s| !is_old && s.duplicate_of.is_none())
            }
            // However old the event is, only the fact has to be new.
            When::Development => self.each_fresh(happening, target, |s| {
                s.development.is_some() && !is_stale(s.time(), now)
            }),
        }
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

    /// One mail for each thing due, or, over the rule's limit, one that lists the rest.
    fn mails(&self, mut due: Vec<Due<'_>>, target: &Target, now: Timestamp) -> Vec<Fired> {
        let rest = due.split_off(due.len().min(self.max_mails));
        let mut mails: Vec<Fired> = due.iter().map(|d| self.single(d, target, now)).collect();
        if !rest.is_empty() {
            mails.push(self.overflow(&rest, target, now));
        }
        mails
    }

    fn single(&self, due: &Due<'_>, target: &Target, now: Timestamp) -> Fired {
        let Happening { event, stories, .. } = due.happening;
        let message = match due.story {
            Some(story) if self.when == When::Development => {
                compose::development(self, event, story)
            }
            Some(story) => compose::story(self, story),
            None => compose::event(self, event, stories),
        };
        let told = match due.story {
            Some(story) => vec![story.id().clone()],
            None => event.stories.clone(),
        };
        let alert = Alert {
            rule: self.name.clone(),
            event: (due.story.is_none() || self.when == When::Development)
                .then(|| event.id.clone()),
            stories: told,
            reason: match due.story.and_then(|story| story.development.as_ref()) {
                Some(fact) => format!("new fact: “{fact}”"),
                None => event.novelty.reason.clone(),
            },
            to: target.to_string(),
            sent_at: None,
            message_id: due.token.clone(),
        };
        Fired {
            outgoing: message.outgoing(alert, now),
            tells: vec![due.token.clone()],
        }
    }

    fn overflow(&self, rest: &[Due<'_>], target: &Target, now: Timestamp) -> Fired {
        let tells: Vec<String> = rest.iter().map(|d| d.token.clone()).collect();
        let titles: Vec<(&str, &str)> = rest
            .iter()
            .map(|d| match d.story {
                Some(s) => (s.article.title.as_str(), s.article.url.as_str()),
                None => (
                    d.happening.event.title.as_str(),
                    first_link(d.happening.stories),
                ),
            })
            .collect();
        let ids: Vec<&str> = tells.iter().map(String::as_str).collect();
        let alert = Alert {
            rule: self.name.clone(),
            event: None,
            stories: rest
                .iter()
                .flat_map(|d| d.happening.event.stories.clone())
                .collect(),
            reason: format!("more than {} at once", self.max_mails),
            to: target.to_string(),
            sent_at: None,
            message_id: format!("{}@tocsin.invalid", digest_hex(&ids, 32)),
        };
        Fired {
            outgoing: compose::overflow(self, &titles).outgoing(alert, now),
            tells,
        }
    }
}

fn is_stale(time: Timestamp, now: Timestamp) -> bool {
    now.duration_since(time).as_hours() > FRESH_HOURS
}

fn first_link(stories: &[Story]) -> &str {
    stories.first().map_or("", |s| s.article.url.as_str())
}

/// The Message-ID: rule, thing and reader, nothing else.
fn token(rule: &str, target: &Target, thing: &str) -> String {
    format!(
        "{}@tocsin.invalid",
        digest_hex(&[rule, &target.to_string(), thing], 32)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Words, at, event, story};

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

    fn fire(
        rules: &Rules,
        stories: &[Story],
        now: &str,
        told: &dyn Fn(&str) -> bool,
    ) -> Vec<Fired> {
        let event = event(stories);
        let happening = Happening {
            event: &event,
            stories,
            fresh: &event.stories,
        };
        rules.fire(&[happening], at(now), told)
    }

    #[test]
    fn a_new_event_is_told_once_to_each_target() {
        let stories = [story(
            "a",
            "Ministry publishes chip rule",
            "chip-restrictions",
        )];
        let rules = chip_rule("new-event", "");
        let first = fire(&rules, &stories, NOW, &|_| false);
        assert_eq!(first.len(), 2);
        assert_ne!(
            first[0].outgoing.alert.message_id,
            first[1].outgoing.alert.message_id
        );
        let tokens: Vec<String> = first.iter().flat_map(|f| f.tells.clone()).collect();
        assert_eq!(
            fire(&rules, &stories, NOW, &|t| tokens.iter().any(|k| k == t)),
            []
        );
    }

    #[test]
    fn an_event_that_took_in_a_told_one_is_told_already() {
        let stories = [story(
            "a",
            "Ministry publishes chip rule",
            "chip-restrictions",
        )];
        let rules = chip_rule("new-event", "");
        let told: Vec<String> = fire(&rules, &stories, NOW, &|_| false)
            .into_iter()
            .flat_map(|f| f.tells)
            .collect();
        let former = event(&stories).id;
        let stories = [
            story("b", "Chip rule published", "chip-restrictions"),
            stories[0].clone(),
        ];
        let mut whole = event(&stories);
        let fired = |event: &Event| {
            let happening = Happening {
                event,
                stories: &stories,
                fresh: &[],
            };
            rules.fire(&[happening], at(NOW), &|t| told.iter().any(|k| k == t))
        };
        assert_eq!(fired(&whole).len(), 2);
        whole.merged = vec![former];
        assert_eq!(fired(&whole), []);
    }

    #[test]
    fn another_subject_a_copy_and_an_old_event_stay_silent() {
        let rules = chip_rule("new-event", "");
        let other = [story("a", "Summit opens", "conference")];
        assert_eq!(fire(&rules, &other, NOW, &|_| false), []);
        let mut copy = story("b", "Ministry publishes chip rule", "chip-restrictions");
        copy.duplicate_of = Some(StoryId::new("s0"));
        assert_eq!(fire(&rules, &[copy], NOW, &|_| false), []);
        let old = [story(
            "a",
            "Ministry publishes chip rule",
            "chip-restrictions",
        )];
        assert_eq!(fire(&rules, &old, "2026-10-09T08:00:00Z", &|_| false), []);
    }

    #[test]
    fn too_few_sources_wait() {
        let stories = [story(
            "a",
            "Ministry publishes chip rule",
            "chip-restrictions",
        )];
        assert_eq!(
            fire(
                &chip_rule("new-event", "min_sources = 2\n"),
                &stories,
                NOW,
                &|_| false
            ),
            []
        );
    }

    #[test]
    fn over_the_limit_the_rest_is_one_list_and_told_as_well() {
        let stories: Vec<Story> = (0..5)
            .map(|n| {
                story(
                    &n.to_string(),
                    &format!("Chip rule {n}"),
                    "chip-restrictions",
                )
            })
            .collect();
        let fired = fire(
            &chip_rule("every-story", "max_mails = 2\n"),
            &stories,
            NOW,
            &|_| false,
        );
        let to_desk: Vec<&Fired> = fired
            .iter()
            .filter(|f| f.outgoing.alert.to == "mailto:desk@think.example")
            .collect();
        assert_eq!(to_desk.len(), 3);
        assert_eq!(to_desk[2].tells.len(), 3);
        assert_eq!(to_desk[2].outgoing.subject, "3 more for the rule chips");
        assert!(to_desk[2].outgoing.text.contains("Chip rule 4"));
    }

    #[test]
    fn a_new_fact_is_told_once_even_in_a_copy_and_in_an_old_event() {
        let mut first = story("a", "Ministry publishes chip rule", "chip-restrictions");
        first.article.published = Some(at("2026-09-01T08:00:00Z"));
        let mut second = story("b", "Chip rule approved", "chip-restrictions");
        second.duplicate_of = Some(StoryId::new("a"));
        let rules = chip_rule("development", "");
        let fired =
            |second: &Story| fire(&rules, &[first.clone(), second.clone()], NOW, &|_| false);
        assert_eq!(fired(&second), []);
        second.development = Some("The committee approved it 14 to 3".to_owned());
        let mails = fired(&second);
        assert_eq!(mails.len(), 2);
        assert!(
            mails[0]
                .outgoing
                .text
                .contains("“The committee approved it 14 to 3”")
        );
        assert_eq!(
            mails[0].outgoing.alert.reason,
            "new fact: “The committee approved it 14 to 3”"
        );
        let tokens: Vec<String> = mails.iter().flat_map(|f| f.tells.clone()).collect();
        let stories = [first.clone(), second];
        assert_eq!(
            fire(&rules, &stories, NOW, &|t| tokens.iter().any(|k| k == t)),
            []
        );
    }
}
