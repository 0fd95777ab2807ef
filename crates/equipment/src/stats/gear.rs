//! Stats that the gear gives: items with their potentials, and the title.

use cube_probability::OptionLine;
use planning::GivenStats;

use crate::{Equipment, Item, PotentialLines, StatTotals};

/// The sum of what a character's gear gives, the active preset worn.
pub(super) fn worn(equipment: &Equipment, character_level: u16) -> GivenStats {
    equipment
        .worn()
        .iter()
        .map(|item| of_item(item, character_level))
        .fold(of_totals(&equipment.title), GivenStats::plus)
}

fn of_item(item: &Item, character_level: u16) -> GivenStats {
    let potentials = [&item.potential, &item.additional_potential];
    let lines = potentials
        .into_iter()
        .flatten()
        .flat_map(PotentialLines::known);
    let lines: Vec<OptionLine> = lines.collect();
    of_totals(&item.totals).plus(GivenStats::of_lines(&lines, character_level))
}

fn of_totals(totals: &StatTotals) -> GivenStats {
    let all_stat = f64::from(totals.all_stat_pct);
    GivenStats {
        flat: totals.attributes().map(f64::from),
        pct: [all_stat; 4],
        attack: totals.attack.into(),
        attack_pct: totals.attack_pct.into(),
        magic: totals.magic.into(),
        magic_pct: totals.magic_pct.into(),
        max_hp_pct: totals.max_hp_pct.into(),
        ..GivenStats::default()
    }
}

impl PotentialLines {
    /// The lines whose texts are known.
    fn known(&self) -> impl Iterator<Item = OptionLine> {
        let texts = self.lines.iter().flatten();
        texts.filter_map(|text| text.parse().ok())
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "sums of whole numbers are exact")]
mod tests {
    use super::*;
    use crate::Preset;

    #[test]
    fn gear_gives_totals_potentials_soul_and_title_of_the_active_preset() {
        let totals = StatTotals {
            int: 200,
            magic: 300,
            all_stat_pct: 6,
            magic_pct: 3,
            ..StatTotals::default()
        };
        let item = Item {
            slot: "무기".to_owned(),
            kind: "스태프".to_owned(),
            name: String::new(),
            icon: None,
            level: Ok(200),
            potential: Some(PotentialLines {
                grade: Err(String::new()),
                lines: ["마력 +12%", "INT +9%", "알 수 없음"].map(|text| Some(text.to_owned())),
            }),
            additional_potential: None,
            stars: Ok(0),
            stars_from_scroll: Ok(false),
            totals,
        };
        let preset = |number, active| Preset {
            number,
            active,
            items: vec![item.clone()],
        };
        let equipment = Equipment {
            class: None,
            presets: vec![preset(1, false), preset(2, true)],
            title: StatTotals {
                int: 20,
                ..StatTotals::default()
            },
        };
        let given = worn(&equipment, 285);
        assert_eq!(given.flat, [0.0, 0.0, 220.0, 0.0]);
        assert_eq!(given.pct, [6.0, 6.0, 15.0, 6.0]);
        assert_eq!((given.magic, given.magic_pct), (300.0, 15.0));
    }
}
