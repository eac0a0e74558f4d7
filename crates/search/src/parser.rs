//! Tokens to the tree, by recursive descent.

use crate::expr::{Expr, Phrase, Term};
use crate::lexer::{Kind, Token, tokens};
use crate::term::{self, Names};
use crate::{QueryError, Sort};
use std::ops::Range;

/// Deepest nesting of parentheses. Each level is a few calls on the stack, here and in matching.
const DEEPEST: usize = 64;

/// Reads an expression: the tree, and the order where one is named. The last `sort:` counts.
pub(crate) fn parse(
    expression: &str,
    names: &Names<'_>,
) -> Result<(Expr, Option<Sort>), QueryError> {
    let mut parser = Parser {
        tokens: tokens(expression)?,
        at: 0,
        names,
        sort: None,
        depth: 0,
    };
    let expr = parser.any()?.unwrap_or(Expr::Everything);
    match parser.next() {
        None => Ok((expr, parser.sort)),
        Some(token) => Err(
            QueryError::new(token.span, "this parenthesis closes nothing")
                .hint("take it away, or add a ( before"),
        ),
    }
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    names: &'a Names<'a>,
    sort: Option<Sort>,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Kind> {
        self.tokens.get(self.at).map(|t| &t.kind)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    /// Sides joined by OR; `None` where nothing stands here.
    fn any(&mut self) -> Result<Option<Expr>, QueryError> {
        let Some(first) = self.all()? else {
            return match self.peek() {
                Some(Kind::Or) => Err(self.one_sided("OR")),
                _ => Ok(None),
            };
        };
        let mut sides = vec![first];
        while self.peek() == Some(&Kind::Or) {
            let or = self.one_sided("OR");
            self.at += 1;
            sides.push(self.all()?.ok_or(or)?);
        }
        Ok(group(sides, Expr::Any))
    }

    /// The mistake of the OR or AND that stands here.
    fn one_sided(&self, word: &str) -> QueryError {
        let span = self.tokens.get(self.at).map_or(0..1, |t| t.span.clone());
        QueryError::new(span, format!("{word} needs something on both sides"))
            .hint(format!("quote \"{word}\" to search for the word"))
    }

    /// Parts side by side, all of which must match; `None` where nothing stands here.
    fn all(&mut self) -> Result<Option<Expr>, QueryError> {
        let mut parts = Vec::new();
        loop {
            match self.peek() {
                None | Some(Kind::Or | Kind::Close) => break,
                Some(Kind::And) => self.and(parts.is_empty())?,
                Some(_) => parts.extend(self.not()?),
            }
        }
        Ok(group(parts, Expr::All).map(with_tags_beside_scores))
    }

    /// Steps over an AND, which says what standing side by side says already.
    fn and(&mut self, is_first: bool) -> Result<(), QueryError> {
        let and = self.one_sided("AND");
        self.at += 1;
        match self.peek() {
            None | Some(Kind::And | Kind::Or | Kind::Close) => Err(and),
            Some(_) if is_first => Err(and),
            Some(_) => Ok(()),
        }
    }

    /// One part with its negations; `None` for an order, which is no condition.
    fn not(&mut self) -> Result<Option<Expr>, QueryError> {
        let mut negation: Option<Range<usize>> = None;
        let mut is_negated = false;
        while self.peek() == Some(&Kind::Not) {
            negation = self.next().map(|t| t.span);
            is_negated = !is_negated;
        }
        let inner = match (self.primary()?, negation) {
            (Some(inner), _) => inner,
            (None, None) => return Ok(None),
            (None, Some(span)) => {
                return Err(
                    QueryError::new(span, "nothing stands here to be negated").hint(
                        "write a word or a field after it; quote \"NOT\" to search for the word",
                    ),
                );
            }
        };
        Ok(Some(match inner {
            inner if !is_negated => inner,
            Expr::Not(positive) => *positive,
            inner => Expr::Not(Box::new(inner)),
        }))
    }

    fn primary(&mut self) -> Result<Option<Expr>, QueryError> {
        match self.peek() {
            None | Some(Kind::Or | Kind::And | Kind::Not | Kind::Close) => return Ok(None),
            Some(_) => {}
        }
        let Some(token) = self.next() else {
            return Ok(None);
        };
        match token.kind {
            Kind::Open => self.parentheses(token.span).map(Some),
            Kind::Words(text) => words(&text, token.span).map(Some),
            Kind::Field { name, values } if name.text.eq_ignore_ascii_case("sort") => {
                if self.depth > 0 {
                    return Err(
                        QueryError::new(token.span, "an order stands in parentheses")
                            .hint("write sort: at the end of the expression"),
                    );
                }
                self.sort = Some(term::sort(&values)?);
                Ok(None)
            }
            Kind::Field { name, values } => {
                let terms = values.iter().map(|v| term::field(&name, v, self.names));
                let terms = terms.map(|t| t.map(Expr::Term));
                Ok(group(terms.collect::<Result<_, _>>()?, Expr::Any))
            }
            Kind::Comparison { compare, value, .. } => {
                Ok(Some(Expr::Term(term::score(compare, &value)?)))
            }
            Kind::Close | Kind::Or | Kind::And | Kind::Not => Ok(None),
        }
    }

    /// What stands between parentheses; stands behind the opening one.
    fn parentheses(&mut self, open: Range<usize>) -> Result<Expr, QueryError> {
        if self.depth == DEEPEST {
            let message = format!("parentheses are nested deeper than {DEEPEST} levels");
            return Err(QueryError::new(open, message).hint("split it into several queries"));
        }
        self.depth += 1;
        let inner = self.any()?;
        self.depth -= 1;
        match (self.next(), inner) {
            (Some(_), Some(inner)) => Ok(inner),
            (Some(close), None) => {
                let span = open.start..close.span.end;
                Err(QueryError::new(span, "nothing stands in these parentheses"))
            }
            (None, _) => Err(QueryError::new(open, "this parenthesis is not closed")
                .hint("add a ) where the group ends")),
        }
    }
}

/// Several parts under one head, a single one as it is.
fn group(mut parts: Vec<Expr>, head: fn(Vec<Expr>) -> Expr) -> Option<Expr> {
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(head(parts)),
    }
}

fn words(text: &str, span: Range<usize>) -> Result<Expr, QueryError> {
    let phrase = Phrase::new(text);
    if phrase.folded.is_empty() {
        return Err(QueryError::new(
            span,
            "there is no word in it to search for",
        ));
    }
    Ok(Expr::Term(Term::Words(phrase)))
}

/// Gives each score the tags that are asked for in its own group.
fn with_tags_beside_scores(mut group: Expr) -> Expr {
    let beside = group.positive_tags();
    let Expr::All(parts) = &mut group else {
        return group;
    };
    for part in parts {
        let part = match part {
            Expr::Not(inner) => inner.as_mut(),
            part => part,
        };
        if let Expr::Term(Term::Score { tags, .. }) = part {
            tags.clone_from(&beside);
        }
    }
    group
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::parse;
    use proptest::prelude::*;

    fn trees(expressions: &[&str]) -> String {
        let printed = expressions.iter().map(|e| parse(e).unwrap().to_string());
        printed.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn parts_side_by_side_bind_closer_than_or() {
        let told = trees(&[
            "chip export",
            "chip OR export rule",
            "(chip OR export) rule",
            "a b | c AND d",
            "-chip NOT (export rule)",
            "--chip",
            "((chip))",
        ]);
        insta::assert_snapshot!(told, @r##"
        "chip" "export"
        "chip" OR ("export" "rule")
        ("chip" OR "export") "rule"
        ("a" "b") OR ("c" "d")
        -"chip" -("export" "rule")
        "chip"
        "chip"
        "##);
    }

    #[test]
    fn fields_become_conditions() {
        let told = trees(&[
            "tag:(Chip_Restrictions | conference)",
            "entity:华为 country:jp",
            "site:https://news.example/x lang:zh-Hans",
            "TITLE:\"a \\\"b\\\" c\"",
            "since:monday until:\"1w 2d\"",
            "score>=.8 is:first has:evidence sort:score",
        ]);
        insta::assert_snapshot!(told, @r##"
        tag:chip-restrictions OR tag:conference
        entity:"华为" country:JP
        site:"news.example" lang:zh
        title:"a \"b\" c"
        since:2026-03-02T00:00:00Z until:2026-02-23T15:30:00Z
        score>=0.8 is:first has:evidence sort:score
        "##);
    }

    #[test]
    fn a_score_takes_the_tags_of_its_group() {
        let tags_beside = |expression: &str| {
            let query = parse(expression).unwrap();
            let mut found = Vec::new();
            query.expr().positive_terms(&mut |term| {
                if let Term::Score { tags, .. } = term {
                    found.push(tags.join(" "));
                }
            });
            found.join("; ")
        };
        assert_eq!(tags_beside("score>0.5 OR tag:conference"), "");
        assert_eq!(tags_beside("tag:conference score>0.5"), "conference");
        assert_eq!(
            tags_beside("tag:conference score>0.5 OR tag:chip-smuggling score>0.9"),
            "conference; chip-smuggling"
        );
        assert_eq!(tags_beside("tag:conference (score>0.5 chip)"), "");
        assert_eq!(tags_beside("-tag:conference score>0.5"), "");
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
        assert!(parse(&nested(DEEPEST)).is_ok());
        let error = parse(&nested(DEEPEST + 1)).unwrap_err();
        assert!(error.message.contains("nested deeper"), "{error}");
        assert!(parse(&"(".repeat(9_999)).is_err());
        assert!(parse(&"-".repeat(9_999)).is_err());
        assert!(parse(&"a ".repeat(5_000)).is_ok());
        assert!(parse(&"a ".repeat(5_001)).is_err());
    }

    #[test]
    fn every_example_of_the_documentation_is_read() {
        let page = include_str!("../../../docs/query.md");
        let fences = page.split("```query\n").skip(1);
        let examples: Vec<&str> = fences
            .flat_map(|rest| rest.split("```").next().unwrap().lines())
            .collect();
        assert!(examples.len() > 20, "{examples:?}");
        for example in examples {
            if let Err(error) = parse(example) {
                panic!("{}", error.render(example));
            }
        }
    }

    /// Pieces of the language in any order: mostly wrong, often nearly right.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "chip",
            "华为",
            "\"a b\"",
            "\"",
            "(",
            ")",
            "OR",
            "AND",
            "NOT",
            "-",
            "|",
            " ",
            " ",
            " ",
            "tag:",
            "tag:conference",
            "tag:(conference chip-smuggling)",
            "entity:Huawei",
            "is:first",
            "since:7d",
            "until:2026-03",
            "score>=0.8",
            "score",
            ">=",
            "sort:score",
            "title:",
            "\\",
            "site:a.example",
            "country:JP",
            "lang:en",
            "author:\"B C\"",
            "source:x",
            "event:e1",
        ]);
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn any_text_gets_a_query_or_a_mistake_within_it(text in "\\PC{0,60}|.{0,20}") {
            if let Err(error) = parse(&text) {
                prop_assert!(error.span.start <= text.chars().count());
                prop_assert!(error.span.start < error.span.end);
                prop_assert!(error.render(&text).contains('^'));
            }
        }

        #[test]
        fn what_is_printed_reads_back_the_same(text in pieces()) {
            match parse(&text) {
                Ok(query) => prop_assert_eq!(parse(&query.to_string()), Ok(query)),
                Err(error) => prop_assert!(error.render(&text).contains('^'), "{}", error),
            }
        }
    }
}
