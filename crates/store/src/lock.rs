//! One process at a time: a locked file in the data directory.

use crate::StoreError;
use std::fs::{File, TryLockError};
use std::path::Path;

/// Held for as long as the value lives, and not longer, however the process ends.
pub(crate) struct Lock(File);

impl Lock {
    /// Takes the lock of a data directory, which is made where it is missing. Does not wait.
    pub(crate) fn take(dir: &Path) -> Result<Self, StoreError> {
        let failed = |cause| StoreError::Io {
            dir: dir.to_owned(),
            cause,
        };
        std::fs::create_dir_all(dir).map_err(failed)?;
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        let file = options.open(dir.join("lock")).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked {
                dir: dir.to_owned(),
            }),
            Err(TryLockError::Error(cause)) => Err(failed(cause)),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone would leave the lock with a child that was forked and has not begun yet.
        let _ = self.0.unlock();
    }
}
