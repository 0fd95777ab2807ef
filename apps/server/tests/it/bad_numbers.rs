//! Calculations refuse what is no number, or no number of the game, and say what is allowed.

use serde_json::{Value, json};

use crate::app::{TestApp, problem};
use crate::calculations::{PLAN, POTENTIAL, STAR_FORCE, hat, refused_at, stars, with};

/// Each change puts one field at fault; the refusal names it and what is allowed.
async fn assert_refused(
    app: &TestApp,
    path: &str,
    good: &Value,
    cases: impl IntoIterator<Item = (Value, &str, &str)>,
) {
    for (changes, pointer, allowed) in cases {
        let refused = refused_at(app, path, &with(good.clone(), changes)).await;
        assert_eq!(refused["status"], 422, "{pointer}: {refused}");
        let error = &refused["errors"][0];
        assert_eq!(error["pointer"], pointer, "{refused}");
        let detail = error["detail"].as_str().unwrap();
        assert!(detail.contains(allowed), "{pointer}: {detail}");
    }
}

const MESO: &str = "0 to 1000000000000000";
const BUDGET: &str = "0 to 9223372036854775806";
const LEVEL: &str = "above 0 and below 1";

#[tokio::test]
async fn bad_numbers_about_a_potential_are_refused_with_what_is_allowed() {
    let app = TestApp::start().await;
    let cases = [
        (
            json!({"method": "master", "from": {"grade": "legendary"}}),
            "/from/grade",
            "up to unique",
        ),
        (
            json!({"method": "occult", "from": {"grade": "unique"}}),
            "/from/grade",
            "up to epic",
        ),
        (
            json!({"from": {"grade": "epic", "failures": 43}}),
            "/from/failures",
            "0 to 42",
        ),
        (
            json!({"from": {"grade": "epic", "failures": -1}}),
            "/from/failures",
            "0 to 42",
        ),
        (
            json!({"from": {"grade": "epic", "failures": 1e300}}),
            "/from/failures",
            "0 to 42",
        ),
        (json!({"item_level": 301}), "/item_level", "0 to 300"),
        (json!({"prices": {"red": -1}}), "/prices/red", MESO),
        (
            json!({"prices": {"red": 1_000_000_000_000_001_u64}}),
            "/prices/red",
            MESO,
        ),
        (json!({"prices": {"red": 1e30}}), "/prices/red", MESO),
        (json!({"budget_meso": -1}), "/budget_meso", BUDGET),
        (json!({"budget_meso": u64::MAX}), "/budget_meso", BUDGET),
        (json!({"quantiles": [0.5, 0]}), "/quantiles/1", LEVEL),
        (json!({"quantiles": [1]}), "/quantiles/0", LEVEL),
        (json!({"quantiles": [-1e300]}), "/quantiles/0", LEVEL),
        (
            json!({"quantiles": vec![0.5; 101]}),
            "/quantiles",
            "more than 100",
        ),
    ];
    assert_refused(&app, POTENTIAL, &hat(), cases).await;
}

#[tokio::test]
async fn bad_numbers_about_stars_are_refused_with_what_is_allowed() {
    let app = TestApp::start().await;
    let cases = [
        (json!({"to": 31}), "/to", "0 to 30"),
        (json!({"from": -1}), "/from", "0 to 30"),
        (
            json!({"item_level": 120, "to": 16}),
            "/to",
            "between 0 and 15",
        ),
        (
            json!({"item_level": 90, "from": 6, "to": 5}),
            "/from",
            "between 0 and 5",
        ),
        (json!({"from": 20, "to": 19}), "/to", "at least 20"),
        (json!({"safeguard": [15, 18]}), "/safeguard", "[15, 16, 17]"),
        (
            json!({"rules": "kms_before_2025-03-20", "safeguard": [17]}),
            "/safeguard",
            "[15, 16]",
        ),
        (json!({"spare_item_meso": -1}), "/spare_item_meso", MESO),
        (json!({"spare_item_meso": 1e30}), "/spare_item_meso", MESO),
        (
            json!({"restore": {"mode": "custom", "to": 12, "fee_meso": -1}}),
            "/restore/fee_meso",
            MESO,
        ),
        (
            json!({"restore": {"mode": "custom", "to": 12, "copies": 101}}),
            "/restore/copies",
            "0 to 100",
        ),
        (
            json!({"discount": 1}),
            "/discount",
            "at least 0 and below 1",
        ),
    ];
    assert_refused(&app, STAR_FORCE, &stars(), cases).await;
}

#[tokio::test]
async fn bad_numbers_about_a_plan_are_refused_with_what_is_allowed() {
    let app = TestApp::start().await;
    let one = json!({"star_force": {"item_level": 100, "from": 0, "to": 1}});
    let cases = [
        (json!({"items": []}), "/items", "1 to 100"),
        (
            json!({"items": vec![one.clone(); 101]}),
            "/items",
            "1 to 100",
        ),
        (json!({"quantiles": [1.5]}), "/quantiles/0", LEVEL),
        (json!({"budget_meso": -5}), "/budget_meso", BUDGET),
    ];
    assert_refused(&app, PLAN, &json!({"items": [one]}), cases).await;
}

#[tokio::test]
async fn values_that_are_no_numbers_are_refused() {
    let app = TestApp::start().await;
    for number in ["NaN", "Infinity", "-Infinity", "1e999", "nan"] {
        let body =
            format!(r#"{{"item_level": 200, "from": 0, "to": 17, "quantiles": [{number}]}}"#);
        let request = app.request("POST", STAR_FORCE);
        let request = request
            .header("content-type", "application/json")
            .body(body);
        let refused = problem(request.send().await.unwrap()).await;
        assert_eq!(refused["status"], 400, "{number}: {refused}");
    }
}

#[tokio::test]
async fn only_plain_json_of_a_bounded_size_is_read() {
    let app = TestApp::start().await;
    let post = || app.request("POST", POTENTIAL);
    let json = "application/json";
    let large = "x".repeat(64 * 1024 + 1);
    for (request, status) in [
        (post().header("content-type", json).body("{"), 400),
        (post().header("content-type", json).body("{}{}"), 400),
        (post().header("content-type", json).body("\u{FEFF}{}"), 400),
        (post().header("content-type", json).body(""), 400),
        (post().header("content-type", "text/plain").body("{}"), 415),
        (post().body("{}"), 415),
        (
            post()
                .header("content-type", json)
                .header("content-encoding", "br")
                .body("{}"),
            415,
        ),
        (post().header("content-type", json).body(large), 413),
    ] {
        let refused = problem(request.send().await.unwrap()).await;
        assert_eq!(refused["status"], status, "{refused}");
    }
}
