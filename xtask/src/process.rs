//! Child processes: run and judge, run and listen, run in the background and surely stop.
//! Refuses to leave a background process or its folder behind, also on Ctrl-C and SIGTERM.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static NEXT_ID: AtomicU64 = AtomicU64::new(0);
static REGISTRY: Mutex<Registry> =
    Mutex::new(Registry { processes: Vec::new(), folders: Vec::new() });

struct Registry {
    processes: Vec<Registered>,
    folders: Vec<PathBuf>,
}

#[derive(Clone)]
struct Registered {
    id: u64,
    signal: &'static str,
    child: Arc<Mutex<Child>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on Ctrl-C and SIGTERM stop every background process, remove every registered folder
/// and end xtask with 130.
pub fn handle_interrupts() -> Result<()> {
    ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
        let processes = lock(&REGISTRY).processes.clone();
        for process in &processes {
            send(process.signal, lock(&process.child).id());
        }
        for process in &processes {
            wait_or_kill(&process.child);
        }
        for folder in lock(&REGISTRY).folders.drain(..) {
            let _gone = std::fs::remove_dir_all(folder);
        }
        std::process::exit(130);
    })
    .context("cannot install the handler of Ctrl-C")
}

/// A folder under the system's temporary folder that is removed when dropped or interrupted.
pub struct TemporaryFolder {
    path: PathBuf,
}

impl TemporaryFolder {
    pub fn new(name: &str) -> Result<Self> {
        let prefix = format!("nq57-{name}-");
        Ok(Self::keep(tempfile::Builder::new().prefix(&prefix).tempdir()?))
    }

    fn keep(folder: tempfile::TempDir) -> Self {
        let path = folder.keep();
        lock(&REGISTRY).folders.push(path.clone());
        Self { path }
    }

    /// One in memory, where the machine has a place for that with so many bytes free.
    pub fn in_memory(name: &str, bytes: u64) -> Result<Option<Self>> {
        const PLACE: &str = "/dev/shm";
        let Ok(free) =
            capture(Command::new("df").args(["--output=avail", "--block-size=1", PLACE]))
        else {
            return Ok(None);
        };
        let free = free.lines().nth(1).and_then(|line| line.trim().parse::<u64>().ok());
        if free.is_none_or(|free| free < bytes) {
            return Ok(None);
        }
        let prefix = format!("nq57-{name}-");
        Ok(Some(Self::keep(tempfile::Builder::new().prefix(&prefix).tempdir_in(PLACE)?)))
    }

    pub fn path(&self) -> &std::path::Path {
        &self.path
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.path);
        lock(&REGISTRY).folders.retain(|folder| *folder != self.path);
    }
}

/// A process that xtask started; it is stopped when dropped and when xtask is interrupted.
pub struct Running {
    registered: Registered,
}

impl Running {
    /// `signal` is what asks the program to stop in good order: `TERM`, for PostgreSQL `INT`.
    pub fn start(mut command: Command, signal: &'static str) -> Result<Self> {
        Self::start_from(&mut command, signal)
    }

    fn start_from(command: &mut Command, signal: &'static str) -> Result<Self> {
        let child = spawn(command)?;
        let registered = Registered {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            signal,
            child: Arc::new(Mutex::new(child)),
        };
        lock(&REGISTRY).processes.push(registered.clone());
        Ok(Self { registered })
    }

    pub fn id(&self) -> u32 {
        lock(&self.registered.child).id()
    }

    /// The status, once the process has ended by itself.
    pub fn ended(&self) -> Result<Option<ExitStatus>> {
        Ok(lock(&self.registered.child).try_wait()?)
    }

    /// Waits until the process ends. An interrupt ends xtask itself, after the process.
    pub fn wait(&self) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !matches!(self.ended(), Ok(Some(_))) {
            send(self.registered.signal, lock(&self.registered.child).id());
            wait_or_kill(&self.registered.child);
        }
        lock(&REGISTRY).processes.retain(|process| process.id != self.registered.id);
    }
}

fn send(signal: &str, pid: u32) {
    let _sent = Command::new("kill")
        .args([format!("-{signal}"), pid.to_string()])
        .stderr(Stdio::null())
        .status();
}

/// Twenty seconds to drain, then the hard way.
fn wait_or_kill(child: &Mutex<Child>) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        if !matches!(lock(child).try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut child = lock(child);
    let _killed = child.kill();
    let _reaped = child.wait();
}

/// Stops here when an interrupt is being handled, so that no further step begins.
pub fn halt_if_interrupted() {
    while INTERRUPTED.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn spawn(command: &mut Command) -> Result<Child> {
    command.spawn().with_context(|| format!("cannot start {}", describe(command)))
}

fn describe(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

/// Runs with xtask's own output, whatever the status.
pub fn status(command: &mut Command) -> Result<ExitStatus> {
    let status = Running::start_from(command, "TERM")?.wait()?;
    halt_if_interrupted();
    Ok(status)
}

/// Runs with xtask's own output.
///
/// # Errors
/// When the program cannot be started or ends with a failure.
pub fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if !status.success() {
        bail!("{} ended with {status}", describe(command));
    }
    Ok(())
}

/// Runs silently and gives what was printed to stdout.
///
/// # Errors
/// When the program cannot be started or fails; the text carries what it said to stderr.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", describe(command)))?;
    halt_if_interrupted();
    if !output.status.success() {
        bail!(
            "{} ended with {}\n{}",
            describe(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs with stdout both shown and returned, whatever the status.
pub fn tee(command: &mut Command) -> Result<(ExitStatus, String)> {
    let child = Running::start_from(command.stdin(Stdio::null()).stdout(Stdio::piped()), "TERM")?;
    let mut text = String::new();
    let stdout = lock(&child.registered.child).stdout.take();
    if let Some(stdout) = stdout {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            let mut out = std::io::stdout().lock();
            writeln!(out, "{line}")?;
            text.push_str(&line);
            text.push('\n');
        }
    }
    let status = child.wait()?;
    halt_if_interrupted();
    Ok((status, text))
}

/// Whether the program exists and answers `--version` (or the given words) with success.
pub fn answers(program: &str, words: &[&str]) -> bool {
    Command::new(program)
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
