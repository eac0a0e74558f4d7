//! Files that are written whole or not at all.

use anyhow::{Context, Result};
use std::path::Path;

/// Writes a file beside its final name first, so that a kill leaves the old one whole. Gives its size.
pub(super) fn write(file: &Path, bytes: &[u8]) -> Result<usize> {
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    std::fs::write(&part, bytes)
        .and_then(|()| std::fs::rename(&part, file))
        .with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(bytes.len())
}
