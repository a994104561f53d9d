//! Where things lie: the workspace, its target folder, the bundle.
//! Knows paths only; reads and writes nothing.

use std::path::{Path, PathBuf};

/// The checkout that xtask works on.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace that this xtask was compiled from.
    pub fn find() -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { root: manifest.parent().unwrap_or(manifest).to_path_buf() }
    }

    #[cfg(test)]
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_path_buf() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The folder that cargo writes to.
    pub fn target(&self) -> PathBuf {
        match std::env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => self.root.join(dir),
            None => self.path("target"),
        }
    }

    /// The wasm builds have their own cargo folder, so that they never wait for, or invalidate,
    /// the server's.
    pub fn spa_target(&self) -> PathBuf {
        self.target().join("spa")
    }

    /// The bundle that the server embeds.
    pub fn dist(&self) -> PathBuf {
        self.path("dist")
    }

    /// Tools from other registries that belong to this checkout alone.
    pub fn tools(&self) -> PathBuf {
        self.target().join("tools")
    }
}
