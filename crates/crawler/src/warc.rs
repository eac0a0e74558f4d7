//! Pages in WARC files: those of others, as a crawl leaves them, read in constant memory; and our own, written
//! one gzip member a record (WARC 1.1, ISO 28500:2017).
//!
//! Never: holds more than one record, believes a length beyond its bounds, fails for one bad record where the
//! next can be found.

mod members;

use crate::unpack::unpacked;
use flate2::Compression;
use flate2::write::GzEncoder;
use members::Members;
use std::io::{self, BufRead, BufReader, Read, Write};
use tocsin_core::{Page, Timestamp, digest_hex};

/// Bytes of a record's or an answer's headers at most.
const MAX_HEADERS: usize = 64 << 10;
/// Bytes of a page at most, unpacked; longer ones are left out.
const MAX_BODY: usize = 10 << 20;
/// Places at which a packed file may be damaged; behind more it is not worth the time.
const MAX_DAMAGES: usize = 1_000;
/// What a packed file begins with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads the pages of a file one after the other.
pub struct Reader<'a> {
    input: Input<'a>,
    /// Records that hold no page: requests, metadata, robots.txt, pictures, failures.
    pub others: usize,
    /// Pages that were longer than is read, or broken.
    pub broken: usize,
    /// Places at which a packed file is damaged.
    damages: usize,
    /// What reading ahead came upon.
    ahead: Option<io::Error>,
    ended: bool,
    /// Whether its first record was met.
    is_begun: bool,
}

/// A file, packed or not.
enum Input<'a> {
    Plain(Box<dyn BufRead + 'a>),
    Packed(Box<BufReader<Members<Box<dyn BufRead + 'a>>>>),
}

impl<'a> Input<'a> {
    fn reader(&mut self) -> &mut (dyn BufRead + 'a) {
        match self {
            Self::Plain(file) => file,
            Self::Packed(file) => file,
        }
    }

    /// Parts of the file that were found to be whole.
    fn whole(&self) -> usize {
        match self {
            Self::Plain(_) => 0,
            Self::Packed(file) => file.get_ref().whole,
        }
    }

    /// Behind damage, goes on with the next part of the file that is whole; false where there is none.
    fn skip_damage(&mut self) -> io::Result<bool> {
        match self {
            Self::Plain(_) => Ok(false),
            Self::Packed(file) => file.get_mut().skip_damage(),
        }
    }
}

impl std::fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("others", &self.others)
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}

impl<'a> Reader<'a> {
    /// Over a file, packed or not.
    ///
    /// # Errors
    /// Where its beginning cannot be read.
    pub fn new(file: impl Read + 'a) -> io::Result<Self> {
        let mut file = BufReader::with_capacity(1 << 16, file);
        let is_packed = file.fill_buf()?.starts_with(&GZIP);
        let file: Box<dyn BufRead + 'a> = Box::new(file);
        let input = match is_packed {
            true => {
                let members = BufReader::with_capacity(1 << 16, Members::new(file));
                Input::Packed(Box::new(members))
            }
            false => Input::Plain(file),
        };
        Ok(Self {
            input,
            others: 0,
            broken: 0,
            damages: 0,
            ahead: None,
            ended: false,
            is_begun: false,
        })
    }

    /// The next page; `None` at the end of the file, or of what can be read of it.
    ///
    /// # Errors
    /// Where the file cannot be read, or is none of this kind; what follows is lost.
    pub fn next_page(&mut self) -> io::Result<Option<Page>> {
        loop {
            match self.page_or_damage() {
                Err(error) if is_damage(&error) => {
                    self.broken += 1;
                    self.damages += 1;
                    if self.damages > MAX_DAMAGES {
                        return Err(invalid("too much of the file is damaged"));
                    }
                    // Where nothing whole follows, the file breaks off here.
                    if !self.input.skip_damage()? {
                        self.ended = true;
                        return Err(error);
                    }
                }
                other => return other,
            }
        }
    }

    fn page_or_damage(&mut self) -> io::Result<Option<Page>> {
        if let Some(error) = self.ahead.take() {
            return Err(error);
        }
        while !self.ended {
            let Some(headers) = self.headers()? else {
                break;
            };
            let length = field(&headers, "content-length").and_then(|length| length.parse().ok());
            let Some(length) = length else {
                // The next record is looked for line by line.
                self.broken += 1;
                continue;
            };
            let is_response = field(&headers, "warc-type") == Some("response");
            if !is_response {
                self.others += 1;
                self.skip(length)?;
                continue;
            }
            let Some(page) = self.page(&headers, length)? else {
                continue;
            };
            self.check()?;
            return Ok(Some(page));
        }
        self.ended = true;
        Ok(None)
    }

    /// Reads on to the next record: whether a packed one is whole, only its end tells. Damage to the next one is told
    /// when that is asked for.
    fn check(&mut self) -> io::Result<()> {
        let whole = self.input.whole();
        match self.skip_blanks() {
            Err(error) if self.input.whole() > whole => {
                self.ahead = Some(error);
                Ok(())
            }
            other => other,
        }
    }

    fn skip_blanks(&mut self) -> io::Result<()> {
        loop {
            let here = self.input.reader().fill_buf()?;
            let blanks = here.iter().take_while(|byte| byte.is_ascii_whitespace());
            let blanks = blanks.count();
            if blanks == 0 {
                return Ok(());
            }
            self.input.reader().consume(blanks);
        }
    }

    /// The headers of the next record, without its first line.
    fn headers(&mut self) -> io::Result<Option<Vec<(String, String)>>> {
        let mut line = String::new();
        // Empty lines stand between records.
        while line.trim().is_empty() {
            line.clear();
            if self.line(&mut line)? == 0 {
                return Ok(None);
            }
        }
        if !line.starts_with("WARC/") && !self.is_begun {
            return Err(invalid("this is no WARC file"));
        }
        self.is_begun = true;
        // Behind a record that lied about its length.
        while !line.starts_with("WARC/") {
            line.clear();
            if self.line(&mut line)? == 0 {
                return Ok(None);
            }
        }
        let mut block = String::new();
        loop {
            line.clear();
            if self.line(&mut line)? == 0 {
                return Ok(None);
            }
            if line.trim_end().is_empty() {
                return Ok(Some(fields(&block)));
            }
            block.push_str(&line);
            if block.len() > MAX_HEADERS {
                let why = "the headers of a record do not end";
                return Err(io::Error::new(io::ErrorKind::InvalidData, why));
            }
        }
    }

    /// One line, of at most as many bytes as headers may have.
    fn line(&mut self, line: &mut String) -> io::Result<usize> {
        let mut bytes = Vec::new();
        let room = u64::try_from(MAX_HEADERS).unwrap_or(u64::MAX);
        let input = self.input.reader();
        let read = input.take(room).read_until(b'\n', &mut bytes)?;
        line.push_str(&String::from_utf8_lossy(&bytes));
        Ok(read)
    }

    fn skip(&mut self, length: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.input.reader().take(length), &mut io::sink())?;
        self.ended |= skipped < length;
        Ok(())
    }

    /// The page of a response; `None` where it holds none.
    fn page(&mut self, headers: &[(String, String)], length: u64) -> io::Result<Option<Page>> {
        let most = u64::try_from(MAX_BODY + MAX_HEADERS).unwrap_or(u64::MAX);
        if length > most {
            self.broken += 1;
            self.skip(length)?;
            return Ok(None);
        }
        let mut block = Vec::new();
        self.input.reader().take(length).read_to_end(&mut block)?;
        if (block.len() as u64) < length {
            // The file ends in the middle of it.
            self.ended = true;
            self.broken += 1;
            return Ok(None);
        }
        let url = field(headers, "warc-target-uri").unwrap_or_default();
        let url = url.trim_start_matches('<').trim_end_matches('>').to_owned();
        let at = field(headers, "warc-date").and_then(|date| date.parse().ok());
        let Some((content_type, body)) = answer(&block) else {
            self.others += 1;
            return Ok(None);
        };
        Ok(Some(Page {
            final_url: url.clone(),
            url,
            content_type,
            body,
            fetched_at: at.unwrap_or(Timestamp::UNIX_EPOCH),
        }))
    }
}

/// Content type and body of an HTTP answer with a page; `None` for another status or type.
fn answer(block: &[u8]) -> Option<(Option<String>, Vec<u8>)> {
    let end = block
        .windows(4)
        .take(MAX_HEADERS)
        .position(|four| four == b"\r\n\r\n")?;
    let (head, rest) = block.split_at_checked(end)?;
    let head = String::from_utf8_lossy(head);
    let (status, headers) = head.split_once("\r\n").unwrap_or((&head, ""));
    if status.split(' ').nth(1) != Some("200") {
        return None;
    }
    let headers = fields(headers);
    let content_type = field(&headers, "content-type").map(str::to_owned);
    let is_page = |kind: &String| {
        let kind = kind.to_ascii_lowercase();
        kind.contains("html") || kind.starts_with("text/plain")
    };
    if !content_type.as_ref().is_none_or(is_page) {
        return None;
    }
    let body = rest.get(4..).unwrap_or_default();
    let is_chunked =
        field(&headers, "transfer-encoding").is_some_and(|how| how.contains("chunked"));
    // Many crawlers undo the chunks and leave the header.
    let body = match is_chunked {
        true => unchunked(body).unwrap_or_else(|| body.to_vec()),
        false => body.to_vec(),
    };
    Some((content_type, unpacked(&body, MAX_BODY).into_owned()))
}

/// A body without its chunks' sizes (RFC 9112, 7.1); `None` where it has none.
fn unchunked(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = body;
    loop {
        let end = rest.windows(2).take(1_000).position(|two| two == b"\r\n")?;
        let (size, behind) = rest.split_at_checked(end)?;
        let size = std::str::from_utf8(size).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        let behind = behind.get(2..)?;
        if size == 0 {
            return Some(out);
        }
        out.extend_from_slice(behind.get(..size)?);
        rest = behind.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

fn fields(block: &str) -> Vec<(String, String)> {
    let lines = block.lines().filter_map(|line| line.split_once(':'));
    lines
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect()
}

fn field<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    let found = headers.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

/// Whether what was read is no packed data, or breaks off.
fn is_damage(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
    )
}

fn invalid(why: &str) -> io::Error {
    io::Error::other(why)
}

/// The record that a file begins with, packed.
///
/// # Errors
/// None that a buffer could give.
pub fn file_record(at: Timestamp) -> io::Result<Vec<u8>> {
    let body = format!(
        "software: tocsin/{}\r\nformat: WARC File Format 1.1\r\n",
        env!("CARGO_PKG_VERSION")
    );
    let id = digest_hex(&["warcinfo", &at.to_string()], 32);
    record(
        "warcinfo",
        "",
        &id,
        at,
        "application/warc-fields",
        body.as_bytes(),
    )
}

/// The record of a page, packed. Its answer's headers are those that the program knows.
///
/// # Errors
/// None that a buffer could give.
pub fn page_record(page: &Page) -> io::Result<Vec<u8>> {
    let kind = page.content_type.as_deref().unwrap_or("text/html");
    let kind = tocsin_core::text::one_line(kind);
    let mut block = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        page.body.len()
    )
    .into_bytes();
    block.extend_from_slice(&page.body);
    let target = format!(
        "WARC-Target-URI: {}\r\n",
        tocsin_core::text::one_line(&page.final_url)
    );
    let id = digest_hex(&[&page.final_url, &page.fetched_at.to_string()], 32);
    let http = "application/http; msgtype=response";
    record("response", &target, &id, page.fetched_at, http, &block)
}

fn record(
    kind: &str,
    more: &str,
    id: &str,
    at: Timestamp,
    content_type: &str,
    block: &[u8],
) -> io::Result<Vec<u8>> {
    let [a, b, c, d, e] =
        [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| id.get(part).unwrap_or_default());
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    write!(
        packed,
        "WARC/1.1\r\nWARC-Type: {kind}\r\n{more}WARC-Record-ID: <urn:uuid:{a}-{b}-{c}-{d}-{e}>\r\n\
         WARC-Date: {}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        block.len()
    )?;
    packed.write_all(block)?;
    packed.write_all(b"\r\n\r\n")?;
    packed.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn page(n: usize) -> Page {
        let url = format!("https://ledger.example/{n}");
        Page {
            url: url.clone(),
            final_url: url,
            content_type: Some("text/html; charset=utf-8".to_owned()),
            body: format!("<p>Story {n} · 规定</p>").into_bytes(),
            fetched_at: "2026-03-02T06:00:00Z".parse().unwrap(),
        }
    }

    fn file(pages: &[Page]) -> Vec<u8> {
        let mut file = file_record("2026-03-02T05:00:00Z".parse().unwrap()).unwrap();
        for page in pages {
            file.extend(page_record(page).unwrap());
        }
        file
    }

    fn read(bytes: &[u8]) -> (Vec<Page>, usize, usize) {
        let mut reader = Reader::new(bytes).unwrap();
        let mut pages = Vec::new();
        while let Ok(Some(page)) = reader.next_page() {
            pages.push(page);
        }
        (pages, reader.others, reader.broken)
    }

    /// A record as others write it.
    fn foreign(kind: &str, http: &str, body: &[u8]) -> Vec<u8> {
        let mut block = http.as_bytes().to_vec();
        block.extend_from_slice(body);
        let mut record = format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: <https://news.example/a>\r\n\
             WARC-Date: 2026-03-02T06:00:00Z\r\nContent-Length: {}\r\n\r\n",
            block.len()
        )
        .into_bytes();
        record.extend(block);
        record.extend_from_slice(b"\r\n\r\n");
        record
    }

    #[test]
    fn what_is_written_is_read_back() {
        let pages = [page(1), page(2), page(3)];
        assert_eq!(read(&file(&pages)), (pages.to_vec(), 1, 0));
        // One gzip member a record: each can be cut out alone.
        let alone = page_record(&pages[1]).unwrap();
        assert_eq!(read(&alone).0, [page(2)]);
        // A file that breaks off gives what was whole.
        let whole = file(&pages);
        let (some, _, _) = read(&whole[..whole.len() - 20]);
        assert_eq!(some, pages[..2]);
    }

    #[test]
    fn damage_costs_the_record_that_it_is_in() {
        let pages: Vec<Page> = (0..50).map(page).collect();
        let records: Vec<Vec<u8>> = pages.iter().map(|p| page_record(p).unwrap()).collect();
        for kind in 0..4 {
            let mut bytes = file_record("2026-03-02T05:00:00Z".parse().unwrap()).unwrap();
            for (number, record) in records.iter().enumerate() {
                let mut record = record.clone();
                if number % 10 == 3 {
                    let middle = record.len() / 2;
                    match kind {
                        // One bit of its sum: what was unpacked is not what was packed.
                        3 => *record.iter_mut().rev().nth(6).unwrap() ^= 1,
                        0 => record[middle..middle + 20].fill(0xff),
                        1 => record.truncate(middle),
                        // Not even its beginning is left.
                        _ => record[..12].fill(0),
                    }
                }
                bytes.extend(record);
            }
            let (found, _, broken) = read(&bytes);
            let whole: Vec<Page> = pages
                .iter()
                .enumerate()
                .filter(|(number, _)| number % 10 != 3)
                .map(|(_, page)| page.clone())
                .collect();
            assert_eq!(found, whole, "kind {kind}");
            assert!(broken >= 5, "kind {kind}: {broken}");
        }
    }

    #[test]
    fn files_of_others_are_read_as_they_are() {
        let ok = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
        let mut file = Vec::new();
        file.extend(foreign("request", "GET /a HTTP/1.1\r\n\r\n", b""));
        file.extend(foreign("response", &format!("{ok}\r\n"), b"<p>plain"));
        let chunked = format!("{ok}Transfer-Encoding: chunked\r\n\r\n");
        file.extend(foreign(
            "response",
            &chunked,
            b"3\r\n<p>\r\n5;x\r\nparts\r\n0\r\n\r\n",
        ));
        file.extend(foreign("response", &chunked, b"<p>undone"));
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(b"<p>packed").unwrap();
        let zipped = format!("{ok}Content-Encoding: gzip\r\n\r\n");
        file.extend(foreign("response", &zipped, &packed.finish().unwrap()));
        file.extend(foreign("response", "HTTP/1.1 404 Not Found\r\n\r\n", b"no"));
        file.extend(foreign(
            "response",
            "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n",
            b"png",
        ));
        let (pages, others, broken) = read(&file);
        let bodies: Vec<&str> = pages
            .iter()
            .map(|p| std::str::from_utf8(&p.body).unwrap())
            .collect();
        assert_eq!(bodies, ["<p>plain", "<p>parts", "<p>undone", "<p>packed"]);
        assert_eq!((others, broken), (3, 0));
        assert_eq!(pages[0].url, "https://news.example/a");
    }

    #[test]
    fn lengths_that_lie_are_bounded() {
        let mut file =
            b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999999999999\r\n\r\nabc"
                .to_vec();
        assert_eq!(read(&file), (Vec::new(), 0, 1));
        // One that does not say its length, and one that says too little, cost no other.
        file = b"WARC/1.0\r\nWARC-Type: response\r\n\r\n".to_vec();
        file.extend(foreign("response", "HTTP/1.1 200 OK\r\n\r\n", b"<p>a"));
        file.extend_from_slice(
            b"WARC/1.0\r\nWARC-Type: request\r\nContent-Length: 2\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        );
        file.extend(foreign("response", "HTTP/1.1 200 OK\r\n\r\n", b"<p>b"));
        let (pages, _, broken) = read(&file);
        assert_eq!((pages.len(), broken), (2, 1));
        file = vec![b'W'; 1_000_000];
        assert!(Reader::new(file.as_slice()).unwrap().next_page().is_err());
        assert!(Reader::new(&b"<html>"[..]).unwrap().next_page().is_err());
        assert_eq!(read(b"").0, []);
    }

    #[test]
    fn a_file_made_of_beginnings_is_given_up() {
        let mut bytes = file_record("2026-03-02T05:00:00Z".parse().unwrap()).unwrap();
        bytes.extend([0x1f, 0x8b, 8].repeat(3_000));
        let mut reader = Reader::new(bytes.as_slice()).unwrap();
        let error = reader.next_page().unwrap_err();
        assert!(error.to_string().contains("damaged"), "{error}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn broken_files_never_panic(at in 0_usize..900, byte in any::<u8>(), cut in 0_usize..900) {
            let mut bytes = file(&[page(1), page(2)]);
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
            bytes.truncate(bytes.len().saturating_sub(cut));
            read(&bytes);
            let mut plain = foreign("response", "HTTP/1.1 200 OK\r\n\r\n", b"<p>a");
            plain.extend(foreign("response", "HTTP/1.1 200 OK\r\n\r\n", b"<p>b"));
            if let Some(place) = plain.get_mut(at) {
                *place = byte;
            }
            read(&plain);
        }
    }
}
