//! A link of a page: its address, its title, the shape of what it stands in.

use crate::named::same_site;
use scraper::ElementRef;
use tocsin_core::text::one_line;
use url::Url;

/// Shortest title in scalar values; scripts without spaces say as much in fewer.
const SHORTEST: usize = 12;
const SHORTEST_CJK: usize = 6;
/// Longest title, in scalar values; a link round a whole teaser has more, and its heading is taken.
const LONGEST: usize = 300;
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
        let mut url = base.join(element.attr("href")?.trim()).ok()?;
        if !matches!(url.scheme(), "http" | "https") {
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

    pub(super) fn has_title(&self) -> bool {
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
    let heading = element
        .descendants()
        .filter_map(ElementRef::wrap)
        .find(|inner| {
            matches!(
                inner.value().name(),
                "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
            )
        });
    let text = one_line(
        &heading
            .unwrap_or(element)
            .text()
            .collect::<Vec<_>>()
            .join(" "),
    );
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
