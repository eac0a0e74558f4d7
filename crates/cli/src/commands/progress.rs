//! A bar for work that takes long; on a terminal only.

use crate::args::Global;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// A bar, hidden where it is not wanted.
pub(super) fn bar(global: &Global) -> ProgressBar {
    let wanted = !global.no_progress && !global.quiet && std::io::stderr().is_terminal();
    let bar = if wanted {
        ProgressBar::new(0)
    } else {
        ProgressBar::hidden()
    };
    if let Ok(style) = ProgressStyle::with_template("{spinner} {bar:24} {pos}/{len}  {msg}") {
        bar.set_style(style);
    }
    bar
}

/// How much of how much is done of what.
pub(super) fn tell(bar: &ProgressBar, what: &'static str, done: usize, all: usize) {
    bar.set_length(all as u64);
    bar.set_position(done as u64);
    bar.set_message(what);
}
