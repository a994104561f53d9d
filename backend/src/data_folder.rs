//! The data folder belongs to the user of the server alone: whatever this process makes, nobody else reads.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::fs::Mode;
use rustix::process::umask;

/// Takes all rights of group and others from every file and folder that is made from now on.
pub fn make_private() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// Says aloud when others may look into a folder that was there before.
pub fn look_at(folder: &Path) {
    // A folder that is not there is made later, privately.
    let Ok(about) = std::fs::metadata(folder) else { return };
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        tracing::warn!(
            folder = %folder.display(),
            mode = format!("{mode:o}"),
            "other users of this machine may look into the data folder: chmod 700"
        );
    }
}
