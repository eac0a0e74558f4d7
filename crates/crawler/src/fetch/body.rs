//! The body of an answer: decompressed as it comes, within bounds.

use async_compression::tokio::bufread::{
    BrotliDecoder, DeflateDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder,
};
use futures::TryStreamExt;
use reqwest::{Response, header};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt};
use tokio_util::io::StreamReader;

/// What is sent as `Accept-Encoding`.
pub(super) const ENCODINGS: &str = "gzip, br, zstd, deflate";

/// Below this size no ratio is suspicious: a short answer of one repeated line compresses well.
const RATIO_FROM: usize = 1024 * 1024;
/// Room that is made for each read.
const CHUNK: usize = 32 * 1024;

/// Bounds of a body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Bytes after decompression.
    pub(super) bytes: usize,
    /// Bytes that one compressed byte may become.
    pub(super) ratio: u32,
    /// Whether a longer body is cut at the limit, in the place of being refused.
    pub(super) cut: bool,
}

/// Why a body was not read to its end.
#[derive(Debug)]
pub(super) enum BodyError {
    TooLarge,
    Bomb,
    Broken(io::Error),
}

impl From<io::Error> for BodyError {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

/// Reads a body to its end or to its limit.
pub(super) async fn read(response: Response, limits: Limits) -> Result<Vec<u8>, BodyError> {
    let encoding = encoding(&response);
    let announced = response.content_length().unwrap_or(0);
    if !limits.cut && usize::try_from(announced).map_or(true, |length| length > limits.bytes) {
        return Err(BodyError::TooLarge);
    }
    let received = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&received);
    let stream = response
        .bytes_stream()
        .inspect_ok(move |chunk| {
            counter.fetch_add(chunk.len(), Ordering::Relaxed);
        })
        .map_err(io::Error::other);
    let reader = decoder(StreamReader::new(Box::pin(stream)), &encoding).await?;
    read_within(reader, limits, &received).await
}

async fn read_within(
    mut reader: impl AsyncRead + Unpin,
    limits: Limits,
    received: &AtomicUsize,
) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    loop {
        body.reserve(CHUNK);
        if reader.read_buf(&mut body).await? == 0 {
            return Ok(body);
        }
        if body.len() > limits.bytes {
            if !limits.cut {
                return Err(BodyError::TooLarge);
            }
            body.truncate(limits.bytes);
            return Ok(body);
        }
        let ratio = usize::try_from(limits.ratio).unwrap_or(usize::MAX);
        let bound = received.load(Ordering::Relaxed).saturating_mul(ratio);
        if body.len() > bound.max(RATIO_FROM) {
            return Err(BodyError::Bomb);
        }
    }
}

fn encoding(response: &Response) -> String {
    let values = response.headers().get_all(header::CONTENT_ENCODING);
    let names: Vec<&str> = values.iter().filter_map(|v| v.to_str().ok()).collect();
    names.join(",").trim().to_ascii_lowercase()
}

/// Servers are often wrong about how they compressed: the first bytes have the last word where they
/// can.
async fn decoder<R>(mut raw: R, encoding: &str) -> io::Result<Box<dyn AsyncRead + Send + Unpin>>
where
    R: AsyncBufRead + Send + Unpin + 'static,
{
    let start = raw.fill_buf().await?;
    let gzip = start.starts_with(&[0x1f, 0x8b]);
    let zlib = start.first_chunk().is_some_and(is_zlib_header);
    if start.is_empty() {
        return Ok(Box::new(raw));
    }
    Ok(match encoding {
        "" | "identity" | "none" => Box::new(raw),
        "gzip" | "x-gzip" if gzip => {
            let mut decoder = GzipDecoder::new(raw);
            decoder.multiple_members(true);
            Box::new(decoder)
        }
        "gzip" | "x-gzip" => Box::new(raw),
        "deflate" if zlib => Box::new(ZlibDecoder::new(raw)),
        "deflate" => Box::new(DeflateDecoder::new(raw)),
        "br" => Box::new(BrotliDecoder::new(raw)),
        "zstd" => Box::new(ZstdDecoder::new(raw)),
        _ => return Err(io::Error::other("it is compressed in a way not asked for")),
    })
}

/// RFC 1950: the method is 8, and the two bytes are a multiple of 31.
fn is_zlib_header(start: &[u8; 2]) -> bool {
    start.first().is_some_and(|method| method & 0x0f == 8)
        && u16::from_be_bytes(*start).is_multiple_of(31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        bytes: 4 * 1024 * 1024,
        ratio: 200,
        cut: false,
    };

    async fn read_bytes(raw: &'static [u8], encoding: &str) -> Result<Vec<u8>, BodyError> {
        let received = AtomicUsize::new(raw.len());
        read_within(decoder(raw, encoding).await?, LIMITS, &received).await
    }

    /// "one" and a line break, in every way that servers send it.
    const GZIP: &[u8] =
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\xcf\x4b\xe5\x02\0\x9f\xa8\x17\xf8\x04\0\0\0";
    const DEFLATE: &[u8] = b"\xcb\xcf\x4b\xe5\x02\0";
    const ZLIB: &[u8] = b"\x78\x9c\xcb\xcf\x4b\xe5\x02\0\x03\xde\x01\x4d";

    #[tokio::test]
    async fn the_first_bytes_have_the_last_word() {
        for (raw, encoding) in [
            (DEFLATE, "deflate"),
            (ZLIB, "deflate"),
            (GZIP, "gzip"),
            (GZIP, "x-gzip"),
            (b"one\n", "gzip"),
            (b"one\n", ""),
        ] {
            assert_eq!(
                read_bytes(raw, encoding).await.unwrap(),
                b"one\n",
                "{encoding}"
            );
        }
        assert_eq!(read_bytes(b"", "gzip").await.unwrap(), b"");
    }

    #[tokio::test]
    async fn a_broken_or_unknown_body_is_an_error() {
        assert!(matches!(
            read_bytes(&GZIP[..16], "gzip").await,
            Err(BodyError::Broken(_))
        ));
        assert!(matches!(
            read_bytes(b"one\n", "compress").await,
            Err(BodyError::Broken(_))
        ));
    }

    #[tokio::test]
    async fn growth_out_of_proportion_is_refused_only_when_it_is_large() {
        let zeros = |length| tokio::io::AsyncReadExt::take(tokio::io::repeat(0), length);
        let received = AtomicUsize::new(1_000);
        let small = read_within(zeros(1024 * 1024), LIMITS, &received).await;
        assert_eq!(small.unwrap().len(), 1024 * 1024);
        let large = read_within(zeros(2 * 1024 * 1024), LIMITS, &received).await;
        assert!(matches!(large, Err(BodyError::Bomb)));
    }

    #[tokio::test]
    async fn a_body_is_refused_or_cut_at_its_limit() {
        let received = AtomicUsize::new(usize::MAX);
        let endless = || tokio::io::repeat(b'a');
        let refused = read_within(endless(), LIMITS, &received).await;
        assert!(matches!(refused, Err(BodyError::TooLarge)));
        let cut = Limits {
            cut: true,
            ..LIMITS
        };
        let body = read_within(endless(), cut, &received).await.unwrap();
        assert_eq!(body.len(), LIMITS.bytes);
    }
}
