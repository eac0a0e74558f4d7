//! Whatever a headline, a name or an analyst writes: the mail is one by the standards, and says what it is.

#[path = "../../../tests/program/strict.rs"]
mod strict;

use crate::fixture::{Words, at, event, story};
use crate::{DeliveryConfig, Happening, Outlets, Rules};
use proptest::prelude::*;
use std::collections::HashMap;
use tocsin_core::text::{one_line, shorten};
use tocsin_core::{Note, Outgoing};

const NOW: &str = "2026-10-05T18:00:00Z";
const RULES: &str = "[[rule]]\nname = \"now\"\nquery = \"\"\nwhen = \"new-event\"\nto = [\"file:mail\"]\n\
    [[rule]]\nname = \"each\"\nquery = \"\"\nwhen = \"every-story\"\nto = [\"file:mail\"]\n\
    [[rule]]\nname = \"fact\"\nquery = \"\"\nwhen = \"development\"\nto = [\"file:mail\"]\n\
    [[rule]]\nname = \"morning\"\nquery = \"\"\nwhen = \"daily 08:00\"\nto = [\"file:mail\"]\n";

/// Mails of each kind about a story whose words are all these.
fn mails(words: &str) -> Vec<Outgoing> {
    let rules = Rules::parse("alerts.toml", RULES, &Words, at(NOW)).unwrap();
    let mut odd = story("odd", words, "conference");
    odd.article.text = words.to_owned();
    odd.article.site_name = Some(words.to_owned());
    odd.development = Some(words.to_owned());
    odd.tags[0].evidence[0].text = words.to_owned();
    let mut happened = event(std::slice::from_ref(&odd));
    happened.novelty.reason = words.to_owned();
    happened.notes = vec![Note {
        by: words.to_owned(),
        at: at(NOW),
        text: words.to_owned(),
    }];
    let happening = Happening {
        event: &happened,
        stories: std::slice::from_ref(&odd),
        fresh: std::slice::from_ref(odd.id()),
    };
    let fired = rules.fire(&[happening], at(NOW), &|_| None);
    let marks: HashMap<String, String> = fired.marks.into_iter().collect();
    let known = |_: &_| Ok::<_, ()>(Some((happened.clone(), vec![odd.clone()])));
    let later = rules
        .release(
            at("2026-10-06T09:00:00Z"),
            None,
            &|key| marks.get(key).cloned(),
            &known,
        )
        .unwrap();
    fired.mails.into_iter().chain(later.mails).collect()
}

/// Reads each mail strictly, after it went to a file.
fn check(words: &str) {
    let dir = tempfile::tempdir().unwrap();
    let outlets = Outlets::new(&DeliveryConfig::default(), dir.path()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mails = mails(words);
    assert_eq!(mails.len(), 4);
    for mail in mails {
        runtime.block_on(outlets.deliver(&mail, at(NOW))).unwrap();
        let name = mail.alert.message_id.split('@').next().unwrap().to_owned();
        let bytes = std::fs::read(dir.path().join(format!("mail/{name}.eml"))).unwrap();
        let read = strict::parse(&bytes)
            .unwrap_or_else(|e| panic!("{words:?}: {e}\n{}", String::from_utf8_lossy(&bytes)));
        let subject = read.header("Subject").unwrap();
        assert_eq!(subject, mail.subject.trim(), "{words:?}");
        assert!(subject.chars().count() <= 140, "{subject}");
        if mail.alert.rule == "now" {
            let expected = one_line(words);
            assert_eq!(subject, shorten(&expected, 140).trim(), "{words:?}");
        }
        let only_ours = !read.html.contains("<script") && !read.html.contains("<img");
        assert!(only_ours, "{}", read.html);
    }
}

#[test]
fn odd_headlines_make_good_mails() {
    for words in [
        "Chips\r\nBcc: all@think.example\r\n\r\nBody",
        "Chips\nX: y\u{0}\u{7}\u{7f}\u{1b}[31m",
        &"Very long headline ".repeat(600),
        &"x".repeat(10_000),
        &"出".repeat(10_000),
        "\u{202e}gnp.exe\u{202c} \u{2067}isolated\u{2069} \u{200f}mark",
        "وزارة التجارة تقيد تصدير الرقائق",
        "משרד המסחר מגביל ייצוא שבבים",
        "<script>alert(1)</script><img src=x onerror=alert(1)> & \"quotes\" 'here'",
        "=?utf-8?q?=0D=0ABcc:_all?= looks encoded",
        "=?utf-8?b?4pyT?=",
        ".\r\n.\r\nQUIT",
        "From the start\n>From",
        "👩🏽‍🚀🏳️‍🌈 emoji and a\u{301}ccents",
        "--boundary--",
        "",
        " ",
        "-- ",
    ] {
        check(words);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_words_make_good_mails(words in any::<String>()) {
        check(&words);
    }
    #[test]
    fn words_of_the_formats_make_good_mails(words in "[ =?utf8bq_\r\n\t.:<>@\"'&;,-]{0,200}") {
        check(&words);
    }
}
