//! Paths and the patterns that rules match them with, octet by octet.

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// One `Allow` or `Disallow`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    pub(super) allow: bool,
    pattern: Pattern,
    /// For an `Allow` of a folder's index page: the folder itself, which servers answer with it.
    folder: Option<Pattern>,
}

impl Rule {
    pub(super) fn new(allow: bool, value: &[u8]) -> Self {
        let pattern = Pattern::new(value);
        let folder = allow.then(|| folder_of_index(value)).flatten();
        Self {
            allow,
            pattern,
            folder,
        }
    }

    /// How many octets the rule has, if it matches a path made by [`comparable_path`].
    pub(super) fn octets_matched(&self, path: &[u8]) -> Option<usize> {
        [Some(&self.pattern), self.folder.as_ref()]
            .into_iter()
            .flatten()
            .find(|pattern| pattern.matches(path))
            .map(|pattern| pattern.octets)
    }
}

fn folder_of_index(value: &[u8]) -> Option<Pattern> {
    let slash = value.iter().rposition(|b| *b == b'/')?;
    let (folder, page) = value.split_at_checked(slash + 1)?;
    page.starts_with(b"index.htm").then(|| {
        let mut exact = folder.to_vec();
        exact.push(b'$');
        Pattern::new(&exact)
    })
}

/// Literal parts with anything between them.
#[derive(Debug, Clone, PartialEq)]
struct Pattern {
    /// What stands before the first `*`.
    head: Vec<u8>,
    /// What stands behind each `*`.
    rest: Vec<Vec<u8>>,
    /// Whether a final `$` pins it to the path's end.
    to_end: bool,
    /// Its length as written, by which rules outrank one another.
    octets: usize,
}

impl Pattern {
    fn new(value: &[u8]) -> Self {
        let (body, to_end) = match value.strip_suffix(b"$") {
            Some(body) => (body, true),
            None => (value, false),
        };
        let mut normaliser = Normaliser::default();
        let mut parts = body
            .split(|b| *b == b'*')
            .map(|part| normaliser.comparable(part));
        let head = parts.next().unwrap_or_default();
        let rest: Vec<Vec<u8>> = parts.collect();
        let literal: usize = rest.iter().map(Vec::len).sum();
        Self {
            octets: head.len() + literal + rest.len() + usize::from(to_end),
            head,
            rest,
            to_end,
        }
    }

    /// Each part is taken at its first place: if any choice of places matches, this one does.
    fn matches(&self, path: &[u8]) -> bool {
        let Some(mut left) = path.strip_prefix(self.head.as_slice()) else {
            return false;
        };
        let Some((last, between)) = self.rest.split_last() else {
            return !self.to_end || left.is_empty();
        };
        for part in between {
            match after(left, part) {
                Some(behind) => left = behind,
                None => return false,
            }
        }
        if self.to_end {
            left.ends_with(last)
        } else {
            after(left, last).is_some()
        }
    }
}

/// What follows the first place of `part`.
fn after<'a>(text: &'a [u8], part: &[u8]) -> Option<&'a [u8]> {
    if part.is_empty() {
        return Some(text);
    }
    let place = text.windows(part.len()).position(|window| window == part)?;
    text.get(place + part.len()..)
}

/// Path and query of an address, or of what was given in its place, in comparable form.
pub(super) fn comparable_path(url: &str) -> Vec<u8> {
    let url = url.split('#').next().unwrap_or_default();
    let behind_scheme = match url.split_once("://") {
        // A scheme stands before any path or query: `/go?to=https://a.example` has none.
        Some((scheme, rest)) if !scheme.contains(['/', '?', ';']) => rest,
        _ => url.strip_prefix("//").unwrap_or(url),
    };
    let path = behind_scheme
        .find(['/', '?', ';'])
        .and_then(|start| behind_scheme.get(start..))
        .unwrap_or("/");
    let mut comparable = Normaliser::default().comparable(path.as_bytes());
    if !comparable.starts_with(b"/") {
        comparable.insert(0, b'/');
    }
    comparable
}

/// Brings octets into the one form that they are compared in: escapes of characters that mean the
/// same when plain are undone, the others are in upper case, and what no address may hold is escaped.
#[derive(Debug, Default)]
struct Normaliser {
    /// Behind the first `?`, where a slash divides nothing.
    in_query: bool,
}

impl Normaliser {
    fn comparable(&mut self, octets: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(octets.len());
        let mut left = octets;
        while let Some((first, behind)) = left.split_first() {
            if let Some((octet, behind)) = escaped(*first, behind) {
                left = behind;
                push(&mut out, octet, self.is_same_when_escaped(octet));
            } else {
                left = behind;
                let plain = self.is_same_when_escaped(*first) || is_delimiter(*first);
                push(&mut out, *first, plain);
                self.in_query |= *first == b'?';
            }
        }
        out
    }

    /// Characters without a meaning of their own in an address, and those that browsers escape or
    /// not as they please.
    fn is_same_when_escaped(&self, octet: u8) -> bool {
        octet.is_ascii_alphanumeric()
            || b"-._~!'()*$:@,;".contains(&octet)
            || (self.in_query && b"/?".contains(&octet))
    }
}

/// The octet behind a `%`, and what follows its two digits.
fn escaped(first: u8, behind: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, behind) = behind.split_first_chunk::<2>()?;
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
    let octet = u8::try_from(high? * 16 + low?).ok()?;
    (first == b'%').then_some((octet, behind))
}

fn push(out: &mut Vec<u8>, octet: u8, plain: bool) {
    if plain {
        out.push(octet);
        return;
    }
    let digit = |value: u8| HEX.get(usize::from(value)).copied().unwrap_or(b'0');
    out.extend([b'%', digit(octet >> 4), digit(octet & 15)]);
}

/// Characters that divide an address: `/` and `%2F` differ.
fn is_delimiter(octet: u8) -> bool {
    b"/?&=+".contains(&octet)
}
