//! An article becomes a story: the classifier's judgement, written into the noun. Pure.

use tocsin_classifier::{Classifier, Input};
use tocsin_core::{Article, SourceId, Story, Timestamp};

/// Judges an article. The story has no event yet.
pub fn judge(
    classifier: &Classifier,
    mut article: Article,
    source: SourceId,
    first_seen: Timestamp,
) -> Story {
    let judgement = classifier.classify(&Input {
        title: &article.title,
        text: &article.text,
        lang: article.language.as_deref(),
    });
    article.language = article.language.take().or(judgement.language);
    Story {
        fingerprint: tocsin_events::fingerprint(&article.title, &article.text),
        relevance: judgement.relevance,
        relevant: judgement.relevant,
        tags: judgement.tags,
        review: judgement.review,
        entities: judgement.entities,
        duplicate_of: None,
        removed: false,
        development: None,
        event: None,
        source,
        first_seen,
        article,
    }
}
