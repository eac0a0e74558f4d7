//! `extract`: a page to an article.

use super::input;
use crate::Ended;
use crate::args::{Extract, Global, UNKNOWN_PAGE};
use crate::batch;
use crate::installation;
use crate::output::Output;
use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::{Map, Value};
use tocsin_core::Timestamp;
use tocsin_core::text::shorten;
use tocsin_extractor::{Explained, Page, Publishers};

/// Characters of a block that are shown.
const START: usize = 80;

/// One line of the filter's input: the page as text, or as bytes.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    html: Option<String>,
    #[serde(default)]
    html_b64: Option<String>,
    #[serde(default)]
    content_type: Option<String>,
    /// When the page was read. Without it any date is believed: the answer must not hang on when the filter runs.
    #[serde(default)]
    read_at: Option<Timestamp>,
}

pub(super) fn extract(global: &Global, args: &Extract, out: &mut Output) -> Result<Ended> {
    let publishers = if args.no_rules {
        Publishers::default()
    } else {
        installation::config(global)?.publishers()?
    };
    if args.batch {
        batch::parallel(|line: Line| {
            let url = line
                .url
                .as_deref()
                .filter(|u| tocsin_core::canonical_url(u).is_some())
                .unwrap_or(UNKNOWN_PAGE);
            let (bytes, content_type) = match (line.html, line.html_b64) {
                // Text was decoded by whoever wrote the line; what its <meta> says is past.
                (Some(html), _) => (html.into_bytes(), Some("text/html; charset=utf-8")),
                (None, Some(b64)) => {
                    let bytes = BASE64.decode(b64).map_err(|e| format!("html_b64: {e}"))?;
                    (bytes, line.content_type.as_deref())
                }
                (None, None) => return Err("neither html nor html_b64".to_owned()),
            };
            answer(&Page {
                body: &bytes,
                content_type,
                url,
                read_at: line.read_at,
                publishers: &publishers,
            })
        })?;
        return Ok(Ended::Done);
    }
    let bytes = input::read(args.file.as_deref())?;
    let page = Page {
        body: &bytes,
        content_type: None,
        url: &args.url,
        read_at: Some(Timestamp::now()),
        publishers: &publishers,
    };
    if args.explain {
        return explain(&tocsin_extractor::explain(&page)?, out);
    }
    out.json_line(&tocsin_extractor::extract(&page)?)?;
    Ok(Ended::Done)
}

/// The article; of a page without one why, and what it says of one to programs.
fn answer(page: &Page<'_>) -> Result<Map<String, Value>, String> {
    let why = match tocsin_extractor::extract(page) {
        Ok(article) => return batch::object(article),
        Err(error) => error.to_string(),
    };
    let Some(article) = tocsin_extractor::declared(page) else {
        return Err(why);
    };
    let mut answer = batch::object(article)?;
    answer.insert("error".to_owned(), Value::from(why));
    Ok(answer)
}

/// One claim or block a line, a plus where it was believed or taken: where it stands, and how it begins.
fn explain(page: &Explained, out: &mut Output) -> Result<Ended> {
    if out.json {
        return out.json_line(page).map(|()| Ended::Done);
    }
    let mark = |is_taken| if is_taken { '+' } else { ' ' };
    if let Some(site) = &page.rule {
        out.line(format_args!("rule for {site} in publishers.toml"))?;
    }
    for claim in &page.claims {
        let (mark, value) = (mark(claim.believed), shorten(&claim.value, START));
        out.line(format_args!(
            "{:<6} {mark} {}: {value}",
            claim.what, claim.place
        ))?;
    }
    for block in &page.blocks {
        let (mark, start) = (mark(block.taken), shorten(&block.text, START));
        out.line(format_args!(
            "{:.2}   {mark} {}: {start}",
            block.chance, block.path
        ))?;
    }
    Ok(Ended::Done)
}
