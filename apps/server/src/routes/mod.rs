//! The routes: what each path answers.

pub(crate) mod admin;
pub(crate) mod calculations;
pub(crate) mod characters;
pub(crate) mod documents;
pub(crate) mod donations;
pub(crate) mod expectation;
pub(crate) mod health;
pub(crate) mod likes;
pub(crate) mod metrics;
pub(crate) mod raw;
pub(crate) mod rules;
pub(crate) mod sessions;
pub(crate) mod stream;

pub(crate) use characters::refresh;

use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, Resource, Responder};

/// What everybody may ask.
pub(crate) fn public(config: &mut ServiceConfig) {
    config
        .service(readable(characters::CHARACTER, characters::character))
        .service(readable(characters::EQUIPMENT, characters::equipment))
        .service(readable(raw::RAW_EQUIPMENT, raw::raw_equipment))
        .service(readable(expectation::EXPECTATION, expectation::expectation))
        .service(readable(stream::STREAM, stream::stream))
        .service(
            web::resource(calculations::POTENTIAL).route(web::post().to(calculations::potential)),
        )
        .service(
            web::resource(calculations::STAR_FORCE).route(web::post().to(calculations::star_force)),
        )
        .service(web::resource(calculations::PLAN).route(web::post().to(calculations::plan)))
        .service(readable(rules::RULES, rules::rules))
        .service(web::resource(sessions::SESSIONS).route(web::post().to(sessions::log_in)))
        .service(web::resource(sessions::REFRESH).route(web::post().to(sessions::refresh)))
        .service(web::resource(sessions::CURRENT).route(web::delete().to(sessions::log_out)))
        .service(readable(sessions::ME, sessions::me))
        .service(
            web::resource(donations::DONATIONS)
                .route(web::get().to(donations::list))
                .route(web::head().to(donations::list))
                .route(web::post().to(donations::give)),
        )
        .service(readable(donations::DONATION, donations::one))
        .service(
            web::resource(likes::LIKE)
                .route(web::put().to(likes::like))
                .route(web::delete().to(likes::unlike)),
        )
        .service(readable(likes::LIKES, likes::likes))
        .service(readable(health::LIVE, health::live))
        .service(readable(health::READY, health::ready))
        .service(readable(documents::OPENAPI, documents::openapi))
        .service(readable(documents::PROBLEM, documents::problem))
        .service(readable("/docs", documents::to_docs))
        .service(readable(documents::PAGE, documents::page));
}

/// What operators may ask.
pub(crate) fn admin(config: &mut ServiceConfig) {
    config
        .service(readable(health::LIVE, health::live))
        .service(readable(health::READY, health::ready))
        .service(readable(metrics::METRICS, metrics::metrics))
        .configure(admin::configure);
}

/// A resource that is read: GET, and HEAD for the same without the body.
fn readable<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args, Output: Responder + 'static>,
    Args: FromRequest + 'static,
{
    web::resource(path)
        .route(web::get().to(handler.clone()))
        .route(web::head().to(handler))
}
