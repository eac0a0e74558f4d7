//! scratch
use std::io::{BufRead, Write};
use tocsin_classifier::*;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let t = Taxonomy::parse("taxonomy.toml", &std::fs::read_to_string(&args[1]).unwrap()).unwrap_or_else(|e| panic!("{e}"));
    let g = Gazetteer::parse("entities.toml", &std::fs::read_to_string(&args[2]).unwrap_or_default()).unwrap_or_else(|e| panic!("{e}"));
    let c = Classifier::new(t, g);
    let feats = args.get(3).map(|s| s.as_str()) == Some("features");
    let expl = args.get(3).map(|s| s.as_str()) == Some("explain");
    let out = std::io::stdout();
    let mut out = std::io::BufWriter::new(out.lock());
    let lines: Vec<serde_json::Value> = std::io::stdin().lock().lines().map(|l| serde_json::from_str(&l.unwrap()).unwrap()).collect();
    let start = std::time::Instant::now();
    let n = lines.len();
    for v in lines {
        let s = |k: &str| v.get(k).and_then(|x| x.as_str()).unwrap_or("").to_owned();
        let (title, text, lang) = (s("title"), s("text"), v.get("lang").and_then(|x| x.as_str()).map(str::to_owned));
        let input = Input { title: &title, text: &text, lang: lang.as_deref() };
        let o = if feats {
            serde_json::json!({"id": v["id"], "f": c.features(&input)})
        } else if args.get(3).map(|s| s.as_str()) == Some("phrases") {
            serde_json::json!({"id": v["id"], "p": c.phrases(&input)})
        } else if expl {
            serde_json::json!({"id": v["id"], "e": c.explain(&input)})
        } else {
            let j = c.classify(&input);
            serde_json::json!({"id": v["id"], "relevant": j.relevant, "relevance": j.relevance, "tags": j.tags, "review": j.review, "scores": j.scores, "entities": j.entities, "language": j.language})
        };
        writeln!(out, "{o}").unwrap();
    }
    eprintln!("{n} stories in {:?}", start.elapsed());
}
