//! What operators may do, with the admin token and on the admin listener only.

pub(crate) mod members;

use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};

use crate::access::admin_only;

/// What every path of the operators begins with.
pub(crate) const ADMIN: &str = "/api/v1/admin";

/// Every route of the operators. The guard stands before all that begins with [`ADMIN`], also
/// before what is not there.
pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(web::scope(ADMIN).wrap(from_fn(admin_only)).service(
        web::resource(below(members::SESSIONS)).route(web::delete().to(members::end_sessions)),
    ));
}

/// A path of the operators as the scope takes it.
fn below(path: &'static str) -> &'static str {
    path.strip_prefix(ADMIN)
        .expect("the operators' paths begin with the same")
}
