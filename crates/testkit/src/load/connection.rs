//! One HTTP/1.1 connection that is kept.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{HOST, HeaderValue};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::{LoadResponse, Request};

/// A connection to the server.
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
    /// Task that drives the connection; aborted when this value is dropped.
    _driver: JoinSet<()>,
}

impl Connection {
    /// Connects.
    pub(super) async fn open(
        address: SocketAddr,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            // A failure reaches the caller through the response it waits for.
            let _ = connection.await;
        });
        Ok(Self {
            sender,
            host: HeaderValue::try_from(address.to_string())?,
            _driver: driver,
        })
    }

    /// Whether another request can be sent.
    pub(super) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Sends a request and waits for the whole answer.
    pub(super) async fn exchange(
        &mut self,
        number: usize,
        mut request: Request,
    ) -> Result<LoadResponse, String> {
        let broken = |error: hyper::Error| format!("the connection broke: {error}");
        request.headers_mut().insert(HOST, self.host.clone());
        self.sender.ready().await.map_err(broken)?;
        let response = self.sender.send_request(request).await.map_err(broken)?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(broken)?;
        Ok(LoadResponse {
            number,
            status: head.status,
            headers: head.headers,
            body: body.to_bytes(),
        })
    }
}
