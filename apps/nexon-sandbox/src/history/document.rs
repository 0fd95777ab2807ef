//! Documents of histories.

use serde_json::{Map, Value, json};

use crate::faults::Endpoint;

/// Returns a page. At the end of a day the cursor is null for some histories and empty for others,
/// as at Nexon.
pub(super) fn page(endpoint: Endpoint, rows: Vec<Value>, next: Option<String>) -> Vec<u8> {
    let (list, end) = match endpoint {
        Endpoint::HistoryCube => ("cube_history", json!("")),
        Endpoint::HistoryPotential => ("potential_history", Value::Null),
        Endpoint::HistoryStarforce => ("starforce_history", json!("")),
        _ => ("soul_potential_history", Value::Null),
    };
    let page = Map::from_iter([
        ("count".to_owned(), json!(rows.len())),
        (list.to_owned(), Value::Array(rows)),
        ("next_cursor".to_owned(), next.map_or(end, Value::String)),
    ]);
    serde_json::to_vec(&page).expect("texts and numbers are plain data")
}
