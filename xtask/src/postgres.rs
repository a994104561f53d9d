//! A PostgreSQL cluster of one's own for the API tests: temporary folder, free port, loopback only.
//! Refuses to outlive xtask, and to run as root (PostgreSQL refuses that itself).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::{self, Running, TemporaryFolder, answers, halt_if_interrupted};
use crate::server::free_port;
use crate::setup::{self, Need};
use crate::workspace::Workspace;

/// Superuser of the cluster, let in without a password from this machine.
const ROLE: &str = "nq57";

const SETTINGS: [&str; 7] = [
    "listen_addresses=127.0.0.1",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_connections=400",
    "shared_buffers=256MB",
    "max_wal_size=4GB",
    "jit=off",
];

/// Speed before safety: the data are thrown away.
const CARELESS: [&str; 4] =
    ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=256MB"];

/// What the data of all tests together may take, with room to spare.
const MEMORY: u64 = 3 << 30;

/// Whether commits survive a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// As in production.
    Kept,
    /// For tests.
    Waived,
}

pub struct Cluster {
    port: u16,
    binaries: PathBuf,
    log: PathBuf,
    // Dropped in this order: the server first, then its folder.
    _server: Running,
    _folder: TemporaryFolder,
}

impl Cluster {
    pub fn start(workspace: &Workspace, durability: Durability) -> Result<Self> {
        std::fs::create_dir_all(workspace.target())?;
        setup::ensure(&[Need::Postgres])?;
        let binaries = setup::postgres_binaries().context("no PostgreSQL")?;
        // Each test has a database of 300 files; a file system on a disk spent a third of their time on that.
        let in_memory = match durability {
            Durability::Kept => None,
            Durability::Waived => TemporaryFolder::in_memory("postgres", MEMORY)?,
        };
        let folder = match in_memory {
            Some(folder) => folder,
            None => TemporaryFolder::new("postgres")?,
        };
        let owner = Owner::choose()?;
        owner.take(folder.path())?;
        let data = folder.path().join("data");
        process::capture(
            owner
                .command(&binaries.join("initdb"))
                .args([
                    "--no-sync",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--username",
                    ROLE,
                    "--pgdata",
                ])
                .arg(&data)
                .current_dir(folder.path()),
        )?;
        let port = free_port()?;
        let mut command = owner.command(&binaries.join("postgres"));
        command.arg("-D").arg(&data).args(["-p", &port.to_string(), "-k"]).arg(folder.path());
        let careless = CARELESS.iter().filter(|_| durability == Durability::Waived);
        for setting in SETTINGS.iter().chain(careless) {
            command.args(["-c", setting]);
        }
        let log = workspace.target().join("postgres.log");
        command.current_dir(folder.path()).stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(std::fs::File::create(&log)?);
        let server = Running::start(command, "INT")?;
        wait_until_ready(&binaries, port, &server)?;
        Ok(Self { port, binaries, log, _server: server, _folder: folder })
    }

    /// Runs SQL and gives the rows, fields parted by `|`.
    pub fn query(&self, sql: &str) -> Result<String> {
        let mut command = Command::new(self.binaries.join("psql"));
        command.args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set=ON_ERROR_STOP=1",
        ]);
        process::capture(command.arg(self.url()).args(["--command", sql]))
    }

    /// A tool that came with the server, told how to reach it.
    pub fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.binaries.join(name));
        command.env("PGHOST", "127.0.0.1").env("PGPORT", self.port.to_string());
        command.env("PGUSER", ROLE).env("PGDATABASE", "postgres");
        command
    }

    /// Where it logs.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// The address of the database `postgres`; the role may create others.
    pub fn url(&self) -> String {
        format!("postgres://{ROLE}:{ROLE}@127.0.0.1:{}/postgres", self.port)
    }
}

fn wait_until_ready(binaries: &Path, port: u16, server: &Running) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    let isready = binaries.join("pg_isready").to_string_lossy().into_owned();
    let port = port.to_string();
    while !answers(&isready, &["-q", "-h", "127.0.0.1", "-p", &port, "-U", ROLE]) {
        halt_if_interrupted();
        if let Some(status) = server.ended()? {
            bail!("PostgreSQL ended with {status}");
        }
        if Instant::now() > deadline {
            bail!("PostgreSQL was not ready after 30 s");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Whom the cluster runs as.
enum Owner {
    Myself,
    /// From root down to somebody harmless.
    Other {
        user: u32,
        group: u32,
    },
}

impl Owner {
    fn choose() -> Result<Self> {
        if !setup::is_root() {
            return Ok(Self::Myself);
        }
        let accounts = std::fs::read_to_string("/etc/passwd")?;
        let found = ["postgres", "nobody"].iter().find_map(|name| ids_of(&accounts, name));
        let (user, group) = found.context("neither postgres nor nobody is an account here")?;
        Ok(Self::Other { user, group })
    }

    fn take(&self, folder: &Path) -> Result<()> {
        if let Self::Other { user, group } = self {
            std::os::unix::fs::chown(folder, Some(*user), Some(*group))?;
        }
        Ok(())
    }

    /// The program under that account, told to stop should xtask be killed.
    fn command(&self, program: &PathBuf) -> Command {
        match self {
            Self::Myself => Command::new(program),
            Self::Other { user, group } => {
                let mut command = Command::new("setpriv");
                command.arg(format!("--reuid={user}")).arg(format!("--regid={group}"));
                command.args(["--clear-groups", "--pdeathsig=INT"]).arg(program);
                command
            }
        }
    }
}

fn ids_of(accounts: &str, name: &str) -> Option<(u32, u32)> {
    let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_from_the_accounts() {
        let accounts =
            "root:x:0:0:root:/root:/bin/bash\npostgres:x:101:104:PostgreSQL:/var/lib:/bin/bash\n";
        assert_eq!(ids_of(accounts, "postgres"), Some((101, 104)));
        assert_eq!(ids_of(accounts, "nobody"), None);
    }
}
