//! The token in the header `Authorization` (RFC 6750).

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;

use crate::problem::{Problem, ProblemKind};

/// The token that a request presents; only in this header, never in the query, which is logged
/// along the way.
///
/// # Errors
///
/// [`ProblemKind::Unauthorized`] where there is none, or more than one.
pub fn token(request: &HttpRequest) -> Result<&str, Problem> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let (Some(header), None) = (headers.next(), headers.next()) else {
        return Err(missing());
    };
    let text = header.to_str().map_err(|_| missing())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(missing)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token.trim())
    } else {
        Err(missing())
    }
}

fn missing() -> Problem {
    Problem::new(
        ProblemKind::Unauthorized,
        "send `Authorization: Bearer <token>`, once",
    )
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn one_header_of_the_right_scheme_is_taken() {
        for (headers, expected) in [
            (&["Bearer abc"][..], Some("abc")),
            (&["bearer  abc "], Some("abc")),
            (&[], None),
            (&["abc"], None),
            (&["Basic abc"], None),
            (&["Bearer abc", "Bearer def"], None),
        ] {
            let mut request = TestRequest::default();
            for header in headers {
                request = request.append_header((AUTHORIZATION, *header));
            }
            let request = request.to_http_request();
            assert_eq!(token(&request).ok(), expected, "{headers:?}");
        }
    }
}
