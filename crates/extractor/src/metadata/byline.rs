//! Names of those who wrote an article, out of the words that a page puts them in.
//!
//! Agencies and newsrooms are kept where the page declares them as the author: who reads needs to
//! know that a text is Reuters' and not the paper's own.

use super::json_ld::ArticleLd;
use super::title::Site;
use crate::facts::{Facts, Mark};
use tocsin_core::text::{is_cjk, one_line};

/// Names of `<meta>` elements that hold an author, the surest first.
const META: &[&str] = &[
    "author",
    "article:author",
    "parsely-author",
    "dc.creator",
    "dcterms.creator",
    "dc.creator.creator",
    "sailthru.author",
    "byl",
    "og:author",
    "article:author_name",
    "citation_author",
    "cxenseparse:author",
    "cxparse:author",
    "twitter:data1",
    "authors",
];
/// Words before a name.
const CUES: &[&str] = &[
    "by",
    "von",
    "par",
    "por",
    "di",
    "door",
    "av",
    "af",
    "od",
    "written by",
    "reported by",
    "posted by",
    "published by",
    "story by",
    "words by",
    "text by",
    "text",
    "texte",
    "testo",
    "texto",
    "tekst",
    "author",
    "authors",
    "autor",
    "autoren",
    "autorin",
    "auteur",
    "autore",
    "автор",
    "作者",
    "文",
    "撰文",
    "記者",
    "记者",
    "editor",
    "ein artikel von",
    "ein gastbeitrag von",
    "eine kolumne von",
    "eine analyse von",
    "ein kommentar von",
    "propos recueillis par",
    "yazan",
    "oleh",
];
/// Words that join names.
const JOINTS: &[&str] = &[
    " and ", " und ", " y ", " og ", " och ", " & ", " with ", " sowie ",
];
/// Marks that join names; a comma is looked at more closely.
const MARKS: &[char] = &[';', '、', '，', '|', '•', '·', '\n', '；'];
/// Words that tell a duty or a place of work, not a name.
const DUTIES: &[&str] = &[
    "editor",
    "reporter",
    "correspondent",
    "writer",
    "journalist",
    "redakteur",
    "redakteurin",
    "korrespondent",
    "korrespondentin",
    "analyst",
    "columnist",
    "contributor",
    "producer",
    "bureau",
    "chief",
    "senior",
    "redactor",
    "rédacteur",
    "journaliste",
    "periodista",
    "director",
    "professor",
    "fellow",
    "researcher",
    "author",
    "ceo",
    "phd",
    "md",
    "m.d.",
    "ph.d.",
    "esq",
    "mba",
    "jr",
    "jr.",
    "sr.",
    "iii",
    "ii",
    "staff",
];
/// Reporter, as it follows a name in Korean, Japanese and Chinese.
const TITLES_AFTER: &[&str] = &[" 기자", "記者", "记者", " 특파원"];
/// What templates and content systems put where a name belongs.
const NOBODY: &[&str] = &[
    "admin",
    "administrator",
    "author",
    "webmaster",
    "unknown",
    "anonymous",
    "null",
    "undefined",
    "none",
    "user",
    "root",
    "n/a",
    "editor",
    "guest",
    "redaktion",
    "contributors",
    "see more",
    "read more",
    "follow",
    "share",
];
/// Characters of the longest name; longer ones are sentences.
const LONGEST: usize = 60;
/// Names of one article.
const MOST: usize = 20;

/// The names that a page gives, from the surest place that gives any.
///
/// In order: JSON-LD, `<meta>`, `itemprop=author`, `rel=author`, elements whose class says byline. A
/// place that names only the site itself gives way to a later one that names somebody else.
pub(crate) fn of(facts: &Facts, article: Option<&ArticleLd>, site: Site<'_>) -> Vec<String> {
    let declared = article.map(|a| a.authors.clone()).into_iter();
    let metas = META.iter().map(|name| joined(facts.metas(name)));
    let marked = [Mark::ItemProp, Mark::Rel]
        .into_iter()
        .map(|mark| joined(words(facts, mark)));
    // A class is a weak mark: the first words that read as persons and nothing else.
    let classed = words(facts, Mark::Class)
        .map(names)
        .find(|found| !found.is_empty() && found.iter().all(|n| reads_as_person(n)));
    let mut house = Vec::new();
    for found in declared
        .chain(metas)
        .chain(marked)
        .chain(classed)
        .filter(|f| !f.is_empty())
    {
        if !found.iter().all(|name| site.is(name)) {
            return found;
        }
        if house.is_empty() {
            house = found;
        }
    }
    house
}

fn words(facts: &Facts, mark: Mark) -> impl Iterator<Item = &str> {
    facts
        .credits
        .iter()
        .filter(move |c| c.mark == mark)
        .map(|c| c.words.as_str())
}

/// Two to four words, each with a capital but for particles (`van`, `al`), without digits; or a few
/// characters of a script that has neither capitals nor spaces.
fn reads_as_person(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_word = |w: &&str| {
        w.len() <= 3
            || w.chars()
                .next()
                .is_some_and(|c| c.is_alphabetic() && !c.is_lowercase())
    };
    let letters = name
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-' | '\'' | '’' | '·'));
    let has_no_spaces = |c: char| is_cjk(c) || matches!(c, '\u{ac00}'..='\u{d7a3}');
    let count = match name.chars().all(has_no_spaces) {
        true => (2..=6).contains(&name.chars().count()),
        false => (2..=4).contains(&words.len()),
    };
    letters && count && words.iter().all(is_word)
}

fn joined<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut list = Vec::new();
    for name in words.flat_map(names) {
        add(&mut list, name);
    }
    list
}

/// Adds a name unless the list has it in another case or is full.
pub(crate) fn add(list: &mut Vec<String>, name: String) {
    let key = name.to_lowercase();
    if list.len() < MOST && !list.iter().any(|n| n.to_lowercase() == key) {
        list.push(name);
    }
}

/// The names in a line such as `By Ann Lee and Bo Chen, chip reporters`.
pub(crate) fn names(line: &str) -> Vec<String> {
    let mut line = one_line(line);
    if line.contains("://") || line.starts_with("www.") {
        return Vec::new();
    }
    line = without_cue(&line).to_owned();
    for joint in JOINTS {
        line = replace_ignore_case(&line, joint, ";");
    }
    let mut list = Vec::new();
    for part in line.split(MARKS) {
        for piece in part.split(',') {
            if let Some(name) = name(piece) {
                add(&mut list, name);
            }
        }
    }
    list
}

/// A piece of a line as a name; `None` for duties, addresses, sentences and placeholders.
fn name(piece: &str) -> Option<String> {
    let piece = without_cue(piece.trim());
    // What follows in brackets is an initial or an agency: "Ann Lee (al)".
    let piece = piece
        .split_once(['(', '（'])
        .map_or(piece, |(before, _)| before);
    let words: Vec<&str> = piece
        .split_whitespace()
        .filter(|w| !w.contains('@'))
        .collect();
    let name = words.join(" ");
    let name = name
        .trim_matches(|c: char| {
            !c.is_alphanumeric()
                && !matches!(c, '.' | ')' | '(' | '"' | '\'' | '“' | '”' | '«' | '»')
        })
        .trim();
    let name = TITLES_AFTER
        .iter()
        .find_map(|t| name.strip_suffix(t))
        .unwrap_or(name)
        .trim();
    let lower = name.to_lowercase();
    let is_duty = lower.split_whitespace().any(|w| DUTIES.contains(&w))
        && !name.chars().next().is_some_and(char::is_uppercase)
        || lower.split_whitespace().all(|w| DUTIES.contains(&w));
    let is_name = name.chars().any(char::is_alphabetic)
        && name.chars().count() <= LONGEST
        && words.len() <= 8
        && !is_duty
        && !NOBODY.contains(&lower.as_str());
    is_name.then(|| name.to_owned())
}

/// The line without a word such as `By` before the name.
fn without_cue(line: &str) -> &str {
    let lower = line.to_lowercase();
    let longest = CUES.iter().filter(|cue| {
        let after = lower.strip_prefix(**cue);
        after.is_some_and(|a| a.starts_with([' ', ':', '：', '/', '／']))
    });
    let Some(cue) = longest.max_by_key(|c| c.len()) else {
        return line;
    };
    // Lower case may have another length in rare scripts; then the line stays as it is.
    line.get(cue.len()..).map_or(line, |rest| {
        rest.trim_start_matches([' ', ':', '：', '/', '／'])
    })
}

fn replace_ignore_case(line: &str, from: &str, to: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    loop {
        let found = rest.char_indices().find(|(i, _)| {
            rest.get(*i..i + from.len())
                .is_some_and(|s| s.eq_ignore_ascii_case(from))
        });
        let Some((at, _)) = found else {
            out.push_str(rest);
            return out;
        };
        out.push_str(rest.get(..at).unwrap_or_default());
        out.push_str(to);
        rest = rest.get(at + from.len()..).unwrap_or_default();
    }
}
