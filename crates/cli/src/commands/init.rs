//! `init`: an editable copy of the default config.

use crate::Ended;
use crate::args::{Global, Init};
use crate::installation;
use crate::output::{GOOD, Output};
use anyhow::{Context, Result};
use tocsin_pipeline::config::DEFAULTS;

pub(super) fn init(global: &Global, args: &Init, out: &mut Output) -> Result<Ended> {
    let dir = installation::config_dir(global)?;
    std::fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    for (name, text) in DEFAULTS {
        let path = dir.join(name);
        if path.exists() && !args.force {
            out.note(format!("kept    {} (--force replaces it)", path.display()));
            continue;
        }
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        out.note(format!("{GOOD}written{GOOD:#} {}", path.display()));
    }
    out.note(format!(
        "\nNext:\n  1. set `contact` in {}\n  2. tocsin doctor\n  3. tocsin run",
        dir.join("tocsin.toml").display()
    ));
    Ok(Ended::Done)
}
