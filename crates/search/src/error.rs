//! A mistake in an expression, with its place and the way out.

use std::ops::Range;
use tocsin_core::text::is_cjk;

/// Why an expression is no query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// Where: scalar values of the expression, end exclusive; never empty.
    pub span: Range<usize>,
    /// What to do, where it is known.
    pub hint: Option<String>,
}

/// Most scalar values of an expression that are shown on each side of a mistake.
const SHOWN: usize = 40;

impl QueryError {
    pub(crate) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            span: span.start..span.end.max(span.start + 1),
            hint: None,
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The mistake in up to four lines: the message, the expression with carets under the place,
    /// the hint. Of a long expression only the part around the place is shown.
    pub fn render(&self, expression: &str) -> String {
        let first = self.span.start.saturating_sub(SHOWN);
        let last = self.span.end.min(self.span.start + SHOWN) + SHOWN;
        let (mut shown, mut carets) = (String::new(), String::new());
        if first > 0 {
            shown.push('…');
            carets.push(' ');
        }
        for (i, c) in expression.chars().enumerate().take(last).skip(first) {
            shown.push(if c.is_control() { ' ' } else { c });
            let mark = if self.span.contains(&i) { '^' } else { ' ' };
            carets.extend(std::iter::repeat_n(mark, columns(c)));
        }
        let length = expression.chars().count();
        if length > last {
            shown.push('…');
        } else if self.span.start >= length {
            carets.push('^');
        }
        let hint = self.hint.as_ref();
        let hint = hint.map(|h| format!("\n  hint: {h}")).unwrap_or_default();
        format!("{}\n  {shown}\n  {}{hint}", self.message, carets.trim_end())
    }
}

/// Columns of a terminal that a character takes.
fn columns(c: char) -> usize {
    let is_wide = is_cjk(c) || matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff60}');
    1 + usize::from(is_wide)
}

#[cfg(test)]
mod tests {
    use crate::fixture::parse;

    fn mistakes(expressions: &[&str]) -> String {
        let told = |e: &&str| match parse(e) {
            Ok(query) => panic!("{e:?} is no mistake but {query}"),
            Err(error) => error.render(e),
        };
        expressions
            .iter()
            .map(told)
            .collect::<Vec<_>>()
            .join("\n\n")
    }

    #[test]
    fn unknown_names() {
        let told = mistakes(&[
            "tag:chip-restriction AI",
            "华为 tag:chips",
            "tag:weather",
            "tags:conference",
            "language:en",
            "after:2026",
            "https://news.example/a",
        ]);
        insta::assert_snapshot!(told, @r##"
        unknown tag `chip-restriction`
          tag:chip-restriction AI
              ^^^^^^^^^^^^^^^^
          hint: did you mean tag:chip-restrictions?

        unknown tag `chips`
          华为 tag:chips
                   ^^^^^
          hint: did you mean tag:chip-smuggling or tag:chip-restrictions?

        unknown tag `weather`
          tag:weather
              ^^^^^^^
          hint: `tocsin tags list` shows all tags

        unknown field `tags`
          tags:conference
          ^^^^
          hint: did you mean tag:?

        unknown field `language`
          language:en
          ^^^^^^^^
          hint: did you mean lang:?

        unknown field `after`
          after:2026
          ^^^^^
          hint: did you mean since:?

        unknown field `https`
          https://news.example/a
          ^^^^^
          hint: to search for a text with a colon in it, put it in quotes
        "##);
    }

    #[test]
    fn values_that_a_field_does_not_take() {
        let told = mistakes(&[
            "is:new",
            "is:duplicates",
            "has:image",
            "country:uk",
            "country:Japan",
            "lang:english",
            "since:soon",
            "sort:date",
            "sort:(newest oldest)",
            "tag: conference",
            "tag:()",
            "\"-\"",
        ]);
        insta::assert_snapshot!(told, @r##"
        `is:` does not know `new`
          is:new
             ^^^
          hint: is: takes relevant, duplicate, review, first, development, teaser, removed

        `is:` does not know `duplicates`
          is:duplicates
             ^^^^^^^^^^
          hint: did you mean is:duplicate?

        `has:` does not know `image`
          has:image
              ^^^^^
          hint: has: takes evidence

        no source is from `uk`
          country:uk
                  ^^
          hint: did you mean country:GB?

        no source is from `Japan`
          country:Japan
                  ^^^^^
          hint: a country is two letters, as in country:JP, or EU or INT; `tocsin sources list` shows them

        `english` is no language code
          lang:english
               ^^^^^^^
          hint: a language is two letters, as in lang:en or lang:zh

        `soon` is no time
          since:soon
                ^^^^
          hint: write a date (2026-03-02, 2026-03), a span back from now (7d, 12h, 3mo), a weekday, today or yesterday

        `sort:` does not know `date`
          sort:date
               ^^^^
          hint: sort: takes newest, oldest, score, relevance

        stories have one order at a time
          sort:(newest oldest)
                ^^^^^^^^^^^^^
          hint: name one of newest, oldest, score, relevance

        `tag:` has no value
          tag: conference
          ^^^^
          hint: write it right after the colon, or quote "tag:" to search for the word

        `tag:` has no value
          tag:()
          ^^^^^^
          hint: write it right after the colon, or quote "tag:" to search for the word

        there is no word in it to search for
          "-"
          ^^^
        "##);
    }

    #[test]
    fn scores() {
        let told = mistakes(&[
            "score>=80%",
            "score >= 0.8",
            "score=>0.8",
            "score:0.8",
            "score>=",
        ]);
        insta::assert_snapshot!(told, @r##"
        `80%` is no score
          score>=80%
                 ^^^
          hint: a score is a number from 0 to 1, as in score>=0.8

        only `score` can be compared
          score >= 0.8
                ^^
          hint: write score>=0.8 in one piece; quote a word that has such a sign in it

        `=>` compares nothing
          score=>0.8
               ^^
          hint: use >=, >, <=, < or =

        a score is compared, not named
          score:0.8
          ^^^^^^^^^
          hint: write it in one piece, as in score>=0.8

        the score is compared with nothing
          score>=
          ^^^^^^^
          hint: write it in one piece, as in score>=0.8
        "##);
    }

    #[test]
    fn signs_without_their_part() {
        let told = mistakes(&[
            "\"export rule",
            "chip (export OR rule",
            "chip) export",
            "()",
            "chip OR",
            "chip AND OR rule",
            "chip - export",
            "chip NOT",
            "-sort:newest",
            "(chip sort:newest)",
            "tag:(a",
            "tag:((a))",
        ]);
        insta::assert_snapshot!(told, @r##"
        this quote is not closed
          "export rule
          ^
          hint: add a " where the phrase ends

        this parenthesis is not closed
          chip (export OR rule
               ^
          hint: add a ) where the group ends

        this parenthesis closes nothing
          chip) export
              ^
          hint: take it away, or add a ( before

        nothing stands in these parentheses
          ()
          ^^

        OR needs something on both sides
          chip OR
               ^^
          hint: quote "OR" to search for the word

        AND needs something on both sides
          chip AND OR rule
               ^^^
          hint: quote "AND" to search for the word

        a minus sign stands alone
          chip - export
               ^
          hint: write it right before what must not match, as in -tag:conference

        nothing stands here to be negated
          chip NOT
               ^^^
          hint: write a word or a field after it; quote "NOT" to search for the word

        nothing stands here to be negated
          -sort:newest
          ^
          hint: write a word or a field after it; quote "NOT" to search for the word

        an order stands in parentheses
          (chip sort:newest)
                ^^^^^^^^^^^
          hint: write sort: at the end of the expression

        this parenthesis is not closed
          tag:(a
              ^
          hint: add a ) where the values end

        the values of `tag:` hold another parenthesis
          tag:((a))
               ^
          hint: write them side by side, as in tag:(chip-restrictions | conference)
        "##);
    }

    #[test]
    fn of_a_long_expression_the_place_is_shown() {
        let words = "word ".repeat(30);
        insta::assert_snapshot!(mistakes(&[&format!("{words}tag:weather {words}")]), @r##"
        unknown tag `weather`
          … word word word word word word word tag:weather word word word word word word word word…
                                                   ^^^^^^^
          hint: `tocsin tags list` shows all tags
        "##);
    }
}
