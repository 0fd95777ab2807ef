//! Connections whose bytes are no request: the refusal that actix-http writes without a body is
//! completed to problem details on its way to the client.
//!
//! actix-http refuses bytes that it cannot parse in its dispatcher, before there is a request that
//! a route, a middleware or an error handler could see. Its refusal is recognised here by its head,
//! which has none of the fields that every response of the service has.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::HttpResponse;
use actix_web::body::MessageBody as _;
use actix_web::http::StatusCode;
use actix_web::rt::net::TcpStream;
use actix_web::web::{Buf, Bytes, Data};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::transport::Transport;

/// Upper bound on the bytes of a refusal's head: a status line and three fields.
const MAX_HEAD: usize = 256;

/// Upper bound on the bytes that are read and discarded before a refused connection is closed.
const MAX_DISCARDED: usize = 64 * 1024;

/// A client's connection.
pub(super) struct Connection {
    stream: TcpStream,
    transport: Data<Transport>,
    /// Bytes that are left of a refusal, once there is one.
    refusal: Option<Bytes>,
}

impl Connection {
    pub(super) fn new(stream: TcpStream, transport: Data<Transport>) -> Self {
        Self {
            stream,
            transport,
            refusal: None,
        }
    }

    /// The stream below.
    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let Some(bare) = BareRefusal::at_end_of(bytes) else {
            return Pin::new(&mut this.stream).poll_write(context, bytes);
        };
        if bare.start > 0 {
            // The responses to earlier requests of the connection.
            return Pin::new(&mut this.stream).poll_write(context, &bytes[..bare.start]);
        }
        let metrics = &this.transport.request_metrics;
        let refusal = this
            .refusal
            .get_or_insert_with(|| bytes_of(metrics.malformed(bare.status), bare.date));
        while refusal.has_remaining() {
            let written = ready!(Pin::new(&mut this.stream).poll_write(context, refusal))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            refusal.advance(written);
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

impl Drop for Connection {
    /// Discards what a refused client has sent: a socket that is closed with unread bytes is reset,
    /// and the client may lose the refusal (RFC 9112, 9.6).
    fn drop(&mut self) {
        if self.refusal.is_none() {
            return;
        }
        let (mut buffer, mut left) = ([0; 4 * 1024], MAX_DISCARDED);
        while let Ok(read @ 1..) = self.stream.try_read(&mut buffer) {
            left = left.saturating_sub(read);
            if left == 0 {
                return;
            }
        }
    }
}

/// Refusal of actix-http's dispatcher: a head with only its own fields, and no body.
#[derive(Debug, PartialEq, Eq)]
struct BareRefusal<'b> {
    /// First byte of it.
    start: usize,
    status: StatusCode,
    /// Value of its `Date`.
    date: &'b str,
}

impl<'b> BareRefusal<'b> {
    /// The refusal that these bytes end with.
    fn at_end_of(bytes: &'b [u8]) -> Option<Self> {
        const VERSION: &[u8] = b"HTTP/1.";
        if !bytes.ends_with(b"\r\n\r\n") {
            return None;
        }
        let skipped = bytes.len().saturating_sub(MAX_HEAD);
        let mut windows = bytes[skipped..].windows(VERSION.len());
        let start = skipped + windows.rposition(|window| window == VERSION)?;
        let head = std::str::from_utf8(&bytes[start..]).ok()?;
        let (status_line, fields) = head.trim_ascii_end().split_once("\r\n")?;
        let status = StatusCode::from_bytes(status_line.get(9..12)?.as_bytes()).ok()?;
        let (mut is_empty, mut date) = (false, None);
        for field in fields.split("\r\n") {
            match field.split_once(": ")? {
                ("content-length", length) => is_empty = length == "0",
                ("connection", "close") => {}
                ("date", value) => date = Some(value),
                _ => return None,
            }
        }
        let is_error = status.is_client_error() || status.is_server_error();
        (is_error && is_empty).then_some(Self {
            start,
            status,
            date: date?,
        })
    }
}

/// A response that ends its connection, as bytes.
fn bytes_of(response: HttpResponse, date: &str) -> Bytes {
    let mut head = format!("HTTP/1.1 {}\r\n", response.status());
    let mut field = |name: &str, value: &str| head.extend([name, ": ", value, "\r\n"]);
    field("connection", "close");
    field("date", date);
    for (name, value) in response.headers() {
        // Values of ours are ASCII.
        field(name.as_str(), value.to_str().unwrap_or_default());
    }
    let body = response.into_body().try_into_bytes().unwrap_or_default();
    field("content-length", &body.len().to_string());
    [head.as_bytes(), b"\r\n", &body].concat().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BARE: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\
        date: Mon, 30 Nov 2026 17:00:00 GMT\r\n\r\n";

    #[test]
    fn refusal_without_fields_of_ours_is_bare_wherever_it_begins() {
        for before in [
            "",
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
            "HTTP/1.",
        ] {
            let bytes = format!("{before}{BARE}");
            let found = BareRefusal::at_end_of(bytes.as_bytes()).unwrap();
            assert_eq!(found.start, before.len());
            assert_eq!(found.status, StatusCode::BAD_REQUEST);
            assert_eq!(found.date, "Mon, 30 Nov 2026 17:00:00 GMT");
        }
    }

    #[test]
    fn responses_of_routes_are_not_bare() {
        for (part, instead) in [
            ("400 Bad Request", "200 OK"),
            ("content-length: 0", "content-length: 2"),
            ("content-length: 0\r\n", ""),
            (
                "connection: close",
                "connection: close\r\nx-request-id: 4bf92f35",
            ),
            ("GMT\r\n\r\n", "GMT\r\n\r\n{}"),
            ("\r\n\r\n", "\r\n"),
        ] {
            let text = BARE.replace(part, instead);
            assert_ne!(text, BARE, "{part}");
            assert_eq!(BareRefusal::at_end_of(text.as_bytes()), None, "{text}");
        }
        assert_eq!(BareRefusal::at_end_of(b"\r\n\r\n"), None);
    }
}
