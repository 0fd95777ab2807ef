//! The routes: what each path answers.

pub(crate) mod admin;
pub(crate) mod calculations;
pub(crate) mod characters;
pub(crate) mod chart;
pub(crate) mod completion;
pub(crate) mod documents;
pub(crate) mod donations;
pub(crate) mod expectation;
pub(crate) mod health;
pub(crate) mod likes;
pub(crate) mod luck;
pub(crate) mod metrics;
mod pages;
pub(crate) mod raw;
pub(crate) mod rules;
pub(crate) mod sessions;
pub(crate) mod stat_sheet;
pub(crate) mod stream;
pub(crate) mod upgrades;

pub(crate) use characters::refresh;

use crate::http::within_deadline;

use actix_web::dev::HttpServiceFactory;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, Resource, Responder};

/// Routes of the public listener.
pub(crate) fn public(config: &mut ServiceConfig) {
    config
        .configure(of_characters)
        .configure(of_calculations)
        .configure(of_members)
        .service(readable(rules::RULES, rules::rules))
        .service(readable(health::LIVE, health::live))
        .service(readable(health::READY, health::ready))
        .service(readable(documents::OPENAPI, documents::openapi))
        .service(readable(documents::PROBLEM, documents::problem))
        .service(readable("/docs", documents::to_docs))
        .service(readable(documents::PAGE, documents::page))
        .configure(pages::configure);
}

fn of_characters(config: &mut ServiceConfig) {
    config
        .service(readable(characters::CHARACTER, characters::character))
        .service(readable(characters::EQUIPMENT, characters::equipment))
        .service(readable(stat_sheet::STAT_SHEET, stat_sheet::sheet))
        .service(readable(raw::RAW_EQUIPMENT, raw::raw_equipment))
        .service(
            readable(expectation::EXPECTATION, expectation::expectation)
                .route(web::post().to(expectation::expectation_of)),
        )
        .service(
            readable(completion::COMPLETION, completion::completion)
                .route(web::post().to(completion::completion_of)),
        )
        .service(readable(stream::STREAM, stream::stream))
        .service(web::resource(upgrades::UPGRADES).route(web::post().to(upgrades::upgrades)))
        .service(timely(
            web::resource(likes::LIKE)
                .route(web::put().to(likes::like))
                .route(web::delete().to(likes::unlike)),
        ))
        .service(timely(readable(likes::LIKES, likes::likes)));
}

fn of_calculations(config: &mut ServiceConfig) {
    config
        .service(
            web::resource(calculations::POTENTIAL).route(web::post().to(calculations::potential)),
        )
        .service(
            web::resource(calculations::STAR_FORCE).route(web::post().to(calculations::star_force)),
        )
        .service(web::resource(calculations::COMPARE).route(web::post().to(calculations::compare)))
        .service(
            web::resource(calculations::SIMULATIONS)
                .route(web::post().to(calculations::simulation)),
        )
        .service(
            web::resource(calculations::STOPPING).route(web::post().to(calculations::stopping)),
        )
        .service(web::resource(upgrades::CALCULATED).route(web::post().to(upgrades::calculated)))
        .service(web::resource(calculations::FLAME).route(web::post().to(calculations::flame)))
        .service(web::resource(calculations::PLAN).route(web::post().to(calculations::plan)))
        .service(
            web::resource(calculations::BATCH).route(web::post().to(calculations::potential_batch)),
        )
        .service(readable(chart::CHART, chart::chart));
}

fn of_members(config: &mut ServiceConfig) {
    config
        .service(timely(
            web::resource(sessions::SESSIONS)
                .route(web::post().to(sessions::log_in))
                .route(web::delete().to(sessions::log_out_everywhere)),
        ))
        .service(timely(
            web::resource(sessions::REFRESH).route(web::post().to(sessions::refresh)),
        ))
        .service(timely(
            web::resource(sessions::CURRENT).route(web::delete().to(sessions::log_out)),
        ))
        .service(timely(readable(sessions::ME, sessions::me)))
        .service(timely(
            web::resource(donations::DONATIONS)
                .route(web::get().to(donations::list))
                .route(web::head().to(donations::list))
                .route(web::post().to(donations::give)),
        ))
        .service(timely(readable(donations::DONATION, donations::one)))
        .service(web::resource(luck::LUCK_REPORTS).route(web::post().to(luck::luck_report)));
}

/// Routes of the admin listener.
pub(crate) fn admin(config: &mut ServiceConfig) {
    config
        .service(readable(health::LIVE, health::live))
        .service(readable(health::READY, health::ready))
        .service(readable(metrics::METRICS, metrics::metrics))
        .service(readable(documents::OPENAPI, documents::admin_openapi))
        .configure(admin::configure);
}

/// A resource whose answers keep to the deadline of requests.
fn timely(resource: Resource) -> impl HttpServiceFactory + 'static {
    resource.wrap(from_fn(within_deadline))
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
