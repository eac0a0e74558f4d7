//! Fetched pages as they came, in files that other programs read, too.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tocsin_core::{Page, Timestamp};
use tocsin_crawler::warc;

/// The WARC files of a data directory; each run of the program that fetches a page begins one of its own, so that
/// a kill costs at most the end of that one.
#[derive(Debug)]
pub struct Archive {
    dir: PathBuf,
    file: Mutex<Option<File>>,
}

impl Archive {
    /// In the folder `archive` of a data directory; nothing is made before the first page.
    pub fn of(data: &Path) -> Self {
        Self {
            dir: data.join("archive"),
            file: Mutex::new(None),
        }
    }

    /// Keeps a page.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn keep(&self, page: &Page) -> io::Result<()> {
        let record = warc::page_record(page)?;
        let mut place = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = match place.take() {
            Some(file) => file,
            None => self.begin(page.fetched_at)?,
        };
        file.write_all(&record)?;
        *place = Some(file);
        Ok(())
    }

    fn begin(&self, at: Timestamp) -> io::Result<File> {
        std::fs::create_dir_all(&self.dir)?;
        let time = at.strftime("%Y%m%dT%H%M%SZ");
        let mut number = 0;
        loop {
            let path = self.dir.join(format!("tocsin-{time}-{number}.warc.gz"));
            match OpenOptions::new().append(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    file.write_all(&warc::file_record(at)?)?;
                    return Ok(file);
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(error),
            }
        }
    }
}
