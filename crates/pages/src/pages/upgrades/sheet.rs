//! The stat sheet as a form: the numbers that the game's stat window shows.

use std::collections::BTreeMap;
use std::ops::Range;

use planning::{Attribute, MainStat, StatSheet};

use crate::form::{Errors, Pairs, QueryBuilder, decimal};
use crate::texts::Texts;

/// Number of a sheet: name of the field, its label, and whether it may be left out.
type Number = (&'static str, fn(&Texts) -> &'static str, bool);

const NUMBERS: [Number; 12] = [
    ("main_final", |t| t.sheet_main, false),
    ("main_pct", |t| t.sheet_main_pct, false),
    ("main_flat", |t| t.sheet_main_flat, true),
    ("sub_final", |t| t.sheet_sub, false),
    ("attack_final", |t| t.sheet_attack, false),
    ("attack_pct", |t| t.sheet_attack_pct, false),
    ("damage", |t| t.sheet_damage, false),
    ("boss", |t| t.sheet_boss, false),
    ("final", |t| t.sheet_final, true),
    ("crit_rate", |t| t.sheet_crit_rate, false),
    ("crit_damage", |t| t.sheet_crit_damage, false),
    ("ied", |t| t.sheet_ied, false),
];

/// Texts of the sheet's fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct SheetForm {
    /// The main stat; empty for that of the class.
    main: String,
    numbers: [String; NUMBERS.len()],
}

/// A field as the page shows it.
pub(super) struct SheetField {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) value: String,
}

impl SheetForm {
    pub(super) fn of(pairs: &Pairs) -> Self {
        Self {
            main: pairs.get("main").to_owned(),
            numbers: NUMBERS.map(|(name, ..)| pairs.get(name).to_owned()),
        }
    }

    /// Returns the form of a sheet that is known.
    pub(super) fn of_sheet(sheet: &StatSheet) -> Self {
        let numbers = [
            sheet.main_final,
            sheet.main_pct,
            sheet.main_flat_unscaled,
            sheet.sub_final,
            sheet.attack_final,
            sheet.attack_pct,
            sheet.damage_pct,
            sheet.boss_damage_pct,
            sheet.final_damage_pct,
            sheet.critical_rate_pct,
            sheet.critical_damage_pct,
            sheet.ied_pct,
        ];
        Self {
            main: sheet.main.first().map_or("", |main| main.id()).to_owned(),
            numbers: numbers.map(shown),
        }
    }

    /// Whether any number is given.
    pub(super) fn is_given(&self) -> bool {
        self.numbers.iter().any(|number| !number.is_empty())
    }

    pub(super) fn add_to(&self, query: QueryBuilder) -> QueryBuilder {
        let numbers = NUMBERS.iter().zip(&self.numbers);
        numbers.fold(
            query.add("main", &self.main),
            |query, ((name, ..), text)| query.add(name, text),
        )
    }

    pub(super) fn fields(&self, t: &Texts) -> Vec<SheetField> {
        let fields = NUMBERS.iter().zip(&self.numbers);
        fields
            .map(|(&(name, label, _), value)| SheetField {
                name,
                label: label(t),
                value: value.clone(),
            })
            .collect()
    }

    /// Returns label and text of a field.
    pub(super) fn label(&self, field: &str, t: &Texts) -> Option<(&'static str, &str)> {
        let mut fields = NUMBERS.iter().zip(&self.numbers);
        let ((_, label, _), text) = fields.find(|((name, ..), _)| *name == field)?;
        Some((label(t), text))
    }

    /// The attribute chosen, else that of the class.
    pub(super) fn main(&self, class: &str) -> Option<Attribute> {
        let chosen = Attribute::ALL.into_iter().find(|a| a.id() == self.main);
        chosen.or_else(|| match MainStat::of_class(class)? {
            MainStat::Str => Some(Attribute::Str),
            MainStat::Dex => Some(Attribute::Dex),
            MainStat::Int => Some(Attribute::Int),
            MainStat::Luk => Some(Attribute::Luk),
            MainStat::StrDexLuk | MainStat::MaxHp => None,
        })
    }

    /// Reads the sheet. The parts that percentages multiply follow from the totals, as the game
    /// shows them: total = base × (1 + per cent / 100) + what no percentage multiplies.
    ///
    /// Stats whose numbers are still those of the character's own sheet keep the parts that the
    /// form does not show.
    pub(super) fn sheet(
        &self,
        class: &str,
        own: Option<&StatSheet>,
        errors: &mut Errors,
        t: &Texts,
    ) -> Option<StatSheet> {
        let own = own.map(|own| (own, Self::of_sheet(own)));
        if let Some((own, form)) = &own
            && form == self
        {
            return Some((*own).clone());
        }
        let mut read = |place: usize| {
            let (name, _, is_optional) = NUMBERS[place];
            number(&self.numbers[place], is_optional)
                .map_err(|detail| errors.add(name, &detail))
                .ok()
        };
        let numbers: Vec<Option<f64>> = (0..NUMBERS.len()).map(&mut read).collect();
        let main = self.main(class);
        if main.is_none() {
            errors.add("main", &t.sheet_no_main);
        }
        let main = main?;
        let own = own.filter(|(_, form)| form.main == main.id());
        let numbers: Vec<f64> = numbers.into_iter().collect::<Option<_>>()?;
        let numbers = <[f64; NUMBERS.len()]>::try_from(numbers).ok()?;
        Some(match own {
            Some((own, form)) => changed(own, &form, numbers),
            None => of_numbers(vec![main], vec![sub(main)], numbers),
        })
    }
}

/// The character's own sheet with the numbers that were changed. The parts of a stat whose numbers
/// are still those of its form are kept, as the form does not show them.
fn changed(own: &StatSheet, form: &SheetForm, numbers: [f64; NUMBERS.len()]) -> StatSheet {
    let is_same = |mut places: Range<usize>| {
        places.all(|place| number(&form.numbers[place], true) == Ok(numbers[place]))
    };
    let mut sheet = of_numbers(own.main.clone(), own.sub.clone(), numbers);
    sheet.weapon_factor = own.weapon_factor;
    let mut kept = Vec::new();
    if is_same(0..3) {
        sheet.main_final = own.main_final;
        sheet.main_base = own.main_base;
        sheet.main_pct = own.main_pct;
        sheet.main_flat_unscaled = own.main_flat_unscaled;
        kept.extend(&own.main);
    }
    sheet.sub_pct = own.sub_pct;
    sheet.sub_flat_unscaled = own.sub_flat_unscaled;
    if is_same(3..4) {
        sheet.sub_final = own.sub_final;
        sheet.sub_base = own.sub_base;
        kept.extend(&own.sub);
    } else {
        let scaled = sheet.sub_final - sheet.sub_flat_unscaled;
        sheet.sub_base = own.sub_pct.map(|pct| base(scaled, pct));
    }
    if is_same(4..6) {
        sheet.attack_final = own.attack_final;
        sheet.attack_base = own.attack_base;
        sheet.attack_pct = own.attack_pct;
    }
    sheet.attributes = own.attributes.clone();
    sheet
        .attributes
        .retain(|attribute, _| kept.contains(attribute));
    sheet
}

/// The points that a percentage raises to a total.
fn base(total: f64, pct: f64) -> f64 {
    (total / (1.0 + pct / 100.0)).max(0.0)
}

/// Makes a sheet of the form's numbers, in their order.
fn of_numbers(
    main: Vec<Attribute>,
    sub: Vec<Attribute>,
    numbers: [f64; NUMBERS.len()],
) -> StatSheet {
    let [
        main_final,
        main_pct,
        main_flat_unscaled,
        sub_final,
        attack_final,
        attack_pct,
        damage_pct,
        boss_damage_pct,
        final_damage_pct,
        critical_rate_pct,
        critical_damage_pct,
        ied_pct,
    ] = numbers;
    StatSheet {
        main,
        sub,
        main_final,
        main_base: base(main_final - main_flat_unscaled, main_pct),
        main_pct,
        main_flat_unscaled,
        sub_final,
        sub_base: None,
        sub_pct: None,
        sub_flat_unscaled: 0.0,
        attack_final,
        attack_base: base(attack_final, attack_pct),
        attack_pct,
        damage_pct,
        boss_damage_pct,
        final_damage_pct,
        critical_rate_pct,
        critical_damage_pct,
        ied_pct,
        weapon_factor: None,
        attributes: BTreeMap::new(),
    }
}

/// Writes a number of a sheet with at most three decimals.
fn shown(number: f64) -> String {
    let text = format!("{number:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The attribute that goes with a main stat.
const fn sub(main: Attribute) -> Attribute {
    match main {
        Attribute::Str | Attribute::Luk => Attribute::Dex,
        Attribute::Dex => Attribute::Str,
        Attribute::Int => Attribute::Luk,
    }
}

/// Reads a number of the stat window.
fn number(text: &str, is_optional: bool) -> Result<f64, String> {
    if text.is_empty() && is_optional {
        return Ok(0.0);
    }
    decimal(text).ok_or_else(|| format!("`{text}` is not a number"))
}

#[cfg(test)]
mod tests {
    use planning::AttributeParts;

    use super::*;
    use crate::lang::Lang;

    #[test]
    fn sheet_derives_the_parts_that_percentages_multiply() {
        let query = "main_final=62,000&main_pct=530&main_flat=18000&sub_final=9000&attack_final=7800\
             &attack_pct=88%25&damage=80&boss=420&final=55&crit_rate=100&crit_damage=98&ied=95.3";
        let form = SheetForm::of(&Pairs::of_query(query));
        let mut errors = Errors::default();
        let sheet = form
            .sheet("비숍", None, &mut errors, Lang::Ko.texts())
            .unwrap();
        assert_eq!(sheet.main, [Attribute::Int]);
        assert_eq!(sheet.check(), Ok(()));
        // (62,000 - 18,000) / 6.3
        assert!((sheet.main_base - 6_984.127).abs() < 0.001, "{sheet:?}");
        assert_eq!(SheetForm::of_sheet(&sheet).numbers[0], "62000");
    }

    /// A 섀도어 as its sources give it: two sub stats of different parts.
    fn shadower() -> StatSheet {
        let parts = |total, base, pct, flat_unscaled| AttributeParts {
            total,
            base,
            pct,
            flat_unscaled,
        };
        let query = "main=luk&main_final=58802&main_pct=546&main_flat=20630&sub_final=12588\
             &attack_final=2858&attack_pct=30&damage=50&boss=253&final=62&crit_rate=60\
             &crit_damage=45&ied=98.3";
        let form = SheetForm::of(&Pairs::of_query(query));
        let plain = form.sheet("섀도어", None, &mut Errors::default(), Lang::Ko.texts());
        StatSheet {
            sub: vec![Attribute::Dex, Attribute::Str],
            main_base: 5_909.0,
            sub_base: Some(3_783.0),
            sub_pct: Some(193.0),
            sub_flat_unscaled: 1_540.0,
            attack_base: 2_199.0,
            attributes: BTreeMap::from([
                (Attribute::Str, parts(3_742.0, 1_011.0, 195.0, 760.0)),
                (Attribute::Dex, parts(8_846.0, 2_772.0, 191.0, 780.0)),
            ]),
            ..plain.unwrap()
        }
    }

    fn edited(own: &StatSheet, place: usize, text: &str) -> StatSheet {
        let mut form = SheetForm::of_sheet(own);
        text.clone_into(&mut form.numbers[place]);
        let mut errors = Errors::default();
        let sheet = form.sheet("섀도어", Some(own), &mut errors, Lang::Ko.texts());
        assert!(errors.0.is_empty());
        sheet.unwrap()
    }

    #[test]
    fn stats_that_are_not_changed_keep_their_parts() {
        let own = shadower();
        assert_eq!(edited(&own, 0, "58,802"), own);
        let boss = StatSheet {
            boss_damage_pct: 254.0,
            ..own.clone()
        };
        assert_eq!(edited(&own, 7, "254"), boss);
    }

    #[test]
    fn stats_that_are_changed_follow_their_percentages() {
        let own = shadower();
        let sheet = edited(&own, 3, "14000");
        assert_eq!(sheet.sub_pct, Some(193.0));
        // (14,000 - 1,540) / 2.93
        assert!((sheet.sub_base.unwrap() - 4_252.560).abs() < 0.001);
        assert!(sheet.attributes.is_empty());
        assert_eq!(sheet.main_base.to_bits(), own.main_base.to_bits());
        let sheet = edited(&own, 5, "40");
        // 2,858 / 1.4
        assert!((sheet.attack_base - 2_041.429).abs() < 0.001);
        assert_eq!(sheet.attributes, own.attributes);
    }

    #[test]
    fn class_without_one_main_stat_has_to_choose() {
        let form = SheetForm::default();
        assert_eq!(form.main("제논"), None);
        assert_eq!(form.main("비숍"), Some(Attribute::Int));
        let chosen = SheetForm::of(&Pairs::of_query("main=dex"));
        assert_eq!(chosen.main("비숍"), Some(Attribute::Dex));
    }
}
