//! Pages on standard input, one JSON object a line with `html` and `url`.

use serde::Deserialize;
use std::io::BufRead;

/// A page to read.
#[derive(Deserialize)]
pub(crate) struct Line {
    pub(crate) html: String,
    pub(crate) url: String,
}

/// The pages in their order; a few lines of the sets hold characters that are none, and are left out.
pub(crate) fn pages() -> impl Iterator<Item = std::io::Result<Line>> {
    let lines = std::io::stdin().lock().lines();
    lines.filter_map(|line| line.map(|l| serde_json::from_str(&l).ok()).transpose())
}
