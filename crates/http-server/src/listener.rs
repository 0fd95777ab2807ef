//! Listeners: actix-http over the service's own connections.
//!
//! `actix_web::HttpServer` does the same over connections that it makes itself, between which and
//! their clients nothing of ours can stand (ADR 53).

use std::io;
use std::net::TcpListener;

use actix_http::HttpService;
use actix_http::Protocol;
use actix_server::ServerBuilder;
use actix_service::{ServiceFactoryExt as _, map_config};
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{
    AppConfig, Extensions, Response, Server, Service, ServiceFactory, fn_service,
};
use actix_web::rt::net::TcpStream;
use actix_web::web::Data;
use std::time::Duration;

use super::malformed::Connection;
use super::transport::Transport;

/// Time in which the head of a request must arrive.
const HEAD_DEADLINE: Duration = Duration::from_secs(5);

/// Time in which a client must close a connection that is shut down.
const DISCONNECT_DEADLINE: Duration = Duration::from_secs(1);

/// Properties of one listener.
#[derive(Debug, Clone, Copy)]
pub(super) struct ListenerOptions {
    /// Threads that answer.
    pub workers: usize,
    /// Upper bound on the connections of all threads.
    pub max_connections: usize,
    /// Whether a client that has closed its half of a connection is still answered.
    pub answers_half_closed: bool,
    /// Bytes of a response that are made ahead of a slow client.
    pub write_buffer: usize,
}

impl ListenerOptions {
    /// Server that answers with apps made by `app`, one for each thread. `on_connect` sees each
    /// connection first.
    ///
    /// # Errors
    ///
    /// Errors of the listener.
    pub(super) fn serve<F, S, B, C>(
        self,
        listener: TcpListener,
        transport: Data<Transport>,
        on_connect: C,
        app: F,
    ) -> io::Result<Server>
    where
        F: Fn() -> S + Send + Clone + 'static,
        S: ServiceFactory<actix_http::Request, Config = AppConfig> + 'static,
        S::Error: Into<Error> + 'static,
        S::InitError: std::fmt::Debug,
        S::Response: Into<Response<B>> + 'static,
        <S::Service as Service<actix_http::Request>>::Future: 'static,
        S::Service: 'static,
        B: MessageBody + 'static,
        C: Fn(&TcpStream, &mut Extensions) + Send + Clone + 'static,
    {
        let builder = ServerBuilder::default()
            .workers(self.workers)
            .max_concurrent_connections((self.max_connections / self.workers).max(1))
            .disable_signals()
            .shutdown_timeout(transport.shutdown.grace.as_secs());
        let stopping = builder.graceful_shutdown_signal();
        let connections = move || {
            let (stopping, on_connect, transport) =
                (stopping.clone(), on_connect.clone(), transport.clone());
            let app = app().map_err(|error| error.into().error_response());
            let http = HttpService::build()
                .graceful_shutdown_signal(move || {
                    let stopping = stopping.clone();
                    async move { stopping.notified().await }
                })
                .client_request_timeout(HEAD_DEADLINE)
                .client_disconnect_timeout(DISCONNECT_DEADLINE)
                .h1_allow_half_closed(self.answers_half_closed)
                .h1_write_buffer_size(self.write_buffer)
                .on_connect_ext(
                    move |connection: &Connection, extensions: &mut Extensions| {
                        on_connect(connection.stream(), extensions);
                    },
                )
                .finish(map_config(app, |()| AppConfig::default()));
            fn_service(move |stream: TcpStream| {
                let transport = transport.clone();
                async move {
                    let peer = stream.peer_addr().ok();
                    Ok((Connection::new(stream, transport), Protocol::Http1, peer))
                }
            })
            .and_then(http)
        };
        Ok(builder.listen("http", listener, connections)?.run())
    }
}
