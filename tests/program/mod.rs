//! The program under test: run in a directory of its own, its outputs kept.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// One installation: a data and a config directory of its own.
pub(crate) struct Program {
    pub(crate) dir: tempfile::TempDir,
}

#[allow(dead_code, reason = "each test file uses its part")]
impl Program {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.dir.path())
            .env("TOCSIN_DATA", self.data())
            .env("NO_COLOR", "1")
            .current_dir(self.dir.path());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs, expects success, gives standard output.
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(
            output.status.success(),
            "tocsin {args:?}\n{}",
            told(&output)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs, expects this exit status, gives standard error.
    pub(crate) fn fails(&self, args: &[&str], status: i32) -> String {
        let output = self.run(args);
        assert_eq!(
            output.status.code(),
            Some(status),
            "tocsin {args:?}\n{}",
            told(&output)
        );
        String::from_utf8(output.stderr).unwrap()
    }

    /// Standard output as JSON lines.
    pub(crate) fn json(&self, args: &[&str]) -> Vec<serde_json::Value> {
        lines(&self.ok(args))
    }

    /// Runs a filter over these bytes.
    pub(crate) fn filter(&self, args: &[&str], input: &[u8]) -> Vec<serde_json::Value> {
        lines(&self.answered(args, input))
    }

    /// Standard output of a run with these bytes on standard input.
    pub(crate) fn answered(&self, args: &[&str], input: &[u8]) -> String {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "tocsin {args:?}\n{}",
            told(&output)
        );
        writer.join().unwrap().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// The mails written so far: file name and bytes, sorted.
    pub(crate) fn mails(&self) -> Vec<(String, Vec<u8>)> {
        let Ok(folder) = std::fs::read_dir(self.data().join("mail")) else {
            return Vec::new();
        };
        let mut mails: Vec<(String, Vec<u8>)> = folder
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "eml"))
            .map(|path| {
                (
                    path.file_name().unwrap().to_string_lossy().into_owned(),
                    std::fs::read(&path).unwrap(),
                )
            })
            .collect();
        mails.sort();
        mails
    }
}

fn lines(text: &str) -> Vec<serde_json::Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn told(output: &Output) -> String {
    format!(
        "status {:?}\n--- stdout\n{}\n--- stderr\n{}",
        output.status.code(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Serves one site on a loopback port until the test process ends: `answer` writes all that follows a
/// request for a path.
#[allow(dead_code, reason = "each test file uses its part")]
pub(crate) fn serve(
    answer: fn(&mut TcpStream, SocketAddr, &str) -> std::io::Result<()>,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let talk = move |mut stream: TcpStream| {
        let mut request = BufReader::new(stream.try_clone()?);
        let mut first = String::new();
        request.read_line(&mut first)?;
        let mut line = String::new();
        while request.read_line(&mut line)? > 2 {
            line.clear();
        }
        answer(&mut stream, addr, first.split(' ').nth(1).unwrap_or("/"))
    };
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || talk(stream));
        }
    });
    addr
}

/// Writes a whole answer.
#[allow(dead_code, reason = "each test file uses its part")]
pub(crate) fn respond(stream: &mut TcpStream, status: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)
}

/// The material beside the checkout, where it is there.
#[allow(dead_code, reason = "each test file uses its part")]
pub(crate) fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    path.is_dir().then_some(path)
}
