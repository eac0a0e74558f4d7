//! A process is killed in the middle of its writing, or its disk is full; what it was told is kept
//! has to be there.

use crate::fixture::{at, event, grouped, mail, mail_id, story_id};
use crate::{Change, SledStore, Store};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Tells the child where its store is.
const DIR: &str = "TOCSIN_STORE_CRASH_DIR";
/// How often the child is killed.
const ROUNDS: usize = 12;
/// Stories in a batch.
const STORIES: usize = 7;

/// A batch of stories that belong to one event, with the mail about it. Long enough that the engine
/// writes to the disk in the middle of it.
fn batch(n: usize) -> Vec<Change> {
    let members: Vec<usize> = (n * STORIES..(n + 1) * STORIES).collect();
    let second = n as i64;
    let stories = members.iter().map(|s| {
        let mut story = grouped(*s, second);
        story.event = Some(event(n * STORIES, second, &[]).id);
        story.article.text = "Some words of a longer story. ".repeat(3_000);
        Change::PutStory(story)
    });
    let mut changes: Vec<Change> = stories.collect();
    changes.push(Change::PutEvent(event(n * STORIES, second, &members)));
    changes.push(Change::Enqueue(mail(n, second)));
    if n % 2 == 1 {
        changes.push(Change::Delivered {
            message_id: mail_id(n - 1),
            at: at(second),
        });
    }
    changes
}

/// How many of a batch's stories are there.
fn kept(store: &dyn Store, n: usize) -> usize {
    let stories = n * STORIES..(n + 1) * STORIES;
    stories
        .filter(|s| store.story(&story_id(*s)).unwrap().is_some())
        .count()
}

/// Not a test of its own: the process that is killed. It tells each batch that was acknowledged.
#[test]
fn child_that_writes_until_it_is_killed() {
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let store = SledStore::open(Path::new(&dir)).unwrap();
    let done = (0..).find(|n| kept(&store, *n) == 0).unwrap();
    for n in done.. {
        match store.commit(&batch(n)) {
            Ok(()) => println!("\nkept {n}"),
            Err(error) => return println!("\nfailed: {error}"),
        }
    }
}

/// The child, started by a command that runs this program with the arguments after its own.
fn child(mut command: Command, dir: &Path) -> Command {
    command
        .args([
            "--exact",
            "crash::child_that_writes_until_it_is_killed",
            "--nocapture",
        ])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    command
}

/// Lets a child write until it has acknowledged some batches, then kills it within the next one,
/// after this share (of 256) of the time that the last one took; the last acknowledged batch.
fn write_and_kill(dir: &Path, batches: usize, share: u32) -> usize {
    let mut child = child(Command::new(std::env::current_exe().unwrap()), dir)
        .spawn()
        .unwrap();
    let mut acknowledged = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("kept ")?.parse().ok());
    let before: Option<usize> = acknowledged.nth(batches);
    let begun = Instant::now();
    let last = acknowledged.next();
    let until = Instant::now() + begun.elapsed() * share / 256;
    while Instant::now() < until {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    before.and(last).expect("the child ended by itself")
}

#[test]
fn what_was_acknowledged_outlives_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let mut seed = 20_260_302_u64;
    for round in 0..ROUNDS {
        // A linear congruential step with the constants of Knuth's MMIX: each round is killed at
        // another place, each run at the same.
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let [batches, share, ..] = seed.to_be_bytes();
        let last = write_and_kill(dir.path(), usize::from(batches % 4), share.into());
        let store = SledStore::open(dir.path()).unwrap();
        assert_kept(&store, last, round);
    }
}

/// All batches up to the last one are there, the one after it is there or not, nothing is in part.
fn assert_kept(store: &SledStore, last: usize, round: usize) {
    for n in 0..=last {
        let what = format!("round {round}: acknowledged batch {n}");
        assert_eq!(kept(store, n), STORIES, "{what}");
        assert!(store.is_known_mail(&mail_id(n)).unwrap(), "{what}");
    }
    let next = kept(store, last + 1);
    assert!(
        [0, STORIES].contains(&next),
        "round {round}: {next} stories of a batch"
    );
    let report = store.verify().unwrap();
    assert!(report.is_sound(), "round {round}: {:?}", report.problems);
}

/// The system's limit on a file's size stands in for a disk that is full: a write beyond it fails.
#[cfg(unix)]
#[test]
fn a_full_disk_is_told_and_loses_nothing_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' XFSZ; ulimit -f 6000; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap());
    let output = child(shell, dir.path()).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let last = told
        .lines()
        .filter_map(|l| l.strip_prefix("kept "))
        .next_back();
    let last = last.expect("some batches have room").parse().unwrap();
    let failure = format!("failed: the data directory {}", dir.path().display());
    assert!(told.contains(&failure), "{told}");
    assert!(told.contains("free space"), "{told}");

    let store = SledStore::open(dir.path()).unwrap();
    assert_kept(&store, last, 0);
    store.commit(&batch(last + 1)).unwrap();
    assert_kept(&store, last + 1, 0);
}
