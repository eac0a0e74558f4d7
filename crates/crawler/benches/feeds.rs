//! How fast feeds are read, beside feed-rs alone and, where it can be had, Python's feedparser.
//!
//! `cargo bench -p tocsin-crawler --bench feeds [-- CASES.jsonl]`: made-up well-formed feeds, and a
//! file of lines `{"bytes_b64","content_type","url"}` where one is given. Ratios of one run count;
//! the times alone are the machine's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;
use tocsin_crawler::feed;

/// One feed to read.
#[derive(Serialize, Deserialize)]
struct Case {
    bytes_b64: String,
    content_type: Option<String>,
    url: Option<String>,
    #[serde(skip)]
    bytes: Vec<u8>,
}

/// Runs of each reader; the fastest counts.
const RUNS: usize = 7;

fn main() -> anyhow::Result<()> {
    // A peer that panics is not to be charged for the report of it.
    std::panic::set_hook(Box::new(|_| {}));
    let made_up = vec![
        Case::of(rss(40).into_bytes()),
        Case::of(atom(30).into_bytes()),
        Case::of(headlines(100).into_bytes()),
    ];
    compare("made-up well-formed feeds", &made_up)?;
    for (name, case) in [
        "rss with whole texts",
        "atom with whole texts",
        "rss with headlines",
    ]
    .iter()
    .zip(&made_up)
    {
        compare(name, std::slice::from_ref(case))?;
    }
    for path in std::env::args().skip(1).filter(|a| !a.starts_with("--")) {
        let text = std::fs::read_to_string(&path)?;
        let cases: Result<Vec<Case>, _> = text.lines().map(Case::read).collect();
        let cases = cases?;
        compare(&path, &cases)?;
        let whole: Vec<Case> = cases.into_iter().filter(feed_rs_reads).collect();
        compare(&format!("{path}, what feed-rs reads"), &whole)?;
    }
    Ok(())
}

impl Case {
    fn of(bytes: Vec<u8>) -> Self {
        Self {
            bytes_b64: STANDARD.encode(&bytes),
            content_type: None,
            url: None,
            bytes,
        }
    }

    fn read(line: &str) -> anyhow::Result<Self> {
        let mut case: Self = serde_json::from_str(line)?;
        case.bytes = STANDARD.decode(&case.bytes_b64)?;
        Ok(case)
    }
}

fn feed_rs_reads(case: &Case) -> bool {
    let read = || feed_rs::parser::parse(case.bytes.as_slice()).is_ok();
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).unwrap_or(false)
}

#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
fn compare(name: &str, cases: &[Case]) -> anyhow::Result<()> {
    let bytes: usize = cases.iter().map(|case| case.bytes.len()).sum();
    let ours = fastest(cases, |case| {
        let url = case.url.as_deref().unwrap_or("https://feed.example/");
        black_box(feed::parse(&case.bytes, case.content_type.as_deref(), url));
    });
    let peer = fastest(cases, |case| {
        black_box(feed_rs_reads(case));
    });
    println!("{name}: {} feeds, {bytes} bytes", cases.len());
    println!(
        "  tocsin      {:>9.3} ms  {:>6.0} MB/s",
        ours * 1e3,
        bytes as f64 / ours / 1e6
    );
    println!(
        "  feed-rs     {:>9.3} ms  tocsin takes {:.2} times as long",
        peer * 1e3,
        ours / peer
    );
    match feedparser(cases)? {
        Some(python) => println!(
            "  feedparser  {:>9.3} ms  tocsin is {:.1} times as fast",
            python * 1e3,
            python / ours
        ),
        None => println!("  feedparser  skipped: no Python with feedparser in PYTHON or python3"),
    }
    Ok(())
}

/// Seconds of the fastest run.
fn fastest(cases: &[Case], read: impl Fn(&Case)) -> f64 {
    let runs = (0..RUNS).map(|_| {
        let start = Instant::now();
        cases.iter().for_each(&read);
        start.elapsed().as_secs_f64()
    });
    runs.fold(f64::INFINITY, f64::min)
}

/// The same by Python's feedparser: seconds of its fastest run, start and decoding left out.
fn feedparser(cases: &[Case]) -> anyhow::Result<Option<f64>> {
    const PROGRAM: &str = "
import base64, json, sys, time
try:
    import feedparser
except ImportError:
    sys.exit()
cases = [json.loads(line) for line in sys.stdin]
cases = [(base64.b64decode(c['bytes_b64']), {'content-type': c['content_type'] or 'application/xml', 'content-location': c['url'] or ''}) for c in cases]
best = 1e9
for _ in range(3):
    start = time.perf_counter()
    for body, headers in cases:
        try:
            feedparser.parse(body, response_headers=headers)
        except Exception:
            pass
    best = min(best, time.perf_counter() - start)
print(best)
";
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let spawned = Command::new(python)
        .args(["-c", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = spawned else {
        return Ok(None);
    };
    if let Some(mut input) = child.stdin.take() {
        for case in cases {
            // A Python without feedparser ends at once and takes no input.
            if writeln!(input, "{}", serde_json::to_string(case)?).is_err() {
                break;
            }
        }
    }
    let output = child.wait_with_output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse().ok())
}

const PARAGRAPH: &str = "The ministry said on Monday that makers of general models have to file a summary of what \
    they were trained on, and that <a href=\"https://rules.example/act?part=3&amp;page=2\">the act</a> leaves them \
    <em>twelve months</em> for it. Two thirds of the firms asked for more time; \u{201c}we hear them,\u{201d} the minister said.";

fn content(number: usize) -> String {
    let paragraphs = format!("<p>{PARAGRAPH}</p>\n").repeat(6);
    format!(
        "<p><img src=\"https://img.example/{number}.jpg\" alt=\"A hall\" width=\"640\" height=\"360\"/></p>{paragraphs}\
         <ul><li>First point of {number}</li><li>Second point</li></ul><h3>What is next</h3><p>A vote in May.<br/>More soon.</p>"
    )
}

fn rss(items: usize) -> String {
    let item = |n: usize| {
        format!(
            "<item><title>Chip rule {n}: ministry &amp; makers agree</title><link>https://news.example/2026/10/{n}/</link>\
             <dc:creator><![CDATA[Ada Bell]]></dc:creator><pubDate>Mon, 05 Oct 2026 08:{:02}:00 +0000</pubDate>\
             <category><![CDATA[Policy]]></category><category><![CDATA[Chips]]></category>\
             <guid isPermaLink=\"false\">https://news.example/?p={n}</guid>\
             <description><![CDATA[The ministry said on Monday that makers have to file a summary. [&#8230;]]]></description>\
             <content:encoded><![CDATA[{}]]></content:encoded></item>\n",
            n % 60,
            content(n)
        )
    };
    let items: String = (0..items).map(item).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>News</title>\
         <atom:link href=\"https://news.example/feed/\" rel=\"self\" type=\"application/rss+xml\"/><link>https://news.example</link>\
         <description>All news</description><language>en-US</language>{items}</channel></rss>"
    )
}

fn atom(entries: usize) -> String {
    let entry = |n: usize| {
        let escaped = content(n).replace('&', "&amp;").replace('<', "&lt;");
        format!(
            "<entry><title type=\"html\">Chip rule {n}</title><id>tag:lab.example,2026:{n}</id><link href=\"https://lab.example/{n}\"/>\
             <published>2026-10-05T08:{:02}:00Z</published><updated>2026-10-05T09:00:00+02:00</updated>\
             <author><name>Ada Bell</name></author><category term=\"policy\"/><summary>What the rule says</summary>\
             <content type=\"html\">{escaped}</content></entry>\n",
            n % 60
        )
    };
    let entries: String = (0..entries).map(entry).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Lab</title>\
         <id>https://lab.example/</id><link href=\"https://lab.example/\"/><updated>2026-10-05T09:00:00Z</updated>{entries}</feed>"
    )
}

fn headlines(items: usize) -> String {
    let item = |n: usize| {
        format!(
            "<item><title>Chip rule {n}: ministry and makers agree on a date</title><link>https://press.example/{n}</link>\
             <description>Makers of general models have to file a summary of what they were trained on, the ministry said.</description>\
             <pubDate>Mon, 05 Oct 2026 08:{:02}:00 GMT</pubDate><guid>https://press.example/{n}</guid></item>\n",
            n % 60
        )
    };
    let items: String = (0..items).map(item).collect();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Press</title><link>https://press.example</link>\
         <description>Press</description>{items}</channel></rss>"
    )
}
