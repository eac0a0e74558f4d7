//! Paragraphs without the furniture of the page: share bars, newsletter lines, links to other
//! articles, comment boxes.

/// Lines that are furniture wherever they stand, in lower case without closing marks.
const FURNITURE: &[&str] = &[
    "advertisement",
    "advertisements",
    "anzeige",
    "werbung",
    "publicité",
    "publicidad",
    "pubblicità",
    "advertentie",
    "annons",
    "annonse",
    "реклама",
    "広告",
    "广告",
    "광고",
    "share",
    "share this",
    "share this article",
    "share this story",
    "share on facebook",
    "share on twitter",
    "share on x",
    "share on linkedin",
    "share via email",
    "copy link",
    "link copied",
    "teilen",
    "artikel teilen",
    "partager",
    "partager l'article",
    "compartir",
    "condividi",
    "delen",
    "dela",
    "del",
    "tweet",
    "facebook",
    "twitter",
    "linkedin",
    "whatsapp",
    "telegram",
    "email",
    "e-mail",
    "print",
    "drucken",
    "imprimer",
    "save",
    "merken",
    "story continues below advertisement",
    "article continues below",
    "continue reading",
    "read more",
    "mehr lesen",
    "weiterlesen",
    "lire la suite",
    "leer más",
    "subscribe",
    "sign up",
    "abonnieren",
    "s'abonner",
    "suscríbete",
    "iscriviti",
    "subscribe now",
    "log in",
    "sign in",
    "anmelden",
    "loading",
    "add as a preferred source on google",
    "follow us",
    "recommended stories",
    "this article is more than",
    "unlimited access",
    "already a subscriber? log in",
];
/// Headings after which nothing of the article follows, if they come in its last part.
const ENDINGS: &[&str] = &[
    "related",
    "related articles",
    "related stories",
    "related news",
    "related topics",
    "related content",
    "related posts",
    "read also",
    "read next",
    "you may also like",
    "you might also like",
    "more on this story",
    "more from",
    "most read",
    "most popular",
    "recommended",
    "recommended for you",
    "trending",
    "top stories",
    "more stories",
    "latest news",
    "mehr zum thema",
    "lesen sie auch",
    "das könnte sie auch interessieren",
    "meistgelesen",
    "weitere artikel",
    "à lire aussi",
    "lire aussi",
    "sur le même sujet",
    "les plus lus",
    "te puede interesar",
    "lee también",
    "más información",
    "noticias relacionadas",
    "leggi anche",
    "potrebbe interessarti",
    "lees ook",
    "läs mer",
    "les også",
    "читайте также",
    "читайте також",
    "関連記事",
    "関連キーワード",
    "あわせて読みたい",
    "相关阅读",
    "相关新闻",
    "相关文章",
    "延伸阅读",
    "推荐阅读",
    "관련기사",
    "관련 기사",
    "comments",
    "kommentare",
    "commentaires",
    "comentarios",
    "leave a reply",
    "leave a comment",
    "post a comment",
    "post a reply",
    "add a comment",
    "about the author",
    "join the discussion",
    "tags",
    "topics",
    "schlagwörter",
    "themen",
];
/// Beginnings of lines that a comment form leaves at the end of a text.
const COMMENT_BOX: &[&str] = &[
    "post a comment",
    "leave a reply",
    "leave a comment",
    "add a comment",
    "write a comment",
    "be the first to comment",
    "no comments",
    "your email address will not be published",
    "kommentar schreiben",
    "schreibe einen kommentar",
    "laisser un commentaire",
    "deja una respuesta",
    "deja un comentario",
    "lascia un commento",
];
/// Beginnings of short lines that sell a newsletter or another article.
const SALES: &[&str] = &[
    "sign up for",
    "sign up to",
    "subscribe to",
    "get the latest",
    "follow us on",
    "click here to",
    "read more:",
    "read also:",
    "also read:",
    "see also:",
    "related:",
    "more:",
    "watch:",
    "listen:",
    "lesen sie auch:",
    "mehr zum thema:",
    "lesen sie hier",
    "abonnieren sie",
    "melden sie sich",
    "à lire aussi",
    "lire aussi",
    "lee también",
    "leggi anche",
    "lees ook",
    "läs också",
    "läs även",
    "les også",
    "читайте также",
    "читайте також",
    "download the app",
    "join our",
    "support our journalism",
];
/// Characters of the longest line that the lists above are compared with.
const SHORT: usize = 160;
/// The last part of a text in which an ending may cut, in percent of its characters.
const LAST_PART: usize = 40;

/// The article's text: paragraphs with one blank line between them.
pub(crate) fn tidy(paragraphs: Vec<String>, title: &str) -> String {
    let mut kept: Vec<String> = paragraphs
        .into_iter()
        .filter(|p| !is_furniture(p))
        .collect();
    cut_ending(&mut kept);
    cut_comment_box(&mut kept);
    if kept.len() > 1 && kept.first().is_some_and(|first| key(first) == key(title)) {
        kept.remove(0);
    }
    // Templates print a lead or a caption twice in a row.
    kept.dedup();
    kept.join("\n\n")
}

/// Drops the lines of a comment form from the end.
pub(crate) fn cut_comment_box(paragraphs: &mut Vec<String>) {
    while paragraphs.last().is_some_and(|last| {
        last.chars().count() <= SHORT && starts_with_any(&key(last), COMMENT_BOX)
    }) {
        paragraphs.pop();
    }
}

/// A line for comparison: lower case, without marks and spaces at its ends.
fn key(line: &str) -> String {
    let trimmed = line.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                ':' | '：'
                    | '.'
                    | '…'
                    | '!'
                    | '»'
                    | '>'
                    | '→'
                    | '-'
                    | '–'
                    | '|'
                    | '•'
                    | '▼'
                    | '▶'
                    | '#'
            )
    });
    trimmed.to_lowercase().replace('’', "'")
}

fn starts_with_any(key: &str, starts: &[&str]) -> bool {
    starts.iter().any(|s| key.starts_with(s))
}

fn is_furniture(line: &str) -> bool {
    if !line.chars().any(char::is_alphanumeric) {
        return true;
    }
    if line.chars().count() > SHORT {
        return false;
    }
    let key = key(line);
    FURNITURE.contains(&key.as_str()) || starts_with_any(&key, SALES)
}

/// What the lists say of a line; the judge reads it as a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Line {
    /// Nothing.
    #[default]
    Plain,
    /// It sells something.
    Sale,
    /// It begins a comment form.
    CommentBox,
    /// A heading after which other things come.
    Ending,
    Furniture,
}

impl Line {
    pub(crate) fn of(line: &str) -> Self {
        if line.chars().count() > SHORT {
            return Self::Plain;
        }
        let key = key(line);
        if FURNITURE.contains(&key.as_str()) {
            Self::Furniture
        } else if ENDINGS.contains(&key.as_str()) {
            Self::Ending
        } else if starts_with_any(&key, COMMENT_BOX) {
            Self::CommentBox
        } else if starts_with_any(&key, SALES) {
            Self::Sale
        } else {
            Self::Plain
        }
    }
}

fn cut_ending(paragraphs: &mut Vec<String>) {
    let sizes: Vec<usize> = paragraphs.iter().map(|p| p.chars().count()).collect();
    let whole: usize = sizes.iter().sum();
    let mut before = 0;
    let at = paragraphs.iter().zip(&sizes).position(|(line, size)| {
        let rest = whole - before;
        before += size;
        rest * 100 <= whole * LAST_PART && ENDINGS.contains(&key(line).as_str())
    });
    if let Some(at) = at {
        paragraphs.truncate(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tidied(lines: &[&str]) -> String {
        tidy(lines.iter().map(|l| (*l).to_owned()).collect(), "The title")
    }

    const LONG: &str =
        "The ministry published a rule that puts twelve kinds of chips under licence.";

    #[test]
    fn furniture_goes_and_words_that_only_begin_like_it_stay() {
        let text = tidied(&[
            "The Title",
            "Share this article",
            "***",
            LONG,
            "Read more: another story",
            "Anzeige",
            "Sharing is the aim.",
        ]);
        assert_eq!(text, format!("{LONG}\n\nSharing is the aim."));
    }

    #[test]
    fn an_ending_cuts_in_the_last_part_only() {
        assert_eq!(
            tidied(&[LONG, LONG, "Related articles:", "Another story"]),
            LONG
        );
        assert_eq!(tidied(&["Topics", LONG]), format!("Topics\n\n{LONG}"));
        assert_eq!(
            tidied(&[
                "出口新规将十二种芯片列入许可证管理范围。",
                "相关阅读",
                "别的"
            ]),
            "出口新规将十二种芯片列入许可证管理范围。"
        );
    }

    #[test]
    fn a_comment_form_goes_from_the_end() {
        assert_eq!(
            tidied(&[
                LONG,
                "Leave a Reply to Ann",
                "Your email address will not be published."
            ]),
            LONG
        );
    }
}
