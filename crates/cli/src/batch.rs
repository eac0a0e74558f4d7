//! The filters: one line out for each line in, in order, on all cores, in constant memory.

use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::io::{BufRead, BufWriter, Read, Write};

/// Longest line that is read, in bytes; the rest of a longer one is skipped and answered with an
/// error.
const MAX_LINE: usize = 64 << 20;
/// Lines are worked on in lots of this many bytes …
const LOT_BYTES: usize = 4 << 20;
/// … or this many lines.
const LOT_LINES: usize = 256;

/// One line of the input.
enum Line {
    Text(Vec<u8>),
    TooLong,
}

/// Answers every line of standard input, lots of lines side by side.
///
/// # Errors
/// Where standard input or output fails.
pub(crate) fn parallel<I, A, F>(answer: F) -> anyhow::Result<()>
where
    I: DeserializeOwned,
    A: Serialize,
    F: Fn(I) -> Result<A, String> + Sync,
{
    let (mut input, mut output) = (std::io::stdin().lock(), output());
    loop {
        let lot = read_lot(&mut input)?;
        if lot.is_empty() {
            return Ok(());
        }
        let answers: Vec<String> = lot.par_iter().map(|line| respond(line, &answer)).collect();
        for answer in answers {
            writeln!(output, "{answer}")?;
        }
        output.flush()?;
    }
}

/// Answers every line of standard input one after the other, for an answer that depends on the
/// lines before.
///
/// # Errors
/// Where standard input or output fails.
pub(crate) fn in_order<I, A, F>(mut answer: F) -> anyhow::Result<()>
where
    I: DeserializeOwned,
    A: Serialize,
    F: FnMut(I) -> Result<A, String>,
{
    let (mut input, mut output) = (std::io::stdin().lock(), output());
    while let Some(line) = read_line(&mut input)? {
        writeln!(output, "{}", respond(&line, &mut answer))?;
    }
    Ok(output.flush()?)
}

/// Standard output as it is: lines of JSON have no colour to be taken out.
fn output() -> impl Write {
    BufWriter::new(std::io::stdout().lock())
}

/// The id of a line, whatever else it holds.
#[derive(Deserialize)]
struct Id {
    #[serde(default)]
    id: Value,
}

/// An answer, with the id of its line.
#[derive(Serialize)]
struct Answered<A> {
    id: Value,
    #[serde(flatten)]
    answer: A,
}

/// Why there is no answer.
#[derive(Serialize)]
struct Failed {
    error: String,
}

/// The object of a value that serialises as one, without an id of its own.
pub(crate) fn object(value: impl Serialize) -> Result<Map<String, Value>, String> {
    match serde_json::to_value(value) {
        Ok(Value::Object(mut map)) => {
            map.shift_remove("id");
            Ok(map)
        }
        Ok(_) => Err("the answer is no object".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn respond<I: DeserializeOwned, A: Serialize>(
    line: &Line,
    answer: impl FnOnce(I) -> Result<A, String>,
) -> String {
    let (id, result) = match line {
        Line::TooLong => (
            Value::Null,
            Err(format!("line longer than {MAX_LINE} bytes")),
        ),
        Line::Text(bytes) => {
            // Bytes that are no UTF-8 cost a character, not the line.
            let text = String::from_utf8_lossy(bytes);
            let is_object = text.trim_start().starts_with('{');
            match (
                serde_json::from_str::<Id>(&text),
                serde_json::from_str(&text),
            ) {
                (Ok(Id { id }), Ok(input)) if is_object => (id, answer(input)),
                _ => wrong(&text, answer),
            }
        }
    };
    let answered = result.and_then(|answer| {
        let id = id.clone();
        serde_json::to_string(&Answered { id, answer }).map_err(|e| e.to_string())
    });
    answered.unwrap_or_else(|error| {
        let failed = Answered {
            id,
            answer: Failed { error },
        };
        serde_json::to_string(&failed).unwrap_or_default()
    })
}

/// What is wrong with a line that could not be read at once: twice as slow, and with better words.
fn wrong<I: DeserializeOwned, A>(
    text: &str,
    answer: impl FnOnce(I) -> Result<A, String>,
) -> (Value, Result<A, String>) {
    match serde_json::from_str::<Value>(text) {
        Err(error) => (Value::Null, Err(format!("not JSON: {error}"))),
        Ok(value) => {
            let id = value.get("id").cloned().unwrap_or(Value::Null);
            let input = serde_json::from_value(value).map_err(|e| format!("wrong line: {e}"));
            (id, input.and_then(answer))
        }
    }
}

fn read_lot(input: &mut impl BufRead) -> std::io::Result<Vec<Line>> {
    let (mut lot, mut bytes) = (Vec::new(), 0);
    while lot.len() < LOT_LINES && bytes < LOT_BYTES {
        let Some(line) = read_line(input)? else { break };
        if let Line::Text(text) = &line {
            bytes += text.len();
        }
        lot.push(line);
    }
    Ok(lot)
}

/// The next line that is not blank, or `None` at the end.
fn read_line(input: &mut impl BufRead) -> std::io::Result<Option<Line>> {
    loop {
        let mut text = Vec::new();
        let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
        if input.by_ref().take(limit).read_until(b'\n', &mut text)? == 0 {
            return Ok(None);
        }
        if text.len() == MAX_LINE && !text.ends_with(b"\n") {
            input.skip_until(b'\n')?;
            return Ok(Some(Line::TooLong));
        }
        if !text.trim_ascii().is_empty() {
            return Ok(Some(Line::Text(text)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echo(line: &[u8]) -> String {
        respond(&Line::Text(line.to_vec()), |line: Map<String, Value>| {
            object(line)
        })
    }

    #[test]
    fn every_line_is_answered_under_its_own_id() {
        assert_eq!(echo(br#"{"a":1,"id":7}"#), r#"{"id":7,"a":1}"#);
        assert_eq!(
            echo(b"[1]"),
            r#"{"id":null,"error":"wrong line: invalid type: sequence, expected a map"}"#
        );
        assert!(echo(b"{").contains("not JSON"));
        assert_eq!(echo(b"{\"id\":\"\xff\"}"), "{\"id\":\"\u{fffd}\"}");
    }

    #[test]
    fn blank_lines_are_no_lines() {
        let mut input = &b"\n  \n{}\r\n"[..];
        assert!(matches!(read_line(&mut input), Ok(Some(Line::Text(_)))));
        assert!(matches!(read_line(&mut input), Ok(None)));
    }
}
