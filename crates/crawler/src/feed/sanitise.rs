//! HTML that can do no harm: an allow list of tags, attributes, address schemes and styles.
//!
//! ammonia does the work on html5ever's tree; here stands only what is allowed. HTML that is simple
//! enough is read without a tree (`simple`). Never: lets a script, a frame, an object, an event
//! handler, or a style that loads anything pass.

mod simple;

use crate::address::{has_endless_value, is_of_the_web};
use crate::depth::{is_too_deep, without_tags};
use ammonia::{Builder, UrlRelative};
use regex::Regex;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use url::Url;

/// Longest HTML, in bytes, that is sanitised; longer ones are cut.
const MAX_HTML: usize = 2 * 1024 * 1024;
/// Tags that carry text, its structure, tables, pictures and sound.
const TAGS: &str = "a abbr acronym address area article aside audio b bdi bdo big blockquote br button \
    canvas caption center cite code col colgroup command data datalist dd del details dfn dialog dir div dl dt em \
    fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hr i img input ins kbd \
    keygen label legend li m main map mark menu meter nav noscript ol optgroup option output p picture pre \
    progress q rp rt ruby s samp section select small source span strike strong sub summary sup \
    table tbody td textarea tfoot th thead time tr track tt u ul var video wbr";

/// Tags of drawings: shapes, groups of them and words in them. Nothing that holds HTML, refers to elsewhere,
/// moves or acts.
const SHAPES: &str = "svg g path circle ellipse rect line polyline polygon text tspan desc defs linearGradient \
    radialGradient stop";

/// Tags of formulas, without those that hold HTML or another notation.
const FORMULAS: &str = "math menclose merror mfenced mfrac mi mlabeledtr mmultiscripts mn mo mover mpadded mphantom \
    mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics";

/// Attributes of drawings.
const SHAPE_ATTRIBUTES: &str = "baseProfile version viewBox preserveAspectRatio cx cy r rx ry x y x1 \
    y1 x2 y2 d points fill fill-opacity fill-rule stroke stroke-linecap stroke-linejoin stroke-opacity \
    stroke-width opacity transform offset stop-color stop-opacity font-size text-anchor dx dy";

/// Attributes that say how something looks or what it means, never what it does.
const ATTRIBUTES: &str = "abbr accept accept-charset accesskey action align alt aria-label autocomplete \
    autofocus axis background balance bgcolor bgproperties border bordercolor bordercolordark \
    bordercolorlight bottompadding cellpadding cellspacing challenge char charoff charset checked choff cite \
    class clear color cols colspan compact contenteditable controls coords data datafld datapagesize \
    datasrc datetime default delay dir disabled draggable dynsrc enctype end face for form frame galleryimg \
    gutter headers height hidden hidefocus high href hreflang hspace icon id inputmode ismap itemprop \
    itemscope itemtype keytype label lang leftspacing list longdesc loop loopcount loopend loopstart low \
    lowsrc max maxlength media method min multiple name nohref noshade nowrap open optimum pattern ping \
    point-size poster pqg preload prompt radiogroup readonly rel repeat-max repeat-min replace \
    required rev rightspacing role rows rowspan rules scope selected shape size sizes span src srcset start step style \
    summary suppress tabindex target template title toppadding type unselectable urn usemap \
    valign value variable volume vrml vspace width wrap xml:lang";

/// Attributes that hold an address, on whatever element.
const ADDRESSES: &[&str] = &[
    "action",
    "background",
    "cite",
    "data",
    "dynsrc",
    "formaction",
    "href",
    "icon",
    "longdesc",
    "lowsrc",
    "ping",
    "poster",
    "src",
    "template",
    "usemap",
];

/// Schemes that lead to pages, files and people.
const SCHEMES: &str =
    "http https ftp ftps mailto tel sms news nntp irc ircs magnet xmpp sip feed webcal geo";

/// Properties of a style that keep to their own box.
const STYLES: &str = "azimuth background background-color border border-bottom border-bottom-color \
    border-bottom-style border-bottom-width border-collapse border-color border-left border-left-color \
    border-left-style border-left-width border-right border-right-color border-right-style \
    border-right-width border-spacing border-style border-top border-top-color border-top-style \
    border-top-width border-width clear color cursor direction display elevation float font font-family \
    font-size font-style font-variant font-weight height letter-spacing line-height margin margin-bottom \
    margin-left margin-right margin-top max-height max-width min-height min-width overflow padding \
    padding-bottom padding-left padding-right padding-top text-align text-decoration text-indent \
    text-transform unicode-bidi vertical-align white-space width word-spacing";

fn words(list: &'static str) -> Words {
    list.split_whitespace().collect()
}

const XLINK: &str = " xmlns:xlink=\"http://www.w3.org/1999/xlink\" xlink:href=\"";

type Words = HashSet<&'static str>;

static ALLOWED_TAGS: LazyLock<Words> = LazyLock::new(|| {
    let lists = [TAGS, SHAPES, FORMULAS].into_iter();
    lists.flat_map(str::split_whitespace).collect()
});
static ALLOWED_ATTRIBUTES: LazyLock<Words> = LazyLock::new(|| words(ATTRIBUTES));
static ALLOWED_STYLES: LazyLock<Words> = LazyLock::new(|| words(STYLES));
static ALLOWED_SCHEMES: LazyLock<Words> = LazyLock::new(|| words(SCHEMES));
static ALLOWED_OF_SHAPES: LazyLock<HashMap<&'static str, Words>> = LazyLock::new(|| {
    let attributes = words(SHAPE_ATTRIBUTES);
    let shapes = SHAPES.split_whitespace();
    shapes.map(|shape| (shape, attributes.clone())).collect()
});

/// Makes HTML harmless; keeps what it was made of for the next text.
#[derive(Debug, Default)]
pub(super) struct Sanitiser {
    /// The last base, and the allow list that goes with it.
    made: Option<(Option<Url>, Builder<'static>)>,
}

impl Sanitiser {
    /// The HTML with only what is allowed, relative addresses made absolute where a base is known. HTML
    /// that is nested too deep keeps its text alone.
    pub(super) fn clean(&mut self, html: &str, base: Option<&Url>) -> String {
        let mut end = html.len().min(MAX_HTML);
        while !html.is_char_boundary(end) {
            end -= 1;
        }
        let html = html.get(..end).unwrap_or_default();
        if let Some(clean) = simple::clean(html, base) {
            return clean;
        }
        if is_too_deep(html) || has_endless_value(html) {
            return without_tags(html);
        }
        let clean = self.builder(base).clean(html).to_string();
        // XML wants the prefix declared.
        match clean.contains("<svg") {
            true => clean.replace(" xlink:href=\"", XLINK),
            false => clean,
        }
    }

    fn builder(&mut self, base: Option<&Url>) -> &Builder<'static> {
        let fits = |(made, _): &(Option<Url>, Builder<'static>)| made.as_ref() == base;
        let kept = self.made.take().filter(fits);
        let made = kept.unwrap_or_else(|| (base.cloned(), builder(base)));
        &self.made.insert(made).1
    }
}

fn builder(base: Option<&Url>) -> Builder<'static> {
    let mut builder = Builder::empty();
    builder
        .tags(ALLOWED_TAGS.clone())
        .tag_attributes(ALLOWED_OF_SHAPES.clone())
        .set_tag_attribute_value("svg", "xmlns", "http://www.w3.org/2000/svg")
        .set_tag_attribute_value("math", "xmlns", "http://www.w3.org/1998/Math/MathML")
        .clean_content_tags(words("script style title"))
        .generic_attributes(ALLOWED_ATTRIBUTES.clone())
        .url_schemes(ALLOWED_SCHEMES.clone())
        .link_rel(None)
        .attribute_filter(|_, name, value| match name {
            "style" => style(value).map(Into::into),
            // ammonia looks at addresses where HTML has them, and some browsers had them elsewhere.
            name if ADDRESSES.contains(&name) && acts(value) => None,
            // `url(…)` would fetch.
            "fill" | "stroke" if value.contains('(') => None,
            _ => Some(value.into()),
        })
        .url_relative(match base {
            Some(base) if is_of_the_web(base) => UrlRelative::RewriteWithBase(base.clone()),
            _ => UrlRelative::PassThrough,
        });
    builder
}

/// Empty shapes in their short form, in which they stood: `<circle r="5"/>`.
pub(super) fn with_short_shapes(html: String) -> String {
    if !html.contains("<svg") {
        return html;
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html.as_str();
    while let Some((before, after)) = rest.split_once("></") {
        out.push_str(before);
        let opened = before.rsplit_once('<').map_or("", |(_, tag)| tag);
        let name = opened.split(' ').next().unwrap_or_default();
        let closes = after
            .strip_prefix(name)
            .and_then(|behind| behind.strip_prefix('>'));
        let is_shape = SHAPES.split_whitespace().any(|shape| shape == name);
        match closes.filter(|_| is_shape) {
            Some(behind) => {
                out.push_str("/>");
                rest = behind;
            }
            None => {
                out.push_str("></");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Whether a value is an address that runs a program.
fn acts(value: &str) -> bool {
    let mut letters = value
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .map(|c| c.to_ascii_lowercase());
    let head: String = letters.by_ref().take(11).collect();
    [
        "javascript:",
        "vbscript:",
        "livescript:",
        "mocha:",
        "data:text",
    ]
    .iter()
    .any(|scheme| head.starts_with(scheme))
}

/// The declarations of a style that are allowed; `None` where none is.
fn style(value: &str) -> Option<String> {
    let mut out = String::new();
    for declaration in value.split(';') {
        let Some((name, value)) = declaration.split_once(':') else {
            continue;
        };
        let (name, value) = (name.trim(), value.trim());
        if is_allowed_style(name, value) {
            out.push_str(&format!(
                "{}{name}: {value};",
                if out.is_empty() { "" } else { " " }
            ));
        }
    }
    (!out.is_empty()).then_some(out)
}

/// A value is words, numbers with units and colours: nothing with a function in it but `rgb()`.
static STYLE_VALUE: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a constant pattern; every test of styles compiles it")]
    Regex::new(
        r"^(?:#[0-9a-fA-F]{3,8}|rgba?\(\s?[0-9%., ]{1,30}\)|-?\d{0,4}\.?\d{0,4}(?:[a-zA-Z]{1,4}|%)?|!?[a-zA-Z][a-zA-Z\-]{0,30}|[,'/ ])+$",
    )
    .expect("a constant pattern")
});

fn is_allowed_style(name: &str, value: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ALLOWED_STYLES.contains(lower.as_str()) && value.len() <= 200 && STYLE_VALUE.is_match(value)
}

/// Whether a text that does not say what it is was meant as HTML: a known tag closes or stands alone
/// in it, or a character reference stands in it.
pub(super) fn looks_like_html(text: &str) -> bool {
    static CLUE: LazyLock<Regex> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "a constant pattern, compiled by every test of feeds")]
        Regex::new(r"(?i)</[a-z][a-z0-9]{0,15}\s?>|<(?:br|hr|img|p|div|a|b|i|em|strong|ul|li|table|font|span|script|style|iframe|object|embed|applet|meta|link|base|frame|frameset)(?:\s[^<>]*)?/?>|&(?:#\d{2,6}|#x[0-9a-f]{2,5}|[a-z]{2,8});")
            .expect("a constant pattern")
    });
    CLUE.is_match(text)
}

/// The text of HTML, references resolved.
pub(super) fn to_text(html: &str) -> String {
    if is_too_deep(html) {
        return without_tags(html);
    }
    scraper::Html::parse_fragment(html)
        .root_element()
        .text()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn clean(html: &str) -> String {
        Sanitiser::default().clean(html, Url::parse("https://a.example/news/").ok().as_ref())
    }

    #[test]
    fn what_acts_goes_and_what_says_stays() {
        for (html, expected) in [
            ("a<script>b()</script>c", "ac"),
            (
                "<p onclick=\"x()\" title=\"t\">a</p>",
                "<p title=\"t\">a</p>",
            ),
            ("<a href=\" java\tscript:x()\">a</a>", "<a>a</a>"),
            (
                "<a href=\"../b?c=1\">a</a>",
                "<a href=\"https://a.example/b?c=1\">a</a>",
            ),
            ("<img src=\"data:text/html,x\">", "<img>"),
            (
                "<a action=\" java\tscript:x()\" alt=\"Javascript: a guide\">a</a>",
                "<a alt=\"Javascript: a guide\">a</a>",
            ),
            ("a<object data=\"x\"><b>c</b></object>", "a<b>c</b>"),
            ("a<style>b{}</style><!-- c -->", "a"),
            (
                "<svg onload=\"x()\"><circle r=\"5\" fill=\"url(//b.example)\"/></svg>",
                "<svg xmlns=\"http://www.w3.org/2000/svg\"><circle r=\"5\"></circle></svg>",
            ),
            (
                "<svg><a xlink:href=\"javascript:x()\"><path d=\"M0 0\"/></a></svg>",
                "<svg xmlns=\"http://www.w3.org/2000/svg\"><a><path d=\"M0 0\"></path></a></svg>",
            ),
            (
                "<svg><use href=\"//b.example\"/><animate onbegin=\"x()\"/><image href=\"//b\"/></svg>",
                "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>",
            ),
            (
                "<svg><foreignObject><p>a</p></foreignObject><title><b>c</b></title></svg>",
                "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>",
            ),
            (
                "<i style=\"color: red; position: fixed; width: expression(x)\">a</i>",
                "<i style=\"color: red;\">a</i>",
            ),
            (
                "<i style=\"background: url(//x.example)\">a</i>",
                "<i>a</i>",
            ),
        ] {
            assert_eq!(clean(html), expected, "{html}");
        }
    }

    #[test]
    fn a_base_that_acts_lends_its_scheme_to_nothing() {
        let base = Url::parse("javascript:/a/").ok();
        for html in ["<a href=\"x()\">a</a>", "<a href='x()'>a</a>"] {
            let clean = Sanitiser::default().clean(html, base.as_ref());
            assert_eq!(clean, "<a href=\"x()\">a</a>");
        }
    }

    #[test]
    fn only_empty_shapes_get_short() {
        for (html, expected) in [
            (
                "<svg><g><circle r=\"5\"></circle></g></svg>",
                "<svg><g><circle r=\"5\"/></g></svg>",
            ),
            ("<p></p><svg></svg><i></i>", "<p></p><svg/><i></i>"),
            ("<p></p>", "<p></p>"),
        ] {
            assert_eq!(with_short_shapes(html.to_owned()), expected);
        }
    }

    #[test]
    fn formulas_stay_and_what_hides_in_them_goes() {
        assert_eq!(
            clean(
                "<math><msup><mi>x</mi><mn>2</mn></msup><mtext><style><img onerror=x()></style></mtext></math>"
            ),
            "<math xmlns=\"http://www.w3.org/1998/Math/MathML\"><msup><mi>x</mi><mn>2</mn></msup><mtext></mtext></math>"
        );
        assert!(!clean("<math><annotation-xml encoding=\"text/html\"><script>x()</script></annotation-xml></math>").contains("x()"));
    }

    #[test]
    fn html_of_any_depth_is_survived() {
        let deep = "<div>".repeat(100_000) + "text";
        assert_eq!(clean(&deep), "text");
        assert_eq!(to_text(&deep), "text");
    }

    #[test]
    fn html_is_told_from_text() {
        for html in ["a <b>b</b>", "a<br>b", "a &amp; b", "<img src=x>"] {
            assert!(looks_like_html(html), "{html}");
        }
        for text in ["a < b", "R&D; and more", "a & b", "Vec<T>", "x <y> z"] {
            assert!(!looks_like_html(text), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn sanitising_twice_changes_nothing(html in "[<>/a-z \"'=&;:!-]{0,80}") {
            let once = clean(&html);
            prop_assert_eq!(clean(&once), once);
        }
    }
}
