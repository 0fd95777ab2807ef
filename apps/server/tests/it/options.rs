//! Options of an expectation, and the way of gear to a target.

use serde_json::{Value, json};

use crate::app::{TestApp, problem};
use crate::ask::sheet;
use crate::calculations::{refused_at, with};

const EXPECTATION: &str = "/api/v1/characters/아델/expectation";
const COMPLETION: &str = "/api/v1/characters/아델/completion";

async fn posted(app: &TestApp, path: &str, body: &Value) -> Value {
    let response = app.post(path, body).send().await.unwrap();
    let status = response.status();
    let answer = response.json().await.unwrap();
    assert_eq!(status, 200, "{body}: {answer}");
    answer
}

/// A sheet of the class of the character.
pub(crate) fn adele_sheet() -> Value {
    with(sheet(), json!({"main": ["dex"], "sub": ["str"]}))
}

fn items(answer: &Value) -> &[Value] {
    answer["presets"][0]["items"].as_array().unwrap()
}

fn potentials(answer: &Value) -> impl Iterator<Item = &Value> {
    items(answer)
        .iter()
        .flat_map(|item| [&item["potential"], &item["additional_potential"]])
}

fn mean(answer: &Value, of: &str) -> f64 {
    let breakdown = &answer["presets"][0]["breakdown"];
    breakdown[of]["mean_meso"].as_f64().unwrap()
}

fn has_warning(answer: &Value, code: &str) -> bool {
    let warnings = answer["warnings"].as_array().unwrap();
    warnings.iter().any(|warning| warning["code"] == code)
}

#[tokio::test]
async fn meaning_is_strength_unless_the_same_lines_are_asked_for() {
    let app = TestApp::start().await;
    let same = app.answer(&format!("{EXPECTATION}?goal=same_lines")).await;
    assert!(!has_warning(&same, "no-stat-sheet"), "{same}");
    let strong = posted(&app, EXPECTATION, &json!({"stat_sheet": adele_sheet()})).await;
    assert!(!has_warning(&strong, "no-stat-sheet"));
    assert!(!has_warning(&strong, "sheet-of-another-class"));
    let mut compared = 0;
    for (strong, same) in potentials(&strong).zip(potentials(&same)) {
        if same["status"] == "priced" {
            assert_eq!(same["meaning"], "same_lines");
            assert_eq!(strong["meaning"], "as_strong", "{strong}");
            assert_eq!(strong["other_meaning"]["meaning"], "same_lines");
            let mean = |value: &Value| value.as_f64().unwrap();
            let (own, other) = (
                mean(&strong["cost_meso"]["mean"]),
                mean(&strong["other_meaning"]["mean_meso"]),
            );
            assert!((other / mean(&same["cost_meso"]["mean"]) - 1.0).abs() < 1e-9);
            assert!(own <= other * (1.0 + 1e-9), "{strong}");
            compared += 1;
        }
    }
    assert!(compared > 10, "{compared} potentials have a price");
    let other_class = posted(&app, EXPECTATION, &json!({"stat_sheet": sheet()})).await;
    assert!(has_warning(&other_class, "sheet-of-another-class"));
}

#[tokio::test]
async fn spare_items_events_and_budget_change_the_stars_and_the_total() {
    let app = TestApp::start().await;
    let free = app.answer(EXPECTATION).await;
    let free_items = |answer: &Value| {
        let assumptions = items(answer)
            .iter()
            .flat_map(|item| item["assumptions"].as_array().unwrap());
        assumptions
            .filter(|assumption| assumption["code"] == "free-spare-items")
            .count()
    };
    assert!(free_items(&free) > 0);
    let query = format!("{EXPECTATION}?spare_item_meso=3000000000");
    let dear = app.answer(&query).await;
    assert!(mean(&dear, "star_force") > mean(&free, "star_force"));
    assert!((mean(&dear, "potential") - mean(&free, "potential")).abs() < 1.0);
    assert_eq!(free_items(&dear), 0);
    let cheaper = app
        .answer(&format!(
            "{query}&safeguard=cheapest&discount=0.3&fewer_destructions=true"
        ))
        .await;
    assert!(mean(&cheaper, "star_force") < mean(&dear, "star_force"));
    let body = json!({
        "star_force": {"spare_item_meso": {"default": 3_000_000_000_u64}},
        "budget_meso": 1_000_000_000_000_u64,
    });
    let by_body = posted(&app, EXPECTATION, &body).await;
    assert_eq!(
        by_body["presets"][0]["breakdown"],
        dear["presets"][0]["breakdown"]
    );
    let within = &by_body["presets"][0]["total"]["within_budget"];
    let (lower, upper) = (
        within["lower"].as_f64().unwrap(),
        within["upper"].as_f64().unwrap(),
    );
    assert!(
        (0.0..=1.0).contains(&lower) && lower <= upper && upper <= 1.0,
        "{within}"
    );
}

#[tokio::test]
async fn options_that_cannot_be_followed_are_named() {
    let app = TestApp::start().await;
    for (query, parameter) in [
        ("spare_item_meso=-1", "spare_item_meso"),
        ("spare_item_meso=9000000000000000000", "spare_item_meso"),
        ("safeguard=sometimes", "safeguard"),
        ("safeguard=15,99", "safeguard"),
        ("discount=1", "discount"),
        ("certain_stars=5,x", "certain_stars"),
        ("certain_stars=6", "certain_stars"),
        ("budget_meso=-1", "budget_meso"),
        ("potential_method=additional", "potential_method"),
        ("rules=gms", "rules"),
    ] {
        let response = app
            .get(&format!("{EXPECTATION}?{query}"))
            .send()
            .await
            .unwrap();
        let refused = problem(response).await;
        assert_eq!(refused["status"], 422, "{query}: {refused}");
        assert_eq!(
            refused["errors"][0]["parameter"], parameter,
            "{query}: {refused}"
        );
    }
    for (body, pointer) in [
        (
            json!({"star_force": {"spare_item_meso": {"by_level": {"999": 1}}}}),
            "/star_force/spare_item_meso/by_level/999",
        ),
        (
            json!({"star_force": {"restore": {"mode": "magic"}}}),
            "/star_force/restore/mode",
        ),
        (json!({"prices": {"red": -1}}), "/prices/red"),
        (
            json!({"starts": {"모자": {"grade": "rare", "failures": 99}}}),
            "/starts/모자/failures",
        ),
        (
            json!({"starts": {"모자": {"stars": 31}}}),
            "/starts/모자/stars",
        ),
        (
            json!({"stat_sheet": with(sheet(), json!({"ied_pct": 101}))}),
            "/stat_sheet/ied_pct",
        ),
        (json!({"boss_defence": -1}), "/boss_defence"),
    ] {
        let refused = refused_at(&app, EXPECTATION, &body).await;
        assert_eq!(refused["status"], 422, "{body}: {refused}");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    let unknown = refused_at(&app, EXPECTATION, &json!({"gaol": "as_strong"})).await;
    assert_eq!(unknown["status"], 400);
}

#[tokio::test]
async fn completion_prices_what_is_left_of_a_target() {
    let app = TestApp::start().await;
    let rules = app.answer("/api/v1/rules").await;
    let templates = rules["templates"].as_array().unwrap();
    let mut before = 0.0;
    for template in templates {
        let name = template["name"].as_str().unwrap();
        let path = format!("{COMPLETION}?template={name}&budget_meso=100000000000");
        let answer = app.answer(&path).await;
        let total = &answer["presets"][0]["total"];
        let now = total["mean_meso"].as_f64().unwrap();
        // Each template asks for no less than the one before.
        assert!(now >= before, "{name}");
        before = now;
        for potential in potentials(&answer) {
            if potential["status"] == "priced" {
                // An item without a potential begins at rare.
                let grade = potential["grade"].as_str().unwrap_or("rare");
                assert_eq!(potential["from"], grade, "{potential}");
                assert_eq!(potential["meaning"], "target");
            }
        }
    }
    assert!(before > 0.0);
    // Below what is there: nothing is left to pay.
    let little = json!({"targets": {"default": {"stars": 1, "potential": "main_pct >= 0"}}});
    let reached = posted(&app, COMPLETION, &little).await;
    let statuses: Vec<_> = potentials(&reached)
        .map(|p| p["status"].as_str().unwrap())
        .collect();
    assert!(statuses.contains(&"reached"), "{statuses:?}");
    assert!(
        statuses
            .iter()
            .all(|status| ["reached", "not_applicable"].contains(status))
    );
    assert!(mean(&reached, "potential") == 0.0);
}

#[tokio::test]
async fn completion_faults_are_named() {
    let app = TestApp::start().await;
    let response = app
        .get(&format!("{COMPLETION}?template=godlike"))
        .send()
        .await
        .unwrap();
    let refused = problem(response).await;
    assert_eq!(refused["status"], 422);
    assert_eq!(refused["errors"][0]["parameter"], "template", "{refused}");
    assert_eq!(
        problem(app.get(COMPLETION).send().await.unwrap()).await["status"],
        422
    );
    for (body, pointer) in [
        (json!({}), "/template"),
        (
            json!({"targets": {"default": {"stars": 31}}}),
            "/targets/default/stars",
        ),
        (
            json!({"targets": {"by_slot": {"모자": {"potential": "main_pct > 3"}}}}),
            "/targets/by_slot/모자/potential",
        ),
        (
            json!({"template": "finished", "budget_meso": -1}),
            "/budget_meso",
        ),
    ] {
        let refused = refused_at(&app, COMPLETION, &body).await;
        assert_eq!(refused["status"], 422, "{body}: {refused}");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
}
