//! Sessions of browsers: the tokens of the API in cookies that no script reads and no other site
//! sends.

use actix_web::FromRequest;
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::{COOKIE, HeaderValue};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use jiff::Timestamp;
use members::{AuthenticateError, AuthenticatedSession, LoggedIn};
use secrecy::{ExposeSecret, SecretString};

use crate::http::Problem;
use crate::state::AppState;

const ACCESS: &str = "maple_access";
const REFRESH: &str = "maple_refresh";

/// The member whose browser asks; none where the cookie is missing, expired or not one of ours.
#[derive(Debug)]
pub(crate) struct PageMember(pub(crate) Option<AuthenticatedSession>);

impl FromRequest for PageMember {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            let state = request
                .app_data::<actix_web::web::Data<AppState>>()
                .expect("every app is made with its state");
            let Some(token) = cookie(&request, ACCESS) else {
                return Ok(Self(None));
            };
            match state.sessions.authenticate(token).await {
                Ok(session) => Ok(Self(Some(session))),
                Err(AuthenticateError::Invalid) => Ok(Self(None)),
                Err(error) => Err(error.into()),
            }
        }
        .boxed_local()
    }
}

/// The token by which a browser's session goes on.
pub(crate) fn refresh_token(request: &HttpRequest) -> Option<SecretString> {
    cookie(request, REFRESH).map(SecretString::from)
}

/// The values of `Set-Cookie` that hold a session's tokens.
pub(crate) fn set(session: &LoggedIn, now: Timestamp, request: &HttpRequest) -> [HeaderValue; 2] {
    let of = |name, token: &SecretString, until: Timestamp| {
        let seconds = until.duration_since(now).as_secs().max(0);
        header(name, token.expose_secret(), seconds, request)
    };
    [
        of(ACCESS, &session.access_token, session.access_until),
        of(REFRESH, &session.refresh_token, session.refresh_until),
    ]
}

/// The values of `Set-Cookie` that remove a session's tokens.
pub(crate) fn removed(request: &HttpRequest) -> [HeaderValue; 2] {
    [ACCESS, REFRESH].map(|name| header(name, "", 0, request))
}

fn header(name: &str, token: &str, seconds: i64, request: &HttpRequest) -> HeaderValue {
    // The scheme of the client's connection, as the proxy before us writes it.
    let secure = match request.connection_info().scheme() {
        "https" => "; Secure",
        _ => "",
    };
    let text =
        format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    let mut value = HeaderValue::try_from(text).expect("tokens are visible ASCII characters");
    value.set_sensitive(true);
    value
}

/// The value of a cookie; none where two of that name are sent, as the other may be somebody
/// else's.
fn cookie<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let headers = request.headers().get_all(COOKIE);
    let pairs = headers
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn cookie_is_read_when_it_is_there_once() {
        for (header, expected) in [
            ("maple_access=abc", Some("abc")),
            ("a=b; maple_access=abc; c", Some("abc")),
            ("maple_access=abc; maple_access=def", None),
            ("xmaple_access=abc", None),
            ("", None),
        ] {
            let request = TestRequest::default().insert_header((COOKIE, header));
            let request = request.to_http_request();
            assert_eq!(cookie(&request, ACCESS), expected, "{header}");
        }
    }

    #[test]
    fn cookies_are_secure_where_the_client_came_over_https() {
        for (proto, is_secure) in [("https", true), ("http", false)] {
            let request = TestRequest::default().insert_header(("x-forwarded-proto", proto));
            for value in removed(&request.to_http_request()) {
                let value = value.to_str().unwrap();
                assert_eq!(value.ends_with("; Secure"), is_secure, "{value}");
                assert!(value.contains("HttpOnly; SameSite=Strict"), "{value}");
            }
        }
    }
}
