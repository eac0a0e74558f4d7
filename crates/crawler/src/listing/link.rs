//! A link of a page: its address, its title, the shape of what it stands in.

use crate::address::{is_of_the_web, joined};
use crate::date::{self, Moment};
use crate::named::same_site;
use scraper::ElementRef;
use tocsin_core::text::one_line;
use url::Url;

/// Shortest title in scalar values; scripts without spaces say as much in fewer.
const SHORTEST: usize = 12;
const SHORTEST_CJK: usize = 6;
/// Longest title, in scalar values; a link round a whole teaser has more, and its heading is taken.
const LONGEST: usize = 300;
/// Shortest piece of text that is a headline where several stand in a link.
const HEADLINE: usize = 20;
/// Longest text of a date, in bytes.
const LONGEST_DATE: usize = 60;
/// Levels above a link that make its shape.
const SHAPE_LEVELS: usize = 4;
/// Levels above a link that are searched for navigation.
const NAV_LEVELS: usize = 40;

/// Elements that hold no articles.
const OTHER_ELEMENTS: &[&str] = &["nav", "footer", "form", "menu"];
/// Words of class names and ids of what holds no articles.
const OTHER_WORDS: &[&str] = &[
    "nav",
    "navbar",
    "navigation",
    "menu",
    "footer",
    "breadcrumb",
    "breadcrumbs",
    "pagination",
    "pager",
    "paging",
    "share",
    "social",
    "cookie",
    "cookies",
    "language",
    "languages",
    "tagcloud",
    "skip",
    "login",
    "toolbar",
];
/// Endings of files that are no pages.
const FILES: &[&str] = &[
    "jpg", "jpeg", "png", "gif", "svg", "webp", "mp3", "mp4", "zip", "xls", "xlsx", "doc", "docx",
    "ppt", "pptx", "xml", "rss", "css", "js", "ics",
];

/// A link, read once.
pub(super) struct Link<'a> {
    pub(super) element: ElementRef<'a>,
    /// Absolute, without fragment.
    pub(super) url: String,
    /// Plain text; may be empty.
    pub(super) title: String,
    /// Names and first classes of the elements round it.
    pub(super) shape: String,
}

impl<'a> Link<'a> {
    /// A link to a web page; `None` for any other.
    pub(super) fn of(element: ElementRef<'a>, base: &Url) -> Option<Self> {
        let mut url = joined(element.attr("href")?, Some(base))?;
        if !is_of_the_web(&url) {
            return None;
        }
        url.set_fragment(None);
        Some(Self {
            element,
            url: url.into(),
            title: title_of(element),
            shape: shape_of(element),
        })
    }

    /// Whether it leads to another page of the same site and stands outside of navigation.
    pub(super) fn may_be_article(&self, page: &Url) -> bool {
        let Ok(url) = Url::parse(&self.url) else {
            return false;
        };
        let (path, here) = (url.path(), page.path());
        let is_here =
            path.trim_end_matches('/') == here.trim_end_matches('/') && url.query() == page.query();
        same_site(&url, page)
            && !is_here
            && path != "/"
            && !is_pager(&url, page)
            && !is_file(path)
            && !self.is_navigation()
    }

    /// Takes the heading that stands with it for its title, where its own says nothing.
    pub(super) fn take_heading_of(&mut self, around: ElementRef<'_>) {
        if self.has_title() {
            return;
        }
        if let Some(heading) = heading_in(around) {
            self.title = all_text(heading).chars().take(LONGEST).collect();
        }
    }

    pub(super) fn has_title(&self) -> bool {
        if is_generic(&self.title) {
            return false;
        }
        let length = self.title.chars().count();
        let cjk = self
            .title
            .chars()
            .any(|c| tocsin_core::text::is_cjk(c) || ('가'..='힣').contains(&c));
        length >= if cjk { SHORTEST_CJK } else { SHORTEST }
            && !self.title.chars().all(|c| !c.is_alphabetic())
    }

    fn is_navigation(&self) -> bool {
        let above = self
            .element
            .ancestors()
            .take(NAV_LEVELS)
            .filter_map(ElementRef::wrap);
        std::iter::once(self.element).chain(above).any(|element| {
            let value = element.value();
            // A body's classes speak of the whole page: "has-menu" there means nothing.
            if matches!(value.name(), "body" | "html" | "main" | "article") {
                return false;
            }
            OTHER_ELEMENTS.contains(&value.name())
                || value.attr("role") == Some("navigation")
                || value.classes().chain(value.id()).any(speaks_of_navigation)
        })
    }
}

fn speaks_of_navigation(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| OTHER_WORDS.contains(&word))
}

/// The heading inside the link, its own text, or what it says of itself.
fn title_of(element: ElementRef<'_>) -> String {
    let text = match heading_in(element) {
        Some(heading) => all_text(heading),
        None => own_text(element),
    };
    let said = ["title", "aria-label"]
        .iter()
        .find_map(|name| element.attr(name))
        .map(one_line);
    // Headlines that a page cuts with an ellipsis stand whole in the title.
    let is_cut = text.ends_with('…') || text.ends_with("...");
    match said {
        Some(said) if text.is_empty() || is_cut && said.len() > text.len() => said,
        _ => text.chars().take(LONGEST).collect(),
    }
}

fn all_text(element: ElementRef<'_>) -> String {
    one_line(&element.text().collect::<Vec<_>>().join(" "))
}

/// The first heading, or what a class calls one.
pub(super) fn heading_in(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let inner = || element.descendants().filter_map(ElementRef::wrap).skip(1);
    let is_heading =
        |e: &ElementRef<'_>| matches!(e.value().name(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
    let is_called_one = |e: &ElementRef<'_>| {
        let classes = e.value().classes().map(str::to_ascii_lowercase);
        e.value().name() != "a"
            && classes.into_iter().any(|class| {
                ["title", "headline"]
                    .iter()
                    .any(|word| class.ends_with(word))
            })
    };
    inner()
        .find(is_heading)
        .or_else(|| inner().find(is_called_one))
}

/// The text of a link: without the date at its beginning or end, and of several blocks the first that can
/// be a headline, since a teaser follows.
fn own_text(element: ElementRef<'_>) -> String {
    let pieces: Vec<&str> = element
        .text()
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
        .collect();
    let start = dated(
        |count| pieces.get(..count).map(|few| few.join(" ")),
        pieces.len(),
    );
    let rest = pieces.get(start..).unwrap_or_default();
    let end = dated(
        |count| Some(rest.get(rest.len().checked_sub(count)?..)?.join(" ")),
        rest.len(),
    );
    let rest = rest.get(..rest.len() - end).unwrap_or_default();
    let is_block = |e: ElementRef<'_>| {
        matches!(
            e.value().name(),
            "p" | "div" | "section" | "li" | "dt" | "dd"
        )
    };
    let blocks = element
        .descendants()
        .filter_map(ElementRef::wrap)
        .filter(|e| is_block(*e));
    let headline = rest.iter().find(|piece| piece.chars().count() >= HEADLINE);
    match headline {
        Some(headline) if blocks.count() > 1 => one_line(headline),
        _ => one_line(&rest.join(" ")),
    }
}

/// How many pieces of text, three at most, are a date; never all of them.
fn dated(joined: impl Fn(usize) -> Option<String>, pieces: usize) -> usize {
    let is_date = |count: &usize| {
        let text = joined(*count).unwrap_or_default();
        *count < pieces
            && text.len() <= LONGEST_DATE
            && matches!(date::parse(&text), Some(Moment::Day(_) | Moment::Time(_)))
    };
    (1..=3).rev().find(is_date).unwrap_or(0)
}

/// What a link says that only asks to be followed.
pub(super) fn is_generic(title: &str) -> bool {
    let lower = title
        .trim_end_matches(['.', '…', '>', '»', '→', ' '])
        .to_lowercase();
    let begins = GENERIC.iter().any(|words| lower.starts_with(words));
    lower.chars().count() <= 30 && begins
}

/// Beginnings of "read more" and "all of it".
const GENERIC: &[&str] = &[
    "read ",
    "more",
    "continue",
    "learn more",
    "view",
    "see ",
    "details",
    "full ",
    "download",
    "weiter",
    "mehr",
    "zum artikel",
    "zur meldung",
    "lire",
    "en savoir",
    "voir",
    "leer",
    "ver ",
    "más",
    "saiba",
    "leia",
    "ler ",
    "leggi",
    "continua",
    "scopri",
    "lees",
    "meer",
    "läs",
    "les mer",
    "læs",
    "lue",
    "czytaj",
    "więcej",
    "číst",
    "více",
    "tovább",
    "citește",
    "devam",
    "devamı",
    "baca",
    "selengkapnya",
    "xem",
    "подробнее",
    "читать",
    "докладніше",
    "детальніше",
    "περισσότερα",
    "المزيد",
    "اقرأ",
    "קרא",
    "और पढ़ें",
    "อ่าน",
    "查看",
    "更多",
    "详情",
    "詳細",
    "続き",
    "もっと",
    "자세히",
    "더보기",
];

fn shape_of(element: ElementRef<'_>) -> String {
    let above = element
        .ancestors()
        .filter_map(ElementRef::wrap)
        .take(SHAPE_LEVELS);
    let mut shape = String::new();
    for element in std::iter::once(element).chain(above) {
        shape.push_str(element.value().name());
        // Numbers and "odd", "first" and their kind tell the members of one list apart.
        if let Some(class) = element.value().classes().find(|class| is_telling(class)) {
            shape.push('.');
            shape.push_str(class);
        }
        shape.push('<');
    }
    shape
}

fn is_telling(class: &str) -> bool {
    let lower = class.to_ascii_lowercase();
    let counting = ["odd", "even", "first", "last", "active", "current"];
    !class.bytes().any(|b| b.is_ascii_digit()) && !counting.iter().any(|word| lower.contains(word))
}

/// `?page=2`, `/page/2`, `index_2.html`: further pages of the same list.
fn is_pager(url: &Url, page: &Url) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let by_query = url.path() == page.path()
        && url.query_pairs().any(|(name, value)| {
            matches!(
                name.as_ref(),
                "page" | "p" | "paged" | "offset" | "start" | "pageNo" | "pageIndex"
            ) && number(&value)
        });
    let mut parts = url.path().trim_end_matches('/').rsplit('/');
    let last = parts.next().unwrap_or_default();
    let by_path = number(last)
        && parts
            .next()
            .is_some_and(|before| matches!(before, "page" | "seite" | "p"));
    let stem = last.split('.').next().unwrap_or_default();
    let by_name = stem
        .strip_prefix("index_")
        .or_else(|| stem.strip_prefix("index"))
        .is_some_and(number);
    by_query || by_path || by_name
}

fn is_file(path: &str) -> bool {
    let ending = path
        .rsplit('/')
        .next()
        .and_then(|name| name.rsplit_once('.'));
    ending.is_some_and(|(_, ending)| FILES.contains(&ending.to_ascii_lowercase().as_str()))
}
