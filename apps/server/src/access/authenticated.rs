//! The member behind a request.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use members::AuthenticatedSession;

use crate::http::{Problem, bearer_token};
use crate::state::AppState;

/// The member behind a request. A route that takes this answers 401 to a client without a good access
/// token.
#[derive(Debug)]
pub(crate) struct Authenticated(pub(crate) AuthenticatedSession);

impl FromRequest for Authenticated {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            let state = request
                .app_data::<web::Data<AppState>>()
                .expect("every app is made with its state");
            let token = bearer_token(&request)?;
            Ok(Self(state.sessions.authenticate(token).await?))
        }
        .boxed_local()
    }
}
