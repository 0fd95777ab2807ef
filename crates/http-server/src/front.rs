//! Cached responses, found by the line of their request and sent before a route is looked for.
//!
//! It answers what a route has answered before, with the same status, headers and bytes, and leaves
//! every other request to the routes: one with another method or a body, one in a trace that a
//! client began or that is recorded, one that finds no place, and all while the service stops.

use std::cell::RefCell;
use std::future::{Ready, ready};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::{Method, StatusCode};
use actix_web::web;
use actix_web::{HttpMessage, HttpResponse};
use futures_util::TryFutureExt;
use futures_util::future::{Either, MapOk};
use kernel::Correlation;
use tokio::time::Instant;

use super::coding::Coding;
use super::cors;
use super::middleware::{Measures, complete};
use super::request_id::{RequestId, TRACEPARENT};
use super::response_cache::CachedResponse;
use super::spans;
use super::transport::Transport;

/// Middleware around all others.
pub(super) struct Front {
    transport: web::Data<Transport>,
}

/// The middleware of one worker.
pub(super) struct FrontService<S> {
    transport: web::Data<Transport>,
    measures: RefCell<Vec<(&'static str, StatusCode, Measures)>>,
    next: S,
}

impl Front {
    pub(super) fn new(transport: web::Data<Transport>) -> Self {
        Self { transport }
    }
}

impl<S, B> Transform<S, ServiceRequest> for Front
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = actix_web::Error;
    type Transform = FrontService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, next: S) -> Self::Future {
        ready(Ok(FrontService {
            transport: self.transport.clone(),
            measures: RefCell::default(),
            next,
        }))
    }
}

type Answered<B> = Result<ServiceResponse<EitherBody<B>>, actix_web::Error>;
type MapBody<B> = fn(ServiceResponse<B>) -> ServiceResponse<EitherBody<B>>;

impl<S, B> Service<ServiceRequest> for FrontService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = actix_web::Error;
    type Future = Either<Ready<Answered<B>>, MapOk<S::Future, MapBody<B>>>;

    forward_ready!(next);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        if let Some(response) = self.cached(&request) {
            let response = request.into_response(response);
            return Either::Left(ready(Ok(response.map_into_right_body())));
        }
        let map_body: MapBody<B> = ServiceResponse::map_into_left_body;
        Either::Right(self.next.call(request).map_ok(map_body))
    }
}

impl<S> FrontService<S> {
    /// The response to this request, if it is cached and may be sent unchanged.
    fn cached(&self, request: &ServiceRequest) -> Option<HttpResponse> {
        let start = Instant::now();
        let is_plain = *request.method() == Method::GET
            && matches!(request.parts().1, Payload::None)
            && !request.headers().contains_key(TRACEPARENT);
        if !is_plain || self.transport.shutdown.stopping.is_cancelled() {
            return None;
        }
        let line = request.uri().path_and_query()?;
        let transport = &self.transport;
        let variant = transport.site.variant(request.request());
        let (cached, age, now) = transport.cached.standing(variant, line.as_str())?;
        let coding = Coding::wanted(request.headers())?;
        let _permit = transport.bulkhead.try_request()?;
        let body = transport.cached.body(&cached, now)?;
        let id = self.unrecorded_id(request)?;
        cached.validity.count_question();
        let policy = cached.policy.at_age(age);
        let mut response = body.answer_in(coding, request.request(), &policy);
        (cached.complete)(response.headers_mut());
        complete(response.headers_mut(), &id);
        if transport
            .site
            .open_methods(request.path(), spans::GET)
            .is_some()
        {
            cors::open(response.headers_mut());
        }
        self.record(request, &cached, &response, start, &id);
        Some(response)
    }

    /// The id of a request whose spans are not recorded. One whose spans are is left with its id
    /// for the routes, so that the decision is made once.
    fn unrecorded_id(&self, request: &ServiceRequest) -> Option<RequestId> {
        let ids = &self.transport.request_metrics.ids;
        let id = ids.for_request(request.headers());
        if id.trace().is_some_and(|trace| trace.is_sampled) {
            request.request().extensions_mut().insert(id);
            return None;
        }
        Some(id)
    }

    fn record(
        &self,
        request: &ServiceRequest,
        cached: &CachedResponse,
        response: &HttpResponse,
        start: Instant,
        id: &RequestId,
    ) {
        let (route, status) = (cached.route, response.status());
        let took = start.elapsed();
        self.with_measures(route, status, |measures| measures.record(took));
        let metrics = &self.transport.request_metrics;
        if metrics.is_logged(took) {
            let correlation = Correlation {
                request_id: Some(id.shared()),
                trace: id.trace(),
            };
            let proxies = self.transport.trusted_proxies;
            correlation.sync_scope(|| metrics.log(request.request(), route, status, took, proxies));
        }
    }

    /// The counters of a route and status, which are looked up once for each worker.
    fn with_measures(
        &self,
        route: &'static str,
        status: StatusCode,
        use_them: impl FnOnce(&Measures),
    ) {
        let mut known = self.measures.borrow_mut();
        let place = known
            .iter()
            .position(|(of_route, of_status, _)| *of_status == status && *of_route == route);
        let place = place.unwrap_or_else(|| {
            let measures = self
                .transport
                .request_metrics
                .measures(route, spans::GET, status);
            known.push((route, status, measures));
            known.len() - 1
        });
        use_them(&known[place].2);
    }
}
