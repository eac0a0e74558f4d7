//! A file or standard input, bounded.

use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Most bytes that are read: more than any page, feed or text that a run would take.
const MAX: u64 = 64 << 20;

/// Reads the file, or standard input without one.
pub(super) fn read(file: Option<&Path>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let name = file.map_or("standard input".to_owned(), |f| f.display().to_string());
    let read = match file {
        Some(path) => File::open(path).and_then(|f| f.take(MAX + 1).read_to_end(&mut bytes)),
        None => std::io::stdin()
            .lock()
            .take(MAX + 1)
            .read_to_end(&mut bytes),
    };
    read.with_context(|| format!("{name} cannot be read"))?;
    if bytes.len() as u64 > MAX {
        bail!("{name} is longer than {MAX} bytes");
    }
    Ok(bytes)
}

/// The same as text; bytes that are no UTF-8 become replacement characters.
pub(super) fn read_text(file: Option<&Path>) -> Result<String> {
    Ok(String::from_utf8_lossy(&read(file)?).into_owned())
}
