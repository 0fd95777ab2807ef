//! The measures of this process, for Prometheus.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpResponse, web};

use crate::service::Service;

pub(crate) const METRICS: &str = "/metrics";

/// The text format of Prometheus, with its version.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Every metric.
pub(crate) async fn metrics(service: web::Data<Service>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, TEXT_FORMAT))
        .body(service.metrics.text())
}
