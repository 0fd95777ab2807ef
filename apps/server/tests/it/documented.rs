//! The fields that the contract documents for each calculation and each plan, asked for by the
//! documented examples.

use serde_json::{Value, json};

use crate::app::{TestApp, problem};
use crate::ask::sheet;

/// A route, its documented example, and JSON pointers that the answer must have. A pointer may
/// cross a list: `*` is its first element.
struct Documented {
    path: &'static str,
    body: Value,
    fields: &'static [&'static str],
}

fn found<'v>(answer: &'v Value, pointer: &str) -> Option<&'v Value> {
    pointer.split('/').skip(1).try_fold(answer, |value, token| {
        if token == "*" {
            value.as_array()?.first()
        } else {
            value.get(token)
        }
    })
}

fn hat(fields: &Value) -> Value {
    let mut body = json!({
        "method": "meso_potential", "part": "hat", "item_level": 200,
        "from": {"grade": "rare", "failures": 0}, "goal": "int_pct >= 21",
    });
    for (field, value) in fields.as_object().unwrap() {
        body[field] = value.clone();
    }
    body
}

fn compare() -> Value {
    json!({
        "part": "hat", "item_level": 200, "from": {"grade": "rare", "failures": 0},
        "goal": "int_pct >= 21", "prices": {"red": 12_000_000}, "budget_meso": 10_000_000_000_u64,
    })
}

fn strength() -> Value {
    let lines = ["INT +12%", "INT +9%", "INT +9%"];
    let mut body = hat(&json!({"strength": {"stat_sheet": sheet(), "lines": lines}}));
    body.as_object_mut().unwrap().remove("goal");
    body
}

fn calculations() -> Vec<Documented> {
    let stopping = json!({
        "method": "meso_potential", "part": "hat", "item_level": 200,
        "from": {"grade": "legendary", "failures": 0}, "weights": {"int_pct": 1},
        "value_meso_per_unit": 1_000_000_000, "current": 20, "resets": 50,
    });
    let flame = json!({
        "flame": "eternal", "part": "hat", "item_level": 200, "boss_gear": true,
        "weights": {"int": 1, "all_stat_pct": 10}, "at_least": 120, "price_meso": 8_000_000,
    });
    let prime = json!({"method": "prime", "from": {"grade": "legendary", "failures": 0},
        "keep_line_1": "INT +12%", "prices": {"prime": 1_000_000_000}});
    vec![
        Documented {
            path: "/api/v1/calculations/potential",
            body: hat(&json!({"distribution": true, "budget_meso": 10_000_000_000_u64})),
            fields: &[
                "/goal",
                "/rules",
                "/success_probability/legendary",
                "/trials/mean",
                "/trials/quantiles/*/q",
                "/cost_meso/mean",
                "/cost_meso/quantiles/*/value",
                "/within_budget",
                "/distribution/points/*/meso",
                "/distribution/points/*/probability",
                "/distribution/points/*/cumulative",
                "/warnings",
            ],
        },
        Documented {
            path: "/api/v1/calculations/potential",
            body: strength(),
            fields: &["/goal", "/success_probability/legendary", "/cost_meso/mean"],
        },
        Documented {
            path: "/api/v1/calculations/potential",
            body: hat(&prime),
            fields: &["/success_probability/legendary", "/cost_meso/mean"],
        },
        Documented {
            path: "/api/v1/calculations/potential/batch",
            body: json!({"questions": [hat(&json!({})), hat(&json!({"item_level": 301}))]}),
            fields: &["/answers/*/status", "/answers/*/answer/cost_meso/mean"],
        },
        Documented {
            path: "/api/v1/calculations/potential/compare",
            body: compare(),
            fields: &[
                "/methods/*/method",
                "/methods/*/mean_meso",
                "/methods/*/quantiles/*/q",
                "/methods/*/within_budget",
                "/mix/mean_meso",
                "/mix/by_grade/rare",
            ],
        },
        Documented {
            path: "/api/v1/calculations/potential/simulations",
            body: hat(&json!({"seed": 1, "resets": 1_000})),
            fields: &[
                "/seed",
                "/resets",
                "/met_after",
                "/spent_meso",
                "/percentile",
                "/path/*/grade",
                "/path/*/lines/*",
                "/path/*/times",
            ],
        },
        Documented {
            path: "/api/v1/calculations/potential/stopping",
            body: stopping,
            fields: &[
                "/thresholds/*/resets_left",
                "/thresholds/*/stop_at",
                "/value_meso",
                "/naive_value_meso",
                "/expected_resets",
            ],
        },
        Documented {
            path: "/api/v1/calculations/flame",
            body: flame,
            fields: &[
                "/probability",
                "/flames/mean",
                "/flames/quantiles/*/q",
                "/cost_meso/mean",
            ],
        },
        Documented {
            path: "/api/v1/calculations/upgrades",
            body: crate::upgrades::gear(),
            fields: UPGRADES,
        },
    ]
}

const UPGRADES: &[&str] = &[
    "/detail",
    "/actions/*/id",
    "/actions/*/slot",
    "/actions/*/kind",
    "/actions/*/gain/at_least",
    "/actions/*/cost_meso/mean",
    "/actions/*/cost_meso/quantiles/*/q",
    "/actions/*/within_budget",
    "/actions/*/gain_per_10b",
    "/best/actions",
    "/best/gain/at_least",
    "/best/within_budget/value",
    "/best/within_budget/lower",
    "/best/within_budget/upper",
    "/best/cost_meso/mean",
    "/best/cost_meso/quantiles/*/q",
    "/best/optimal",
    "/best/gain_bound",
    "/greedy/actions",
    "/greedy/gain/at_least",
    "/greedy/within_budget/value",
    "/warnings",
];

fn characters() -> Vec<Documented> {
    let expectation = json!({
        "goal": "as_strong", "utility": "keep", "preset": "active", "stat_sheet": sheet(),
        "prices": {"red": 12_000_000}, "distribution": true,
        "star_force": {"spare_item_meso": {"default": 0, "by_level": {"250": 3_000_000_000_u64}},
            "safeguard": "cheapest", "discount": 0.3, "certain_stars": [5, 10, 15],
            "fewer_destructions": true, "restore": {"mode": "cheapest"}},
    });
    let targets = json!({"targets": {"default": {"stars": 22, "potential": "main_pct >= 30",
        "additional_potential": "main_pct >= 21"}}, "budget_meso": 1_000_000_000_000_u64});
    let upgrades = json!({"budget_meso": 50_000_000_000_u64, "confidence": 0.8,
        "boss_defence": 3.8, "minimum_gain": 0.001,
        "methods": ["meso_potential", "meso_additional"], "stat_sheet": sheet()});
    vec![
        Documented {
            path: "/api/v1/characters/아델/expectation",
            body: expectation,
            fields: &[
                "/character/name",
                "/data/source",
                "/presets/*/total/mean_meso",
                "/presets/*/total/quantiles/*/q",
                "/presets/*/total/distribution/points/*/meso",
                "/presets/*/total/distribution/points/*/probability",
                "/presets/*/total/distribution/points/*/cumulative",
                "/presets/*/items/*/assumptions",
                "/presets/*/items/*/potential/status",
            ],
        },
        Documented {
            path: "/api/v1/characters/아델/completion",
            body: targets,
            fields: &[
                "/presets/*/total/mean_meso",
                "/presets/*/total/quantiles/*/q",
                "/presets/*/total/within_budget/lower",
                "/presets/*/items/*/potential/status",
            ],
        },
        Documented {
            path: "/api/v1/characters/아델/upgrades",
            body: upgrades,
            fields: UPGRADES,
        },
    ]
}

#[tokio::test]
async fn documented_examples_answer_every_documented_field() {
    let app = TestApp::start().await;
    for Documented { path, body, fields } in calculations().into_iter().chain(characters()) {
        let response = app.post(path, &body).send().await.unwrap();
        let status = response.status();
        let answer: Value = response.json().await.unwrap();
        assert_eq!(status, 200, "{path}: {answer}");
        for field in fields {
            assert!(
                found(&answer, field).is_some(),
                "{path} has no {field}: {answer:#}"
            );
        }
    }
}

/// The curve of a total rises to almost 1, and is given only where it is asked for.
#[tokio::test]
async fn distribution_of_a_total_rises_to_its_end() {
    let app = TestApp::start().await;
    let path = "/api/v1/characters/아델/expectation";
    let without = app.answer(path).await;
    assert!(without["presets"][0]["total"].get("distribution").is_none());
    let with = app.answer(&format!("{path}?distribution=true")).await;
    let total = &with["presets"][0]["total"];
    let points = total["distribution"]["points"].as_array().unwrap();
    assert!((2..=512).contains(&points.len()));
    let of = |field: &'static str| {
        points
            .iter()
            .map(move |point| point[field].as_f64().unwrap())
    };
    assert!(of("meso").is_sorted_by(|a, b| a < b) && of("cumulative").is_sorted());
    let (sum, last) = (
        of("probability").sum::<f64>(),
        of("cumulative").next_back().unwrap(),
    );
    assert!((sum - last).abs() < 1e-9 && last > 0.99, "{sum} {last}");
    let median = &total["quantiles"][0];
    assert_eq!(median["q"], 0.5);
    let below = points
        .iter()
        .filter(|p| p["cumulative"].as_f64().unwrap() < 0.5)
        .count();
    let (low, high) = (&points[below.max(1) - 1]["meso"], &points[below]["meso"]);
    assert!(low.as_u64() <= median["upper"].as_u64(), "{low} {median}");
    assert!(high.as_u64() >= median["lower"].as_u64(), "{high} {median}");
}

/// Faults of plans name the field and its range.
#[tokio::test]
async fn bad_plans_name_their_field_and_range() {
    let app = TestApp::start().await;
    let mut poor = sheet();
    poor["critical_rate_pct"] = json!(-5);
    let upgrades = "/api/v1/characters/아델/upgrades";
    let completion = "/api/v1/characters/아델/completion";
    let plan = |fields: Value| {
        let mut body = json!({"budget_meso": 1_000, "stat_sheet": sheet()});
        for (field, value) in fields.as_object().unwrap() {
            body[field] = value.clone();
        }
        body
    };
    let target = |slot: &str| json!({"targets": {"by_slot": {slot: {"stars": 22}}}});
    for (path, body, pointer, range) in [
        (
            upgrades,
            plan(json!({"budget_meso": -1})),
            "/budget_meso",
            "0 to",
        ),
        (
            upgrades,
            plan(json!({"confidence": 0})),
            "/confidence",
            "above 0 and below 1",
        ),
        (
            upgrades,
            plan(json!({"confidence": 1})),
            "/confidence",
            "above 0 and below 1",
        ),
        (
            upgrades,
            plan(json!({"confidence": 1.5})),
            "/confidence",
            "above 0 and below 1",
        ),
        (
            upgrades,
            plan(json!({"exclude_slots": ["모쟈"]})),
            "/exclude_slots/0",
            "worn are ",
        ),
        (
            upgrades,
            plan(json!({"starts": {"칭호": {}}})),
            "/starts/칭호",
            "worn are ",
        ),
        (
            upgrades,
            plan(json!({"star_force": {"spare_item_meso": {"by_slot": {"칭호": 1}}}})),
            "/star_force/spare_item_meso/by_slot/칭호",
            "worn are ",
        ),
        (
            upgrades,
            plan(json!({"stat_sheet": poor})),
            "/stat_sheet/critical_rate_pct",
            " to ",
        ),
        (
            completion,
            target("칭호"),
            "/targets/by_slot/칭호",
            "worn are ",
        ),
        (
            completion,
            json!({"template": "22-stars-30-21", "budget_meso": -1}),
            "/budget_meso",
            "0 to",
        ),
    ] {
        let response = app.post(path, &body).send().await.unwrap();
        assert_eq!(response.status(), 422, "{body}");
        let problem = problem(response).await;
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(range), "{pointer}: {detail}");
    }
    // A target below what is there is reached, and costs nothing.
    let modest = json!({"targets": {"default": {"stars": 0}}});
    let response = app.post(completion, &modest).send().await.unwrap();
    let answer: Value = response.json().await.unwrap();
    let items = answer["presets"][0]["items"].as_array().unwrap();
    assert!(
        items
            .iter()
            .any(|item| item["star_force"]["status"] == "reached"),
        "{answer}"
    );
    assert_eq!(answer["presets"][0]["total"]["mean_meso"], 0);
}
