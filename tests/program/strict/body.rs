//! The parts of a mail and their encodings.

use super::headers::{Scan, quoted_string};
use super::words::hex_pair;
use super::{Checked, Field, Line, WSP, at_most_one, decoded, fault, fields, halves};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The value of a Content-Type field: the type in lower case, and its parameters.
struct Media<'a> {
    line: usize,
    kind: String,
    parameters: Vec<(&'a str, &'a str)>,
}

/// The plain text and the HTML of a mail with these headers.
pub(super) fn read(headers: &[Field], lines: &[Line]) -> Result<(String, String), String> {
    let media = media(headers)?;
    if media.kind != "multipart/alternative" {
        return Err(fault(
            media.line,
            "RFC 2046 5.1.4: no multipart/alternative",
        ));
    }
    if encoding(headers)? != "7bit" {
        return Err(fault(
            media.line,
            "RFC 2045 6.4: a multipart is not encoded",
        ));
    }
    let boundary = boundary(&media).map_err(|rule| fault(media.line, rule))?;
    let parts = parts(lines, boundary, media.line)?;
    let [plain, html] = parts.as_slice() else {
        return Err(fault(media.line, "RFC 2046 5.1.4: not two alternatives"));
    };
    Ok((part(plain, "text/plain")?, part(html, "text/html")?))
}

fn media<'f>(headers: &'f [Field]) -> Result<Media<'f>, String> {
    let Some(field) = at_most_one(headers, "Content-Type", "RFC 2045 5")? else {
        let line = headers.first().map_or(1, |field| field.line);
        return Err(fault(line, "RFC 2045 5: no Content-Type"));
    };
    content_type(&field.value, field.line).map_err(|rule| fault(field.line, rule))
}

fn content_type(value: &str, line: usize) -> Checked<Media<'_>> {
    let mut scan = Scan::new(value);
    let main = token(&mut scan)?;
    if !scan.eat('/') {
        return Err("RFC 2045 5.1: a content type is type/subtype");
    }
    let kind = format!("{main}/{}", token(&mut scan)?).to_ascii_lowercase();
    let mut parameters = Vec::new();
    scan.white();
    while scan.eat(';') {
        scan.white();
        parameters.push(parameter(&mut scan)?);
        scan.white();
    }
    if !scan.rest.is_empty() {
        return Err("RFC 2045 5.1: parameters follow a semicolon each");
    }
    Ok(Media {
        line,
        kind,
        parameters,
    })
}

fn parameter<'a>(scan: &mut Scan<'a>) -> Checked<(&'a str, &'a str)> {
    let name = token(scan)?;
    if !scan.eat('=') {
        return Err("RFC 2045 5.1: a parameter is name=value");
    }
    let quoted = scan.rest.starts_with('"');
    let value = if quoted {
        quoted_string(scan)
    } else {
        token(scan)
    };
    Ok((name, value?))
}

fn token<'a>(scan: &mut Scan<'a>) -> Checked<&'a str> {
    match scan.take(|c| c.is_ascii_graphic() && !r#"()<>@,;:\"/[]?="#.contains(c)) {
        "" => Err("RFC 2045 5.1: no token where one must be, or a character that needs quotes"),
        token => Ok(token),
    }
}

/// The only parameter of this name.
fn only<'a>(media: &Media<'a>, name: &str) -> Option<&'a str> {
    let mut found = media
        .parameters
        .iter()
        .filter(|(known, _)| known.eq_ignore_ascii_case(name));
    let (_, value) = found.next()?;
    found.next().is_none().then_some(value)
}

fn boundary<'a>(media: &Media<'a>) -> Checked<&'a str> {
    let Some(boundary) = only(media, "boundary") else {
        return Err("RFC 2046 5.1.1: a multipart has one boundary");
    };
    let legal = |c: char| c.is_ascii_alphanumeric() || "'()+_,-./:=? ".contains(c);
    if !(1..=70).contains(&boundary.len()) || !boundary.chars().all(legal) {
        return Err("RFC 2046 5.1.1: a boundary is of 1 to 70 characters of those allowed");
    }
    if boundary.ends_with(' ') {
        return Err("RFC 2046 5.1.1: a boundary does not end with a space");
    }
    Ok(boundary)
}

/// The lines of each part. What stands before the first and after the last is for no reader.
fn parts<'a>(
    lines: &[Line<'a>],
    boundary: &str,
    line: usize,
) -> Result<Vec<Vec<Line<'a>>>, String> {
    let delimiter = format!("--{boundary}");
    let close = format!("{delimiter}--");
    let mut parts: Vec<Vec<Line>> = Vec::new();
    let mut closed = false;
    for line in lines {
        if !closed && line.text == delimiter {
            parts.push(Vec::new());
        } else if !closed && line.text == close {
            closed = true;
        } else if line.text.contains(&delimiter) {
            return Err(fault(
                line.number,
                "RFC 2046 5.1.1: the boundary where no part begins or ends",
            ));
        } else if let Some(part) = parts.last_mut().filter(|_| !closed) {
            part.push(*line);
        }
    }
    match closed {
        true => Ok(parts),
        false => Err(fault(line, "RFC 2046 5.1.1: no closing boundary")),
    }
}

/// The text of a part of this type.
fn part(lines: &[Line], kind: &str) -> Result<String, String> {
    let (head, content) = halves(lines);
    let headers = fields(head)?;
    decoded(&headers)?;
    let media = media(&headers)?;
    if media.kind != kind {
        return Err(fault(
            media.line,
            "RFC 2046 5.1.4: the alternatives are text/plain and then text/html",
        ));
    }
    if !only(&media, "charset").is_some_and(|c| c.eq_ignore_ascii_case("utf-8")) {
        return Err(fault(media.line, "RFC 2046 4.1.2: the charset is utf-8"));
    }
    let bytes = match encoding(&headers)?.as_str() {
        "7bit" => joined(content, "\r\n").into_bytes(),
        "quoted-printable" => quoted_printable(content)?,
        "base64" => base64(content).map_err(|rule| fault(media.line, rule))?,
        _ => {
            return Err(fault(
                media.line,
                "RFC 2045 6: the encoding is 7bit, quoted-printable or base64",
            ));
        }
    };
    text(bytes).map_err(|rule| fault(media.line, rule))
}

/// The encoding that the headers of a mail or part name; 7bit where they name none (RFC 2045 6.1).
fn encoding(headers: &[Field]) -> Result<String, String> {
    let field = at_most_one(headers, "Content-Transfer-Encoding", "RFC 2045 6")?;
    Ok(field.map_or("7bit".to_owned(), |f| f.value.to_ascii_lowercase()))
}

/// The lines of a part without its last CRLF, which belongs to the boundary (RFC 2046 5.1.1).
fn joined(lines: &[Line], between: &str) -> String {
    let texts: Vec<&str> = lines.iter().map(|line| line.text).collect();
    texts.join(between)
}

fn quoted_printable(lines: &[Line]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut soft = true;
    for line in lines {
        if !soft {
            out.extend(b"\r\n");
        }
        soft = qp_line(line.text, &mut out).map_err(|rule| fault(line.number, rule))?;
    }
    match lines.last() {
        Some(last) if soft => Err(fault(
            last.number,
            "RFC 2045 6.7: a soft line break with nothing after it",
        )),
        _ => Ok(out),
    }
}

/// Adds the bytes of a line and says whether it ends in a soft line break.
fn qp_line(line: &str, out: &mut Vec<u8>) -> Checked<bool> {
    if line.len() > 76 {
        return Err("RFC 2045 6.7 (5): a line of more than 76 characters");
    }
    if line.ends_with(WSP) {
        return Err("RFC 2045 6.7 (3): white space at the end of a line");
    }
    let (literal, soft) = match line.strip_suffix('=') {
        Some(before) => (before, true),
        None => (line, false),
    };
    let mut bytes = literal.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'=' => escaped(&mut bytes)?,
            b'\t' | b' '..=b'~' => byte,
            _ => return Err("RFC 2045 6.7 (2): a control character that is not escaped"),
        });
    }
    Ok(soft)
}

fn escaped(bytes: &mut std::str::Bytes) -> Checked<u8> {
    match hex_pair(bytes) {
        Some(b'\r' | b'\n') => Err("RFC 2045 6.7 (4): a line break in text is not escaped"),
        Some(byte) => Ok(byte),
        None => Err("RFC 2045 6.7 (1): = is followed by two digits or A to F"),
    }
}

fn base64(lines: &[Line]) -> Checked<Vec<u8>> {
    if lines.iter().any(|line| line.text.len() > 76) {
        return Err("RFC 2045 6.8: a line of base64 of more than 76 characters");
    }
    STANDARD
        .decode(joined(lines, ""))
        .map_err(|_| "RFC 2045 6.8: base64 with a wrong character, length or padding")
}

/// Text out of its canonical form: its line ends, which are all CRLF, as `\n`.
fn text(bytes: Vec<u8>) -> Checked<String> {
    let text = String::from_utf8(bytes).map_err(|_| "RFC 3629 3: the text is not UTF-8")?;
    if text.split("\r\n").any(|line| line.contains(['\r', '\n'])) {
        return Err("RFC 2046 4.1.1: a CR or LF in the text that is not part of a CRLF");
    }
    Ok(text.replace("\r\n", "\n"))
}
