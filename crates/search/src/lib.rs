//! The query language: text to a typed tree, and the tree against a story.
//!
//! In: an expression, the names that it may use ([`Vocabulary`]), the time. Out: a [`Query`] that
//! says which stories match, in which order, and between which moments they lie; or a
//! [`QueryError`] with the place and, where one can be guessed, what was meant.
//!
//! Never: reads the store or a clock, or fails on a story.
//!
//! ```text
//! query    = [ any ]
//! any      = all { "OR" all }                      ; "|" is the same
//! all      = not { [ "AND" ] not }                 ; side by side: all must match
//! not      = { "-" | "NOT" } primary
//! primary  = "(" any ")" | word | phrase | term
//! phrase   = '"' { character | '\"' | '\\' } '"'
//! term     = field ":" values
//! values   = value | "(" value { [ "|" | "OR" ] value } ")"     ; in parentheses: one of them
//! value    = word | phrase
//! field    = "tag" | "entity" | "source" | "country" | "lang" | "site" | "author" | "event"
//!          | "is" | "has" | "title" | "since" | "until" | "sort"
//! score    = "score" ( ">=" | ">" | "<=" | "<" | "=" ) number   ; a term, written in one piece
//! word     = any other characters up to white space, a quote, a parenthesis or "|"
//! ```
//!
//! Fields are in lower or upper case; `OR`, `AND` and `NOT` in capitals, so that "or" can be
//! searched for. `sort:` stands outside parentheses and is no condition. The user's page is
//! `docs/query.md`.

mod error;
mod expr;
mod fold;
mod lexer;
mod matching;
mod parser;
mod query;
mod suggest;
mod term;
mod time;

#[cfg(test)]
mod fixture;

pub use crate::error::QueryError;
pub use crate::expr::{Compare, Expr, Is, Phrase, Term};
pub use crate::query::{Query, Sort};

use tocsin_core::SourceId;

/// The names that a query may use.
pub trait Vocabulary {
    /// All tags of the taxonomy.
    fn tags(&self) -> Vec<String>;
    /// Ids of the entities that have this name, alias or id, in any script; none where it is not
    /// known.
    fn entities(&self, name: &str) -> Vec<String>;
    /// The sources of a country, given as `sources.toml` writes it, in any case.
    fn sources_in(&self, country: &str) -> Vec<SourceId>;
}
