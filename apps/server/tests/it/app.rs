//! The application under test, started on free ports.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Once};

use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use server::http::{Desk, Listeners, PROBLEM_JSON, RequestIds, ServeError, serve};
use server::{Dependency, Lifecycle, Service, openapi};
use telemetry::Metrics;
use tokio::task::JoinHandle;

/// A running application.
pub(crate) struct TestApp {
    pub(crate) public: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) lifecycle: Lifecycle,
    client: Client,
    served: JoinHandle<Result<(), ServeError>>,
}

impl TestApp {
    pub(crate) async fn with_dependencies(dependencies: Vec<Box<dyn Dependency>>) -> Self {
        let lifecycle = Lifecycle::new();
        let metrics = Metrics::new();
        let paths = openapi::paths();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let desk = Desk::new(RequestIds::from_seed(1), &metrics, &paths);
        let service = Arc::new(Service {
            dependencies,
            metrics,
            lifecycle: lifecycle.clone(),
        });
        let listeners = Listeners {
            public: TcpListener::bind(("127.0.0.1", 0)).unwrap(),
            admin: TcpListener::bind(("127.0.0.1", 0)).unwrap(),
        };
        let public = listeners.public.local_addr().unwrap();
        let admin = listeners.admin.local_addr().unwrap();
        let life = lifecycle.clone();
        let served = lifecycle
            .tasks()
            .spawn(async move { serve(listeners, service, desk, &life).await });
        Self {
            public,
            admin,
            lifecycle,
            client: client(),
            served,
        }
    }

    pub(crate) async fn start() -> Self {
        Self::with_dependencies(Vec::new()).await
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("http://{}{path}", self.public))
    }

    pub(crate) fn get_admin(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("http://{}{path}", self.admin))
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = method.parse().unwrap();
        let url = format!("http://{}{path}", self.public);
        self.client.request(method, url)
    }

    /// Tells the application to stop and waits until it has.
    pub(crate) async fn stop(self) -> Result<(), ServeError> {
        self.lifecycle.stop();
        self.served.await.unwrap()
    }
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
        assert!(
            body[member].as_str().is_some_and(|text| !text.is_empty()),
            "{body}"
        );
    }
    body
}

fn client() -> Client {
    static TLS: Once = Once::new();
    TLS.call_once(|| {
        rustls::crypto::ring::default_provider()
            .install_default()
            .expect("nothing else in this process installs a provider");
    });
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}
