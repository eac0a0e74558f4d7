//! Fetched and kept pages on their way to the extractor.

use std::fs::File;
use std::io;
use std::path::Path;
use tocsin_core::{Page, Timestamp};
use tocsin_crawler::warc;
use tocsin_extractor::Publishers;

/// Pages of a file of many that are read side by side, and their bytes.
const AT_ONCE: usize = 128;
const MOST_BYTES: usize = 32 << 20;

/// A page as the extractor takes it.
pub(crate) fn of<'a>(
    page: &'a Page,
    read_at: Timestamp,
    publishers: &'a Publishers,
) -> tocsin_extractor::Page<'a> {
    tocsin_extractor::Page {
        body: &page.body,
        content_type: page.content_type.as_deref(),
        url: &page.final_url,
        read_at: Some(read_at),
        publishers,
    }
}

/// The pages of a WARC file, so many at a time that memory does not grow with the file. An error comes behind
/// all pages that were read before it, and ends them.
pub(crate) struct Batches {
    file: warc::Reader<'static>,
    error: Option<io::Error>,
    is_ended: bool,
}

impl Batches {
    /// # Errors
    /// Where the file cannot be opened, or its beginning not be read.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: warc::Reader::new(File::open(path)?)?,
            error: None,
            is_ended: false,
        })
    }

    /// Pages so far that were too long or broken.
    pub(crate) fn broken(&self) -> usize {
        self.file.broken
    }
}

impl Iterator for Batches {
    type Item = io::Result<Vec<Page>>;

    fn next(&mut self) -> Option<Self::Item> {
        let (mut pages, mut bytes) = (Vec::new(), 0);
        while !self.is_ended && pages.len() < AT_ONCE && bytes < MOST_BYTES {
            match self.file.next_page() {
                Ok(Some(page)) => {
                    bytes += page.body.len();
                    pages.push(page);
                }
                Ok(None) => self.is_ended = true,
                Err(error) => {
                    self.error = Some(error);
                    self.is_ended = true;
                }
            }
        }
        match pages.is_empty() {
            true => self.error.take().map(Err),
            false => Some(Ok(pages)),
        }
    }
}
