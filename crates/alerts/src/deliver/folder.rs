//! Mails as files in a folder.

use super::DeliveryError;
use std::io::Write;
use std::path::Path;

/// Writes `FOLDER/ID.eml` whole or not at all: a kill in between leaves no half mail, and a second
/// delivery of the same mail replaces the file by an equal one.
pub(super) fn write(folder: &Path, message_id: &str, bytes: &[u8]) -> Result<(), DeliveryError> {
    let name = message_id.split('@').next().unwrap_or(message_id);
    let path = folder.join(format!("{name}.eml"));
    let half = folder.join(format!(".{name}.part"));
    std::fs::create_dir_all(folder)
        .and_then(|()| {
            let mut file = std::fs::File::create(&half)?;
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| std::fs::rename(&half, &path))
        .map_err(|cause| DeliveryError::Write {
            place: path.display().to_string(),
            cause,
        })
}
