//! Questions of players beside "the same again": strength, methods compared, plays, stopping and
//! flames.

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::calculations::{POTENTIAL, hat, refused_at, with};

const COMPARE: &str = "/api/v1/calculations/potential/compare";
const SIMULATIONS: &str = "/api/v1/calculations/potential/simulations";
const STOPPING: &str = "/api/v1/calculations/potential/stopping";
const FLAME: &str = "/api/v1/calculations/flame";

/// The sheet of a character that attacks with magic.
pub(crate) fn sheet() -> Value {
    json!({
        "main": ["int"], "sub": ["luk"], "main_final": 62000, "main_base": 5200,
        "main_pct": 530, "main_flat_unscaled": 18000, "sub_final": 9000, "attack_final": 7800,
        "attack_base": 4100, "attack_pct": 88, "damage_pct": 80, "boss_damage_pct": 420,
        "final_damage_pct": 55, "critical_rate_pct": 100, "critical_damage_pct": 98,
        "ied_pct": 95.3,
    })
}

pub(crate) fn as_strong() -> Value {
    let lines = ["INT +12%", "INT +9%", "INT +9%"];
    json!({
        "method": "meso_potential", "part": "hat", "item_level": 200, "from": {"grade": "rare"},
        "strength": {"stat_sheet": sheet(), "lines": lines},
    })
}

pub(crate) fn compare() -> Value {
    json!({
        "part": "hat", "item_level": 250, "from": {"grade": "rare"},
        "goal": "cooldown_seconds >= 4", "budget_meso": 100_000_000_000_u64,
    })
}

pub(crate) fn simulation() -> Value {
    json!({
        "seed": 1, "resets": 1000, "method": "meso_potential", "part": "hat", "item_level": 200,
        "from": {"grade": "rare"}, "goal": "int_pct >= 21",
    })
}

pub(crate) fn stopping() -> Value {
    json!({
        "method": "meso_potential", "part": "hat", "item_level": 200,
        "from": {"grade": "legendary"}, "weights": {"int_pct": 1},
        "value_meso_per_unit": 1_000_000_000_u64, "current": 21, "resets": 5,
    })
}

pub(crate) fn flame() -> Value {
    json!({
        "flame": "eternal", "part": "hat", "item_level": 200, "boss_gear": true,
        "weights": {"int": 1, "all_stat_pct": 10}, "at_least": 120, "price_meso": 8_000_000,
    })
}

async fn answer(app: &TestApp, path: &str, question: &Value) -> Value {
    let response = app.post(path, question).send().await.unwrap();
    let status = response.status();
    let answer = response.json().await.unwrap();
    assert_eq!(status, 200, "{question}: {answer}");
    answer
}

#[tokio::test]
async fn strength_of_one_stat_only_is_priced_like_that_stat() {
    let app = TestApp::start().await;
    let strong = answer(&app, POTENTIAL, &as_strong()).await;
    assert_eq!(strong["meaning"], "as_strong");
    let goal = with(
        as_strong(),
        json!({"strength": null, "goal": "int_pct >= 30"}),
    );
    let same = answer(&app, POTENTIAL, &goal).await;
    assert!(same.get("meaning").is_none());
    // Other stats of boss damage stand in for INT on a hat, so that it is never dearer.
    let mean = |answer: &Value| answer["cost_meso"]["mean"].as_u64().unwrap();
    assert!(mean(&strong) <= mean(&same), "{strong} {same}");
    assert!(mean(&strong) * 3 > mean(&same), "{strong} {same}");
}

#[tokio::test]
async fn faults_of_strength_are_named_with_their_pointer() {
    let app = TestApp::start().await;
    let changed = |sheet: Value, lines: Value| {
        with(
            as_strong(),
            json!({"strength": {"stat_sheet": sheet, "lines": lines}}),
        )
    };
    let lines = json!(["INT +12%", "INT +9%", "INT +9%"]);
    for (question, pointer) in [
        (
            changed(with(sheet(), json!({"ied_pct": 101})), lines.clone()),
            "/strength/stat_sheet/ied_pct",
        ),
        (
            changed(with(sheet(), json!({"main": []})), lines.clone()),
            "/strength/stat_sheet/main",
        ),
        (changed(sheet(), json!(["INT +12%"])), "/strength/lines"),
        (
            changed(sheet(), json!(["INT +12%", "귀여움 +9%"])),
            "/strength/lines/1",
        ),
        (
            changed(sheet(), json!(["STR +12%", "STR +9%", "DEX +9%"])),
            "/strength/lines",
        ),
        (with(as_strong(), json!({"goal": "int_pct >= 1"})), "/goal"),
        (with(as_strong(), json!({"strength": null})), "/goal"),
        (with(as_strong(), json!({"exact": true})), "/exact"),
    ] {
        let refused = refused_at(&app, POTENTIAL, &question).await;
        assert_eq!(refused["status"], 422, "{refused}");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
}

#[tokio::test]
async fn prime_methods_keep_the_first_line() {
    let app = TestApp::start().await;
    let prime = json!({
        "method": "prime", "part": "hat", "item_level": 250, "from": {"grade": "legendary"},
        "goal": "int_pct >= 33", "keep_line_1": "INT +13%", "exact": true,
        "prices": {"prime": 100_000_000},
    });
    let kept = answer(&app, POTENTIAL, &prime).await;
    let black = with(
        prime.clone(),
        json!({"method": "black", "keep_line_1": null}),
    );
    let black = answer(&app, POTENTIAL, &black).await;
    let chance = |answer: &Value| answer["success_probability"]["legendary"].as_f64().unwrap();
    assert!(chance(&kept) > 3.0 * chance(&black), "{kept} {black}");
    assert!(kept["exact_success_probability"]["legendary"].is_string());
    assert!(kept["success_probability"].get("rare").is_none());
    for (changes, pointer) in [
        (json!({"keep_line_1": null}), "/keep_line_1"),
        (json!({"keep_line_1": "INT +11%"}), "/keep_line_1"),
        (json!({"method": "black"}), "/keep_line_1"),
        (json!({"from": {"grade": "rare"}}), "/from/grade"),
    ] {
        let refused = refused_at(&app, POTENTIAL, &with(prime.clone(), changes)).await;
        assert_eq!(refused["status"], 422, "{refused}");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
}

#[tokio::test]
async fn compared_methods_are_those_asked_one_by_one() {
    let app = TestApp::start().await;
    let compared = answer(&app, COMPARE, &compare()).await;
    let methods = compared["methods"].as_array().unwrap();
    let means: Vec<_> = methods
        .iter()
        .map(|method| method["mean_meso"].as_u64().unwrap())
        .collect();
    assert!(means.len() >= 3 && means.is_sorted(), "{compared}");
    for method in methods {
        let question = with(hat(), json!({"method": method["method"]}));
        let alone = answer(&app, POTENTIAL, &question).await;
        assert_eq!(method["mean_meso"], alone["cost_meso"]["mean"]);
        assert_eq!(method["quantiles"], alone["cost_meso"]["quantiles"]);
    }
    let mix = &compared["mix"];
    assert!(mix["mean_meso"].as_u64().unwrap() <= means[0], "{compared}");
    assert!(mix["by_grade"]["legendary"].is_string(), "{compared}");
    // Cubes without a price are left out, and the answer says so.
    assert!(
        compared["warnings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|warning| warning["code"] == "method-left-out")
    );
    for (changes, pointer) in [
        (json!({"quantile": 1.5}), "/quantile"),
        (
            json!({"from": {"grade": "rare", "failures": 3}}),
            "/from/failures",
        ),
        (json!({"layer": "third"}), "/layer"),
        (json!({"prices": {"red": -5}}), "/prices/red"),
    ] {
        let refused = refused_at(&app, COMPARE, &with(compare(), changes)).await;
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
}

#[tokio::test]
async fn plays_of_one_seed_are_alike_and_their_path_adds_up() {
    let app = TestApp::start().await;
    let first = answer(&app, SIMULATIONS, &simulation()).await;
    let again = answer(&app, SIMULATIONS, &simulation()).await;
    assert_eq!(first, again);
    let other = with(simulation(), json!({"seed": 2}));
    assert_ne!(first, answer(&app, SIMULATIONS, &other).await);
    let path = first["path"].as_array().unwrap();
    let times: u64 = path
        .iter()
        .map(|step| step["times"].as_u64().unwrap())
        .sum();
    assert_eq!(first["resets"], times, "{first}");
    assert_eq!(first["met_after"], first["resets"], "{first}");
    let percentile = first["percentile"].as_f64().unwrap();
    assert!(percentile > 0.0 && percentile < 1.0, "{first}");
    for (changes, pointer) in [
        (json!({"seed": -1}), "/seed"),
        (json!({"resets": 0}), "/resets"),
        (json!({"resets": 10_001}), "/resets"),
        (json!({"goal": "int_pct > 3"}), "/goal"),
    ] {
        let refused = refused_at(&app, SIMULATIONS, &with(simulation(), changes)).await;
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
}

#[tokio::test]
async fn stopping_is_the_reservation_value_with_choice_and_falls_without_it() {
    let app = TestApp::start().await;
    let stops = |answer: &Value| -> Vec<f64> {
        let thresholds = answer["thresholds"].as_array().unwrap().iter();
        thresholds.map(|t| t["stop_at"].as_f64().unwrap()).collect()
    };
    let choice = answer(&app, STOPPING, &stopping()).await;
    assert_eq!(choice["keeps_the_better"], true);
    let with_choice = stops(&choice);
    assert_eq!(with_choice.len(), 5);
    assert!(
        with_choice
            .iter()
            .all(|stop| (stop - with_choice[0]).abs() < 1e-9)
    );
    let value = choice["value_meso"].as_f64().unwrap();
    assert!(value >= choice["naive_value_meso"].as_f64().unwrap());
    let red = answer(&app, STOPPING, &with(stopping(), json!({"method": "red"}))).await;
    assert_eq!(red["keeps_the_better"], false);
    let without = stops(&red);
    assert!(without.is_sorted() && without[0] < without[4], "{red}");
    for (changes, pointer) in [
        (json!({"from": {"grade": "epic"}}), "/from/grade"),
        (json!({"weights": {}}), "/weights"),
        (json!({"weights": {"cuteness": 1}}), "/weights/cuteness"),
        (json!({"weights": {"int_pct": -1}}), "/weights/int_pct"),
        (json!({"value_meso_per_unit": 0}), "/value_meso_per_unit"),
        (json!({"current": -3}), "/current"),
        (json!({"resets": 10_001}), "/resets"),
        (json!({"method": "meister"}), "/prices/meister"),
    ] {
        let refused = refused_at(&app, STOPPING, &with(stopping(), changes)).await;
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
}

#[tokio::test]
async fn flames_are_counted_and_parts_without_them_say_so() {
    let app = TestApp::start().await;
    let told = answer(&app, FLAME, &flame()).await;
    let probability = told["probability"].as_f64().unwrap();
    let flames = told["flames"]["mean"].as_f64().unwrap();
    assert!((probability * flames - 1.0).abs() < 1e-9, "{told}");
    let meso = told["cost_meso"]["mean"].as_f64().unwrap();
    assert!((meso / (flames * 8e6) - 1.0).abs() < 1e-6, "{told}");
    let unpriced = answer(&app, FLAME, &with(flame(), json!({"price_meso": null}))).await;
    assert_eq!(unpriced["cost_meso"], Value::Null);
    assert_eq!(unpriced["warnings"][0]["code"], "no-price");
    let never = answer(&app, FLAME, &with(flame(), json!({"at_least": 900_000}))).await;
    assert_eq!(
        (&never["reachable"], &never["probability"]),
        (&json!(false), &json!(0.0))
    );
    assert!(never["reason"].is_string() && never.get("flames").is_none());
    for (changes, pointer) in [
        (json!({"part": "ring"}), "/part"),
        (json!({"flame": "frost"}), "/flame"),
        (json!({"item_level": 301}), "/item_level"),
        (json!({"at_least": 1_000_001}), "/at_least"),
        (json!({"at_least": 0.0001}), "/at_least"),
        (json!({"weights": {"cuteness": 1}}), "/weights/cuteness"),
        (json!({"part": "weapon", "weights": {"att": 1}}), "/attack"),
        (json!({"price_meso": -1}), "/price_meso"),
        (json!({"flame": "meso"}), "/price_meso"),
    ] {
        let refused = refused_at(&app, FLAME, &with(flame(), changes)).await;
        assert_eq!(refused["status"], 422, "{refused}");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
}
