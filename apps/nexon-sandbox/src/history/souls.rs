//! Resets of potentials of souls. Their chances are not published: these rise one time in ten.

use cube_probability::Grade;
use cube_probability::simulation::Dice;
use serde_json::{Value, json};

use super::Day;

/// The chance of a rise.
const RISE: f64 = 0.1;

pub(super) fn resets(day: &Day<'_>, dice: &mut Dice) -> Vec<Value> {
    let mut grade = Grade::Rare;
    let rows = (0..day.many / 4).map(|row| {
        let before = grade;
        let next = grade.next().filter(|_| dice.happens(RISE));
        grade = next.unwrap_or(grade);
        json!({
            "id": day.id("soul-potential", row),
            "character_name": day.owner.character,
            "date_create": day.time(row),
            "item_upgrade_result": if next.is_some() { "성공" } else { "실패" },
            "target_item": "제네시스 스태프",
            "soul_potential_grade": grade.korean(),
            "before_soul_potential_option": options(before),
            "after_soul_potential_option": options(grade),
        })
    });
    rows.collect()
}

fn options(grade: Grade) -> Value {
    let option = json!({"value": "공격력 +3%", "grade": grade.korean()});
    json!([option, option, option])
}
