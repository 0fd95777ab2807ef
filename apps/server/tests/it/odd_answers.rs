//! Answers of the upstream that are odd in one character or one account, and names in every form.

use nexon_sandbox::{Endpoint, Fault, FaultRule};
use serde_json::Value;

use crate::app::{TestApp, problem};

const EXPECTATION: &str = "/api/v1/characters/아델/expectation";

#[tokio::test]
async fn odd_fields_cost_their_items_only() {
    let app = TestApp::start().await;
    app.break_upstream(FaultRule::always(Fault::OddFields).on(Endpoint::ItemEquipment));
    for path in [EXPECTATION, "/api/v1/characters/별빛/expectation"] {
        let answer = app.answer(path).await;
        let preset = &answer["presets"][0];
        assert_eq!(preset["status"], "partial");
        let stars = |item: usize| &preset["items"][item]["star_force"];
        for (item, reason) in [
            (0, "the document's starforce_scroll_flag is `해당없음`"),
            (1, "the document's starforce is `null`"),
        ] {
            assert_eq!(stars(item)["status"], "not_priced", "{}", stars(item));
            assert_eq!(stars(item)["reason"], reason);
        }
        let items = preset["items"].as_array().unwrap();
        let priced = items
            .iter()
            .filter(|item| item["star_force"]["status"] == "priced");
        assert!(priced.count() > 3, "{preset}");
    }
    let equipment = app.answer("/api/v1/characters/아델/equipment").await;
    let items = &equipment["presets"][0]["items"];
    assert!(items[0]["stars_from_scroll"].is_null());
    assert!(items[1]["stars"].is_null());
}

#[tokio::test]
async fn member_logs_in_though_a_character_of_the_account_has_no_name() {
    let app = TestApp::start().await;
    let all = characters(&app).await;
    app.break_upstream(FaultRule::always(Fault::OddFields).on(Endpoint::CharacterList));
    assert_eq!(characters(&app).await, all[1..]);
}

/// The characters of a member who logs in now.
async fn characters(app: &TestApp) -> Vec<Value> {
    let session = app.log_in("sandbox-member-1").await;
    let token = session["access_token"].as_str().unwrap();
    let me = app
        .get("/api/v1/me")
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    let me: Value = me.json().await.unwrap();
    me["characters"].as_array().unwrap().clone()
}

#[tokio::test]
async fn document_behind_a_byte_order_mark_is_read() {
    let app = TestApp::start().await;
    app.break_upstream(FaultRule::always(Fault::ByteOrderMark));
    let answer = app.answer(EXPECTATION).await;
    assert_eq!(answer["character"]["name"], "아델");
    assert_eq!(answer["presets"][0]["active"], true);
}

#[tokio::test]
async fn decomposed_name_is_its_composed_one() {
    let app = TestApp::start().await;
    let composed = app.answer(EXPECTATION).await;
    let asked = app.sandbox().counters().total();
    // ㅇㅏㄷㅔㄹ as conjoining jamo.
    let decomposed = "\u{110B}\u{1161}\u{1103}\u{1166}\u{11AF}";
    let path = format!("/api/v1/characters/{decomposed}/expectation");
    assert_eq!(app.answer(&path).await, composed);
    assert_eq!(app.sandbox().counters().total(), asked);
}

#[tokio::test]
async fn names_that_no_character_can_have_cost_no_call() {
    let app = TestApp::start().await;
    for name in [
        "아델%20",
        "%E2%80%8B아델",
        "아-델",
        "漢字",
        "%00",
        "thirteenchars",
    ] {
        let path = format!("/api/v1/characters/{name}/expectation");
        let response = app.get(&path).send().await.unwrap();
        assert_eq!(response.status(), 400, "{name}");
        let refused = problem(response).await;
        assert_eq!(refused["errors"][0]["parameter"], "name", "{name}");
    }
    assert_eq!(app.sandbox().counters().total(), 0);
}
