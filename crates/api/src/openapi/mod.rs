//! Completion of OpenAPI documents: limits of requests that the derived schemas do not hold, and
//! responses that follow from what an operation is.

mod requests;
mod responses;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::openapi::OpenApi;

/// Text of a document whose paths and schemas are derived from the routes, completed, with a line
/// break at its end.
pub fn text(document: &OpenApi) -> String {
    let mut document = serde_json::to_value(document).expect("the document is plain data");
    responses::complete(&mut document);
    requests::limit(&mut document);
    requests::limit_parameters(&mut document);
    let ordered: Ordered = serde_json::from_value(document).expect("a document has these parts");
    let json = serde_json::to_string_pretty(&ordered);
    json.expect("the document is plain data") + "\n"
}

/// Parts of a document in the order that people read them.
#[derive(Serialize, Deserialize)]
struct Ordered {
    openapi: Value,
    info: Value,
    tags: Value,
    paths: Value,
    components: Value,
}
