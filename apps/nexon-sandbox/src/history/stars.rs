//! Star force attempts.

use cube_probability::simulation::Dice;
use cube_probability::star_force::{Events, Query, Rules};
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::Day;

/// The stars that an item is taken to before the next one.
const HIGHEST: u8 = 22;

/// The stars an item starts from.
const START: u8 = 10;

/// Stars lost in a row that make the next attempt certain (찬스타임), where the rules have it.
const LOSSES_BEFORE_CHANCE_TIME: u32 = 2;

pub(super) fn attempts(day: &Day<'_>, dice: &mut Dice) -> Vec<Value> {
    let rules = rules_of(day.date);
    // The event of every seventh day: 30 % off, 30 % fewer destructions, certain at 5, 10 and 15.
    let is_event = day.date.day() % 7 == 0;
    let (mut star, mut losses) = (START, 0);
    let mut rows = Vec::new();
    for row in 0..day.many {
        let is_chance_time = rules.has_chance_time() && losses >= LOSSES_BEFORE_CHANCE_TIME;
        let is_guarded = rules.safeguard_stars().contains(&star) && dice.happens(0.3);
        let terms = terms(rules, star, is_guarded, is_event);
        let (result, after) = if is_chance_time {
            ("성공", star + 1)
        } else {
            attempt(&terms, star, day.owner.luck, dice)
        };
        losses = if result == "실패(하락)" {
            losses + 1
        } else {
            0
        };
        rows.push(json!({
            "id": day.id("starforce", row),
            "item_upgrade_result": result,
            "before_starforce_count": star, "after_starforce_count": after,
            "starcatch_result": null,
            "superior_item_flag": "슈페리얼 장비 미해당",
            "destroy_defence": if is_guarded { "파괴 방지 적용" } else { "파괴 방지 미적용" },
            "chance_time": if is_chance_time { "찬스타임 적용" } else { "찬스타임 미적용" },
            "event_field_flag": "파괴 방지 이벤트맵 미적용",
            "upgrade_item": "",
            "protect_shield": "프로텍트 실드 미적용/소멸되지 않음",
            "bonus_stat_upgrade": "보너스 스탯 미적용 아이템",
            "character_name": day.owner.character, "world_name": "크로아",
            "target_item": "가디언 엔젤 링",
            "date_create": day.time(row),
            "starforce_event_list": if is_event { events() } else { Value::Null },
        }));
        let is_over = result == "파괴" || after >= HIGHEST;
        star = if is_over { START } else { after };
    }
    rows
}

fn terms(rules: Rules, star: u8, is_guarded: bool, is_event: bool) -> Query {
    Query {
        rules,
        star_catch: !rules.has_star_catch(),
        safeguard: if is_guarded { vec![star] } else { Vec::new() },
        events: if is_event {
            Events {
                certain_stars: vec![5, 10, 15],
                fewer_destructions: true,
                ..Events::default()
            }
        } else {
            Events::default()
        },
        ..Query::new(200, star, star + 1)
    }
}

/// The outcome of an attempt, and the stars after it.
fn attempt(terms: &Query, star: u8, luck: f64, dice: &mut Dice) -> (&'static str, u8) {
    let outlooks = terms.outlooks();
    let outlooks = outlooks.expect("the stars are below the most that the level allows");
    let outlook = outlooks[0];
    // A certain success stays certain; a likelier one leaves less for the rest.
    let is_certain = outlook.success > 1.0 - 1e-9;
    let success = if is_certain {
        1.0
    } else {
        (outlook.success * luck).min(0.99)
    };
    if dice.happens(success) {
        return ("성공", star + 1);
    }
    let failure = 1.0 - outlook.success;
    if dice.happens(outlook.destroy / failure) {
        return ("파괴", 0);
    }
    if dice.happens(outlook.drop / (failure - outlook.destroy)) {
        return ("실패(하락)", star - 1);
    }
    ("실패(유지)", star)
}

fn events() -> Value {
    json!([
        {"success_rate": null, "destroy_decrease_rate": "30", "cost_discount_rate": "30",
         "plus_value": null, "recovery_cost_discount_rate": "20", "starforce_event_range": "0~29"},
        {"success_rate": "100,100,100", "destroy_decrease_rate": null, "cost_discount_rate": null,
         "plus_value": null, "starforce_event_range": "5,10,15"},
    ])
}

/// The rules of star force of a day.
fn rules_of(day: Date) -> Rules {
    if day >= date(2026, 3, 19) {
        Rules::Kms20260319
    } else if day >= date(2025, 3, 20) {
        Rules::Kms20250320
    } else {
        Rules::KmsBefore20250320
    }
}
