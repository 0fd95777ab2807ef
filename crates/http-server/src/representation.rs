//! Bodies as they are sent: coded as the client wants, tagged, and not at all to who has them.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::http::header::{
    CONTENT_ENCODING, CONTENT_TYPE, ETAG, EntityTag, Header, HeaderValue, IF_NONE_MATCH,
    IfNoneMatch, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, Responder};
use bytes::Bytes;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::cache_policy::CachePolicy;
use super::coding::Coding;
use super::problem::{Problem, ProblemKind};
use super::slices::Slices;

/// The media type of most bodies.
pub const JSON: &str = "application/json";

/// Media type of pages.
pub const HTML: &str = "text/html; charset=utf-8";

/// Bytes of the hash in a tag: as unlikely to repeat as a random id.
const TAG_BYTES: usize = 16;

/// A body in every coding, made once and sent many times.
#[derive(Debug)]
pub struct Representations {
    content_type: &'static str,
    /// In the order of [`Coding::ALL`].
    coded: [(Bytes, Tag); Coding::ALL.len()],
}

/// A strong validator (RFC 9110, section 8.8.3): names the body and its coding.
#[derive(Debug, Clone)]
pub struct Tag(HeaderValue);

impl Representations {
    /// Codes a body.
    pub fn of(content_type: &'static str, plain: impl Into<Bytes>) -> Self {
        let plain = plain.into();
        let digest = Sha256::digest(&plain);
        Self {
            content_type,
            coded: Coding::ALL.map(|coding| (coding.apply(&plain), Tag::new(&digest, coding))),
        }
    }

    /// The bytes of all codings together.
    pub fn bytes(&self) -> usize {
        self.coded.iter().map(|(body, _)| body.len()).sum()
    }

    /// The response to this request.
    ///
    /// # Errors
    ///
    /// [`ProblemKind::NotAcceptable`] when the client refuses every coding.
    pub fn answer(
        &self,
        request: &HttpRequest,
        cache_policy: &CachePolicy,
    ) -> Result<HttpResponse, Problem> {
        Ok(self.answer_in(wanted(request)?, request, cache_policy))
    }

    /// The response to this request in this coding.
    pub(crate) fn answer_in(
        &self,
        coding: Coding,
        request: &HttpRequest,
        cache_policy: &CachePolicy,
    ) -> HttpResponse {
        let (body, tag) = &self.coded[coding as usize];
        let head = Head {
            content_type: self.content_type,
            coding,
            tag: Some(tag),
            cache_policy,
        };
        head.answer(request, || Slices::from(body.clone()))
    }
}

impl Tag {
    /// The tag of a body with this digest, in this coding.
    pub fn new(digest: &[u8], coding: Coding) -> Self {
        use std::fmt::Write;

        let mut tag = String::from("\"");
        for byte in &digest[..TAG_BYTES] {
            let _infallible = write!(tag, "{byte:02x}");
        }
        if coding != Coding::Identity {
            tag.push('-');
            tag.push_str(coding.name());
        }
        tag.push('"');
        Self(HeaderValue::try_from(tag).expect("hexadecimal digits and a name"))
    }

    /// Whether the client has the body of this tag.
    fn is_known_to(&self, request: &HttpRequest) -> bool {
        let headers = request.headers();
        let Some(first) = headers.get(IF_NONE_MATCH) else {
            return false;
        };
        if *first == self.0 {
            return true;
        }
        let ours: Option<EntityTag> = self.0.to_str().ok().and_then(|tag| tag.parse().ok());
        match (IfNoneMatch::parse(request), ours) {
            (Ok(IfNoneMatch::Any), _) => true,
            (Ok(IfNoneMatch::Items(tags)), Some(ours)) => tags.iter().any(|tag| tag.weak_eq(&ours)),
            _ => false,
        }
    }
}

/// The head of a response that carries a body in one coding.
pub struct Head<'a> {
    /// Media type of the body.
    pub content_type: &'static str,
    /// Content coding of the body.
    pub coding: Coding,
    /// Validator. None where the body cannot be named before it is sent.
    pub tag: Option<&'a Tag>,
    /// Headers for caches.
    pub cache_policy: &'a CachePolicy,
}

impl Head<'_> {
    /// The response with this body; without it, to a client that has it. What the body costs is
    /// spent only if it is sent.
    pub fn answer<B: MessageBody + 'static>(
        &self,
        request: &HttpRequest,
        body: impl FnOnce() -> B,
    ) -> HttpResponse {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let tag = self.tag.filter(|_| reads);
        let is_known = tag.is_some_and(|tag| tag.is_known_to(request));
        let mut response = HttpResponse::build(if is_known {
            StatusCode::NOT_MODIFIED
        } else {
            StatusCode::OK
        });
        response.insert_header((VARY, HeaderValue::from_static("accept-encoding")));
        self.cache_policy.write(&mut response);
        if let Some(Tag(tag)) = tag {
            response.insert_header((ETAG, tag.clone()));
        }
        if is_known {
            return response.finish();
        }
        response.insert_header((CONTENT_TYPE, HeaderValue::from_static(self.content_type)));
        if self.coding != Coding::Identity {
            let coding = HeaderValue::from_static(self.coding.name());
            response.insert_header((CONTENT_ENCODING, coding));
        }
        response.body(body())
    }
}

/// The coding of the response to this request.
///
/// # Errors
///
/// [`ProblemKind::NotAcceptable`] when the client refuses every coding.
pub fn wanted(request: &HttpRequest) -> Result<Coding, Problem> {
    Coding::wanted(request.headers()).ok_or_else(|| {
        Problem::new(
            ProblemKind::NotAcceptable,
            "accept one of the codings zstd, gzip and identity",
        )
    })
}

/// JSON made for one request: coded as its client wants and, where it was asked for with GET or
/// HEAD, tagged, so that who has it already is only told so.
#[derive(Debug)]
pub struct JsonResponse<T> {
    body: T,
    cache_policy: CachePolicy,
}

impl<T> JsonResponse<T> {
    /// This body.
    pub fn new(body: T, cache_policy: CachePolicy) -> Self {
        Self { body, cache_policy }
    }
}

impl<T: Serialize> JsonResponse<T> {
    /// The response to this request.
    ///
    /// # Errors
    ///
    /// [`ProblemKind::NotAcceptable`] when the client refuses every coding.
    pub fn answer(&self, request: &HttpRequest) -> Result<HttpResponse, Problem> {
        let coding = wanted(request)?;
        let plain: Bytes = json(&self.body).into();
        let tag = Tag::new(&Sha256::digest(&plain), coding);
        let head = Head {
            content_type: JSON,
            coding,
            tag: Some(&tag),
            cache_policy: &self.cache_policy,
        };
        Ok(head.answer(request, || Slices::from(coding.apply(&plain))))
    }
}

impl<T: Serialize> Responder for JsonResponse<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        self.answer(request)
            .unwrap_or_else(HttpResponse::from_error)
    }
}

/// A body as JSON.
pub fn json<T: Serialize>(body: &T) -> Vec<u8> {
    serde_json::to_vec(body).expect("bodies are plain data")
}
