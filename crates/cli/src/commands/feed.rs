//! `feed parse`: a feed to its entries.

use super::input;
use crate::Ended;
use crate::args::FeedParse;
use crate::batch;
use crate::output::Output;
use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use tocsin_crawler::feed;

/// One line of the filter's input.
#[derive(Deserialize)]
struct Line {
    bytes_b64: String,
    #[serde(default)]
    content_type: Option<String>,
    #[serde(default)]
    url: Option<String>,
}

pub(super) fn parse(args: &FeedParse, out: &mut Output) -> Result<Ended> {
    if args.batch {
        batch::parallel(|line: Line| {
            let bytes = BASE64
                .decode(&line.bytes_b64)
                .map_err(|e| format!("bytes_b64: {e}"))?;
            let url = line
                .url
                .as_deref()
                .filter(|u| !u.is_empty())
                .unwrap_or("http://feed.invalid/");
            batch::object(feed::parse(&bytes, line.content_type.as_deref(), url))
        })?;
        return Ok(Ended::Done);
    }
    let bytes = input::read(args.file.as_deref())?;
    let document = feed::parse(&bytes, args.content_type.as_deref(), &args.url);
    out.json_line(&document)?;
    Ok(if document.error.is_some() {
        Ended::WithFindings
    } else {
        Ended::Done
    })
}
