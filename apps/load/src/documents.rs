//! Equipment documents of made-up characters, always the same for a seed.

use std::sync::Once;
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use equipment::{CharacterDirectory, EquipmentSource};
use kernel::CharacterName;
use nexon_http::{NexonClient, NexonSettings};
use nexon_sandbox::Sandbox;
use secrecy::SecretString;

/// A sandbox and a client of it.
pub(crate) struct Documents {
    client: NexonClient,
    _sandbox: Sandbox,
}

impl Documents {
    /// Starts a sandbox. To be called within a runtime.
    pub(crate) fn open() -> anyhow::Result<Self> {
        install_tls();
        let sandbox = Sandbox::start_local().context("cannot start the sandbox")?;
        let timeout = Duration::from_mins(1);
        let client = NexonClient::new(NexonSettings {
            source: "sandbox",
            base_url: sandbox.url().to_owned(),
            api_key: SecretString::from("any"),
            connect_timeout: timeout,
            timeout,
        })?;
        Ok(Self {
            client,
            _sandbox: sandbox,
        })
    }

    /// The document of the seed's character of this number, as the upstream sends it.
    pub(crate) async fn of(&self, seed: u32, number: u32) -> anyhow::Result<Bytes> {
        let name = name(seed, number)?;
        let ocid = self.client.resolve(&name).await?;
        let ocid = ocid.with_context(|| format!("nobody is called {name}"))?;
        let document = self.client.fetch(&ocid).await?;
        document.with_context(|| format!("{name} wears nothing"))
    }
}

/// Twelve characters at most: a letter, the seed, and the number.
fn name(seed: u32, number: u32) -> anyhow::Result<CharacterName> {
    let name = format!("문{seed}x{number}");
    name.parse()
        .with_context(|| format!("`{name}` cannot be a name: the seed or the number is too large"))
}

pub(crate) fn install_tls() {
    static TLS: Once = Once::new();
    TLS.call_once(|| {
        // Another part of the process may have installed one already; any will do.
        let _installed = rustls::crypto::ring::default_provider().install_default();
    });
}
