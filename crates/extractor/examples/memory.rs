//! How much memory pages take at their peak, as a multiple of their bytes.
//!
//! `zcat pages.jsonl.gz | cargo run --release -p tocsin-extractor --example memory`, one object a line with `html`
//! and `url`. Prints the median and the most, and the page that takes the most. The model, which is read once, does not
//! count; nor do pages below 4 kB, for which the multiple says nothing.

#![expect(clippy::print_stdout, reason = "its figures are what it is run for")]

mod input;

use anyhow::Result;
use peak_alloc::PeakAlloc;
use tocsin_extractor::{Page, extract};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The multiple that is to be kept.
const BOUND: f64 = 12.0;
/// Bytes below which a page is left out.
const SMALL: usize = 4_096;

fn main() -> Result<()> {
    drop(extract(&Page::new(b"<p>a</p>", "http://page.invalid/")));
    let mut found: Vec<(f64, usize, String)> = Vec::new();
    for page in input::pages() {
        let page = page?;
        if page.html.len() < SMALL {
            continue;
        }
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        drop(extract(&Page::new(page.html.as_bytes(), &page.url)));
        let peak = MEMORY.peak_usage().saturating_sub(before);
        found.push((
            peak as f64 / page.html.len() as f64,
            page.html.len(),
            page.url,
        ));
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    let median = found.get(found.len() / 2).map_or(0.0, |f| f.0);
    let over = found.iter().filter(|f| f.0 > BOUND).count();
    println!(
        "{} pages, median {median:.1} times the page, {over} of them over {BOUND}",
        found.len()
    );
    for (times, bytes, url) in found.iter().rev().take(5) {
        println!("{times:.1} times {bytes} bytes: {url}");
    }
    Ok(())
}
