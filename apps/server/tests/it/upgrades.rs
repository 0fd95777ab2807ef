//! Upgrades: actions, the best set of them, and every fault by its place.

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::ask::sheet;
use crate::calculations::{refused_at, with};
use crate::options::adele_sheet;

const CALCULATED: &str = "/api/v1/calculations/upgrades";
const UPGRADES: &str = "/api/v1/characters/아델/upgrades";

/// Two items of a mage, in the shape of the equipment route.
pub(crate) fn gear() -> Value {
    json!({
        "gear": [
            {
                "slot": "모자", "kind": "모자", "part": "hat", "name": "하이네스 던위치햇",
                "level": 150, "icon": null, "stars": 17, "stars_from_scroll": false,
                "potential": {"grade": "unique", "lines": ["INT +9%", "INT +6%", "LUK +6%"]},
                "additional_potential": null,
            },
            {
                "slot": "반지2", "kind": "반지", "name": "마이스터링", "level": 140,
                "potential": {"grade": "legendary", "lines": ["INT +12%", "INT +9%", "LUK +9%"]},
                "additional_potential": {"grade": "epic", "lines": ["INT +4%", "INT +10", null]},
            },
        ],
        "stat_sheet": sheet(), "budget_meso": 20_000_000_000_u64, "minimum_gain": 0.002,
    })
}

async fn posted(app: &TestApp, path: &str, body: &Value) -> Value {
    let response = app.post(path, body).send().await.unwrap();
    let status = response.status();
    let answer = response.json().await.unwrap();
    assert_eq!(status, 200, "{body}: {answer}");
    answer
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

/// Properties of every answer under a budget.
fn check(answer: &Value, confidence: f64) {
    let actions = answer["actions"].as_array().unwrap();
    let worth: Vec<f64> = actions.iter().map(|a| number(&a["gain_per_10b"])).collect();
    assert!(
        !worth.is_empty() && worth.is_sorted_by(|a, b| a >= b),
        "{answer}"
    );
    let gain_of = |id: &Value| {
        let action = actions.iter().find(|action| action["id"] == *id);
        number(&action.unwrap()["gain"]["at_least"])
    };
    for action in actions {
        let mean = number(&action["cost_meso"]["mean"]);
        let told = number(&action["gain"]["at_least"]) / mean * 1e10;
        assert!(
            (told / number(&action["gain_per_10b"]) - 1.0).abs() < 1e-6,
            "{action}"
        );
    }
    let (best, greedy) = (&answer["best"], &answer["greedy"]);
    let product = |set: &Value| -> f64 {
        let chosen = set["actions"].as_array().unwrap().iter();
        chosen.map(|id| 1.0 + gain_of(id)).product::<f64>() - 1.0
    };
    for set in [best, greedy] {
        assert!(
            (product(set) - number(&set["gain"]["at_least"])).abs() < 1e-9,
            "{set}"
        );
        // Less than the product where gains overlap, more where critical rate meets its damage.
        assert!(number(&set["gain"]["together"]) > 0.0, "{set}");
        assert!(
            number(&set["within_budget"]["lower"]) >= confidence,
            "{set}"
        );
    }
    let best_gain = number(&best["gain"]["at_least"]);
    assert!(best_gain >= number(&greedy["gain"]["at_least"]) - 1e-12);
    assert!(number(&best["gain_bound"]) >= best_gain - 1e-12, "{best}");
}

#[tokio::test]
async fn best_set_of_given_gear_keeps_the_budget_and_beats_greed() {
    let app = TestApp::start().await;
    let answer = posted(&app, CALCULATED, &gear()).await;
    check(&answer, 0.8);
    assert_eq!(answer["best"]["optimal"], true);
    let ids: Vec<_> = answer["actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|action| action["id"].as_str().unwrap())
        .collect();
    assert!(
        ids.iter().any(|id| id.starts_with("hat/potential/")),
        "{ids:?}"
    );
    assert!(
        ids.iter().any(|id| id.starts_with("hat/star_force/")),
        "{ids:?}"
    );
    assert!(
        ids.iter()
            .any(|id| id.starts_with("ring2/additional_potential/")),
        "{ids:?}"
    );
    // A set holds at most one action of a line of enhancement.
    let best = answer["best"]["actions"].as_array().unwrap();
    let mut lines: Vec<_> = best
        .iter()
        .map(|id| id.as_str().unwrap().rsplit_once('/').unwrap().0)
        .collect();
    let all = lines.len();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), all);
    // The gain found, asked for as a target, costs at most the budget.
    let gain = &answer["best"]["gain"]["at_least"];
    let target = with(gear(), json!({"budget_meso": null, "target_gain": gain}));
    let cheapest = posted(&app, CALCULATED, &target).await;
    assert!(
        number(&cheapest["best"]["budget_meso"]) <= 2.002e10,
        "{cheapest}"
    );
    assert!(number(&cheapest["best"]["gain"]["at_least"]) >= number(gain) - 1e-12);
    let left = with(gear(), json!({"exclude_slots": ["모자"]}));
    let left = posted(&app, CALCULATED, &left).await;
    let slots = left["actions"].as_array().unwrap();
    assert!(slots.iter().all(|action| action["slot"] == "반지2"));
}

#[tokio::test]
async fn items_without_stars_are_left_out_with_the_reason() {
    let app = TestApp::start().await;
    let mut fresh = gear();
    fresh["gear"][0]["stars"] = json!(0);
    let answer = posted(&app, CALCULATED, &fresh).await;
    let actions = answer["actions"].as_array().unwrap();
    assert!(actions.iter().all(|action| action["kind"] != "star_force"));
    let warnings = answer["warnings"].as_array().unwrap().iter();
    let details: Vec<_> = warnings.map(|w| w["detail"].as_str().unwrap()).collect();
    assert!(
        details.contains(&"모자: the item has no stars; that star force works on it is not known"),
        "{details:?}"
    );
}

#[tokio::test]
async fn upgrades_of_a_character_are_ranked_by_what_is_shown() {
    let app = TestApp::start().await;
    let question = json!({
        "stat_sheet": adele_sheet(), "budget_meso": 50_000_000_000_u64, "confidence": 0.9,
        "minimum_gain": 0.005,
    });
    let answer = posted(&app, UPGRADES, &question).await;
    assert_eq!(answer["character"]["name"], "아델");
    check(&answer, 0.9);
}

#[tokio::test]
async fn faults_of_upgrades_are_named() {
    let app = TestApp::start().await;
    for (changes, pointer) in [
        (json!({"stat_sheet": null}), "/stat_sheet"),
        (json!({"budget_meso": -1}), "/budget_meso"),
        (json!({"budget_meso": null}), "/budget_meso"),
        (
            json!({"budget_meso": null, "target_gain": 0.0}),
            "/target_gain",
        ),
        (json!({"confidence": 1.0}), "/confidence"),
        (json!({"minimum_gain": -0.1}), "/minimum_gain"),
        (json!({"boss_defence": 11}), "/boss_defence"),
        (json!({"methods": ["blue"]}), "/methods/0"),
        (json!({"methods": ["prime"]}), "/methods/0"),
        (json!({"gear": []}), "/gear"),
        (
            json!({"gear": [{"slot": "모자", "level": 999}]}),
            "/gear/0/level",
        ),
        (json!({"character_level": 0}), "/character_level"),
    ] {
        let refused = refused_at(&app, CALCULATED, &with(gear(), changes)).await;
        assert_eq!(refused["status"], 422, "{refused}");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    let of_character = refused_at(&app, UPGRADES, &gear()).await;
    assert_eq!(
        of_character["errors"][0]["pointer"], "/gear",
        "{of_character}"
    );
}
