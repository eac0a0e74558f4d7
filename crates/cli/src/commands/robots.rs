//! `robots check`: may a robot fetch an address?

use super::input;
use crate::Ended;
use crate::args::RobotsCheck;
use crate::batch;
use crate::output::Output;
use anyhow::Result;
use serde::Deserialize;
use serde_json::json;
use tocsin_crawler::RobotsTxt;

/// One line of the filter's input.
#[derive(Deserialize)]
struct Line {
    robots: String,
    agent: String,
    url: String,
}

pub(super) fn check(args: &RobotsCheck, out: &mut Output) -> Result<Ended> {
    if args.batch {
        batch::parallel(|line: Line| {
            let robots = RobotsTxt::parse(line.robots.as_bytes());
            batch::object(json!({ "allowed": robots.allowed(&line.agent, &line.url) }))
        })?;
        return Ok(Ended::Done);
    }
    let robots = RobotsTxt::parse(&input::read(args.file.as_deref())?);
    let url = args.url.as_deref().unwrap_or_default();
    let allowed = robots.allowed(&args.agent, url);
    if out.json {
        out.json_line(&json!({ "url": url, "agent": args.agent, "allowed": allowed }))?;
    } else {
        out.line(format!(
            "{} {url} for {}",
            if allowed { "allowed" } else { "disallowed" },
            args.agent
        ))?;
    }
    Ok(if allowed {
        Ended::Done
    } else {
        Ended::WithFindings
    })
}
