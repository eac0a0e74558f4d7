//! The stored form of one record: a version, a checksum, then JSON.
//!
//! ```text
//! byte 0      version of the record's form
//! bytes 1-4   CRC-32 of byte 0 and the payload, little-endian
//! bytes 5-    payload: JSON in UTF-8
//! ```

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The version written, and the latest one read.
pub(crate) const VERSION: u8 = 1;

/// Why bytes are no record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Written by a later program.
    Newer(u8),
    /// Anything else, in words.
    Bad(String),
}

/// The stored form of a value.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    let payload = serde_json::to_vec(value)?;
    let mut bytes = Vec::with_capacity(5 + payload.len());
    bytes.push(VERSION);
    bytes.extend_from_slice(&checksum(VERSION, &payload).to_le_bytes());
    bytes.extend_from_slice(&payload);
    Ok(bytes)
}

/// The value of a stored form.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Flaw> {
    let ([version, stored @ ..], payload) = bytes
        .split_first_chunk::<5>()
        .ok_or_else(|| Flaw::Bad("it is cut short".to_owned()))?;
    if checksum(*version, payload) != u32::from_le_bytes(*stored) {
        return Err(Flaw::Bad("its checksum is wrong".to_owned()));
    }
    // After the checksum, so that a damaged version byte is not taken for a later program's.
    if *version != VERSION {
        return Err(Flaw::Newer(*version));
    }
    serde_json::from_slice(payload).map_err(|e| Flaw::Bad(format!("its content is wrong: {e}")))
}

fn checksum(version: u8, payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&[version]);
    hasher.update(payload);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_is_noticed() {
        let good = encode(&vec!["华为", "chip"]).unwrap();
        assert_eq!(decode::<Vec<String>>(&good).unwrap(), ["华为", "chip"]);
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let wrong = Flaw::Bad("its checksum is wrong".to_owned());
            assert_eq!(decode::<Vec<String>>(&bad), Err(wrong), "bit {bit}");
        }
        for length in 0..good.len() {
            assert!(
                decode::<Vec<String>>(&good[..length]).is_err(),
                "{length} bytes"
            );
        }
    }

    #[test]
    fn a_later_version_is_told_from_damage() {
        let mut bytes = encode(&1).unwrap();
        bytes[0] = VERSION + 1;
        bytes[1..5].copy_from_slice(&checksum(VERSION + 1, b"1").to_le_bytes());
        assert_eq!(decode::<u8>(&bytes), Err(Flaw::Newer(VERSION + 1)));
    }
}
