//! A parsed expression, ready to be asked about stories.

use crate::expr::{Expr, Term};
use crate::matching::{Subject, scored};
use crate::parser::parse;
use crate::term::Names;
use crate::{QueryError, Vocabulary};
use std::fmt;
use tocsin_core::{Story, Timestamp};

/// Which stories, in which order. Its printed form parses to the same query, also at another time.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    expr: Expr,
    sort: Sort,
    /// Tags asked for, whose scores `sort:score` looks at.
    tags: Vec<String>,
    /// Whether stories that a person took out may match.
    with_removed: bool,
}

/// The order of the stories.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The latest first.
    #[default]
    Newest,
    /// The earliest first.
    Oldest,
    /// The surest tag first: of the tags asked for, or of all.
    Score,
    /// What fits the words best first; without words, what is most surely relevant.
    Relevance,
}

impl Sort {
    pub(crate) const ALL: [Self; 4] = [Self::Newest, Self::Oldest, Self::Score, Self::Relevance];

    /// Its name in the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Score => "score",
            Self::Relevance => "relevance",
        }
    }
}

/// A phrase in the title counts as much as so many in the text.
const TITLE_WEIGHT: usize = 4;
/// Mentions at which a phrase has earned half of what it can earn, so that a long text with many
/// does not outrank all others; the usual constant of BM25 (Robertson and Zaragoza 2009).
const HALF_EARNED: f64 = 1.2;
/// Mentions beyond these are not counted.
const COUNTED: usize = 50;

impl Query {
    /// Reads an expression. `now` dates its relative times; an empty expression matches everything.
    ///
    /// # Errors
    /// A [`QueryError`] with the place of the first mistake.
    pub fn parse(
        expression: &str,
        vocabulary: &dyn Vocabulary,
        now: Timestamp,
    ) -> Result<Self, QueryError> {
        let (expr, sort) = parse(expression, &Names { vocabulary, now })?;
        Ok(Self {
            with_removed: expr.asks_for_removed(),
            tags: expr.positive_tags(),
            sort: sort.unwrap_or_default(),
            expr,
        })
    }

    /// The same question, answered also with stories that a person took out.
    #[must_use]
    pub fn with_removed(mut self) -> Self {
        self.with_removed = true;
        self
    }

    /// The condition as a tree.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// Whether a story is asked for; of those that a person took out, only where the expression speaks of them.
    pub fn matches(&self, story: &Story) -> bool {
        (self.with_removed || !story.removed) && self.expr.matches(&Subject::new(story))
    }

    /// From which moment on (inclusive), and before which one, every story lies that matches, by
    /// [`Story::time`]; `None` where there is no bound. Not every story between them matches.
    pub fn bounds(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        self.expr.bounds()
    }

    /// The order asked for; the newest first where none was.
    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// A story's place in the order: the greater comes first. Numbers of different queries do not
    /// compare.
    pub fn rank(&self, story: &Story) -> f64 {
        match self.sort {
            Sort::Newest => seconds(story),
            Sort::Oldest => -seconds(story),
            Sort::Score => scored(story, &self.tags)
                .map(|t| t.score.get())
                .fold(0.0, f64::max),
            Sort::Relevance => self.fit(story),
        }
    }

    /// How well a story fits the words, from 0 to 1 a phrase, and how sure its relevance is.
    fn fit(&self, story: &Story) -> f64 {
        let subject = Subject::new(story);
        let mut fit = story.relevance.get();
        self.expr.positive_terms(&mut |term| {
            let (Term::Words(phrase) | Term::Title(phrase)) = term else {
                return;
            };
            let in_title = TITLE_WEIGHT * subject.in_title(phrase, COUNTED);
            let mentions = (in_title + subject.in_text(phrase, COUNTED)) as f64;
            fit += mentions / (mentions + HALF_EARNED);
        });
        fit
    }
}

fn seconds(story: &Story) -> f64 {
    story.time().as_duration().as_secs_f64()
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.expr, self.sort) {
            (expr, Sort::Newest) => fmt::Display::fmt(expr, f),
            (Expr::Everything, sort) => write!(f, "sort:{}", sort.word()),
            (expr, sort) => write!(f, "{expr} sort:{}", sort.word()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{parse, story};

    fn order(expression: &str, stories: &[&Story]) -> Vec<usize> {
        let query = parse(expression).unwrap();
        let mut order: Vec<usize> = (0..stories.len()).collect();
        order.sort_by(|a, b| query.rank(stories[*b]).total_cmp(&query.rank(stories[*a])));
        order
    }

    #[test]
    fn each_order_is_its_own() {
        let (first, mut second) = (story(), story());
        second.article.published = Some("2026-03-03T08:00:00Z".parse().unwrap());
        second.tags.remove(0);
        second.tags[0].score = tocsin_core::Score::new(0.8);
        second.relevance = tocsin_core::Score::new(0.95);
        let both = [&first, &second];
        assert_eq!(order("", &both), [1, 0]);
        assert_eq!(order("sort:oldest", &both), [0, 1]);
        assert_eq!(order("sort:score", &both), [0, 1]);
        assert_eq!(order("tag:export-enforcement sort:score", &both), [1, 0]);
        assert_eq!(order("sort:relevance", &both), [1, 0]);
    }

    #[test]
    fn relevance_prefers_the_title_and_then_the_number_of_mentions() {
        let (mut title, mut often, mut once) = (story(), story(), story());
        title.article.title = "On quotas".to_owned();
        often.article.text = "Quotas, quotas and quotas.".to_owned();
        once.article.text = "Quotas.".to_owned();
        assert_eq!(
            order("quotas sort:relevance", &[&once, &often, &title]),
            [2, 1, 0]
        );
        assert_eq!(
            order("sort:newest quotas sort:relevance", &[&once, &title]),
            [1, 0]
        );
    }
}
