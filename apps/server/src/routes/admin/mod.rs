//! Paths of operators, with the admin token and on the admin listener only.

pub(crate) mod jobs;
pub(crate) mod members;
pub(crate) mod outbox;
pub(crate) mod points;

use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};

use crate::access::admin_only;

/// Beginning of every path of the operators.
pub(crate) const ADMIN: &str = "/api/v1/admin";

/// Every route of the operators. The guard stands before all that begins with [`ADMIN`], also
/// before what is not there.
pub(super) fn configure(config: &mut ServiceConfig) {
    let admin = web::scope(ADMIN).wrap(from_fn(admin_only));
    config.service(
        admin
            .service(web::resource(below(jobs::JOBS)).route(web::get().to(jobs::jobs)))
            .service(
                web::resource(below(members::SESSIONS))
                    .route(web::delete().to(members::end_sessions)),
            )
            .service(web::resource(below(points::GRANTS)).route(web::post().to(points::grant)))
            .service(web::resource(below(points::ACCOUNT)).route(web::get().to(points::account)))
            .service(web::resource(below(outbox::BACKLOG)).route(web::get().to(outbox::backlog)))
            .service(
                web::resource(below(outbox::DEAD_LETTERS))
                    .route(web::get().to(outbox::dead_letters)),
            )
            .service(
                web::resource(below(outbox::DEAD_LETTER)).route(web::get().to(outbox::dead_letter)),
            )
            .service(web::resource(below(outbox::REPLAY)).route(web::post().to(outbox::replay)))
            .service(web::resource(below(outbox::DISCARD)).route(web::post().to(outbox::discard))),
    );
}

/// A path of the operators as the scope takes it.
fn below(path: &'static str) -> &'static str {
    path.strip_prefix(ADMIN)
        .expect("the operators' paths begin with the same")
}
