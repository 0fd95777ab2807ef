//! The stat sheet as a form: the numbers that the game's stat window shows.

use std::collections::BTreeMap;

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
    /// Numbers that are still those of the character's own sheet keep what the form does not show.
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
        let (mains, subs) = own.map_or_else(
            || (vec![main], vec![sub(main)]),
            |(own, _)| (own.main.clone(), own.sub.clone()),
        );
        let numbers: Vec<f64> = numbers.into_iter().collect::<Option<_>>()?;
        let numbers = <[f64; NUMBERS.len()]>::try_from(numbers).ok()?;
        Some(of_numbers(mains, subs, numbers))
    }
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
    let base = |total: f64, pct: f64| (total / (1.0 + pct / 100.0)).max(0.0);
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

    #[test]
    fn own_sheet_is_kept_until_a_number_is_changed() {
        let query = "main_final=62000&main_pct=530&sub_final=9000&attack_final=7800&attack_pct=88\
             &damage=80&boss=420&crit_rate=100&crit_damage=98&ied=95.3";
        let mut errors = Errors::default();
        let t = Lang::Ko.texts();
        let form = SheetForm::of(&Pairs::of_query(query));
        let mut own = form.sheet("비숍", None, &mut errors, t).unwrap();
        own.sub_base = Some(1_234.0);
        let same = SheetForm::of_sheet(&own).sheet("비숍", Some(&own), &mut errors, t);
        assert_eq!(same.as_ref(), Some(&own));
        let changed = query.replace("damage=80", "damage=90") + "&main=int&main_flat=0&final=0";
        let changed = SheetForm::of(&Pairs::of_query(&changed));
        let changed = changed.sheet("비숍", Some(&own), &mut errors, t).unwrap();
        assert_eq!(shown(changed.damage_pct), "90");
        assert_eq!(changed.sub_base, None);
        assert!(errors.0.is_empty());
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
