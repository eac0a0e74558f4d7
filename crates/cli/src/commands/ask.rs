//! Questions to a person, answered line by line on standard input.

use crate::output::{BOLD, DIM, Output};
use anyhow::Result;
use std::io::{BufRead, Read, StdinLock};

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Yes,
    No,
    Skip,
    Stop,
}

/// Longest answer that is read, in bytes.
const MAX_ANSWER: u64 = 1 << 12;

/// The lines of standard input.
pub(super) struct Answers(StdinLock<'static>);

impl Default for Answers {
    fn default() -> Self {
        Self(std::io::stdin().lock())
    }
}

impl Answers {
    /// Asks, and waits for a line. The end of input is as good as "stop": what was answered is kept.
    pub(super) fn ask(&mut self, what: &str, out: &mut Output) -> Result<Said> {
        out.line(format!(
            "{BOLD}{what}?{BOLD:#} {DIM}y yes, n no, Enter skip, q stop{DIM:#}"
        ))?;
        out.flush()?;
        let mut line = String::new();
        let read = self.0.by_ref().take(MAX_ANSWER).read_line(&mut line)?;
        Ok(match if read == 0 { "q" } else { line.trim() } {
            "y" | "yes" => Said::Yes,
            "n" | "no" => Said::No,
            "q" | "quit" => Said::Stop,
            _ => Said::Skip,
        })
    }
}
