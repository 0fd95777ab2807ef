//! JSON bodies that hold a secret: whatever is wrong with one, no message shows any of it.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use api::luck::LuckRequest;
use api::strict_json::JsonNode;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::extract::json_body;
use super::problem::{Problem, ProblemKind};

/// A body with a secret in it.
pub trait SecretBody: DeserializeOwned + 'static {
    /// Form of such a body, for the error message.
    const EXPECTED: &'static str;
}

impl SecretBody for LuckRequest {
    const EXPECTED: &'static str =
        r#"{"nexon_api_key":"...","from"?,"to"?,"kinds"?:["cube",...],"cursor"?}"#;
}

/// A JSON body with a secret in it. What cannot be read is answered with what was expected, and
/// with nothing of what came: it could be the secret in the wrong place.
pub struct SecretJson<T>(pub T);

impl<T: SecretBody> FromRequest for SecretJson<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = json_body(request, payload);
        async move {
            let refused = || {
                let detail = format!("the body is not {}", T::EXPECTED);
                Problem::new(ProblemKind::BadRequest, detail)
            };
            let node = JsonNode::parse(&body.await?).map_err(|_| refused())?;
            node.read().map(Self).map_err(|_| refused())
        }
        .boxed_local()
    }
}
