//! Characters: who they are, what they wear, what it costs, and what happens when the upstream
//! fails.

use std::time::Duration;

use nexon_sandbox::{Endpoint, Fault, FaultRule};
use serde_json::Value;

use crate::app::{TestApp, gunzip, problem};
use crate::shape::shape;

const WHO: &str = "/api/v1/characters/아델";
const EQUIPMENT: &str = "/api/v1/characters/아델/equipment";
const RAW: &str = "/api/v1/characters/아델/equipment/raw";
const EXPECTATION: &str = "/api/v1/characters/아델/expectation";
const UNTIL_STALE: Duration = Duration::from_mins(15);
/// Defaults of `cache.refresh_after_seconds` and of the rest after a failed fetch.
const REFRESH_AFTER: Duration = Duration::from_mins(2);
const REST_AFTER_FAILURE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn answers_have_the_shapes_of_the_contract() {
    let app = TestApp::start().await;
    for (name, path) in [
        ("character", WHO),
        ("equipment", EQUIPMENT),
        ("expectation", &format!("{EXPECTATION}?preset=all")),
        ("rules", "/api/v1/rules"),
    ] {
        insta::assert_json_snapshot!(name, shape(&app.answer(path).await));
    }
}

#[tokio::test]
async fn character_is_the_same_to_every_question() {
    let app = TestApp::start().await;
    let who = app.answer(WHO).await;
    assert_eq!(who["name"], "아델");
    assert_eq!(who["data"]["source"], "sandbox");
    assert_eq!(who["data"]["fetched_at"], "2026-11-22T12:00:00Z");
    for path in [EQUIPMENT, EXPECTATION] {
        let character = &app.answer(path).await["character"];
        for member in ["name", "world", "class", "level"] {
            assert_eq!(character[member], who[member], "{path}");
        }
    }
}

#[tokio::test]
async fn presets_are_chosen_by_the_query() {
    let app = TestApp::start().await;
    let numbers = async |query: &str| {
        let answer = app.answer(&format!("{EXPECTATION}{query}")).await;
        let presets = answer["presets"].as_array().unwrap();
        presets
            .iter()
            .map(|p| p["number"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers("?preset=all").await, [1, 2, 3]);
    assert_eq!(numbers("?preset=2").await, [2]);
    assert_eq!(numbers("").await, numbers("?preset=active").await);
}

#[tokio::test]
async fn methods_and_starts_are_chosen_by_the_query() {
    let app = TestApp::start().await;
    let query = "potential_method=red&additional_method=additional&from=current_grade";
    let answer = app.answer(&format!("{EXPECTATION}?{query}")).await;
    assert_eq!(answer["options"]["from"], "current_grade");
    assert_eq!(answer["options"]["potential_method"], "red");
    assert_eq!(answer["options"]["additional_method"], "additional");
    let default = app.answer(EXPECTATION).await;
    assert_ne!(
        answer["presets"][0]["total"],
        default["presets"][0]["total"]
    );
}

#[tokio::test]
async fn totals_are_the_sum_of_what_has_a_price() {
    let app = TestApp::start().await;
    let answer = app.answer(EXPECTATION).await;
    let preset = &answer["presets"][0];
    let items = preset["items"].as_array().unwrap();
    let mean = |item: &Value| item["potential"]["cost_meso"]["mean"].as_u64().unwrap_or(0);
    let sum: u64 = items.iter().map(mean).sum();
    let told = preset["breakdown"]["potential"]["mean_meso"]
        .as_u64()
        .unwrap();
    assert!(
        sum.abs_diff(told) <= items.len() as u64,
        "{sum} is not {told}"
    );
}

#[tokio::test]
async fn unknown_character_is_not_found() {
    let app = TestApp::start().await;
    for path in ["", "/equipment", "/equipment/raw", "/expectation"] {
        let path = format!("/api/v1/characters/없는캐릭터{path}");
        let response = app.get(&path).send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(
            problem(response).await["type"],
            "/problems/unknown-character"
        );
    }
}

#[tokio::test]
async fn text_that_cannot_be_a_name_is_refused_without_asking_upstream() {
    let app = TestApp::start().await;
    for name in ["thirteenchars", "a%0Ab", "%20", "a%E2%80%8B", "%00"] {
        for path in ["", "/equipment", "/expectation"] {
            let path = format!("/api/v1/characters/{name}{path}");
            let response = app.get(&path).send().await.unwrap();
            assert_eq!(response.status(), 400, "{path}");
            let refused = problem(response).await;
            assert_eq!(refused["errors"][0]["parameter"], "name", "{refused}");
        }
    }
    assert_eq!(app.sandbox().counters().total(), 0);
}

#[tokio::test]
async fn rules_are_chosen_by_date_with_the_star_force_of_their_time() {
    let app = TestApp::start().await;
    for (rules, star_force) in [
        ("kms-2026-10", "kms_2026-03-19"),
        ("kms-2025-12", "kms_2025-03-20"),
        ("kms-before-2024-06", "kms_before_2025-03-20"),
    ] {
        let answer = app.answer(&format!("{EXPECTATION}?rules={rules}")).await;
        assert_eq!(answer["rules"], rules);
        assert_eq!(answer["rules_compiled_on"], "2026-10-11");
        assert_eq!(answer["star_force_rules"], star_force);
        assert_eq!(answer["star_force_rules_compiled_on"], "2026-10-10");
    }
}

#[tokio::test]
async fn unknown_query_is_refused() {
    let app = TestApp::start().await;
    for (query, status, parameter) in [
        ("preset=4", 400, "preset"),
        ("from=legendary", 400, "from"),
        ("refresh=maybe", 400, "refresh"),
        ("potential_method=blue", 400, "potential_method"),
        ("colour=red", 400, "colour"),
        ("potential_method=additional", 422, "potential_method"),
        ("additional_method=red", 422, "additional_method"),
        ("rules=gms", 422, "rules"),
    ] {
        let response = app
            .get(&format!("{EXPECTATION}?{query}"))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), status, "{query}");
        let refused = problem(response).await;
        assert_eq!(
            refused["errors"][0]["parameter"], parameter,
            "{query}: {refused}"
        );
    }
}

#[tokio::test]
async fn parameter_is_given_once() {
    let app = TestApp::start().await;
    let response = app
        .get(&format!("{EXPECTATION}?preset=1&preset=2"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 400);
    let refused = problem(response).await;
    assert_eq!(refused["errors"][0]["detail"], "duplicate field `preset`");
}

#[tokio::test]
async fn fresh_data_are_not_asked_for_again_unless_wanted() {
    let app = TestApp::start().await;
    app.answer(EXPECTATION).await;
    let first = app.sandbox().counters().total();
    app.answer(EXPECTATION).await;
    assert_eq!(app.sandbox().counters().total(), first);
    let refresh = format!("{EXPECTATION}?refresh=true");
    let warned = app.answer(&refresh).await;
    assert_eq!(warned["warnings"][0]["code"], "refresh-too-soon");
    assert_eq!(app.sandbox().counters().total(), first);
    app.wait(REFRESH_AFTER);
    app.answer(&refresh).await;
    assert!(app.sandbox().counters().total() > first);
}

#[tokio::test]
async fn upstream_that_fails_leaves_the_last_answer_with_its_age() {
    let app = TestApp::start().await;
    let fresh = app.answer(EXPECTATION).await;
    app.wait(UNTIL_STALE);
    app.break_upstream(FaultRule::always(Fault::InternalError));
    let response = app.get(EXPECTATION).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["age"], "900");
    let cache_status = response.headers()["cache-status"].to_str().unwrap();
    assert!(
        cache_status.starts_with("maple-expectation; hit; ttl=-0"),
        "{cache_status}"
    );
    let stale: Value = response.json().await.unwrap();
    assert_eq!(stale["data"]["freshness"], "stale");
    assert_eq!(stale["warnings"][0]["code"], "stale");
    assert_eq!(stale["presets"], fresh["presets"]);
    let tried = app.answer(&format!("{EXPECTATION}?refresh=true")).await;
    assert_eq!(tried["data"]["freshness"], "stale");
    assert_eq!(tried["warnings"][1]["code"], "upstream-failed");
}

#[tokio::test]
async fn failing_upstream_with_nothing_stored_is_reported_at_once() {
    for (fault, status, kind) in [
        (Fault::InternalError, 503, "upstream-unavailable"),
        (Fault::BadGateway, 503, "upstream-unavailable"),
        (Fault::ApiMaintenance, 503, "upstream-unavailable"),
        (Fault::RefusedKey, 503, "upstream-unavailable"),
        (
            Fault::QuotaExceeded {
                retry_after_seconds: Some(7),
            },
            429,
            "quota-exceeded",
        ),
    ] {
        let app = TestApp::start().await;
        app.break_upstream(FaultRule::always(fault));
        let response = app.get(EXPECTATION).send().await.unwrap();
        assert_eq!(response.status(), status, "{fault:?}");
        let retry_after = response.headers()["retry-after"].clone();
        let problem = problem(response).await;
        assert_eq!(problem["type"], format!("/problems/{kind}"));
        if status == 429 {
            assert_eq!(retry_after, "7");
        }
    }
}

#[tokio::test]
async fn invalid_document_is_reported_and_replaces_nothing() {
    let app = TestApp::start().await;
    let nonsense = FaultRule::always(Fault::BadJson).on(Endpoint::ItemEquipment);
    app.break_upstream(nonsense.clone().times(1));
    let response = app.get(RAW).send().await.unwrap();
    assert_eq!(response.status(), 502);
    assert_eq!(
        problem(response).await["type"],
        "/problems/upstream-invalid"
    );
    app.wait(REST_AFTER_FAILURE);
    let good = app.answer(EQUIPMENT).await;
    app.wait(UNTIL_STALE);
    app.break_upstream(nonsense);
    let kept = app.answer(&format!("{EQUIPMENT}?refresh=true")).await;
    assert_eq!(kept["data"]["freshness"], "stale");
    assert_eq!(kept["warnings"][1]["code"], "upstream-failed");
    assert_eq!(kept["presets"], good["presets"]);
}

#[tokio::test]
async fn raw_document_comes_as_stored_in_an_encoding_that_is_accepted() {
    let app = TestApp::start().await;
    let raw = async |accepted: Option<&str>| {
        let mut request = app.get(RAW);
        if let Some(encodings) = accepted {
            request = request.header("accept-encoding", encodings);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["vary"], "accept-encoding");
        assert_eq!(response.headers()["content-type"], "application/json");
        let encoding = response.headers().get("content-encoding").cloned();
        (encoding, response.bytes().await.unwrap())
    };
    let (none, plain) = raw(Some("identity")).await;
    assert!(none.is_none());
    let document: Value = serde_json::from_slice(&plain).unwrap();
    assert!(document["item_equipment_preset_1"].is_array());
    for accepted in ["zstd", "gzip;q=0.5, zstd"] {
        let (encoding, compressed) = raw(Some(accepted)).await;
        assert_eq!(encoding.unwrap(), "zstd", "{accepted}");
        assert_eq!(zstd::decode_all(&compressed[..]).unwrap(), plain);
    }
    for accepted in ["zstd;q=0", "br"] {
        assert_eq!(
            raw(Some(accepted)).await,
            (None, plain.clone()),
            "{accepted}"
        );
    }
    let (encoding, compressed) = raw(Some("gzip")).await;
    assert_eq!(encoding.unwrap(), "gzip");
    assert_eq!(gunzip(&compressed), plain);
}

#[tokio::test]
async fn calls_to_the_upstream_and_stored_bytes_are_measured() {
    let app = TestApp::start().await;
    app.answer(EXPECTATION).await;
    let metrics = app
        .get_admin("/metrics")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    for line in [
        r#"maple_upstream_calls_total{call="id",outcome="found"} 1"#,
        r#"maple_upstream_calls_total{call="item_equipment",outcome="found"} 1"#,
        r#"maple_upstream_calls_total{call="basic",outcome="timed_out"} 0"#,
        r#"maple_upstream_calls_total{call="stat",outcome="found"} 1"#,
        "maple_snapshot_bytes_count 2",
        "maple_build_info{version=",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
}
