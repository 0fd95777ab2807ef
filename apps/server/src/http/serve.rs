//! The transport with the routes and the state of this service.

use std::sync::Arc;

use actix_web::web::{self, ServiceConfig};
use http_server::{Listeners, RequestMetrics, ServeError, Shutdown, Transport};
use process::{GRACE, Lifecycle};

use super::site::Paths;
use crate::routes;
use crate::state::AppState;

/// Answers requests until the lifecycle ends, then lets those in flight finish.
///
/// # Errors
///
/// [`ServeError`] when a listener cannot be used or a server ends by itself.
pub async fn serve(
    listeners: Listeners,
    state: Arc<AppState>,
    request_metrics: RequestMetrics,
    lifecycle: &Lifecycle,
) -> Result<(), ServeError> {
    let transport = Transport {
        site: Box::new(Paths {
            is_sandbox: state.source == "sandbox",
        }),
        request_metrics,
        bulkhead: Arc::clone(&state.bulkhead),
        cached: state.finished.clone(),
        deadline: state.deadline,
        trusted_proxies: state.trusted_proxies,
        connections_per_address: state.connections_per_address,
        refused_connections: state.refused_connections.clone(),
        shutdown: Shutdown {
            stopping: lifecycle.stopping_token(),
            aborting: lifecycle.aborting_token(),
            grace: GRACE,
        },
    };
    let state = web::Data::from(state);
    let with_state = |routes: fn(&mut ServiceConfig)| {
        let state = state.clone();
        move |config: &mut ServiceConfig| {
            config.app_data(state.clone()).configure(routes);
        }
    };
    let (public, admin) = (with_state(routes::public), with_state(routes::admin));
    http_server::serve(listeners, transport, public, admin).await
}
