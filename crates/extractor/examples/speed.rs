//! How long pages take, beside what their bare parsing takes.
//!
//! `zcat pages.jsonl.gz | cargo run --release -p tocsin-extractor --example speed`, one object a line with `html`
//! and `url`. One core. Prints the median and the mean of milliseconds a page.

#![expect(clippy::print_stdout, reason = "its figures are what it is run for")]

mod input;

use anyhow::Result;
use std::hint::black_box;
use std::time::Instant;

/// The program's own allocator, so that the figures are the program's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<()> {
    let (mut parsing, mut whole, mut bytes) = (Vec::new(), Vec::new(), 0);
    for page in input::pages() {
        let page = page?;
        bytes += page.html.len();
        parsing.push(timed(|| {
            drop(black_box(scraper::Html::parse_document(&page.html)))
        }));
        whole.push(timed(|| {
            drop(black_box(tocsin_extractor::extract(
                &tocsin_extractor::Page::new(page.html.as_bytes(), &page.url),
            )))
        }));
    }
    println!(
        "{} pages, {} kB each",
        whole.len(),
        bytes / 1_000 / whole.len().max(1)
    );
    print("parsing alone", &mut parsing);
    print("everything", &mut whole);
    Ok(())
}

fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1_000.0
}

fn print(what: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    let mean = times.iter().sum::<f64>() / f64::from(u32::try_from(times.len()).unwrap_or(1));
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    println!("{what}: median {median:.2} ms, mean {mean:.2} ms");
}
