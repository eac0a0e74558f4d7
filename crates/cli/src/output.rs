//! What reaches the user: results on standard output, everything else on standard error.

use crate::args::Global;
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::io::{self, BufWriter, IsTerminal, Write};

/// Headings and titles.
pub(crate) const BOLD: Style = Style::new().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();
/// Tags.
pub(crate) const TAG: Style = AnsiColor::Cyan.on_default();
/// What went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What needs a look.
pub(crate) const BAD: Style = AnsiColor::Yellow.on_default();
const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Standard output, and the form that the user asked for. Colour is stripped where it is not wanted
/// (no terminal, `NO_COLOR`).
pub(crate) struct Output {
    out: BufWriter<anstream::Stdout>,
    /// Results as JSON.
    pub(crate) json: bool,
    /// Results only.
    pub(crate) quiet: bool,
}

impl Output {
    /// In the form of the global options.
    pub(crate) fn new(global: &Global) -> Self {
        Self {
            out: BufWriter::new(anstream::stdout()),
            json: global.json,
            quiet: global.quiet,
        }
    }

    /// One line of a result.
    pub(crate) fn line(&mut self, line: impl std::fmt::Display) -> anyhow::Result<()> {
        Ok(writeln!(self.out, "{line}")?)
    }

    /// One thing as one line of JSON.
    pub(crate) fn json_line(&mut self, thing: &impl Serialize) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.out, thing)?;
        self.line("")
    }

    /// A line beside the result, on standard error; nothing with `--quiet`.
    pub(crate) fn note(&self, line: impl std::fmt::Display) {
        if !self.quiet {
            // Standard error may be closed; there is nobody to tell.
            let _ = writeln!(anstream::stderr(), "{line}");
        }
    }

    /// Hands over what is buffered.
    pub(crate) fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.out.flush()?)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Prints an error and its causes, each once.
pub(crate) fn complain(error: &anyhow::Error) {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    let _ = writeln!(anstream::stderr(), "{ERROR}error:{ERROR:#} {text}");
}

/// Whether the reader of our output went away (`tocsin query … | head`): no failure.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|e| e.io_error_kind() == Some(io::ErrorKind::BrokenPipe))
    })
}

/// Whether log lines may bear colour.
pub(crate) fn color_on_stderr() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// `n thing` or `n things`.
pub(crate) fn counted(n: usize, thing: &str) -> String {
    match (n, thing.strip_suffix('y')) {
        (1, _) => format!("1 {thing}"),
        (_, Some(stem)) if !thing.ends_with("ay") => format!("{n} {stem}ies"),
        _ => format!("{n} {thing}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals() {
        assert_eq!(counted(1, "story"), "1 story");
        assert_eq!(counted(2, "story"), "2 stories");
        assert_eq!(counted(0, "mail"), "0 mails");
    }
}
