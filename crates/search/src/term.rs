//! What a field's value means, checked against the names that are known.

use crate::expr::{Compare, Is, Phrase, Term};
use crate::lexer::Value;
use crate::suggest::{did_you_mean, nearest};
use crate::time::{Period, period};
use crate::{QueryError, Sort, Vocabulary};
use tocsin_core::{EventId, SourceId, Timestamp, host_of};

/// What an expression is read against.
pub(crate) struct Names<'a> {
    pub(crate) vocabulary: &'a dyn Vocabulary,
    pub(crate) now: Timestamp,
}

/// Every field, for suggestions.
const FIELDS: [&str; 15] = [
    "tag", "entity", "source", "country", "lang", "site", "author", "event", "is", "has", "title",
    "since", "until", "sort", "score",
];

/// What other programs call our fields.
const SYNONYMS: [(&str, &str); 12] = [
    ("after", "since"),
    ("from", "since"),
    ("date", "since"),
    ("before", "until"),
    ("to", "until"),
    ("by", "author"),
    ("label", "tag"),
    ("topic", "tag"),
    ("org", "entity"),
    ("person", "entity"),
    ("host", "site"),
    ("order", "sort"),
];

/// The condition of one field with one value.
pub(crate) fn field(name: &Value, value: &Value, names: &Names<'_>) -> Result<Term, QueryError> {
    match name.text.to_ascii_lowercase().as_str() {
        "tag" => tag(value, names.vocabulary),
        "entity" => phrase(value).map(|name| Term::Entity {
            ids: names.vocabulary.entities(name.text.trim()),
            name,
        }),
        "source" => Ok(Term::Source(SourceId::new(
            value.text.trim().to_lowercase(),
        ))),
        "country" => country(value, names.vocabulary),
        "lang" => lang(value),
        "site" => site(value),
        "author" => phrase(value).map(Term::Author),
        "event" => Ok(Term::Event(EventId::new(value.text.trim()))),
        "is" => one_of("is:", value, &Is::ALL.map(|is| (is.word(), is))).map(Term::Is),
        "has" => one_of("has:", value, &[("evidence", Term::HasEvidence)]),
        "title" => phrase(value).map(Term::Title),
        "since" => time(value, names.now).map(|p| Term::Since(p.start)),
        "until" => time(value, names.now).map(|p| Term::Until(p.end)),
        "score" => Err(QueryError::new(
            name.span.start..value.span.end,
            "a score is compared, not named",
        )
        .hint("write it in one piece, as in score>=0.8")),
        _ => Err(unknown_field(name)),
    }
}

/// The order that `sort:` names.
pub(crate) fn sort(values: &[Value]) -> Result<Sort, QueryError> {
    match values {
        [value] => one_of("sort:", value, &Sort::ALL.map(|sort| (sort.word(), sort))),
        [first, .., last] => Err(QueryError::new(
            first.span.start..last.span.end,
            "stories have one order at a time",
        )
        .hint("name one of newest, oldest, score, relevance")),
        [] => Ok(Sort::default()),
    }
}

/// The condition on a score. The tags beside it come later.
pub(crate) fn score(compare: Compare, value: &Value) -> Result<Term, QueryError> {
    let number: Option<f64> = value.text.parse().ok();
    match number.filter(|n| (0.0..=1.0).contains(n)) {
        Some(value) => Ok(Term::Score {
            compare,
            value,
            tags: Vec::new(),
        }),
        None => Err(QueryError::new(
            value.span.clone(),
            format!("`{}` is no score", value.shown()),
        )
        .hint("a score is a number from 0 to 1, as in score>=0.8")),
    }
}

fn unknown_field(name: &Value) -> QueryError {
    let wanted = name.text.to_ascii_lowercase();
    let synonym = SYNONYMS.iter().find(|(other, _)| *other == wanted);
    let near = synonym.map(|(_, ours)| *ours);
    let near = near.or_else(|| nearest(&wanted, FIELDS).first().copied());
    let error = QueryError::new(
        name.span.clone(),
        format!("unknown field `{}`", name.shown()),
    );
    match near {
        Some("score") => error.hint("did you mean score>=0.8?"),
        Some(field) => error.hint(format!("did you mean {field}:?")),
        None => error.hint("to search for a text with a colon in it, put it in quotes"),
    }
}

fn phrase(value: &Value) -> Result<Phrase, QueryError> {
    let phrase = Phrase::new(&value.text);
    if phrase.folded.is_empty() {
        let message = "there is no word in it to search for";
        return Err(QueryError::new(value.span.clone(), message));
    }
    Ok(phrase)
}

fn tag(value: &Value, vocabulary: &dyn Vocabulary) -> Result<Term, QueryError> {
    let plain = |name: &str| name.trim().to_lowercase().replace([' ', '_'], "-");
    let tags = vocabulary.tags();
    let wanted = plain(&value.text);
    if let Some(tag) = tags.iter().find(|tag| plain(tag) == wanted) {
        return Ok(Term::Tag(tag.clone()));
    }
    let near = nearest(&wanted, tags.iter().map(String::as_str));
    let hint = did_you_mean("tag:", &near);
    let hint = hint.unwrap_or_else(|| "`tocsin tags list` shows all tags".to_owned());
    Err(QueryError::new(
        value.span.clone(),
        format!("unknown tag `{}`", value.shown()),
    )
    .hint(hint))
}

fn country(value: &Value, vocabulary: &dyn Vocabulary) -> Result<Term, QueryError> {
    let code = value.text.trim().to_uppercase();
    let sources = vocabulary.sources_in(&code);
    if !sources.is_empty() {
        return Ok(Term::Country { code, sources });
    }
    let error = QueryError::new(
        value.span.clone(),
        format!("no source is from `{}`", value.shown()),
    );
    Err(error.hint(match code.as_str() {
        "UK" => "did you mean country:GB?",
        "USA" => "did you mean country:US?",
        _ => "a country is two letters, as in country:JP, or EU or INT; `tocsin sources list` shows them",
    }))
}

/// Region and script are left aside: a story's language has none.
fn lang(value: &Value) -> Result<Term, QueryError> {
    let code = value.text.trim().to_lowercase();
    let code = code.split(['-', '_']).next().unwrap_or_default();
    let is_code = matches!(code.len(), 2 | 3) && code.bytes().all(|b| b.is_ascii_lowercase());
    if is_code {
        return Ok(Term::Lang(code.to_owned()));
    }
    Err(QueryError::new(
        value.span.clone(),
        format!("`{}` is no language code", value.shown()),
    )
    .hint("a language is two letters, as in lang:en or lang:zh"))
}

/// An address stands for its host.
fn site(value: &Value) -> Result<Term, QueryError> {
    match host_of(&value.text) {
        Some(host) => Ok(Term::Site(Phrase::new(&host))),
        None => phrase(value).map(Term::Site),
    }
}

fn time(value: &Value, now: Timestamp) -> Result<Period, QueryError> {
    period(&value.text, now).ok_or_else(|| {
        QueryError::new(
            value.span.clone(),
            format!("`{}` is no time", value.shown()),
        )
        .hint(
            "write a date (2026-03-02, 2026-03), a span back from now (7d, 12h, 3mo), \
             a weekday, today or yesterday",
        )
    })
}

/// One of a few words.
fn one_of<T: Clone>(field: &str, value: &Value, words: &[(&str, T)]) -> Result<T, QueryError> {
    let wanted = value.text.trim().to_lowercase();
    if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == wanted) {
        return Ok(meaning.clone());
    }
    let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let hint = did_you_mean(field, &nearest(&wanted, known.iter().copied()))
        .unwrap_or_else(|| format!("{field} takes {}", known.join(", ")));
    let message = format!("`{field}` does not know `{}`", value.shown());
    Err(QueryError::new(value.span.clone(), message).hint(hint))
}
