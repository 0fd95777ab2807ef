//! A process of the suite's own.

use std::path::Path;

use anyhow::ensure;
use testkit::Service;

/// The token of administrators.
pub(crate) const ADMIN_TOKEN: &str = "the-admin-token-of-the-smoke-test";

/// A server on free ports, with its files in a folder of its own; killed when dropped.
pub(crate) struct SmokeProcess {
    service: Service,
    public: String,
    admin: String,
}

impl SmokeProcess {
    /// Starts the program and waits until it answers.
    pub(crate) fn start(program: &Path, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let own = [
            ("MAPLE__DATA_DIR", "data"),
            ("MAPLE__HTTP__BIND", "127.0.0.1:0"),
            ("MAPLE__ADMIN__BIND", "127.0.0.1:0"),
            ("MAPLE__ADMIN__TOKEN", ADMIN_TOKEN),
            (
                "MAPLE__SESSIONS__SECRET",
                "the secret of the smoke test, of all its processes",
            ),
        ];
        let own = own
            .iter()
            .filter(|(name, _)| settings.iter().all(|(other, _)| other != name));
        let environment = own.chain(settings).copied();
        let mut service = Service::start(program, ["serve"], environment)?;
        let (public, admin) = block_on(async {
            let public = service.address("answers on http://").await?;
            let admin = service.address("metrics      http://").await?;
            Ok::<_, testkit::ServerError>((public, admin))
        })??;
        Ok(Self {
            service,
            public: format!("http://{public}"),
            admin: format!("http://{admin}"),
        })
    }

    /// The public address.
    pub(crate) fn public(&self) -> &str {
        &self.public
    }

    /// The admin address.
    pub(crate) fn admin(&self) -> &str {
        &self.admin
    }

    /// Ends the process as an operator does, and returns when it is gone.
    pub(crate) fn stop(&mut self) -> anyhow::Result<()> {
        self.service.terminate();
        let code = block_on(self.service.ended())?;
        ensure!(code == 0, "it ended with exit code {code}");
        Ok(())
    }
}

fn block_on<F: Future>(work: F) -> anyhow::Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(work))
}
