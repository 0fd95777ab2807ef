//! Rules of this service's paths: which tell how it is, which are open to pages of any origin, and
//! which answer a browser with a page.

use actix_web::{HttpRequest, HttpResponse};
use http_server::{Problem, RequestId, Site};

use super::html;

/// Beginning of the paths that tell how the service is.
const HEALTH: &str = "/health/";

const CHARACTERS: &str = "/api/v1/characters/";
const CALCULATIONS: &str = "/api/v1/calculations/";

/// Paths of this service.
#[derive(Debug)]
pub(super) struct Paths {
    /// Whether characters come from the sandbox, as pages say.
    pub(super) is_sandbox: bool,
}

impl Site for Paths {
    fn is_health(&self, path: &str) -> bool {
        path.starts_with(HEALTH)
    }

    fn open_methods(&self, path: &str, method: &str) -> Option<&'static str> {
        open_methods(path, method)
    }

    fn variant(&self, request: &HttpRequest) -> &'static str {
        if html::is_of_players(request.path()) {
            html::lang(request).code()
        } else {
            ""
        }
    }

    fn problem_response(
        &self,
        request: &HttpRequest,
        response: HttpResponse,
        problem: &Problem,
        id: &RequestId,
    ) -> HttpResponse {
        if html::is_page(request) {
            let (kind, id) = (problem.kind(), id.shown());
            html::problem_page(request, response, kind, id, self.is_sandbox)
        } else {
            response
        }
    }
}

/// Returns the methods of a path that are open to any origin, where this one is among them.
fn open_methods(path: &str, method: &str) -> Option<&'static str> {
    let is_read = matches!(method, "GET" | "HEAD");
    if path.starts_with(CALCULATIONS) {
        return (is_read || method == "POST").then_some("GET, HEAD, POST");
    }
    let is_public =
        path.starts_with(CHARACTERS) || matches!(path, "/api/v1/rules" | "/openapi.json");
    (is_public && is_read).then_some("GET, HEAD")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_methods_are_reads_and_calculations() {
        for (path, method, is_open) in [
            ("/api/v1/characters/x/expectation", "GET", true),
            ("/api/v1/characters/x/like", "PUT", false),
            ("/api/v1/calculations/potential", "POST", true),
            ("/api/v1/calculations/potential", "DELETE", false),
            ("/api/v1/rules", "GET", true),
            ("/api/v1/me", "GET", false),
            ("/api/v1/donations", "GET", false),
            ("/api/v1/sessions", "POST", false),
        ] {
            assert_eq!(
                open_methods(path, method).is_some(),
                is_open,
                "{method} {path}"
            );
        }
    }
}
