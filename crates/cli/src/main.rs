//! The `tocsin` program: arguments in, results out, nothing else.
//!
//! Every command is one file in `commands`. A command returns how it ended; only this file turns
//! that into words on standard error and an exit status.

mod args;
mod batch;
mod commands;
mod installation;
mod output;
mod progress;

use anyhow::Error;
use args::{Cli, Global, LogFormat};
use clap::Parser;
use output::Output;
use std::process::ExitCode;
use tocsin_core::ConfigError;
use tracing_subscriber::EnvFilter;

/// Tagging and extraction make many small things that live for one story: a tenth faster than with the
/// system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How a command that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// As asked.
    Done,
    /// As asked, but something was found that a script should notice.
    WithFindings,
    /// Done, but no source could be reached.
    NothingReached,
}

/// What was asked for does not make sense: exit status 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_logging(&cli.global);
    let mut output = Output::new(&cli.global);
    match commands::dispatch(&cli, &mut output).and_then(|ended| output.flush().map(|()| ended)) {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::WithFindings) => ExitCode::from(1),
        Ok(Ended::NothingReached) => ExitCode::from(3),
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            ExitCode::from(status(&error))
        }
    }
}

fn status(error: &Error) -> u8 {
    if error.is::<ConfigError>() || error.is::<Usage>() {
        2
    } else {
        1
    }
}

fn start_logging(global: &Global) {
    let level = match global.verbose {
        // What is wrong with the config is said in any case.
        0 => "error,tocsin_pipeline::config=warn",
        1 => "warn,tocsin=info",
        _ => "info,tocsin=debug",
    };
    // Our crates are named tocsin_…, which the target prefix `tocsin` covers.
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(level))
        .with_writer(std::io::stderr)
        .with_ansi(output::color_on_stderr());
    match global.log_format {
        LogFormat::Text => builder.with_target(false).init(),
        LogFormat::Json => builder.json().flatten_event(true).init(),
    }
}
