//! How a mail is written: plain text and HTML side by side, so that they never tell different things.

use super::Message;
use crate::rules::Rule;
use std::fmt::Write as _;
use tocsin_core::text::{escape_html as escape, one_line, shorten};

/// Longest subject, in characters: what mail programs show in one line or two.
const SUBJECT: usize = 140;
/// What matters less: legible on white and on black.
const DIM: &str = "color:#767676;font-size:.9em";

/// Both parts of a mail.
#[derive(Default)]
pub(super) struct Body {
    text: String,
    html: String,
}

/// One thing of a list.
#[derive(Default)]
pub(super) struct Item {
    /// What it is.
    pub(super) words: String,
    /// Where it is told.
    pub(super) link: Option<String>,
    /// The language of the words, where it is known (ISO 639).
    pub(super) lang: Option<String>,
    /// What is said of it beside.
    pub(super) aside: String,
    /// Things that belong to it.
    pub(super) below: Vec<Item>,
}

impl Item {
    /// A thing without a link.
    pub(super) fn plain(words: impl Into<String>, aside: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            aside: aside.into(),
            ..Self::default()
        }
    }
}

impl Body {
    pub(super) fn heading(&mut self, words: &str) {
        let words = one_line(words);
        let _ = writeln!(self.text, "{words}\n");
        let _ = writeln!(
            self.html,
            "<h1 dir=\"auto\" style=\"font-size:1.3em;line-height:1.25;margin:0 0 .6em\">{}</h1>",
            escape(&words)
        );
    }

    pub(super) fn paragraph(&mut self, words: &str) {
        let words = one_line(words);
        let _ = writeln!(self.text, "{words}\n");
        let _ = writeln!(
            self.html,
            "<p dir=\"auto\" style=\"margin:.6em 0\">{}</p>",
            escape(&words)
        );
    }

    pub(super) fn label(&mut self, words: &str) {
        let _ = writeln!(self.text, "{words}");
        let _ = writeln!(
            self.html,
            "<h2 style=\"font-size:1em;margin:1.2em 0 .3em\">{}</h2>",
            escape(words)
        );
    }

    pub(super) fn list(&mut self, items: impl IntoIterator<Item = Item>) {
        self.items(items, 1);
        self.text.push('\n');
    }

    fn items(&mut self, items: impl IntoIterator<Item = Item>, depth: usize) {
        self.html
            .push_str("<ul style=\"margin:.2em 0;padding-left:1.2em\">\n");
        for item in items {
            self.item(item, depth);
        }
        self.html.push_str("</ul>\n");
    }

    fn item(&mut self, item: Item, depth: usize) {
        let indent = "  ".repeat(depth);
        let (words, aside) = (one_line(&item.words), one_line(&item.aside));
        let _ = writeln!(self.text, "{indent}- {words}");
        let lang = item
            .lang
            .map_or_else(String::new, |lang| format!(" lang=\"{}\"", escape(&lang)));
        let shown = escape(&words);
        self.html
            .push_str("<li dir=\"auto\" style=\"margin:.4em 0\">");
        // Only addresses of the web become links, whatever a feed called one.
        match item.link.filter(|link| link.starts_with("http")) {
            Some(link) => {
                let href = escape(&link);
                let _ = write!(self.html, "<a href=\"{href}\"{lang}>{shown}</a>");
                self.aside(&aside, &indent);
                let _ = writeln!(self.text, "{indent}  {}", one_line(&link));
            }
            None => {
                let _ = write!(self.html, "<span{lang}>{shown}</span>");
                self.aside(&aside, &indent);
            }
        }
        if !item.below.is_empty() {
            self.items(item.below, depth + 1);
        }
        self.html.push_str("</li>\n");
    }

    fn aside(&mut self, words: &str, indent: &str) {
        if !words.is_empty() {
            let _ = writeln!(self.text, "{indent}  {words}");
            let _ = write!(
                self.html,
                "<br><span style=\"{DIM}\">{}</span>",
                escape(words)
            );
        }
    }

    pub(super) fn footer(&mut self, rule: &Rule) {
        let query = match rule.expression.as_str() {
            "" => "everything",
            expression => expression,
        };
        let words = one_line(&format!(
            "You get this by the rule \"{}\" ({query}).",
            rule.name
        ));
        let _ = writeln!(self.text, "-- \n{words}");
        let _ = writeln!(self.html, "<hr>\n<p style=\"{DIM}\">{}</p>", escape(&words));
    }

    pub(super) fn message(self, subject: &str) -> Message {
        Message {
            subject: shorten(&one_line(subject), SUBJECT).into_owned(),
            text: self.text,
            html: format!(
                "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">\
                 <meta name=\"viewport\" content=\"width=device-width\">\
                 <meta name=\"color-scheme\" content=\"light dark\"></head>\n\
                 <body style=\"font:16px/1.45 system-ui,sans-serif;max-width:40em;margin:1em auto;\
                 padding:0 1em;overflow-wrap:anywhere\">\n{}</body></html>\n",
                self.html
            ),
        }
    }
}

/// The last line of a mail, added when it goes out: how its reader ends it.
pub(super) fn way_out(link: Option<&str>) -> (String, String) {
    match link {
        Some(link) => (
            format!("To stop these mails: {link}\n"),
            format!(
                "<p style=\"{DIM}\"><a href=\"{}\">Stop these mails</a></p>\n",
                escape(link)
            ),
        ),
        None => {
            let words = "To change or end it, edit the rule in alerts.toml.";
            (
                format!("{words}\n"),
                format!("<p style=\"{DIM}\">{words}</p>\n"),
            )
        }
    }
}
