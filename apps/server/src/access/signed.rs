//! The member behind a request.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use members::{AuthenticateError, SignedIn};

use super::bearer;
use crate::http::{Problem, ProblemKind};
use crate::service::Service;

/// The member behind a request. A route that takes this answers 401 to whoever has no good access
/// token.
#[derive(Debug)]
pub(crate) struct Signed(pub(crate) SignedIn);

impl FromRequest for Signed {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            let service = request
                .app_data::<web::Data<Service>>()
                .expect("every app is made with a service");
            let token = bearer::token(&request)?;
            Ok(Self(service.sessions.authenticate(token).await?))
        }
        .boxed_local()
    }
}

impl From<AuthenticateError> for Problem {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::Invalid => Self::new(ProblemKind::Unauthorized, error.to_string()),
            AuthenticateError::Store(error) => error.into(),
        }
    }
}
