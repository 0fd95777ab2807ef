//! The admin token, and the middleware of paths that are for operators only.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, web};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::http::{Problem, ProblemKind, bearer_token};
use crate::state::AppState;

/// SHA-256 of the token that an operator has to present: two digests are compared in the same time
/// however long the presented token is, and wherever it differs.
#[derive(Debug)]
pub struct AdminToken([u8; 32]);

impl AdminToken {
    /// This token.
    pub fn new(token: &SecretString) -> Self {
        Self(Sha256::digest(token.expose_secret()).into())
    }

    fn is(&self, presented: &str) -> bool {
        let presented: [u8; 32] = Sha256::digest(presented).into();
        presented.ct_eq(&self.0).into()
    }
}

/// Lets a request through that presents the admin token.
pub(crate) async fn admin_only<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    match check(&request) {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(problem) => {
            let refusal = HttpResponse::from_error(problem);
            Ok(request.into_response(refusal).map_into_right_body())
        }
    }
}

fn check(request: &ServiceRequest) -> Result<(), Problem> {
    let state = request
        .app_data::<web::Data<AppState>>()
        .expect("every app is made with its state");
    let Some(token) = &state.admin_token else {
        return Err(Problem::new(
            ProblemKind::Forbidden,
            "administration is off: set admin.token (MAPLE__ADMIN__TOKEN)",
        ));
    };
    if token.is(bearer_token(request.request())?) {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::Unauthorized,
        "this is not the admin token",
    ))
}
