//! The OpenAPI document, made from the routes.

use std::sync::LazyLock;

use utoipa::OpenApi;

use crate::http::{FieldError, ProblemDetails};
use crate::routes::{calculations, characters, expectation, health, raw, rules, stream};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "maple-expectation",
        description = "What a MapleStory (KMS) character's gear would cost to make again, or better: exact odds and exact cost distributions.\n\nData based on NEXON Open API.",
    ),
    paths(
        calculations::potential,
        calculations::star_force,
        calculations::plan,
        characters::character,
        characters::equipment,
        raw::raw_equipment,
        expectation::expectation,
        stream::stream,
        rules::rules,
        health::live,
        health::ready,
    ),
    components(schemas(ProblemDetails<'static>, FieldError)),
    tags(
        (name = "calculations", description = "Odds and costs that need nothing but the question"),
        (name = "characters", description = "Who characters are, what they wear, and what it would cost"),
        (name = "health", description = "Whether the service can do its work"),
    ),
)]
struct Document;

/// The document as text, with a line break at its end: the same at `/openapi.json`, from the
/// command line and in `docs/api/openapi.json`.
pub fn json() -> &'static str {
    static JSON: LazyLock<String> = LazyLock::new(|| {
        let mut json = Document::openapi()
            .to_pretty_json()
            .expect("the document is plain data");
        json.push('\n');
        json
    });
    &JSON
}

/// The paths the document describes, in the order of their names.
pub fn paths() -> Vec<String> {
    Document::openapi().paths.paths.keys().cloned().collect()
}
