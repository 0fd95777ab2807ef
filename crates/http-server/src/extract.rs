//! Values from requests: JSON bodies and queries, read strictly, with the place of every fault.

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use api::strict_json::JsonNode;
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Ready, ready};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use super::inbound::{self, BodyFault};
use super::problem::{FieldError, Problem, ProblemKind};

/// Upper bound on a body in bytes, coded and decoded.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// A JSON body; it may come in gzip or zstd.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = json_body(request, payload);
        async move { read_json(&body.await?).map(Self) }.boxed_local()
    }
}

/// The text of a JSON body, decoded.
pub(super) fn json_body(
    request: &HttpRequest,
    payload: &mut Payload,
) -> LocalBoxFuture<'static, Result<Vec<u8>, Problem>> {
    let coding = check_media_type(request)
        .and_then(|()| inbound::coding(request.headers()).map_err(Problem::from));
    let coding = match coding {
        Ok(coding) => coding,
        Err(problem) => return ready(Err(problem)).boxed_local(),
    };
    let body = web::Bytes::from_request(request, payload);
    async move {
        let body = body.await.map_err(|error| unreadable_body(&error))?;
        Ok(inbound::decode(coding, &body, MAX_BODY_BYTES)?)
    }
    .boxed_local()
}

/// A form's body (`application/x-www-form-urlencoded`). It may hold a secret, so no message tells
/// anything of it; it is wiped when this is dropped.
pub struct FormBody(SecretSlice<u8>);

impl FormBody {
    /// Value of a field; empty where it is missing.
    pub fn get(&self, name: &str) -> SecretString {
        let pairs = form_urlencoded::parse(self.0.expose_secret());
        let mut values = pairs.filter(|(key, _)| key == name);
        let value = values.next().map(|(_, value)| value.trim().to_owned());
        value.unwrap_or_default().into()
    }
}

impl FromRequest for FormBody {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_form = request
            .content_type()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded");
        if !is_form {
            let detail = "send the body with Content-Type: application/x-www-form-urlencoded";
            let problem = Problem::new(ProblemKind::UnsupportedMediaType, detail);
            return ready(Err(problem)).boxed_local();
        }
        let body = web::Bytes::from_request(request, payload);
        async move {
            let body = body.await.map_err(|error| unreadable_body(&error))?;
            Ok(Self(body.to_vec().into()))
        }
        .boxed_local()
    }
}

/// The query of a URL.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = form_urlencoded::parse(request.query_string().as_bytes());
        ready(
            serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs))
                .map(Self)
                .map_err(|error| {
                    let parameter = pointer(error.path()).trim_start_matches('/').to_owned();
                    Problem::new(ProblemKind::BadRequest, "the query cannot be read")
                        .with_error(FieldError::of_parameter(parameter, error.inner()))
                }),
        )
    }
}

fn check_media_type(request: &HttpRequest) -> Result<(), Problem> {
    let media_type = request.content_type();
    if media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::UnsupportedMediaType,
        "send the body with Content-Type: application/json",
    ))
}

impl From<BodyFault> for Problem {
    fn from(fault: BodyFault) -> Self {
        let detail = fault.to_string();
        match fault {
            BodyFault::UnknownCoding => {
                Self::new(ProblemKind::UnsupportedMediaType, detail).accepting("gzip, zstd")
            }
            BodyFault::TooLarge { .. } => Self::new(ProblemKind::BodyTooLarge, detail),
            BodyFault::Broken(..) => Self::new(ProblemKind::BadRequest, detail).caused_by(fault),
        }
    }
}

fn unreadable_body(error: &actix_web::Error) -> Problem {
    match error.as_response_error().status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => BodyFault::TooLarge {
            limit: MAX_BODY_BYTES,
        }
        .into(),
        status => Problem::of_status(status, format!("the body did not arrive: {error}")),
    }
}

fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let node = JsonNode::parse(body).map_err(|error| bad_json(FieldError::at("", error)))?;
    node.read().map_err(|error| {
        let place = pointer(error.path());
        bad_json(FieldError::at(place, error.inner()))
    })
}

fn bad_json(error: FieldError) -> Problem {
    Problem::new(
        ProblemKind::BadRequest,
        "the body is not what is expected here",
    )
    .with_error(error)
}

/// The place as an RFC 6901 pointer.
fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        let token = match segment {
            Segment::Map { key } => key.clone(),
            Segment::Seq { index } => index.to_string(),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}
