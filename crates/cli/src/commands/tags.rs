//! `tags list`: the taxonomy.

use crate::Ended;
use crate::args::Global;
use crate::installation;
use crate::output::{Output, TAG};
use anyhow::Result;
use serde_json::json;

pub(super) fn list(global: &Global, out: &mut Output) -> Result<Ended> {
    for (name, description) in installation::config(global)?.taxonomy()?.tags() {
        if out.json {
            out.json_line(&json!({ "name": name, "description": description }))?;
        } else {
            out.line(format!("{TAG}{name:<24}{TAG:#} {description}"))?;
        }
    }
    Ok(Ended::Done)
}
