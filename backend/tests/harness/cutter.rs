//! A wire to PostgreSQL that is cut where it hurts: when a COMMIT passes, before or after it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// What happens to COMMITs that pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    Nothing,
    /// The COMMIT never arrives.
    Before,
    /// The COMMIT arrives, its answer does not.
    After,
}

/// A proxy on a port of its own.
#[derive(Clone)]
pub struct Cutter {
    /// `127.0.0.1:port`
    pub address: String,
    mode: Arc<AtomicU32>,
    /// Every so many COMMITs meet it.
    seen: Arc<AtomicU32>,
    cuts: Arc<AtomicU32>,
}

impl Cutter {
    /// Passes everything on to `upstream` until it is told otherwise.
    pub async fn start(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let cutter = Self {
            address: listener.local_addr().expect("bound").to_string(),
            mode: Arc::default(),
            seen: Arc::default(),
            cuts: Arc::default(),
        };
        let (this, upstream) = (cutter.clone(), upstream.to_owned());
        actix_web::rt::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect(&upstream).await else { continue };
                let is_cut = Arc::new(AtomicBool::new(false));
                let (near_in, near_out) = near.into_split();
                let (far_in, far_out) = far.into_split();
                let forth = this.clone().forth(near_in, far_out, is_cut.clone());
                actix_web::rt::spawn(async move {
                    tokio::select! {
                        _ = forth => {}
                        _ = back(far_in, near_out, is_cut) => {}
                    }
                });
            }
        });
        cutter
    }

    pub fn set(&self, mode: Cut) {
        self.mode.store(mode as u32, Ordering::Release);
    }

    /// How many connections were cut.
    pub fn cuts(&self) -> u32 {
        self.cuts.load(Ordering::Acquire)
    }

    /// Reads message by message what the server says to the database.
    async fn forth(
        self,
        mut near: OwnedReadHalf,
        mut far: OwnedWriteHalf,
        is_cut: Arc<AtomicBool>,
    ) -> std::io::Result<()> {
        // What opens a connection has no type; the request for TLS is answered with no.
        loop {
            let mut opening = vec![0; 4];
            near.read_exact(&mut opening).await?;
            let length = length_of(&opening);
            opening.resize(length, 0);
            near.read_exact(&mut opening[4..]).await?;
            far.write_all(&opening).await?;
            const TLS: [u8; 4] = 80_877_103_u32.to_be_bytes();
            if opening.get(4..8) != Some(&TLS) {
                break;
            }
        }
        loop {
            let mut message = vec![0; 5];
            near.read_exact(&mut message).await?;
            let length = length_of(&message[1..5]);
            message.resize(length + 1, 0);
            near.read_exact(&mut message[5..]).await?;
            let is_commit = message[0] == b'Q' && &message[5..] == b"COMMIT\0";
            match if is_commit { self.fate() } else { Cut::Nothing } {
                Cut::Nothing => far.write_all(&message).await?,
                Cut::Before => return Ok(()),
                Cut::After => {
                    is_cut.store(true, Ordering::Release);
                    far.write_all(&message).await?;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    return Ok(());
                }
            }
        }
    }

    fn fate(&self) -> Cut {
        let mode = match self.mode.load(Ordering::Acquire) {
            1 => Cut::Before,
            2 => Cut::After,
            _ => return Cut::Nothing,
        };
        if self.seen.fetch_add(1, Ordering::AcqRel) % 2 == 1 {
            return Cut::Nothing;
        }
        self.cuts.fetch_add(1, Ordering::AcqRel);
        mode
    }
}

fn length_of(bytes: &[u8]) -> usize {
    let bytes = bytes.try_into().expect("four bytes");
    usize::try_from(u32::from_be_bytes(bytes)).expect("a length")
}

async fn back(
    mut far: OwnedReadHalf,
    mut near: OwnedWriteHalf,
    is_cut: Arc<AtomicBool>,
) -> std::io::Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let length = far.read(&mut bytes).await?;
        if is_cut.load(Ordering::Acquire) {
            // The other half ends the connection.
            std::future::pending::<()>().await;
        }
        if length == 0 {
            return Ok(());
        }
        near.write_all(&bytes[..length]).await?;
    }
}
