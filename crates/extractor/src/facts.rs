//! One walk over a page that notes everything it says about itself.
//!
//! In: a parsed page. Out: [`Facts`], raw words in the order of the page. Never: judges them; that is
//! the work of [`crate::metadata`].

use crate::markup::UNTYPED;
use crate::outline::Outline;
use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node};
use tocsin_core::text::one_line;

/// Characters that are read of one element: a byline or a date is shorter, a whole page must not be
/// copied for each of its wrappers.
const LONGEST: usize = 400;
/// Bytes of a heading that may be any site's name or rubric.
const SHORT_TITLE: usize = 15;
/// Frames of a set of which the addresses are kept.
const MOST_FRAMES: usize = 5;
/// Bytes of a text from which on it is a paragraph; bytes of those under a heading below which its date may stand.
const PARAGRAPH: usize = 80;
const NEAR: usize = 600;
/// Notes of one sort that are kept; a page repeats itself long before.
const MOST: usize = 200;

/// Attributes that give a date for programs; `title` is that of `<abbr>` in microformats.
pub(crate) const MACHINE: &[&str] = &[
    "datetime",
    "content",
    "data-datetime",
    "data-timestamp",
    "data-time",
    "title",
];
/// Beginnings of the class or id of what stands beside an article.
const ASIDE: &[&str] = &[
    "comment",
    "related",
    "sidebar",
    "recommend",
    "footer",
    "teaser",
    "most-read",
    "mostread",
    "trending",
    "newsletter",
    "popular",
    "latest-",
];

/// What a page says about itself.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// The `lang` of the root.
    pub(crate) lang: Option<String>,
    /// The text of `<title>`.
    pub(crate) title: Option<String>,
    /// The headings of the first rank, outside of what surrounds the article.
    pub(crate) headings: Vec<String>,
    /// Names (in lower case) and contents of `<meta>`; also `itemprop` with a machine value.
    pub(crate) meta: Vec<(String, String)>,
    /// The texts of JSON-LD scripts.
    pub(crate) json_ld: Vec<String>,
    /// The address of `<link rel=canonical>`.
    pub(crate) canonical: Option<String>,
    /// Places that give a date.
    pub(crate) stamps: Vec<Stamp>,
    /// Places that give names.
    pub(crate) credits: Vec<Credit>,
    /// Short texts with a digit.
    pub(crate) lines: Vec<Line>,
    /// Scripts of any kind.
    pub(crate) scripts: usize,
    /// The addresses of the frames of a set.
    pub(crate) frames: Vec<String>,
    /// Whether there is a field for a password.
    pub(crate) asks_password: bool,
    /// Whether a heading of a lower rank that says what the page's title says was passed.
    pub(crate) is_below_heading: bool,
    /// Bytes of paragraphs since the first heading.
    pub(crate) prose: usize,
}

/// Where something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    /// Before the first heading, or there is none.
    Before,
    /// Between that and the first paragraphs.
    Near,
    /// Farther down.
    After,
}

/// A short text with a digit.
#[derive(Debug)]
pub(crate) struct Line {
    /// On one line.
    pub(crate) words: String,
    pub(crate) zone: Zone,
    /// It stands beside the article.
    pub(crate) is_aside: bool,
}

/// A place that gives a date.
#[derive(Debug)]
pub(crate) struct Stamp {
    /// The value made for programs.
    pub(crate) machine: Option<String>,
    /// The words that a reader sees.
    pub(crate) words: String,
    /// Names of the element and its nearest ancestors, in lower case.
    pub(crate) hint: String,
    /// A `<time>` element or one with an `itemprop`, not merely a telling class.
    pub(crate) is_marked: bool,
    pub(crate) zone: Zone,
}

/// A place that gives names.
#[derive(Debug)]
pub(crate) struct Credit {
    /// How well it is marked.
    pub(crate) mark: Mark,
    /// The words.
    pub(crate) words: String,
}

/// How a place says that it holds the author, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// `itemprop=author`.
    ItemProp,
    /// `rel=author`.
    Rel,
    /// A class of the name `byline` or such.
    Class,
}

impl Facts {
    /// Walks the page once; `outline` is of the same page.
    pub(crate) fn of(page: &Html, outline: &Outline) -> Self {
        let mut facts = Self::default();
        let mut names = String::new();
        // For each open element whether it stands beside the article.
        let mut open: Vec<bool> = Vec::new();
        let mut aside = 0_usize;
        let mut main = outline.holds_most().into_iter();
        for edge in page.tree.root().traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Element(_) => {
                        let Some(element) = ElementRef::wrap(node) else {
                            continue;
                        };
                        read_names(element, &mut names);
                        // What holds the article is not beside it, whatever it is called.
                        let is_main = main.next().unwrap_or_default();
                        let is_aside = !is_main && is_aside(element, &names);
                        open.push(is_aside);
                        aside += usize::from(is_aside);
                        facts.note(element, &names, aside > 0);
                    }
                    Node::Text(text) => facts.note_text(node, text, aside > 0),
                    _ => {}
                },
                Edge::Close(node) => {
                    if node.value().is_element() {
                        aside -= usize::from(open.pop().unwrap_or_default());
                    }
                }
            }
        }
        facts
    }

    /// The content of the first `<meta>` that bears one of the names; the order of names decides.
    pub(crate) fn meta(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.metas(name).next())
    }

    /// The contents of every `<meta>` of a name.
    pub(crate) fn metas(&self, name: &str) -> impl Iterator<Item = &str> {
        self.meta
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, c)| c.as_str())
    }

    fn note(&mut self, element: ElementRef<'_>, names: &str, aside: bool) {
        match element.value().name() {
            "html" => {
                self.lang = element
                    .attr("lang")
                    .or(element.attr("xml:lang"))
                    .map(one_line)
            }
            "title" if self.title.is_none() => self.title = Some(short_text(element)),
            "meta" => self.note_meta(element),
            "script" => self.note_script(element),
            "link" => self.note_link(element),
            "input" => self.asks_password |= element.attr("type") == Some("password"),
            "frame" if self.frames.len() < MOST_FRAMES => {
                self.frames.extend(element.attr("src").map(one_line))
            }
            "h1" if !aside => keep(&mut self.headings, short_text(element)),
            "h2" | "h3" if !aside && !self.is_below_heading => {
                self.is_below_heading = self.is_titled(&short_text(element));
            }
            _ => {}
        }
        self.note_stamp(element, names, aside);
        if !aside {
            self.note_credit(element, names);
        }
    }

    fn note_meta(&mut self, element: ElementRef<'_>) {
        let name = ["property", "name", "itemprop", "http-equiv"]
            .iter()
            .find_map(|a| element.attr(a));
        if let (Some(name), Some(content)) = (name, element.attr("content")) {
            let content = one_line(content);
            if !content.is_empty() {
                keep(&mut self.meta, (one_line(name).to_lowercase(), content));
            }
        }
    }

    fn note_script(&mut self, element: ElementRef<'_>) {
        self.scripts += 1;
        let kind = element
            .attr("type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let is_untyped = || {
            element
                .text()
                .next()
                .is_some_and(|t| t.trim_start().starts_with(UNTYPED))
        };
        if kind.contains("ld+json") || is_untyped() {
            keep(&mut self.json_ld, element.text().collect());
        }
    }

    fn note_link(&mut self, element: ElementRef<'_>) {
        let rel = element.attr("rel").unwrap_or_default();
        if self.canonical.is_none()
            && rel
                .split_whitespace()
                .any(|r| r.eq_ignore_ascii_case("canonical"))
        {
            self.canonical = element.attr("href").map(|h| h.trim().to_owned());
        }
    }

    fn note_stamp(&mut self, element: ElementRef<'_>, names: &str, aside: bool) {
        let prop = element.attr("itemprop").unwrap_or_default();
        let is_date = prop
            .get(..4)
            .is_some_and(|p| p.eq_ignore_ascii_case("date"));
        let name = element.value().name();
        let is_marked = name == "time" || is_date;
        let is_noted = is_marked || (!aside && (name == "abbr" || speaks_of_date(names)));
        if !is_noted || name == "meta" {
            return;
        }
        let words = short_text(element);
        let zone = self.zone();
        let machine = MACHINE.iter().find_map(|a| element.attr(a)).map(one_line);
        if machine.is_none() && !words.contains(|c: char| c.is_ascii_digit()) {
            return;
        }
        let mut hint = names.to_owned();
        for above in element.ancestors().filter_map(ElementRef::wrap).take(2) {
            let mut names = String::new();
            read_names(above, &mut names);
            hint.push_str(&names);
        }
        if aside {
            hint.push_str(" aside");
        }
        keep(
            &mut self.stamps,
            Stamp {
                machine,
                words,
                hint,
                is_marked,
                zone,
            },
        );
    }

    fn note_credit(&mut self, element: ElementRef<'_>, names: &str) {
        let has = |attr: &str, word: &str| {
            element
                .attr(attr)
                .is_some_and(|v| v.split_whitespace().any(|w| w.eq_ignore_ascii_case(word)))
        };
        let mark = if has("itemprop", "author") {
            Mark::ItemProp
        } else if has("rel", "author") {
            Mark::Rel
        } else if speaks_of_author(names) {
            Mark::Class
        } else {
            return;
        };
        let named = element
            .descendants()
            .filter_map(ElementRef::wrap)
            .find(|e| e.attr("itemprop") == Some("name"));
        let words = named.map_or_else(
            || short_text(element),
            |e| e.attr("content").map_or_else(|| short_text(e), one_line),
        );
        if !words.is_empty() {
            keep(&mut self.credits, Credit { mark, words });
        }
    }

    fn note_text(&mut self, node: NodeRef<'_, Node>, text: &str, aside: bool) {
        if is_unseen(node) {
            return;
        }
        let zone = self.zone();
        if zone == Zone::Near && text.len() > PARAGRAPH {
            self.prose += text.len();
        }
        let is_looked_at = !aside || zone == Zone::Near;
        if is_looked_at && text.len() < LONGEST && text.contains(|c: char| c.is_ascii_digit()) {
            let line = Line {
                words: one_line(text),
                zone,
                is_aside: aside,
            };
            keep(&mut self.lines, line);
        }
    }

    /// Whether words are how the page's title begins.
    fn is_titled(&self, words: &str) -> bool {
        let title = self.title.as_deref().unwrap_or_default();
        words.len() > SHORT_TITLE && title.starts_with(words)
    }

    fn zone(&self) -> Zone {
        match self.prose {
            _ if self.headings.is_empty() && !self.is_below_heading => Zone::Before,
            0..NEAR => Zone::Near,
            _ => Zone::After,
        }
    }
}

fn keep<T>(notes: &mut Vec<T>, note: T) {
    if notes.len() < MOST {
        notes.push(note);
    }
}

/// Whether a text is inside an element that shows none.
fn is_unseen(text: NodeRef<'_, Node>) -> bool {
    let parent = text.parent().and_then(ElementRef::wrap);
    parent.is_some_and(|p| {
        matches!(
            p.value().name(),
            "script" | "style" | "noscript" | "template" | "title" | "textarea" | "option"
        )
    })
}

/// The first characters of an element's visible text, on one line.
pub(crate) fn short_text(element: ElementRef<'_>) -> String {
    let mut words = String::new();
    for node in element.descendants() {
        if let Node::Text(text) = node.value()
            && (!is_unseen(node) || element.value().name() == "title")
        {
            let text = text.trim_start();
            words.push_str(
                text.get(..text.floor_char_boundary(LONGEST))
                    .unwrap_or_default(),
            );
            // Neighbouring elements must not run together: <span>A</span><span>B</span>.
            words.push(' ');
            if words.len() > LONGEST {
                break;
            }
        }
    }
    one_line(&words)
}

/// Class, id and test names of an element, in lower case, with a space before each.
fn read_names(element: ElementRef<'_>, names: &mut String) {
    names.clear();
    for (name, value) in element.value().attrs() {
        if matches!(
            name,
            "class" | "id" | "itemprop" | "data-testid" | "data-qa"
        ) {
            names.push(' ');
            let start = names.len();
            names.push_str(value);
            if let Some(added) = names.get_mut(start..) {
                added.make_ascii_lowercase();
            }
        }
    }
}

/// Subtrees beside the article: their dates and names belong to others.
fn is_aside(element: ElementRef<'_>, names: &str) -> bool {
    match element.value().name() {
        "nav" | "aside" => return true,
        // An article's own footer often bears its date and its author.
        "footer" => {
            return !element
                .ancestors()
                .filter_map(ElementRef::wrap)
                .any(|e| e.value().name() == "article");
        }
        "body" | "html" | "main" | "article" => return false,
        _ => {}
    }
    // The beginning decides: a `page has-sidebar` is no sidebar.
    names
        .split_ascii_whitespace()
        .any(|name| ASIDE.iter().any(|start| name.starts_with(start)))
}

fn speaks_of_date(names: &str) -> bool {
    [
        "date",
        "time",
        "publish",
        "posted",
        "datum",
        "fecha",
        "entry-meta",
        "post-meta",
        "byline",
        "dateline",
    ]
    .iter()
    .any(|w| names.contains(w))
}

fn speaks_of_author(names: &str) -> bool {
    ["byline", "author", "autor", "writer", "contributor"]
        .iter()
        .any(|w| names.contains(w))
}
