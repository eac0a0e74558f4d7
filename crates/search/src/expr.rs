//! The typed tree, and its one way to be written.

use crate::fold::fold;
use std::fmt::{self, Write as _};
use tocsin_core::{EventId, SourceId, Timestamp};

/// A condition on a story. Its printed form parses to the same tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// Every story.
    Everything,
    /// All of these, at least two.
    All(Vec<Expr>),
    /// One of these, at least two.
    Any(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// A single condition.
    Term(Term),
}

/// A single condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// Stands in the title or in the text.
    Words(Phrase),
    /// Stands in the title.
    Title(Phrase),
    /// Has a tag of the taxonomy.
    Tag(String),
    /// Names an entity.
    Entity {
        /// As it was written.
        name: Phrase,
        /// The entities of that name; none where the name is not known.
        ids: Vec<String>,
    },
    /// Came from a source.
    Source(SourceId),
    /// Came from a source of a country.
    Country {
        /// As it was written, in capitals.
        code: String,
        /// The country's sources.
        sources: Vec<SourceId>,
    },
    /// Is in a language: the first part of its code.
    Lang(String),
    /// Stands at a host or below it, or on a site of that name.
    Site(Phrase),
    /// Has an author whose name holds these words.
    Author(Phrase),
    /// Belongs to an event.
    Event(EventId),
    /// Is in a state.
    Is(Is),
    /// Has a tag with evidence.
    HasEvidence,
    /// Is of this moment or later.
    Since(Timestamp),
    /// Is earlier than this moment.
    Until(Timestamp),
    /// Has a tag with such a score.
    Score {
        /// How the score compares.
        compare: Compare,
        /// With what; 0 to 1.
        value: f64,
        /// The tags that are asked for beside it; none: any tag will do.
        tags: Vec<String>,
    },
}

/// Words in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// As they were written.
    pub text: String,
    /// As they are compared.
    pub(crate) folded: String,
}

/// Signs that end a clause, in the form that folding gives them.
const CLAUSE_ENDS: [char; 9] = ['.', ',', ';', ':', '!', '?', '…', '。', '、'];

impl Phrase {
    pub(crate) fn new(text: &str) -> Self {
        // What ends a clause is no part of a word: "chips," finds chips.
        let folded = fold(text);
        let folded = folded.trim_matches(|c: char| c.is_whitespace() || CLAUSE_ENDS.contains(&c));
        Self {
            text: text.to_owned(),
            folded: folded.to_owned(),
        }
    }
}

/// A state of a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    /// It passed the gate.
    Relevant,
    /// It copies an earlier one.
    Duplicate,
    /// It has a tag that waits for a person's decision.
    Review,
    /// It opened its event.
    First,
    /// It brought a new fact of an event that was known.
    Development,
    /// Its text is only the beginning; the rest is for those who pay or log in.
    Teaser,
    /// A person took it out.
    Removed,
}

impl Is {
    pub(crate) const ALL: [Self; 7] = [
        Self::Relevant,
        Self::Duplicate,
        Self::Review,
        Self::First,
        Self::Development,
        Self::Teaser,
        Self::Removed,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Relevant => "relevant",
            Self::Duplicate => "duplicate",
            Self::Review => "review",
            Self::First => "first",
            Self::Development => "development",
            Self::Teaser => "teaser",
            Self::Removed => "removed",
        }
    }
}

/// How a number compares with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// At least.
    AtLeast,
    /// More than.
    More,
    /// At most.
    AtMost,
    /// Less than.
    Less,
    /// Equal.
    Equal,
}

impl Compare {
    pub(crate) const ALL: [Self; 5] = [
        Self::AtLeast,
        Self::More,
        Self::AtMost,
        Self::Less,
        Self::Equal,
    ];

    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::More => ">",
            Self::AtMost => "<=",
            Self::Less => "<",
            Self::Equal => "=",
        }
    }

    pub(crate) fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::AtLeast => left >= right,
            Self::More => left > right,
            Self::AtMost => left <= right,
            Self::Less => left < right,
            Self::Equal => (left - right).abs() < 1e-9,
        }
    }
}

impl Expr {
    /// Calls `each` with every term that stands outside a negation.
    pub(crate) fn positive_terms<'a>(&'a self, each: &mut impl FnMut(&'a Term)) {
        match self {
            Self::Everything | Self::Not(_) => {}
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.positive_terms(each));
            }
            Self::Term(term) => each(term),
        }
    }

    /// Whether it speaks of stories that a person took out, to have them or not.
    pub(crate) fn asks_for_removed(&self) -> bool {
        match self {
            Self::Everything => false,
            Self::Term(term) => matches!(term, Term::Is(Is::Removed)),
            Self::Not(inner) => inner.asks_for_removed(),
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::asks_for_removed),
        }
    }

    /// The tags that are asked for, each once.
    pub(crate) fn positive_tags(&self) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        self.positive_terms(&mut |term| match term {
            Term::Tag(tag) if !tags.contains(tag) => tags.push(tag.clone()),
            _ => {}
        });
        tags
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => Ok(()),
            Self::Term(term) => fmt::Display::fmt(term, f),
            Self::Not(inner) => {
                f.write_char('-')?;
                inner.fmt_inner(f)
            }
            Self::All(parts) => join(f, parts, " "),
            Self::Any(parts) => join(f, parts, " OR "),
        }
    }
}

impl Expr {
    fn fmt_inner(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(_) | Self::Any(_) => write!(f, "({self})"),
            _ => fmt::Display::fmt(self, f),
        }
    }
}

fn join(f: &mut fmt::Formatter<'_>, parts: &[Expr], between: &str) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            f.write_str(between)?;
        }
        part.fmt_inner(f)?;
    }
    Ok(())
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(phrase) => fmt::Display::fmt(phrase, f),
            Self::Title(phrase) => write!(f, "title:{phrase}"),
            Self::Tag(tag) => write!(f, "tag:{tag}"),
            Self::Entity { name, .. } => write!(f, "entity:{name}"),
            Self::Source(id) => write!(f, "source:{}", Quoted(id.as_str())),
            Self::Country { code, .. } => write!(f, "country:{code}"),
            Self::Lang(code) => write!(f, "lang:{code}"),
            Self::Site(site) => write!(f, "site:{site}"),
            Self::Author(name) => write!(f, "author:{name}"),
            Self::Event(id) => write!(f, "event:{}", Quoted(id.as_str())),
            Self::Is(state) => write!(f, "is:{}", state.word()),
            Self::HasEvidence => f.write_str("has:evidence"),
            Self::Since(time) => write!(f, "since:{time}"),
            Self::Until(time) => write!(f, "until:{time}"),
            Self::Score { compare, value, .. } => write!(f, "score{}{value}", compare.sign()),
        }
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Quoted(&self.text), f)
    }
}

/// A text as a phrase of the language.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped = self.0.replace('\\', "\\\\").replace('"', "\\\"");
        write!(f, "\"{escaped}\"")
    }
}
