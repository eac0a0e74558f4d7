//! Files that were packed with gzip, whatever their server calls them.

use flate2::read::MultiGzDecoder;
use std::borrow::Cow;
use std::io::Read;

/// What a gzip file begins with.
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The bytes, unpacked where they are packed; at most `limit` bytes, the rest is cut off. Where the
/// file is damaged, what stands before the damage.
pub(crate) fn unpacked(body: &[u8], limit: usize) -> Cow<'_, [u8]> {
    if !body.starts_with(&MAGIC) {
        return Cow::Borrowed(body.get(..limit).unwrap_or(body));
    }
    let mut out = Vec::new();
    let room = u64::try_from(limit).unwrap_or(u64::MAX);
    if let Err(error) = MultiGzDecoder::new(body).take(room).read_to_end(&mut out) {
        tracing::debug!(%error, bytes = out.len(), "a packed file is damaged");
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn packed_and_plain_bytes_are_cut_at_the_limit() {
        assert_eq!(unpacked(b"plain", 3).as_ref(), b"pla");
        assert_eq!(unpacked(&packed(b"packed"), 100).as_ref(), b"packed");
        let bomb = packed(&vec![b'x'; 10_000_000]);
        assert_eq!(unpacked(&bomb, 1_000).len(), 1_000);
    }

    #[test]
    fn a_cut_file_gives_what_was_whole() {
        let text: Vec<u8> = (0..50_000_u32).flat_map(u32::to_le_bytes).collect();
        let whole = packed(&text);
        let part = unpacked(whole.get(..whole.len() / 2).unwrap(), text.len()).into_owned();
        assert!(!part.is_empty() && text.starts_with(&part));
        assert_eq!(unpacked(&[0x1f, 0x8b, 0xff], 100).as_ref(), b"");
    }
}
