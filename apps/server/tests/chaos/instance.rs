//! A server process under test.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::Value;
use testkit::Service;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_maple-expectation");

/// A server process, answering.
pub(crate) struct Instance {
    pub(crate) service: Service,
    pub(crate) public: SocketAddr,
    pub(crate) admin: SocketAddr,
    client: Client,
}

impl Instance {
    /// Starts a server on free ports and waits until it says where it is. `environment` comes on
    /// top of that; its files are in the folder of the process.
    pub(crate) async fn start(environment: &[(&str, &str)]) -> Self {
        Self::start_as(&["serve"], environment).await
    }

    /// The same with these arguments.
    pub(crate) async fn start_as(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start_program(Path::new(PROGRAM), arguments, environment).await
    }

    /// The same of another version.
    pub(crate) async fn start_program(
        program: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let own = [
            ("MAPLE__DATA_DIR", "data"),
            ("MAPLE__HTTP__BIND", "127.0.0.1:0"),
            ("MAPLE__ADMIN__BIND", "127.0.0.1:0"),
            (
                "MAPLE__SESSIONS__SECRET",
                "a secret that all instances share",
            ),
        ];
        let environment = own.iter().chain(environment).copied();
        let mut service = Service::start(program, arguments.iter().copied(), environment).unwrap();
        let (public, admin) = addresses(&mut service).await;
        Self {
            service,
            public,
            admin,
            client: client(),
        }
    }

    /// Kills it and starts it again with the same files; its addresses change.
    pub(crate) async fn kill_and_restart(&mut self) {
        self.service.restart().unwrap();
        (self.public, self.admin) = addresses(&mut self.service).await;
    }

    /// The response to a GET of a public path.
    pub(crate) async fn get(&self, path: &str) -> reqwest::Result<Response> {
        let url = format!("http://{}{path}", self.public);
        self.client.get(url).send().await
    }

    /// The answer to a GET of a public path that succeeds.
    pub(crate) async fn answer(&self, path: &str) -> Value {
        let response = self.get(path).await.unwrap();
        assert_eq!(response.status(), 200, "{path}: {}", self.service.log());
        response.json().await.unwrap()
    }

    /// Waits until readiness answers this status. It is found out by a check whose result stands
    /// for a second.
    pub(crate) async fn until_ready_is(&self, status: u16) {
        while self.get("/health/ready").await.unwrap().status() != status {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Status of a dependency in readiness, such as `ok`.
    pub(crate) async fn dependency(&self, name: &str) -> String {
        let ready: Value = self
            .get("/health/ready")
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let status = ready["dependencies"][name].as_str();
        status.unwrap_or_else(|| panic!("{ready}")).to_owned()
    }

    /// The value of a metric, with its labels as the metrics page writes them.
    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let url = format!("http://{}/metrics", self.admin);
        let text = self.client.get(url).send().await.unwrap();
        let text = text.text().await.unwrap();
        let value = text.lines().find_map(|line| {
            let (found, value) = line.rsplit_once(' ')?;
            (found == name).then(|| value.parse().unwrap())
        });
        value.unwrap_or_else(|| panic!("there is no {name} in\n{text}"))
    }
}

async fn addresses(service: &mut Service) -> (SocketAddr, SocketAddr) {
    let public = service.address("answers on http://").await.unwrap();
    let admin = service.address("metrics      http://").await;
    (public, admin.unwrap())
}

/// A client that is patient with a busy machine.
pub(crate) fn client() -> Client {
    static TLS: Once = Once::new();
    TLS.call_once(|| {
        // Another part of the process may have installed one already; any will do.
        let _installed = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder()
        .timeout(Duration::from_secs(30))
        .build()
        .unwrap()
}
