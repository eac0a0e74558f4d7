//! Temporary: runs the extractor over JSONL.
#![allow(clippy::all, clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, clippy::indexing_slicing)]
use std::io::BufRead;
fn main() {
    let mut spent = std::time::Duration::ZERO;
    let mut n = 0u32;
    for line in std::io::stdin().lock().lines() {
        let v: serde_json::Value = serde_json::from_str(&line.unwrap().replace(": NaN}",": null}")).unwrap();
        let t = std::time::Instant::now();
        let a = tocsin_extractor::extract(v["html"].as_str().unwrap().as_bytes(), Some("text/html; charset=utf-8"), v["url"].as_str().filter(|u| u.starts_with("http")).unwrap_or("http://page.invalid/"));
        spent += t.elapsed(); n += 1;
        match a {
            Ok(a) => println!("{}", serde_json::json!({"id": v["id"], "text": a.text, "title": a.title, "byline": a.byline, "published": a.published.map(|p| p.to_string()), "precision": a.published_precision})),
            Err(e) => println!("{}", serde_json::json!({"id": v["id"], "error": e.to_string()})),
        }
    }
    eprintln!("{n} pages, {:.2} ms/page", spent.as_secs_f64()*1000.0/n as f64);
}
