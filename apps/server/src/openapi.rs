//! The OpenAPI document, made from the routes.

use std::sync::LazyLock;

use api::luck::LuckErrorLine;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::http::{FieldError, ProblemDetails};
use crate::routes::{
    admin, calculations, characters, chart, completion, donations, expectation, health, likes,
    luck, raw, rules, sessions, stat_sheet, stream, upgrades,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "maple-expectation",
        description = "What a MapleStory (KMS) character's gear would cost to make again, or better: exact odds and exact cost distributions.\n\nData based on NEXON Open API.",
    ),
    paths(
        calculations::potential,
        calculations::potential_batch,
        chart::chart,
        calculations::compare,
        calculations::simulation,
        calculations::stopping,
        calculations::flame,
        upgrades::calculated,
        upgrades::upgrades,
        calculations::star_force,
        calculations::plan,
        characters::character,
        characters::equipment,
        raw::raw_equipment,
        stat_sheet::sheet,
        expectation::expectation,
        expectation::expectation_of,
        completion::completion,
        completion::completion_of,
        stream::stream,
        rules::rules,
        sessions::log_in,
        sessions::refresh,
        sessions::log_out,
        sessions::log_out_everywhere,
        sessions::me,
        likes::like,
        likes::unlike,
        likes::likes,
        luck::luck_report,
        donations::give,
        donations::list,
        donations::one,
        health::live,
        health::ready,
    ),
    components(schemas(ProblemDetails<'static>, FieldError, LuckErrorLine)),
    modifiers(&SessionTokens),
    tags(
        (name = "calculations", description = "Odds and costs that need nothing but the question"),
        (name = "characters", description = "Who characters are, what they wear, and what it would cost"),
        (name = "members", description = "Logging in with one's own Nexon key, and what members do"),
        (name = "health", description = "Whether the service can do its work"),
    ),
)]
struct Document;

/// Document of the admin listener beside metrics and health.
#[derive(OpenApi)]
#[openapi(
    info(title = "maple-expectation, for operators"),
    paths(
        admin::jobs::jobs,
        admin::members::end_sessions,
        admin::points::grant,
        admin::points::account,
        admin::outbox::backlog,
        admin::outbox::dead_letters,
        admin::outbox::dead_letter,
        admin::outbox::replay,
        admin::outbox::discard,
    ),
    components(schemas(ProblemDetails<'static>, FieldError)),
    modifiers(&AdminTokens),
    tags((name = "admin", description = "What operators may do")),
)]
struct AdminDocument;

/// The access token of a session.
struct SessionTokens;

/// The admin token.
struct AdminTokens;

impl Modify for SessionTokens {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        take_bearer(document, "session");
    }
}

impl Modify for AdminTokens {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        take_bearer(document, "admin");
    }
}

/// A token in the header `Authorization`, under this name.
fn take_bearer(document: &mut utoipa::openapi::OpenApi, name: &str) {
    let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(name, scheme);
}

/// The document as text, with a line break at its end: the same at `/openapi.json`, from the
/// command line and in `docs/api/openapi.json`.
pub fn json() -> &'static str {
    static JSON: LazyLock<String> = LazyLock::new(|| api::openapi::text(&Document::openapi()));
    &JSON
}

/// OpenAPI document of the admin listener: `/openapi.json` there.
pub fn admin_json() -> &'static str {
    static JSON: LazyLock<String> = LazyLock::new(|| api::openapi::text(&AdminDocument::openapi()));
    &JSON
}

/// The paths of both listeners, in the order of their names.
pub fn paths() -> Vec<String> {
    let documents = [Document::openapi(), AdminDocument::openapi()];
    let paths = documents.map(|document| document.paths.paths.into_keys());
    paths.into_iter().flatten().collect()
}
