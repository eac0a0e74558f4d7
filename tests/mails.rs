//! The mails that the program writes: read by a strict parser, and shown by a real browser on a phone's and
//! a desk's width.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::panic,
    reason = "a test fails by panicking, and says what it left out"
)]

mod program;
#[path = "program/strict.rs"]
mod strict;

use program::Program;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use strict::Mail;
use tocsin_core::text::escape_html;

/// CSS pixels of a phone, and of a window on a desk.
const WIDTHS: [u64; 2] = [390, 1_280];
/// Smaller letters are a strain on a phone.
const SMALLEST: f64 = 14.0;

/// Rules of every kind, so that every kind of mail is seen.
const RULES: &str = "[[rule]]\nname = \"each\"\nquery = \"\"\nwhen = \"every-story\"\nto = [\"file:mail\"]\n\
    [[rule]]\nname = \"new\"\nquery = \"\"\nwhen = \"new-event\"\nto = [\"file:mail\"]\n\
    [[rule]]\nname = \"morning\"\nquery = \"\"\nwhen = \"daily 08:00 Europe/Brussels\"\nto = [\"file:mail\"]\n\
    send_empty = true\n";

/// Stories that are hard to show.
const ODD: [&str; 4] = [
    "DonaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftKIVerordnungsausschuss \
     berät über künstliche Intelligenz",
    "وزارة التجارة تقيد تصدير رقائق الذكاء الاصطناعي إلى الشركات الأجنبية",
    "<b>AI Act</b> & \"quotes\": ministry publishes rule on artificial intelligence =?utf-8?q?=0D=0A?=",
    "商务部发布人工智能芯片出口管制新规，要求企业报告算力用途并接受检查",
];

fn read(mails: &[(String, Vec<u8>)]) -> Vec<Mail> {
    let read = mails.iter().map(|(name, bytes)| {
        strict::parse(bytes)
            .unwrap_or_else(|e| panic!("{name}: {e}\n{}", String::from_utf8_lossy(bytes)))
    });
    read.collect()
}

/// The sample world's mails of two days, and mails of every kind about odd stories.
fn all_mails() -> Vec<Mail> {
    let sample = Program::new();
    sample.ok(&["run", "--sample", "--quiet"]);
    sample.ok(&["run", "--sample", "--quiet"]);
    let mut mails = read(&sample.mails());
    assert!(mails.len() >= 8, "{} mails of the sample", mails.len());

    let desk = Program::new();
    desk.ok(&["init", "--quiet"]);
    fs::write(desk.dir.path().join(".config/tocsin/alerts.toml"), RULES).unwrap();
    for (number, title) in ODD.into_iter().enumerate() {
        let file = desk.dir.path().join(format!("{number}.txt"));
        let text = "The ministry published a regulation on artificial intelligence and chips.";
        fs::write(&file, format!("{title}\n\n{title}\n\n{text}\n")).unwrap();
        desk.ok(&["ingest", file.to_str().unwrap(), "--quiet"]);
    }
    for event in desk.json(&["events", "--json"]) {
        let id = event["id"].as_str().unwrap();
        desk.ok(&["note", id, "Our view: <wait> & see 等等看."]);
    }
    desk.ok(&["alerts", "send-digest", "--rule", "morning"]);
    let odd = read(&desk.mails());
    let digest = odd
        .iter()
        .find(|mail| mail.text.contains("rule \"morning\""))
        .unwrap();
    assert!(
        digest.text.contains("Our view: <wait> & see 等等看."),
        "{}",
        digest.text
    );
    assert!(odd.len() >= 6, "{} odd mails", odd.len());
    mails.extend(odd);
    mails
}

#[test]
fn mails_are_good_by_the_standards_and_in_a_browser() {
    let mails = all_mails();
    for mail in &mails {
        assert!(!mail.text.contains("<b>AI Act</b>") || mail.html.contains("&lt;b&gt;AI Act"));
        for part in [&mail.text, &mail.html] {
            assert!(part.contains("You get this by the rule"), "{part}");
        }
    }
    let Some(browser) = browser() else {
        println!("skipped: needs chromium, to show the mails");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let page = dir.path().join("mails.html");
    fs::write(&page, gallery(&mails)).unwrap();
    let measured = measure(&browser, dir.path(), &page);
    assert_eq!(measured.len(), mails.len() * WIDTHS.len());
    for one in &measured {
        let number = |key: &str| one[key].as_f64().unwrap();
        assert!(
            number("scroll") <= number("width"),
            "wider than its window: {one}"
        );
        assert!(number("height") > 100.0, "nothing is shown: {one}");
        assert!(number("letters") >= SMALLEST, "too small to read: {one}");
    }
    let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mails.png");
    screenshot(&browser, dir.path(), &page, &picture);
    assert!(fs::metadata(&picture).unwrap().len() > 50_000);
    println!("{} mails shown in {}", mails.len(), picture.display());
}

fn browser() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH")?;
    let places = std::env::split_paths(&path);
    let candidates = places.flat_map(|dir| names.map(|name| dir.join(name)));
    candidates.into_iter().find(|candidate| candidate.is_file())
}

/// All mails in windows of both widths, and a script that measures them into the page's title.
fn gallery(mails: &[Mail]) -> String {
    let mut page = String::from(
        "<!DOCTYPE html><meta charset=utf-8><title></title><body style=\"background:#ddd\">",
    );
    for mail in mails {
        for width in WIDTHS {
            let _ = write!(
                page,
                "<iframe width={width} height=50 style=\"border:0;background:#fff;vertical-align:top\" srcdoc=\"{}\"></iframe> ",
                escape_html(&mail.html)
            );
        }
    }
    page.push_str(
        "<script>onload = () => { document.title = JSON.stringify([...document.querySelectorAll('iframe')].map(f => { \
         const d = f.contentDocument, all = [...d.body.querySelectorAll('*')]; \
         const letters = Math.min(...all.map(e => parseFloat(f.contentWindow.getComputedStyle(e).fontSize))); \
         const one = {width: f.clientWidth, scroll: d.documentElement.scrollWidth, \
         height: d.body.scrollHeight, letters, title: d.body.innerText.slice(0, 60)}; \
         f.height = one.height + 40; return one })) }</script>",
    );
    page
}

fn headless(browser: &Path, dir: &Path) -> Command {
    let mut command = Command::new(browser);
    command
        .args([
            "--headless",
            "--disable-gpu",
            "--no-sandbox",
            "--hide-scrollbars",
        ])
        // Nothing of it goes out: the mails load nothing, and no name is looked up.
        .args([
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--virtual-time-budget=10000",
        ])
        .arg(format!("--user-data-dir={}", dir.join("profile").display()));
    command
}

fn measure(browser: &Path, dir: &Path, page: &Path) -> Vec<serde_json::Value> {
    let output = headless(browser, dir)
        .arg("--dump-dom")
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    let title = shown
        .split("<title>")
        .nth(1)
        .and_then(|rest| rest.split("</title>").next());
    let title = title
        .unwrap_or_default()
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    serde_json::from_str(&title.replace("&amp;", "&"))
        .unwrap_or_else(|e| panic!("{e}: {title}\n{}", String::from_utf8_lossy(&output.stderr)))
}

fn screenshot(browser: &Path, dir: &Path, page: &Path, picture: &Path) {
    let output = headless(browser, dir)
        .arg("--window-size=1760,12000")
        .arg(format!("--screenshot={}", picture.display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}
