//! Cuts a text into numbers, words and marks, of which dates and times are put together.

/// Bytes of a text that are looked at: no date stands behind so many.
const LONGEST: usize = 2_000;

/// A run of digits with its length, a run of letters, or any other character that is no space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Number(u64, usize),
    Word(&'a str),
    Mark(char),
}

/// The tokens of a text, in order.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut rest = text
        .get(..text.floor_char_boundary(LONGEST))
        .unwrap_or_default();
    let mut tokens = Vec::new();
    while let Some(c) = rest.chars().next() {
        let kind = |c: char| (c.is_ascii_digit(), is_letter(c));
        let is_mark = kind(c) == (false, false);
        let run = rest.chars().take_while(|d| !is_mark && kind(*d) == kind(c));
        let length = run.map(char::len_utf8).sum::<usize>();
        let (head, tail) = rest.split_at(length.max(c.len_utf8()));
        match kind(c) {
            (true, _) => tokens.push(Token::Number(head.parse().unwrap_or(u64::MAX), head.len())),
            (_, true) => tokens.push(Token::Word(head)),
            _ if c.is_whitespace() || tocsin_core::text::is_invisible(c) => {}
            _ => tokens.push(Token::Mark(c)),
        }
        rest = tail;
    }
    tokens
}

/// Han and hangul unit signs (年, 월) are marks, so that they stand alone.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !tocsin_core::text::is_cjk(c) && !matches!(c, '년' | '월' | '일')
}
