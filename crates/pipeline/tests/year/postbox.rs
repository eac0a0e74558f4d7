//! A mail server on loopback that can be in a bad mood.

use crate::world::Dice;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Of so many conversations one goes wrong.
const ODDS: usize = 3;

#[derive(Clone, Copy)]
enum Mood {
    Good,
    /// Greylists the reader.
    Later,
    /// Hangs up before the mail.
    Gone,
    /// Takes the mail, and hangs up before it says so.
    Silent,
}

struct State {
    dice: Dice,
    is_rough: bool,
    troubles: usize,
    received: BTreeSet<String>,
}

pub(crate) struct Postbox {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Postbox {
    /// Serves until the process ends.
    pub(crate) fn open(dice: Dice, is_rough: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            dice,
            is_rough,
            troubles: 0,
            received: BTreeSet::new(),
        }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // A client that hangs up is no failure of the server.
                let _ = talk(&stream, &shared);
            }
        });
        Self { address, state }
    }

    pub(crate) fn address(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub(crate) fn calm(&self) {
        self.state.lock().unwrap().is_rough = false;
    }

    pub(crate) fn troubles(&self) -> usize {
        self.state.lock().unwrap().troubles
    }

    /// The mails that a reader has, by Message-ID: a second copy is dropped.
    pub(crate) fn received(&self) -> BTreeSet<String> {
        self.state.lock().unwrap().received.clone()
    }
}

fn mood(state: &Mutex<State>) -> Mood {
    let mut state = state.lock().unwrap();
    if !state.is_rough || state.dice.below(ODDS) > 0 {
        return Mood::Good;
    }
    state.troubles += 1;
    [Mood::Later, Mood::Gone, Mood::Silent][state.dice.below(3)]
}

fn talk(stream: &TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut out = stream;
    let mut mood_now = mood(state);
    let mut say = |line: &str| out.write_all(format!("{line}\r\n").as_bytes());
    say("220 postbox.example")?;
    let (mut in_data, mut id) = (false, None);
    for line in BufReader::new(stream).lines() {
        let line = line?;
        let verb = line.split([' ', ':']).next().unwrap_or_default();
        match (in_data, verb) {
            (true, ".") => {
                in_data = false;
                state.lock().unwrap().received.extend(id.take());
                if matches!(mood_now, Mood::Silent) {
                    return Ok(());
                }
                say("250 taken")?;
                mood_now = mood(state);
            }
            (true, "Message-ID") => {
                let value = line.split(['<', '>']).nth(1);
                id = value.map(str::to_owned);
            }
            (true, _) => {}
            (false, "RCPT") if matches!(mood_now, Mood::Later) => {
                say("451 come again later")?;
                mood_now = mood(state);
            }
            (false, "DATA") if matches!(mood_now, Mood::Gone) => return Ok(()),
            (false, "DATA") => {
                in_data = true;
                say("354 go on")?;
            }
            (false, "QUIT") => return say("221 bye"),
            (false, _) => say("250 ok")?,
        }
    }
    Ok(())
}
