//! The two listeners and how they stop: no new requests, then the last answers, then nothing.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_service::IntoServiceFactory as _;
use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::web::ServiceConfig;
use actix_web::{App, web};

use super::body::buffer_body;
use super::chunks::WRITE_BUFFER;
use super::compress::compress;
use super::connections::{self, Connections};
use super::cors::cors;
use super::extract::MAX_BODY_BYTES;
use super::front::Front;
use super::listener::ListenerOptions;
use super::middleware::{admit, observe};
use super::transport::{Shutdown, Transport};

/// Upper bound on connections of operators; descriptors are kept for fewer.
const ADMIN_CONNECTIONS: usize = 25_600;

/// Listeners, already bound.
#[derive(Debug)]
pub struct Listeners {
    /// For everybody; none in a process that only works.
    pub public: Option<TcpListener>,
    /// For operators: metrics, health, administration.
    pub admin: TcpListener,
    /// Upper bound on connections of clients.
    pub max_connections: usize,
    /// Time for which connections are still accepted once the service is stopping, so that load
    /// balancers can see that it is no longer ready, and send requests elsewhere.
    pub linger: Duration,
}

/// Error that ended serving.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A listener cannot be used.
    #[error("cannot listen")]
    Listen(#[source] io::Error),
    /// A server ended by itself.
    #[error("the {which} server failed")]
    Failed {
        /// `public` or `admin`.
        which: &'static str,
        /// Error of the server.
        source: io::Error,
    },
}

/// Answers requests until told to stop, then lets those in flight finish.
///
/// # Errors
///
/// [`ServeError`] when a listener cannot be used or a server ends by itself.
pub async fn serve(
    listeners: Listeners,
    transport: Transport,
    public_routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
    admin_routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> Result<(), ServeError> {
    let (shutdown, transport) = (&transport.shutdown.clone(), web::Data::new(transport));
    let public = match listeners.public {
        Some(listener) => Some(public_server(
            listener,
            listeners.max_connections,
            transport.clone(),
            public_routes,
        )?),
        None => None,
    };
    let admin = admin_server(listeners.admin, transport, admin_routes)?;
    // The public server stops first, so that metrics can be read to the end.
    let handles = public.as_ref().map(Server::handle).into_iter();
    let handles: Vec<_> = handles.chain([admin.handle()]).collect();
    let public = async {
        if let Some(server) = public {
            return server.await;
        }
        shutdown.stopping.cancelled().await;
        Ok(())
    };
    let (public, admin, ()) = tokio::join!(
        ending_all(public, shutdown),
        ending_all(admin, shutdown),
        stop(&handles, listeners.linger, shutdown),
    );
    let failed = |which| move |source| ServeError::Failed { which, source };
    public.map_err(failed("public"))?;
    admin.map_err(failed("admin"))
}

/// The listener with the options of its connections.
fn prepared(listener: TcpListener) -> Result<TcpListener, ServeError> {
    connections::set_options(&listener).map_err(ServeError::Listen)?;
    Ok(listener)
}

fn public_server(
    listener: TcpListener,
    max_connections: usize,
    transport: web::Data<Transport>,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> Result<Server, ServeError> {
    let connections = Arc::new(Connections::new(
        transport.connections_per_address,
        max_connections,
        transport.trusted_proxies,
        transport.refused_connections.clone(),
    ));
    let shared = transport.clone();
    let app = move || {
        App::new()
            .app_data(transport.clone())
            .app_data(web::PayloadConfig::new(MAX_BODY_BYTES))
            .configure(routes.clone())
            .wrap(from_fn(admit))
            .wrap(from_fn(buffer_body))
            .wrap(from_fn(observe))
            .wrap(from_fn(compress))
            .wrap(from_fn(cors))
            .wrap(Front::new(transport.clone()))
            .into_factory()
    };
    let options = ListenerOptions {
        workers: std::thread::available_parallelism().map_or(1, usize::from),
        max_connections,
        // Nothing is worked out for a client that has left.
        answers_half_closed: false,
        write_buffer: WRITE_BUFFER,
    };
    let server = options.serve(
        prepared(listener)?,
        shared,
        move |connection, extensions| connections.enter(connection, extensions),
        app,
    );
    server.map_err(ServeError::Listen)
}

fn admin_server(
    listener: TcpListener,
    transport: web::Data<Transport>,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> Result<Server, ServeError> {
    let shared = transport.clone();
    let app = move || {
        App::new()
            .app_data(transport.clone())
            .app_data(web::PayloadConfig::new(MAX_BODY_BYTES))
            .configure(routes.clone())
            .wrap(from_fn(buffer_body))
            .wrap(from_fn(observe))
            .wrap(from_fn(compress))
            .into_factory()
    };
    let options = ListenerOptions {
        workers: 1,
        max_connections: ADMIN_CONNECTIONS,
        answers_half_closed: true,
        write_buffer: 32 * 1024,
    };
    let server = options.serve(prepared(listener)?, shared, |_, _| (), app);
    server.map_err(ServeError::Listen)
}

/// Ends all servers with one: when one ends, the other has no business going on.
async fn ending_all<T>(server: impl Future<Output = T>, shutdown: &Shutdown) -> T {
    let ended = server.await;
    shutdown.stopping.cancel();
    ended
}

/// Stops one server after another, and all at once when nothing is to be waited for.
async fn stop(handles: &[ServerHandle], linger: Duration, shutdown: &Shutdown) {
    shutdown.stopping.cancelled().await;
    let gracefully = async {
        tokio::time::sleep(linger).await;
        for handle in handles {
            handle.stop(true).await;
        }
    };
    let at_once = async {
        shutdown.aborting.cancelled().await;
        for handle in handles {
            handle.stop(false).await;
        }
    };
    tokio::select! {
        () = gracefully => {}
        () = at_once => {}
    }
}
