//! The live display of a pass, on a terminal only.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tocsin_core::SourceId;
use tocsin_pipeline::{Progress, Stage};

/// A bar over the sources, with pages, stories and their rate.
pub(crate) struct Live {
    bar: ProgressBar,
    begun: Instant,
    pages: AtomicUsize,
    stories: AtomicUsize,
    relevant: AtomicUsize,
}

impl Live {
    /// Shown only where `wanted` and standard error is a terminal.
    pub(crate) fn new(wanted: bool) -> Self {
        let bar = if wanted && std::io::stderr().is_terminal() {
            ProgressBar::new(0)
        } else {
            ProgressBar::hidden()
        };
        bar.enable_steady_tick(Duration::from_millis(120));
        Self {
            bar,
            begun: Instant::now(),
            pages: AtomicUsize::new(0),
            stories: AtomicUsize::new(0),
            relevant: AtomicUsize::new(0),
        }
    }

    /// Takes the display away.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    fn counts(&self) {
        let pages = self.pages.load(Ordering::Relaxed);
        #[expect(clippy::cast_precision_loss, reason = "a rate for the eye")]
        let rate = pages as f64 / self.begun.elapsed().as_secs_f64().max(0.1);
        self.bar.set_message(format!(
            "{pages} pages, {} stories, {} relevant, {rate:.1} pages/s",
            self.stories.load(Ordering::Relaxed),
            self.relevant.load(Ordering::Relaxed),
        ));
    }
}

/// A sign of life while something takes long.
pub(crate) struct Spinner(ProgressBar);

impl Spinner {
    /// Shown only where `wanted` and standard error is a terminal.
    pub(crate) fn new(wanted: bool, message: String) -> Self {
        let bar = if wanted && std::io::stderr().is_terminal() {
            ProgressBar::new_spinner()
        } else {
            ProgressBar::hidden()
        };
        bar.set_message(message);
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(bar)
    }

    /// Takes the display away.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Live {
    fn stage(&self, stage: Stage, things: usize) {
        let template = match stage {
            Stage::Poll => "{spinner} reading  {bar:24} {pos}/{len} sources  {msg}",
            Stage::Group => "{spinner} grouping {len} stories  {msg}",
            Stage::Deliver => "{spinner} sending  {len} mails  {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_position(0);
        self.bar.set_length(things as u64);
    }

    fn source_done(&self, _: &SourceId) {
        self.bar.inc(1);
    }

    fn page(&self) {
        self.pages.fetch_add(1, Ordering::Relaxed);
        self.counts();
    }

    fn story(&self, relevant: bool) {
        self.stories.fetch_add(1, Ordering::Relaxed);
        self.relevant
            .fetch_add(usize::from(relevant), Ordering::Relaxed);
        self.counts();
    }
}
