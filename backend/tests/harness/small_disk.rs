//! A small file system of its own, where the machine lets us mount one: only root may.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A mounted file system in memory; unmounted when it is dropped.
pub struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// `None` where it is not allowed.
    pub fn mount(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        // PostgreSQL runs as somebody else and must come through.
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).expect("ours");
        let disk = Self { folder };
        std::fs::create_dir(disk.path()).expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "nq57-test"])
            .arg(disk.path())
            .output();
        mounted.is_ok_and(|output| output.status.success()).then_some(disk)
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// Gives it to whoever owns this file or folder.
    pub fn give_to_owner_of(&self, path: &Path) -> std::io::Result<()> {
        let owner = std::fs::metadata(path)?;
        chown(self.path(), Some(owner.uid()), Some(owner.gid()))
    }

    /// Gives it more room.
    pub fn grow(&self, megabytes: u32) {
        let grown = Command::new("mount")
            .args(["-o", &format!("remount,size={megabytes}m")])
            .arg(self.path())
            .output();
        assert!(grown.is_ok_and(|output| output.status.success()), "more room");
    }

    /// Leaves no byte free.
    pub fn fill(&self) {
        let mut filler = File::create(self.path().join("filler")).expect("a file");
        for size in [64 * 1024, 4096, 1] {
            while filler.write_all(&vec![7; size]).is_ok() {}
        }
    }

    pub fn free(&self) {
        std::fs::remove_file(self.path().join("filler")).expect("the filler");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a killed process may not have closed its files yet. It may never have been mounted.
        let _ = Command::new("umount").arg("-l").arg(self.path()).output();
    }
}
