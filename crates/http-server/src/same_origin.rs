//! Writes that come from pages: only forms of this service's own pages are taken.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HOST, HeaderMap, HeaderName, ORIGIN};
use actix_web::{FromRequest, HttpRequest};

use crate::problem::{Problem, ProblemKind};

/// Relation of a request to the page it comes from (Fetch Metadata, W3C).
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Proof that a page of this service sent the request. A route that takes this answers 403 to a
/// form of another site, and to a client that does not say where the request comes from.
///
/// Our pages ask for no referrer, so that browsers write `Origin: null` and `Sec-Fetch-Site`
/// decides. A browser without that header names the origin.
#[derive(Debug, Clone, Copy)]
pub struct SameOrigin;

impl FromRequest for SameOrigin {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(if is_same(request.headers()) {
            Ok(Self)
        } else {
            let detail = "the form was sent from a page of another site";
            Err(Problem::new(ProblemKind::Forbidden, detail))
        })
    }
}

fn is_same(headers: &HeaderMap) -> bool {
    let only = |name: &HeaderName| -> Result<Option<&str>, ()> {
        let mut values = headers.get_all(name);
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
            (Some(_), Some(_)) => Err(()),
        }
    };
    let (Ok(site), Ok(origin), Ok(host)) = (only(&SEC_FETCH_SITE), only(&ORIGIN), only(&HOST))
    else {
        return false;
    };
    let named = origin.filter(|origin| *origin != "null");
    let is_named_here = named.map(|origin| {
        let (_, authority) = origin.split_once("://").unwrap_or_default();
        host.is_some_and(|host| host.eq_ignore_ascii_case(authority))
    });
    match (site, is_named_here) {
        (Some(site), named) => site == "same-origin" && named != Some(false),
        (None, named) => named == Some(true),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_requests_of_our_own_pages_are_the_same_origin() {
        for (site, origin, expected) in [
            (Some("same-origin"), Some("null"), true),
            (Some("same-origin"), Some("http://here:8080"), true),
            (Some("same-origin"), None, true),
            (None, Some("https://HERE:8080"), true),
            (None, None, false),
            (None, Some("null"), false),
            (None, Some("http://here"), false),
            (None, Some("http://here:8080.evil.example"), false),
            (Some("same-origin"), Some("http://evil.example"), false),
            (Some("same-site"), Some("http://here:8080"), false),
            (Some("cross-site"), Some("null"), false),
            (Some("none"), None, false),
        ] {
            let mut request = TestRequest::default().insert_header((HOST, "here:8080"));
            if let Some(site) = site {
                request = request.insert_header((SEC_FETCH_SITE, site));
            }
            if let Some(origin) = origin {
                request = request.insert_header((ORIGIN, origin));
            }
            let request = request.to_http_request();
            assert_eq!(is_same(request.headers()), expected, "{site:?} {origin:?}");
        }
    }
}
