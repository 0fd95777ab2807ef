//! The application under test: the embedded mode, whole, on free ports and with its own clock.

use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Once};
use std::time::Duration;

use kernel::ManualClock;
use nexon_sandbox::{FaultRule, Sandbox};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use server::config::{Config, Sources};
use server::http::{Listeners, PROBLEM_JSON, ServeError, serve};
use server::wiring::{Wired, request_metrics, wire};
use server::{HealthCheck, Lifecycle, Role};
use telemetry::Metrics;
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// A running application. Its characters come from a sandbox, its clock stands still.
pub(crate) struct TestApp {
    pub(crate) public: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) metrics: Metrics,
    clock: Arc<ManualClock>,
    lifecycle: Lifecycle,
    client: Client,
    served: JoinHandle<Result<(), ServeError>>,
    wired: Wired,
    folder: TempDir,
}

/// Token that operators present.
pub(crate) const ADMIN_TOKEN: &str = "the-admin-token-of-the-tests";

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::configured(&[]).await
    }

    pub(crate) async fn with_dependencies(dependencies: Vec<Box<dyn HealthCheck>>) -> Self {
        Self::with(tempfile::tempdir().unwrap(), &[], dependencies).await
    }

    /// With these settings, as the environment would give them.
    pub(crate) async fn configured(settings: &[(&str, &str)]) -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), settings).await
    }

    /// With the files of one that was here before.
    pub(crate) async fn in_folder(folder: TempDir, settings: &[(&str, &str)]) -> Self {
        Self::with(folder, settings, Vec::new()).await
    }

    async fn with(
        folder: TempDir,
        settings: &[(&str, &str)],
        dependencies: Vec<Box<dyn HealthCheck>>,
    ) -> Self {
        install_tls();
        let clock = Arc::new(ManualClock::at("2026-11-22T12:00:00Z".parse().unwrap()));
        let metrics = Metrics::new();
        let lifecycle = Lifecycle::new();
        let mut wired = wire(&config(folder.path(), settings), &metrics, clock.clone())
            .await
            .unwrap();
        let mut service = wired.service(&metrics, &lifecycle);
        service.health_checks.extend(dependencies);
        let listeners = Listeners {
            public: Some(TcpListener::bind(("127.0.0.1", 0)).unwrap()),
            admin: TcpListener::bind(("127.0.0.1", 0)).unwrap(),
            max_connections: 1_000,
            linger: Duration::ZERO,
        };
        let public = listeners.public.as_ref().unwrap().local_addr().unwrap();
        let admin = listeners.admin.local_addr().unwrap();
        std::mem::take(&mut wired.workers).start(Role::ServeAndWork, &lifecycle);
        let (request_metrics, life) = (request_metrics(&metrics), lifecycle.clone());
        let served = lifecycle.tasks().spawn(async move {
            serve(listeners, Arc::new(service), request_metrics, &life).await
        });
        // Encodings are looked at as they are sent.
        let client = Client::builder()
            .no_gzip()
            .redirect(reqwest::redirect::Policy::none());
        Self {
            public,
            admin,
            metrics,
            clock,
            lifecycle,
            client: client.build().unwrap(),
            served,
            wired,
            folder,
        }
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request("GET", path)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request("POST", path).json(body)
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = method.parse().unwrap();
        let url = format!("http://{}{path}", self.public);
        self.client.request(method, url)
    }

    pub(crate) fn get_admin(&self, path: &str) -> RequestBuilder {
        self.request_admin("GET", path)
    }

    /// Request of an operator.
    pub(crate) fn admin(&self, method: &str, path: &str) -> RequestBuilder {
        self.request_admin(method, path).bearer_auth(ADMIN_TOKEN)
    }

    /// Request of any client to the admin listener.
    pub(crate) fn request_admin(&self, method: &str, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.admin);
        self.client.request(method.parse().unwrap(), url)
    }

    /// The metrics as text.
    pub(crate) async fn metrics(&self) -> String {
        let response = self.get_admin("/metrics").send().await.unwrap();
        response.text().await.unwrap()
    }

    /// An attempt to log in.
    pub(crate) fn try_log_in(&self, key: &str) -> RequestBuilder {
        self.post("/api/v1/sessions", &json!({"nexon_api_key": key}))
    }

    /// The session of the owner of this key, such as `sandbox-member-1`.
    pub(crate) async fn log_in(&self, key: &str) -> Value {
        let response = self.try_log_in(key).send().await.unwrap();
        assert_eq!(response.status(), 201, "{key}");
        response.json().await.unwrap()
    }

    /// The answer to a GET that succeeds.
    pub(crate) async fn answer(&self, path: &str) -> Value {
        let response = self.get(path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        self.wired
            .sandbox()
            .expect("the embedded mode has a sandbox")
    }

    /// A metric's value.
    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let metrics = self.get_admin("/metrics").send().await.unwrap();
        let metrics = metrics.text().await.unwrap();
        let mut lines = metrics.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.unwrap().parse().unwrap()
    }

    /// Injects a fault into the sandbox from now on.
    pub(crate) fn break_upstream(&self, rule: FaultRule) {
        self.sandbox().set_faults(vec![rule]);
    }

    /// Moves the application's clock.
    pub(crate) fn wait(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// The same, and waits until everything in the background has ended too.
    pub(crate) async fn stop_and_wait_for_tasks(self) {
        let lifecycle = self.lifecycle.clone();
        self.stop().await.unwrap();
        assert!(lifecycle.finish().await);
    }

    /// Tells the application to stop and waits until it has.
    pub(crate) async fn stop(self) -> Result<(), ServeError> {
        self.lifecycle.stop();
        let served = self.served.await.unwrap();
        assert!(self.lifecycle.finish().await);
        self.wired.close().await.unwrap();
        served
    }

    /// Stops; what is left is the data folder.
    pub(crate) async fn into_folder(self) -> TempDir {
        self.lifecycle.stop();
        self.served.await.unwrap().unwrap();
        self.wired.close().await.unwrap();
        self.folder
    }
}

/// Content of a gzip file, which must be one member and nothing else.
pub(crate) fn gunzip(compressed: &[u8]) -> Vec<u8> {
    let mut rest = compressed;
    let mut plain = Vec::new();
    let mut decoder = flate2::bufread::GzDecoder::new(&mut rest);
    decoder.read_to_end(&mut plain).unwrap();
    assert!(rest.is_empty(), "{} bytes follow", rest.len());
    plain
}

/// The problem a response carries, after checking what every problem has.
pub(crate) async fn problem(response: Response) -> Value {
    let status = response.status().as_u16();
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), PROBLEM_JSON);
    let request_id = header("x-request-id");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["status"], status, "{body}");
    assert_eq!(body["request_id"], request_id, "{body}");
    for member in ["type", "title", "detail"] {
        let text = body[member].as_str();
        assert!(text.is_some_and(|text| !text.is_empty()), "{body}");
    }
    body
}

/// The configuration of the embedded mode, with its files in this folder.
fn config(folder: &Path, settings: &[(&str, &str)]) -> Config {
    let own = [
        ("MAPLE__DATA_DIR", folder.to_str().unwrap()),
        ("MAPLE__NEXON__TIMEOUT_MS", "30000"),
        ("MAPLE__REQUEST__DEADLINE_MS", "30000"),
        ("MAPLE__ADMIN__TOKEN", ADMIN_TOKEN),
    ];
    // An empty one counts as not set, so ours must give way to it.
    let own = own
        .iter()
        .filter(|(key, _)| settings.iter().all(|(other, _)| other != key));
    let variables = own.chain(settings);
    Config::load(&Sources {
        file: None,
        variables: variables
            .map(|&(key, value)| (key.to_owned(), value.to_owned()))
            .collect(),
    })
    .unwrap()
}

pub(crate) fn install_tls() {
    static TLS: Once = Once::new();
    TLS.call_once(|| {
        // Another part of the process may have installed one already; any will do.
        let _installed = rustls::crypto::ring::default_provider().install_default();
    });
}
