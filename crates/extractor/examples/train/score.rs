//! The measures of the sets: F1 over sequences of four words for texts, F1 over snippets.

use crate::SETS;
use crate::labels::{self, SEQUENCE, plain};
use crate::pages::Page;
use std::collections::HashMap;

/// Prints the figures of each set: F1, precision, recall.
pub(crate) fn print(pages: &[Page], chances: &[Vec<f32>]) {
    for (set, _) in SETS {
        let texts = pages
            .iter()
            .zip(chances)
            .filter(|(p, _)| p.set == set)
            .map(|(p, c)| (p, p.sheet.text(c)));
        let rows: Vec<[f64; 3]> = texts.map(|(p, t)| row(p, &t)).collect();
        let (f1, precision, recall) = if set == "trafilatura" {
            of_sums(&rows)
        } else {
            of_means(&rows)
        };
        println!("{set}: {f1:.4} ({precision:.3} {recall:.3})");
    }
}

/// What was found, what was found wrongly, what was missed.
fn row(page: &Page, text: &str) -> [f64; 3] {
    match &page.gold.text {
        Some(gold) => sequences(gold, text),
        None => {
            let flat = plain(text);
            let held = |snippets: &[String]| {
                let held = snippets.iter().filter(|s| flat.contains(&plain(s)));
                held.count() as f64
            };
            let found = held(&page.gold.with);
            [
                found,
                held(&page.gold.without),
                page.gold.with.len() as f64 - found,
            ]
        }
    }
}

fn sequences(gold: &str, text: &str) -> [f64; 3] {
    let (gold, text) = (count(gold), count(text));
    let common: usize = gold
        .iter()
        .map(|(k, n)| text.get(k).copied().unwrap_or(0).min(*n))
        .sum();
    let (of_gold, of_text): (usize, usize) = (gold.values().sum(), text.values().sum());
    let all = (of_gold + of_text - common).max(1) as f64;
    [
        common as f64 / all,
        (of_text - common) as f64 / all,
        (of_gold - common) as f64 / all,
    ]
}

fn count(text: &str) -> HashMap<Vec<&str>, usize> {
    let words = labels::words(text);
    let mut counts = HashMap::new();
    if (1..SEQUENCE).contains(&words.len()) {
        counts.insert(words, 1);
        return counts;
    }
    for sequence in words.windows(SEQUENCE) {
        *counts.entry(sequence.to_vec()).or_insert(0) += 1;
    }
    counts
}

fn of_means(rows: &[[f64; 3]]) -> (f64, f64, f64) {
    let mean = |with: usize| {
        let rows = rows.iter().filter(|r| r[0] + r[with] > 0.0);
        let parts: Vec<f64> = rows.map(|r| r[0] / (r[0] + r[with])).collect();
        parts.iter().sum::<f64>() / parts.len().max(1) as f64
    };
    f1(mean(1), mean(2))
}

fn of_sums(rows: &[[f64; 3]]) -> (f64, f64, f64) {
    let [found, wrong, missed] = rows
        .iter()
        .fold([0.0; 3], |a, r| [a[0] + r[0], a[1] + r[1], a[2] + r[2]]);
    f1(found / (found + wrong), found / (found + missed))
}

fn f1(precision: f64, recall: f64) -> (f64, f64, f64) {
    (
        2.0 * precision * recall / (precision + recall),
        precision,
        recall,
    )
}
