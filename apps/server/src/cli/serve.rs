//! `maple-expectation serve`: the service itself.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use anyhow::Context;
use kernel::SystemClock;
use telemetry::Metrics;

use super::failure::Failure;
use super::welcome::{self, Addresses};
use crate::config::Config;
use crate::http::{Listeners, serve};
use crate::lifecycle::Lifecycle;
use crate::wiring::{self, wire};

pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    let lifecycle = Lifecycle::new();
    let listeners = Listeners {
        public: listen("http.bind", config.http_bind)?,
        admin: listen("admin.bind", config.admin_bind)?,
    };
    let metrics = Metrics::new();
    let wired = wire(config, &metrics, Arc::new(SystemClock)).await?;
    let addresses = Addresses {
        public: listeners
            .public
            .local_addr()
            .context("the listener has no address")?,
        admin: listeners
            .admin
            .local_addr()
            .context("the listener has no address")?,
    };
    println!("{}", welcome::text(config, &addresses, wired.source));
    let desk = wiring::desk(&metrics);
    let service = Arc::new(wired.service(&metrics, &lifecycle));
    let work = async {
        let served = serve(listeners, service, desk, &lifecycle).await;
        lifecycle.stop();
        let finished = lifecycle.finish().await;
        wired.close().await?;
        served?;
        anyhow::ensure!(finished, "background tasks were cut off");
        Ok(())
    };
    tokio::select! {
        ended = work => ended?,
        Err(error) = lifecycle.watch() => {
            Err(error).context("cannot listen for signals")?;
        }
    }
    tracing::info!("stopped");
    Ok(())
}

fn listen(key: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).with_context(|| format!("cannot listen on {address} ({key})"))
}
