//! Questions to a person, answered line by line on standard input.

use crate::output::{BOLD, DIM, Output};
use anyhow::Result;
use std::io::{BufRead, Lines, StdinLock};

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Yes,
    No,
    Skip,
    Stop,
}

/// The lines of standard input.
pub(super) struct Answers(Lines<StdinLock<'static>>);

impl Default for Answers {
    fn default() -> Self {
        Self(std::io::stdin().lock().lines())
    }
}

impl Answers {
    /// Asks, and waits for a line. The end of input is as good as "stop": what was answered is kept.
    pub(super) fn ask(&mut self, what: &str, out: &mut Output) -> Result<Said> {
        out.line(format!(
            "{BOLD}{what}?{BOLD:#} {DIM}y yes, n no, Enter skip, q stop{DIM:#}"
        ))?;
        out.flush()?;
        let line = self.0.next().transpose()?;
        Ok(match line.as_deref().unwrap_or("q").trim() {
            "y" | "yes" => Said::Yes,
            "n" | "no" => Said::No,
            "q" | "quit" => Said::Stop,
            _ => Said::Skip,
        })
    }
}
