//! A network that fails on request.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// Fault of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It works.
    None,
    /// Every piece of data, either way, arrives this much later.
    Latency(Duration),
    /// Connections are taken and stay open, and no data arrives. What was held back arrives when
    /// the fault ends.
    Hang,
    /// Connections are taken and reset at once.
    Reset,
    /// Each connection ends after so many bytes of the server's answer.
    CutAfter(usize),
    /// Nobody listens; open connections are reset.
    Refuse,
}

/// Stands between clients and a server. Dropping it resets what is open.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    fault: watch::Sender<Fault>,
    /// The fault that the listener acts on.
    in_force: watch::Receiver<Fault>,
    accepted: Arc<AtomicU64>,
    _stop: DropGuard,
}

impl FaultProxy {
    /// Listens on a free port of this machine and passes everything to `upstream`.
    ///
    /// # Errors
    ///
    /// When no port is available.
    pub async fn start(upstream: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (fault, faults) = watch::channel(Fault::None);
        let (applied, in_force) = watch::channel(Fault::None);
        let accepted = Arc::new(AtomicU64::new(0));
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let proxy_listener = ProxyListener {
            address,
            upstream,
            faults,
            applied,
            accepted: Arc::clone(&accepted),
            stop: stop.clone(),
            tasks: tasks.clone(),
        };
        tasks.spawn(
            stop.clone()
                .run_until_cancelled_owned(proxy_listener.keep(listener)),
        );
        Ok(Self {
            address,
            fault,
            in_force,
            accepted,
            _stop: stop.drop_guard(),
        })
    }

    /// Returns the address for clients.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the number of connections accepted so far.
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// Makes the network behave so from now on, on open connections and on new ones.
    pub async fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
        let mut in_force = self.in_force.clone();
        in_force
            .wait_for(|applied| *applied == fault)
            .await
            .expect("the listener lives as long as the proxy");
    }
}

/// The listening side.
struct ProxyListener {
    address: SocketAddr,
    upstream: SocketAddr,
    faults: watch::Receiver<Fault>,
    applied: watch::Sender<Fault>,
    accepted: Arc<AtomicU64>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl ProxyListener {
    async fn keep(mut self, listener: TcpListener) {
        let mut listener = Some(listener);
        loop {
            let fault = *self.faults.borrow_and_update();
            match fault {
                Fault::Refuse => listener = None,
                _ if listener.is_none() => listener = TcpListener::bind(self.address).await.ok(),
                _ => {}
            }
            self.applied.send_replace(fault);
            tokio::select! {
                changed = self.faults.changed() => if changed.is_err() { return },
                client = accept(listener.as_ref()) => self.take(client),
            }
        }
    }

    fn take(&self, client: TcpStream) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
        let faults = self.faults.clone();
        let pass = pass(client, self.upstream, faults, self.stop.clone());
        self.tasks.spawn(pass);
    }
}

async fn accept(listener: Option<&TcpListener>) -> TcpStream {
    let Some(listener) = listener else {
        return std::future::pending().await;
    };
    loop {
        if let Ok((client, _)) = listener.accept().await {
            return client;
        }
    }
}

/// Passes data both ways until one side ends, a fault breaks the connection, or the proxy goes.
async fn pass(
    mut client: TcpStream,
    upstream: SocketAddr,
    faults: watch::Receiver<Fault>,
    stop: CancellationToken,
) {
    let mut breaking = faults.clone();
    let broken = breaking.wait_for(|fault| matches!(fault, Fault::Reset | Fault::Refuse));
    let is_broken = tokio::select! {
        _ = broken => true,
        () = stop.cancelled() => true,
        _ = pass_both_ways(&mut client, upstream, faults) => false,
    };
    if is_broken {
        // Closing is then a reset; nobody is left to be told when even that fails.
        let _ = client.set_zero_linger();
    }
}

async fn pass_both_ways(
    client: &mut TcpStream,
    upstream: SocketAddr,
    faults: watch::Receiver<Fault>,
) -> io::Result<()> {
    let mut server = TcpStream::connect(upstream).await?;
    server.set_nodelay(true)?;
    client.set_nodelay(true)?;
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let asked = pump(from_client, to_server, faults.clone(), false);
    let answered = pump(from_server, to_client, faults, true);
    tokio::try_join!(asked, answered).map(|_| ())
}

/// Passes data one way.
async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut faults: watch::Receiver<Fault>,
    is_answer: bool,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    let mut passed = 0;
    loop {
        let mut length = from.read(&mut buffer).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        let fault = *faults
            .wait_for(|fault| *fault != Fault::Hang)
            .await
            .map_err(io::Error::other)?;
        if let Fault::Latency(delay) = fault {
            tokio::time::sleep(delay).await;
        }
        if let (Fault::CutAfter(limit), true) = (fault, is_answer) {
            length = length.min(limit.saturating_sub(passed));
            to.write_all(&buffer[..length]).await?;
            passed += length;
            if passed >= limit {
                to.shutdown().await?;
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            continue;
        }
        to.write_all(&buffer[..length]).await?;
        passed += length;
    }
}
