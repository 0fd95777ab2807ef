//! Calculations: the right numbers, and every wrong question refused with its place.

use serde_json::{Value, json};

use crate::app::{TestApp, problem};

pub(crate) const PLAN: &str = "/api/v1/calculations/plan";
pub(crate) const POTENTIAL: &str = "/api/v1/calculations/potential";
pub(crate) const STAR_FORCE: &str = "/api/v1/calculations/star-force";

pub(crate) fn hat() -> Value {
    json!({
        "method": "meso_potential", "part": "hat", "item_level": 250,
        "from": {"grade": "rare", "failures": 0},
        "goal": "cooldown_seconds >= 4",
    })
}

/// The way to 22 stars of the published check values.
pub(crate) fn stars() -> Value {
    json!({
        "item_level": 200, "from": 0, "to": 22,
        "restore": {
            "mode": "custom", "to": "same_star", "copies": 1, "fee_meso": 0,
        },
        "spare_item_meso": 3_000_000_000_u64,
    })
}

/// The question with some members replaced.
fn hat_with(changes: Value) -> Value {
    with(hat(), changes)
}

pub(crate) fn with(mut question: Value, changes: Value) -> Value {
    let changes: serde_json::Map<_, _> = serde_json::from_value(changes).unwrap();
    question.as_object_mut().unwrap().extend(changes);
    question
}

async fn answer(app: &TestApp, path: &str, question: &Value) -> Value {
    let response = app.post(path, question).send().await.unwrap();
    assert_eq!(response.status(), 200, "{question}");
    response.json().await.unwrap()
}

pub(crate) async fn refused_at(app: &TestApp, path: &str, question: &Value) -> Value {
    problem(app.post(path, question).send().await.unwrap()).await
}

async fn refused(app: &TestApp, question: &Value) -> Value {
    refused_at(app, POTENTIAL, question).await
}

#[tokio::test]
async fn potential_is_answered_as_the_contract_says() {
    let app = TestApp::start().await;
    let question = hat_with(json!({"budget_meso": 100_000_000_000_u64, "quantiles": [0.5, 0.9]}));
    let response = app.post(POTENTIAL, &question).send().await.unwrap();
    let answer: Value = response.json().await.unwrap();
    insta::assert_json_snapshot!(answer);
}

#[tokio::test]
async fn published_check_values_come_out() {
    let app = TestApp::start().await;
    let response = app.post(POTENTIAL, &hat()).send().await.unwrap();
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["cost_meso"]["mean"], 82_767_718_343_u64);
    let quantiles = &answer["cost_meso"]["quantiles"];
    assert_eq!(quantiles[0], json!({"q": 0.5, "value": 58_255_000_000_u64}));
    assert_eq!(
        quantiles[4],
        json!({"q": 0.99, "value": 370_995_000_000_u64})
    );
}

#[tokio::test]
async fn unreachable_goal_has_a_reason_and_no_numbers() {
    let app = TestApp::start().await;
    let question = hat_with(json!({"goal": "cooldown_seconds >= 40"}));
    let answer = app.post(POTENTIAL, &question).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["reachable"], false);
    assert!(answer["reason"].is_string());
    assert!(answer.get("trials").is_none() && answer.get("cost_meso").is_none());
}

#[tokio::test]
async fn absurd_goals_are_told_as_one_in_a_power_of_ten_with_their_numbers() {
    let app = TestApp::start().await;
    let question = json!({
        "method": "meister", "part": "ring", "item_level": 160, "from": {"grade": "rare"},
        "goal": "drop_pct >= 60", "prices": {"meister": 1_000_000_000_000_000_u64},
        "quantiles": [0.5, 0.999_999_999_999],
    });
    let answer = answer(&app, POTENTIAL, &question).await;
    assert_eq!(answer["reachable"], true);
    // (31 / 3)^3 by weight, and prime lines in 1, 1/501 and 1/501 of the draws.
    let reason = "reachable, but at legendary only with 1 in 2.77 * 10^8";
    assert_eq!(answer["reason"], reason);
    let chance = answer["success_probability"]["legendary"].as_f64().unwrap();
    let resets = answer["trials"]["mean"].as_f64().unwrap();
    assert!(
        resets * chance > 0.999 && resets * chance < 1.001,
        "{answer}"
    );
    assert!(answer["trials"]["quantiles"][1]["value"].as_u64().unwrap() > 7_000_000_000);
    // 2.7e23 meso are past 64 bits.
    assert_eq!(answer["cost_meso"]["mean"], Value::Null);
    assert_eq!(answer["warnings"][0]["code"], "mean-too-large");
    assert_eq!(answer["cost_meso"]["quantiles"][0]["value"], Value::Null);
}

#[tokio::test]
async fn without_a_price_the_cost_is_null_and_a_warning_says_why() {
    let app = TestApp::start().await;
    let question = hat_with(json!({"method": "meister", "budget_meso": 1}));
    let answer = app.post(POTENTIAL, &question).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["cost_meso"], Value::Null);
    assert_eq!(answer["within_budget"], Value::Null);
    assert_eq!(answer["warnings"][0]["code"], "no-price");
    assert!(answer["trials"]["mean"].is_f64());
}

#[tokio::test]
async fn typo_in_a_goal_is_named_with_its_column() {
    let app = TestApp::start().await;
    for (goal, column) in [
        ("int_pct > 30", 9),
        ("int_pctt >= 30", 1),
        ("int_pct >= ", 12),
        ("", 1),
    ] {
        let refused = refused(&app, &hat_with(json!({"goal": goal}))).await;
        assert_eq!(refused["status"], 422, "{goal}");
        assert_eq!(refused["type"], "/problems/invalid-goal", "{goal}");
        assert_eq!(refused["errors"][0]["pointer"], "/goal", "{goal}");
        assert_eq!(refused["errors"][0]["column"], column, "{goal}: {refused}");
    }
}

#[tokio::test]
async fn values_unknown_to_the_game_are_named_with_their_pointers() {
    let app = TestApp::start().await;
    for (changes, pointer) in [
        (json!({"method": "blue"}), "/method"),
        (json!({"part": "tail"}), "/part"),
        (json!({"item_level": 301}), "/item_level"),
        (json!({"item_level": -1}), "/item_level"),
        (json!({"from": {"grade": "mythic"}}), "/from/grade"),
        (
            json!({"from": {"grade": "rare", "failures": 11}}),
            "/from/failures",
        ),
        (
            json!({"method": "occult", "from": {"grade": "legendary"}}),
            "/from/grade",
        ),
        (json!({"prices": {"red": -1}}), "/prices/red"),
        (
            json!({"prices": {"red": 1_000_000_000_000_001_u64}}),
            "/prices/red",
        ),
        (
            json!({"prices": {"meso_potential": 1}}),
            "/prices/meso_potential",
        ),
        (json!({"prices": {"a/b": 1}}), "/prices/a~1b"),
        (json!({"budget_meso": -1}), "/budget_meso"),
        (json!({"quantiles": [0.5, 1.0]}), "/quantiles/1"),
        (json!({"quantiles": [0.0]}), "/quantiles/0"),
        (json!({"rules": "gms"}), "/rules"),
    ] {
        let refused = refused(&app, &hat_with(changes.clone())).await;
        assert_eq!(refused["status"], 422, "{changes}: {refused}");
        assert_eq!(refused["type"], "/problems/invalid-value", "{changes}");
        assert_eq!(
            refused["errors"][0]["pointer"], pointer,
            "{changes}: {refused}"
        );
    }
}

#[tokio::test]
async fn dearest_cube_is_paid_with_its_fee() {
    let app = TestApp::start().await;
    let dearest = 1_000_000_000_000_000_u64;
    let question = hat_with(json!({"method": "red", "prices": {"red": dearest}}));
    let answer = answer(&app, POTENTIAL, &question).await;
    let resets = answer["trials"]["mean"].as_f64().unwrap();
    let meso = answer["cost_meso"]["mean"].as_f64().unwrap();
    let each = dearest as f64 + 1_250_000.0;
    assert!((meso / (resets * each) - 1.0).abs() < 1e-12, "{answer}");
}

#[tokio::test]
async fn every_answer_names_its_rules_and_their_day() {
    let app = TestApp::start().await;
    for rules in [
        "kms-2026-10",
        "kms-2025-12",
        "kms-2024-11",
        "kms-before-2024-06",
    ] {
        let answer = answer(&app, POTENTIAL, &hat_with(json!({"rules": rules}))).await;
        assert_eq!(answer["rules"], rules);
        assert_eq!(answer["rules_compiled_on"], "2026-10-11");
    }
    let way = json!({"item_level": 150, "from": 0, "to": 20});
    for rules in ["kms_2026-03-19", "kms_2025-03-20", "kms_before_2025-03-20"] {
        let question = with(way.clone(), json!({"rules": rules}));
        let answer = answer(&app, STAR_FORCE, &question).await;
        assert_eq!(answer["rules"], rules);
        assert_eq!(answer["rules_compiled_on"], "2026-10-10");
    }
}

#[tokio::test]
async fn every_fault_is_listed_at_once() {
    let app = TestApp::start().await;
    let question = hat_with(json!({"method": "blue", "item_level": 999, "goal": "x"}));
    let refused = refused(&app, &question).await;
    let errors = refused["errors"].as_array().unwrap().iter();
    let pointers: Vec<_> = errors
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["/method", "/item_level", "/goal"]);
}

#[tokio::test]
async fn malformed_request_is_refused_as_a_whole() {
    let app = TestApp::start().await;
    for (changes, pointer) in [
        (json!({"color": "red"}), "/color"),
        (json!({"item_level": "250"}), "/item_level"),
        (json!({"from": {"grade": "rare", "pity": 3}}), "/from/pity"),
        (json!({"from": null}), "/from"),
        (json!({"quantiles": [0.5, "x"]}), "/quantiles/1"),
    ] {
        let refused = refused(&app, &hat_with(changes.clone())).await;
        assert_eq!(refused["status"], 400, "{changes}");
        assert_eq!(refused["type"], "/problems/bad-request");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
}

#[tokio::test]
async fn rules_list_what_questions_may_say() {
    let app = TestApp::start().await;
    let rules = app.answer("/api/v1/rules").await;
    assert_eq!(rules["potential"][0]["name"], "kms-2026-10");
    assert_eq!(rules["star_force"][0]["name"], "kms_2026-03-19");
    for set in ["potential", "star_force"] {
        for rules in rules[set].as_array().unwrap() {
            assert!(rules["compiled_on"].as_str().unwrap().len() == "2026-10-11".len());
            assert!(!rules["sources"].as_array().unwrap().is_empty());
        }
    }
    let red = rules["methods"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["id"] == "red")
        .unwrap();
    assert_eq!(red["default_price_meso"], 12_000_000);
    assert_eq!(red["highest_grade"], "legendary");
    assert!(
        rules["stats"]
            .as_array()
            .unwrap()
            .contains(&json!("cooldown_seconds"))
    );
    assert_eq!(rules["parts"][0], json!({"id": "weapon", "korean": "무기"}));
}

#[tokio::test]
async fn chances_are_told_as_fractions_when_asked() {
    let app = TestApp::start().await;
    let question = json!({
        "method": "black", "part": "hat", "item_level": 150, "from": {"grade": "legendary"},
        "goal": "int_pct >= 36", "exact": true,
    });
    let answer = answer(&app, POTENTIAL, &question).await;
    assert_eq!(
        answer["exact_success_probability"]["legendary"],
        "16/1723025"
    );
}

#[tokio::test]
async fn star_force_is_answered_as_the_contract_says() {
    let app = TestApp::start().await;
    let question = with(stars(), json!({"budget_meso": 20_000_000_000_u64}));
    let answer = answer(&app, STAR_FORCE, &question).await;
    insta::assert_json_snapshot!(crate::shape::shape(&answer));
    assert_eq!(answer["cost_meso"]["mean"], 17_886_666_384_u64);
    let within = answer["within_budget"].as_f64().unwrap();
    let bounds = &answer["within_budget_bounds"];
    assert!(bounds["lower"].as_f64().unwrap() <= within);
    assert!(within <= bounds["upper"].as_f64().unwrap());
    for quantile in answer["cost_meso"]["quantiles"].as_array().unwrap() {
        let number = |name: &str| quantile[name].as_u64().unwrap();
        assert!(number("lower") <= number("value") && number("value") <= number("upper"));
    }
}

#[tokio::test]
async fn custom_restore_goes_to_12_stars_by_word_or_number() {
    let app = TestApp::start().await;
    for to in [json!(12), json!("12")] {
        let restore = json!({"restore": {"mode": "custom", "to": to}});
        let answer = answer(&app, STAR_FORCE, &with(stars(), restore)).await;
        assert_eq!(answer["cost_meso"]["mean"], 54_839_561_340_u64);
    }
}

#[tokio::test]
async fn free_spare_items_are_said_to_be_free() {
    let app = TestApp::start().await;
    let question = json!({"item_level": 200, "from": 0, "to": 22});
    let answer = answer(&app, STAR_FORCE, &question).await;
    assert_eq!(answer["warnings"][0]["code"], "free-spare-items");
}

#[tokio::test]
async fn cheapest_safeguard_is_at_most_as_dear_as_any_other() {
    let app = TestApp::start().await;
    let mean = async |safeguard: Value| {
        let question = with(stars(), json!({"safeguard": safeguard}));
        answer(&app, STAR_FORCE, &question).await["cost_meso"]["mean"]
            .as_u64()
            .unwrap()
    };
    let cheapest = mean(json!("cheapest")).await;
    for other in [json!([]), json!([15]), json!([15, 16, 17])] {
        assert!(cheapest <= mean(other).await);
    }
}

#[tokio::test]
async fn star_force_the_game_does_not_have_is_named_with_its_pointer() {
    let app = TestApp::start().await;
    for (changes, pointer) in [
        (json!({"item_level": 301}), "/item_level"),
        (json!({"item_level": -1}), "/item_level"),
        (json!({"from": -1}), "/from"),
        (json!({"to": 31}), "/to"),
        (json!({"to": 1_000}), "/to"),
        (json!({"from": 20, "to": 19}), "/to"),
        (json!({"item_level": 90}), "/to"),
        (json!({"safeguard": [15, 18]}), "/safeguard"),
        (json!({"safeguard": [-1]}), "/safeguard/0"),
        (json!({"safeguard": "dearest"}), "/safeguard"),
        (json!({"certain_stars": [6]}), "/certain_stars"),
        (json!({"discount": 1.0}), "/discount"),
        (json!({"discount": -0.1}), "/discount"),
        (json!({"spare_item_meso": -1}), "/spare_item_meso"),
        (
            json!({"spare_item_meso": 1_000_000_000_000_001_u64}),
            "/spare_item_meso",
        ),
        (json!({"rules": "gms"}), "/rules"),
        (json!({"kind": "heroic"}), "/kind"),
        (json!({"membership": {"mvp": "bronze"}}), "/membership/mvp"),
        (json!({"restore": {"mode": "magic"}}), "/restore/mode"),
        (
            json!({"restore": {"mode": "full", "copies": 2}}),
            "/restore/copies",
        ),
        (json!({"restore": {"mode": "custom"}}), "/restore/to"),
        (
            json!({"restore": {"mode": "custom", "to": 13}}),
            "/restore/to",
        ),
        (
            json!({"restore": {"mode": "custom", "to": 12, "copies": 101}}),
            "/restore/copies",
        ),
        (json!({"budget_meso": -1}), "/budget_meso"),
        (json!({"quantiles": [1.5]}), "/quantiles/0"),
    ] {
        let refused = refused_at(&app, STAR_FORCE, &with(stars(), changes.clone())).await;
        assert_eq!(refused["status"], 422, "{changes}: {refused}");
        assert_eq!(
            refused["errors"][0]["pointer"], pointer,
            "{changes}: {refused}"
        );
    }
}

#[tokio::test]
async fn plan_adds_its_items_up() {
    let app = TestApp::start().await;
    let question = json!({
        "items": [{"name": "hat", "potential": hat()}, {"star_force": stars()}],
        "budget_meso": 500_000_000_000_u64,
    });
    let plan = answer(&app, PLAN, &question).await;
    insta::assert_json_snapshot!(crate::shape::shape(&plan));
    let alone = async |path, question: Value| {
        answer(&app, path, &question).await["cost_meso"]["mean"]
            .as_u64()
            .unwrap()
    };
    let sum = alone(POTENTIAL, hat()).await + alone(STAR_FORCE, stars()).await;
    let mean = plan["cost_meso"]["mean"].as_u64().unwrap();
    assert!(mean.abs_diff(sum) <= 1, "{mean} is not {sum}");
    assert!(plan["within_budget"].as_f64().unwrap() > 0.9);
}

#[tokio::test]
async fn plan_with_an_item_that_cannot_be_made_has_no_cost() {
    let app = TestApp::start().await;
    let impossible = hat_with(json!({"goal": "cooldown_seconds >= 40"}));
    let question = json!({"items": [{"potential": hat()}, {"potential": impossible}]});
    let plan = answer(&app, PLAN, &question).await;
    assert_eq!(plan["reachable"], false);
    assert_eq!(plan["cost_meso"], Value::Null);
    assert_eq!(plan["items"][0]["potential"]["reachable"], true);
    assert_eq!(plan["warnings"][0]["code"], "not-reachable");
}

#[tokio::test]
async fn plan_names_the_item_at_fault() {
    let app = TestApp::start().await;
    let many = vec![json!({"star_force": stars()}); 101];
    let typo = hat_with(json!({"goal": "int_pct >"}));
    for (question, pointer) in [
        (json!({"items": []}), "/items"),
        (json!({"items": many}), "/items"),
        (json!({"items": [{}]}), "/items/0"),
        (
            json!({"items": [{"potential": hat(), "star_force": stars()}]}),
            "/items/0",
        ),
        (
            json!({"items": [{"potential": hat()}, {"potential": typo}]}),
            "/items/1/potential/goal",
        ),
        (
            json!({"items": [{"potential": hat()}], "budget_meso": -1}),
            "/budget_meso",
        ),
    ] {
        let refused = refused_at(&app, PLAN, &question).await;
        assert_eq!(refused["status"], 422, "{refused}");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
}
