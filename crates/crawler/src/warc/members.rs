//! A packed file member by member (RFC 1952, 2.2), so that damage to one costs no other.

use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, Read};

/// What each member begins with: the two bytes of gzip, and deflate, its only method.
const BEGINNING: [u8; 3] = [0x1f, 0x8b, 8];
/// Packed bytes of a member that are remembered: where it is cut short, others are taken for its end before the
/// damage shows.
const REMEMBERED: usize = 4 << 20;

/// The unpacked bytes of all members, one after the other.
pub(super) struct Members<R: BufRead> {
    /// None behind the last one.
    member: Option<GzDecoder<Tracked<R>>>,
    /// Members that were read to their end and are what was packed.
    pub(super) whole: usize,
}

impl<R: BufRead> Members<R> {
    pub(super) fn new(file: R) -> Self {
        Self {
            member: Some(GzDecoder::new(Tracked::new(file))),
            whole: 0,
        }
    }

    /// Behind damage: goes on to where another member may begin. False where there is none.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub(super) fn skip_damage(&mut self) -> io::Result<bool> {
        let Some(member) = self.member.take() else {
            return Ok(false);
        };
        let next = member.into_inner().at_next_beginning()?;
        self.member = next.map(GzDecoder::new);
        Ok(self.member.is_some())
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            // The end of this one.
            self.whole += 1;
            let Some(mut rest) = self.member.take().map(GzDecoder::into_inner) else {
                break;
            };
            rest.begin();
            if !rest.fill_buf()?.is_empty() {
                self.member = Some(GzDecoder::new(rest));
            }
        }
        Ok(0)
    }
}

/// A file that remembers what was read of it since its member began.
struct Tracked<R> {
    file: R,
    /// Bytes that were read of the file.
    memory: Vec<u8>,
    /// Where in them the member begins.
    begin: usize,
    /// Up to where they were read again; behind them the file goes on.
    place: usize,
}

impl<R: BufRead> Tracked<R> {
    fn new(file: R) -> Self {
        Self {
            file,
            memory: Vec::new(),
            begin: 0,
            place: 0,
        }
    }

    /// A member begins here.
    fn begin(&mut self) {
        if self.place == self.memory.len() {
            self.memory.clear();
            self.place = 0;
        }
        self.begin = self.place;
    }

    /// The file from where the next member may begin, behind the first byte of this one.
    fn at_next_beginning(mut self) -> io::Result<Option<Self>> {
        let mut search = Search::default();
        let from = self.begin + 1;
        if let Some(end) = search.end_in(self.memory.get(from..).unwrap_or_default()) {
            self.begin = from + end - BEGINNING.len();
            self.place = self.begin;
            return Ok(Some(self));
        }
        self.memory.clear();
        loop {
            let here = self.file.fill_buf()?;
            if here.is_empty() {
                return Ok(None);
            }
            let (length, end) = (here.len(), search.end_in(here));
            self.file.consume(end.unwrap_or(length));
            if end.is_some() {
                self.memory.extend_from_slice(&BEGINNING);
                (self.begin, self.place) = (0, 0);
                return Ok(Some(self));
            }
        }
    }
}

/// How much of a member's beginning the last bytes were.
#[derive(Default)]
struct Search(usize);

impl Search {
    /// Where, in the bytes that follow, a beginning ends.
    fn end_in(&mut self, bytes: &[u8]) -> Option<usize> {
        for (place, byte) in bytes.iter().enumerate() {
            self.0 = match BEGINNING.get(self.0) == Some(byte) {
                true => self.0 + 1,
                false => usize::from(BEGINNING.first() == Some(byte)),
            };
            if self.0 == BEGINNING.len() {
                self.0 = 0;
                return Some(place + 1);
            }
        }
        None
    }
}

impl<R: BufRead> Read for Tracked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Tracked<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.memory.get(self.place..) {
            Some(here) if !here.is_empty() => Ok(here),
            _ => self.file.fill_buf(),
        }
    }

    fn consume(&mut self, amount: usize) {
        if self.place < self.memory.len() {
            self.place += amount;
            return;
        }
        let room = REMEMBERED.saturating_sub(self.memory.len()).min(amount);
        // What is in a buffer is read from it without a failure.
        let here = self.file.fill_buf().ok();
        let here = here.and_then(|here| here.get(..room)).unwrap_or_default();
        self.memory.extend_from_slice(here);
        self.place = self.memory.len();
        self.file.consume(amount);
    }
}
