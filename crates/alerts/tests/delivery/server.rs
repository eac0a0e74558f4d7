//! A mail server on loopback that does as it is told, conversation by conversation.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What it does with a conversation.
#[allow(dead_code, reason = "each test file uses its part")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Good,
    /// Answers a reader's address with this.
    Reader(&'static str),
    /// Answers the sender's address with this.
    Sender(&'static str),
    /// Answers user name and password with this.
    Password(&'static str),
    /// Greets with this, and ends.
    Greeting(&'static str),
    /// Says nothing at all.
    Hangs,
    /// Takes the mail and then says nothing.
    HangsAfterData,
    /// Takes the mail and hangs up without saying so.
    DropsAfterData,
    /// Hangs up in the middle of the mail.
    DropsInData,
}

/// Chooses a mood for the conversation of this number, from 0.
type Choice = dyn Fn(usize) -> Mood + Send + Sync;

/// The mails taken: to whom, and their bytes.
type Taken = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

pub(crate) struct Server {
    address: SocketAddr,
    taken: Taken,
}

impl Server {
    /// Serves until the process ends.
    pub(crate) fn open(choose: impl Fn(usize) -> Mood + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let taken = Taken::default();
        let shared = Arc::clone(&taken);
        let choose: Box<Choice> = Box::new(choose);
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().map_while(Result::ok).enumerate() {
                let (mood, shared) = (choose(number), Arc::clone(&shared));
                // A client that hangs up is no failure of the server.
                std::thread::spawn(move || drop(talk(&stream, mood, &shared)));
            }
        });
        Self { address, taken }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub(crate) fn taken(&self) -> Vec<(String, Vec<u8>)> {
        self.taken.lock().unwrap().clone()
    }
}

fn talk(stream: &TcpStream, mood: Mood, taken: &Taken) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream);
    let mut out = stream;
    let mut say = |line: &str| out.write_all(format!("{line}\r\n").as_bytes());
    match mood {
        Mood::Hangs => return silence(&mut lines),
        Mood::Greeting(words) => return say(words),
        _ => say("220 mx.example ready")?,
    }
    let mut to = String::new();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        match (line.get(..4).unwrap_or_default(), mood) {
            ("EHLO", _) => {
                say("250-mx.example")?;
                say("250 AUTH PLAIN")?;
            }
            ("AUTH", Mood::Password(words)) | ("MAIL", Mood::Sender(words)) => say(words)?,
            ("RCPT", Mood::Reader(words)) => say(words)?,
            ("RCPT", _) => {
                to = line.trim().to_owned();
                say("250 ok")?;
            }
            ("DATA", _) => {
                say("354 go on")?;
                let mail = data(&mut lines, mood)?;
                if mood == Mood::DropsInData {
                    return Ok(());
                }
                taken.lock().unwrap().push((to.clone(), mail));
                match mood {
                    Mood::DropsAfterData => return Ok(()),
                    Mood::HangsAfterData => return silence(&mut lines),
                    _ => say("250 taken")?,
                }
            }
            ("QUIT", _) => return say("221 bye"),
            _ => say("250 ok")?,
        }
    }
}

/// Until the client has enough of it.
fn silence(lines: &mut BufReader<&TcpStream>) -> std::io::Result<()> {
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        line.clear();
    }
    Ok(())
}

/// A mail's bytes, dots undone (RFC 5321, 4.5.2).
fn data(lines: &mut BufReader<&TcpStream>, mood: Mood) -> std::io::Result<Vec<u8>> {
    let mut mail = Vec::new();
    loop {
        let mut line = Vec::new();
        let length = lines.read_until(b'\n', &mut line)?;
        if length == 0 || line == b".\r\n" || mood == Mood::DropsInData {
            return Ok(mail);
        }
        mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
