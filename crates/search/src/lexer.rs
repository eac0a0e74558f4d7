//! Characters to tokens. Knows quotes, parentheses and colons; knows no field and no value.

use crate::QueryError;
use crate::expr::Compare;
use std::borrow::Cow;
use std::ops::Range;
use tocsin_core::text::shorten;

/// Longest expression, in scalar values.
const LONGEST: usize = 10_000;
/// Most of a value that a message repeats, in scalar values.
const SHOWN: usize = 60;

/// A piece of an expression and the scalar values that it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) span: Range<usize>,
}

/// What a piece is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Open,
    Close,
    Or,
    And,
    Not,
    /// A bare word or a quoted phrase.
    Words(String),
    /// `name:value` or `name:(value value)`; never without a value.
    Field {
        name: Value,
        values: Vec<Value>,
    },
    /// `name>=value`.
    Comparison {
        name: Value,
        compare: Compare,
        value: Value,
    },
}

/// A part of a piece, with its own place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
}

impl Value {
    /// As a message shows it.
    pub(crate) fn shown(&self) -> Cow<'_, str> {
        shorten(&self.text, SHOWN)
    }
}

/// Splits an expression.
pub(crate) fn tokens(expression: &str) -> Result<Vec<Token>, QueryError> {
    let chars: Vec<char> = expression.chars().collect();
    if chars.len() > LONGEST {
        let message = format!("the expression is longer than {LONGEST} characters");
        return Err(
            QueryError::new(LONGEST..LONGEST, message).hint("split it into several queries")
        );
    }
    let mut lexer = Lexer { chars, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_space();
        let start = lexer.at;
        let Some(c) = lexer.peek() else {
            return Ok(tokens);
        };
        let kind = lexer.token(c)?;
        let span = start..lexer.at;
        tokens.push(Token { kind, span });
    }
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„')
}

fn is_in_word(c: char) -> bool {
    !c.is_whitespace() && !is_quote(c) && !matches!(c, '(' | ')' | '|')
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        self.take_while(char::is_whitespace);
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> Value {
        let start = self.at;
        while self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
        let text = self.chars.get(start..self.at).unwrap_or_default();
        Value {
            text: text.iter().collect(),
            span: start..self.at,
        }
    }

    fn token(&mut self, first: char) -> Result<Kind, QueryError> {
        match first {
            '(' => Ok(self.sign(Kind::Open)),
            ')' => Ok(self.sign(Kind::Close)),
            '|' => {
                self.take_while(|c| c == '|');
                Ok(Kind::Or)
            }
            '-' => self.minus(),
            c if is_quote(c) => Ok(Kind::Words(self.phrase()?.text)),
            _ => self.word(),
        }
    }

    fn sign(&mut self, kind: Kind) -> Kind {
        self.at += 1;
        kind
    }

    fn minus(&mut self) -> Result<Kind, QueryError> {
        self.at += 1;
        if self.peek().is_some_and(|c| !c.is_whitespace() && c != ')') {
            return Ok(Kind::Not);
        }
        Err(
            QueryError::new(self.at - 1..self.at, "a minus sign stands alone")
                .hint("write it right before what must not match, as in -tag:conference"),
        )
    }

    /// A phrase in quotes; stands at its opening quote.
    fn phrase(&mut self) -> Result<Value, QueryError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match (c, self.peek()) {
                ('\\', Some(escaped @ ('"' | '\\'))) => {
                    text.push(escaped);
                    self.at += 1;
                }
                (c, _) if is_quote(c) => {
                    let span = start..self.at;
                    return Ok(Value { text, span });
                }
                (c, _) => text.push(c),
            }
        }
        Err(
            QueryError::new(start..start + 1, "this quote is not closed")
                .hint("add a \" where the phrase ends"),
        )
    }

    fn word(&mut self) -> Result<Kind, QueryError> {
        let start = self.at;
        let name = self.take_while(|c| c.is_ascii_alphabetic() || c == '_');
        match self.peek() {
            Some(':') if !name.text.is_empty() => self.field(name),
            Some(c) if is_comparing(c) => self.comparison(name),
            _ => {
                self.at = start;
                let word = self.take_while(is_in_word).text;
                Ok(match word.as_str() {
                    "OR" => Kind::Or,
                    "AND" => Kind::And,
                    "NOT" => Kind::Not,
                    _ => Kind::Words(word),
                })
            }
        }
    }

    fn field(&mut self, name: Value) -> Result<Kind, QueryError> {
        self.at += 1;
        let values = match self.peek() {
            Some('(') => self.list(&name)?,
            Some(c) if is_quote(c) => vec![self.phrase()?],
            _ => vec![self.take_while(is_in_word)],
        };
        // A phrase is never without its quotes, so only a bare value can be empty.
        if values.iter().all(|v| v.span.is_empty()) {
            let span = name.span.start..self.at;
            return Err(
                QueryError::new(span, format!("`{}:` has no value", name.shown())).hint(format!(
                    "write it right after the colon, or quote \"{}:\" to search for the word",
                    name.shown()
                )),
            );
        }
        Ok(Kind::Field { name, values })
    }

    /// Values in parentheses, one of which has to match; stands at the opening one.
    fn list(&mut self, name: &Value) -> Result<Vec<Value>, QueryError> {
        let start = self.at;
        self.at += 1;
        let mut values = Vec::new();
        loop {
            self.take_while(|c| c.is_whitespace() || c == '|');
            match self.peek() {
                None => {
                    return Err(QueryError::new(
                        start..start + 1,
                        "this parenthesis is not closed",
                    )
                    .hint("add a ) where the values end"));
                }
                Some(')') => {
                    self.at += 1;
                    return Ok(values);
                }
                Some('(') => {
                    let message =
                        format!("the values of `{}:` hold another parenthesis", name.shown());
                    return Err(QueryError::new(self.at..self.at + 1, message).hint(
                        "write them side by side, as in tag:(chip-restrictions | conference)",
                    ));
                }
                Some(c) if is_quote(c) => values.push(self.phrase()?),
                Some(_) => {
                    let value = self.take_while(is_in_word);
                    values.extend(Some(value).filter(|v| v.text != "OR"));
                }
            }
        }
    }

    fn comparison(&mut self, name: Value) -> Result<Kind, QueryError> {
        let sign = self.take_while(is_comparing);
        let plain = sign.text.replace('≥', ">=").replace('≤', "<=");
        let compare = Compare::ALL.into_iter().find(|c| c.sign() == plain);
        let value = self.take_while(is_in_word);
        let whole = name.span.start..self.at;
        let Some(compare) = compare else {
            return Err(QueryError::new(
                sign.span.clone(),
                format!("`{}` compares nothing", sign.shown()),
            )
            .hint("use >=, >, <=, < or ="));
        };
        if !name.text.eq_ignore_ascii_case("score") {
            return Err(QueryError::new(whole, "only `score` can be compared")
                .hint("write score>=0.8 in one piece; quote a word that has such a sign in it"));
        }
        if value.text.is_empty() {
            return Err(QueryError::new(whole, "the score is compared with nothing")
                .hint("write it in one piece, as in score>=0.8"));
        }
        Ok(Kind::Comparison {
            name,
            compare,
            value,
        })
    }
}

fn is_comparing(c: char) -> bool {
    matches!(c, '<' | '>' | '=' | '≥' | '≤')
}
