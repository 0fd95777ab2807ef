//! `maple-expectation serve` and `maple-expectation work`: the service itself.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use anyhow::Context;
use kernel::SystemClock;
use process::{Lifecycle, Role, supervisor};
use telemetry::Metrics;

use super::failure::Failure;
use super::stdout;
use super::welcome::{self, Addresses};
use crate::config::Config;
use crate::http::{Listeners, serve};
use crate::wiring::{self, Wired, wire};

pub(super) async fn run(config: &Config, role: Role, metrics: &Metrics) -> Result<(), Failure> {
    let lifecycle = Lifecycle::new();
    let watch = lifecycle.watch().context("cannot listen for signals")?;
    let max_connections =
        process::raise_limit().map_err(|error| Failure::BadInput(error.to_string()))?;
    let listeners = listen_for(config, role, max_connections)?;
    let wired = wire(config, metrics, Arc::new(SystemClock)).await?;
    let _claim = config.sqlite_file().map(|file| process::claim(&file));
    let welcome = welcome::text(config, &addresses(&listeners)?, wired.source);
    match stdout::line(welcome) {
        // The service does not depend on anybody who reads this.
        Ok(()) | Err(Failure::ReaderLeft) => {}
        Err(failure) => return Err(failure),
    }
    tokio::select! {
        ended = work(wired, listeners, role, metrics, &lifecycle, config.log_access) => ended?,
        never = watch => match never {},
    }
    tracing::info!("stopped");
    Ok(())
}

async fn work(
    mut wired: Wired,
    listeners: Listeners,
    role: Role,
    metrics: &Metrics,
    lifecycle: &Lifecycle,
    is_access_logged: bool,
) -> anyhow::Result<()> {
    let request_metrics = wiring::request_metrics(metrics).with_access_log(is_access_logged);
    let service = Arc::new(wired.service(metrics, lifecycle));
    supervisor::watch_over(lifecycle, &mut wired.workers);
    std::mem::take(&mut wired.workers).start(role, lifecycle);
    supervisor::ready();
    let served = serve(listeners, service, request_metrics, lifecycle).await;
    let finished = lifecycle.finish().await;
    wired.close().await?;
    served?;
    lifecycle.failure().map_or(Ok(()), Err)?;
    anyhow::ensure!(
        finished && !lifecycle.is_aborting(),
        "requests or workers were cut off"
    );
    Ok(())
}

fn listen_for(config: &Config, role: Role, max_connections: usize) -> anyhow::Result<Listeners> {
    let public = role.serves().then(|| listen("http.bind", config.http_bind));
    Ok(Listeners {
        public: public.transpose()?,
        admin: listen("admin.bind", config.admin_bind)?,
        max_connections,
        linger: if role.serves() {
            config.linger
        } else {
            std::time::Duration::ZERO
        },
    })
}

fn addresses(listeners: &Listeners) -> anyhow::Result<Addresses> {
    let address = |listener: &TcpListener| listener.local_addr();
    let addresses = || {
        Ok::<_, std::io::Error>(Addresses {
            public: listeners.public.as_ref().map(address).transpose()?,
            admin: address(&listeners.admin)?,
        })
    };
    addresses().context("a listener has no address")
}

fn listen(key: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).with_context(|| format!("cannot listen on {address} ({key})"))
}
