//! SIGKILL at random instants of `run --sample`: the next run ends in the same store and the same
//! mails as an undisturbed one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod program;

use program::Program;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Everything that a reader can see: stories, events, mails, the sources' health.
fn seen(program: &Program) -> (Vec<String>, Vec<(String, Vec<u8>)>) {
    let mut shown = Vec::new();
    for args in [
        &["query", "", "--json"][..],
        &["events", "--json"],
        &["sources", "list", "--json"],
    ] {
        shown.extend(program.ok(args).lines().map(str::to_owned));
    }
    (shown, program.mails())
}

#[test]
fn a_killed_pass_ends_like_an_undisturbed_one() {
    let kills: u32 = std::env::var("TOCSIN_KILLS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(4);
    let calm = Program::new();
    let begun = Instant::now();
    calm.ok(&["run", "--sample"]);
    let whole = begun.elapsed();
    let expected = seen(&calm);
    assert!(!expected.0.is_empty() && !expected.1.is_empty());
    let mut reached = 0;
    for n in 0..kills {
        // Spread over the run; the fraction steps by the golden ratio so that no two are alike.
        let fraction = (0.05 + f64::from(n) * 0.618_034).fract();
        reached += u32::from(killed_after(whole.mul_f64(fraction), &expected));
    }
    assert!(reached > 0, "no kill came before the end");
}

/// Kills a first run after this time, runs again, compares. True if the kill came in time.
fn killed_after(time: Duration, expected: &(Vec<String>, Vec<(String, Vec<u8>)>)) -> bool {
    let program = Program::new();
    let mut child = program
        .command(&["run", "--sample"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + time;
    while Instant::now() < deadline && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    // A process that had ended by itself keeps its own status.
    let in_time = !child.wait().unwrap().success();
    if in_time {
        program.ok(&["run", "--sample"]);
    }
    let after = seen(&program);
    assert_eq!(after.0, expected.0, "store after a kill at {time:?}");
    assert_eq!(after.1, expected.1, "mails after a kill at {time:?}");
    in_time
}
