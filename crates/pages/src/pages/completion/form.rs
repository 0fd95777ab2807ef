//! State of the completion page, and the question that it asks.

use api::calculations::ValidationErrors;
use api::expectation::{
    CompletionRequest, SpareItemOptions, StarForceOptions, TargetRequest, TargetsRequest,
};
use planning::Template as NamedTarget;

use crate::form::{Errors, FormError, Pairs, QueryBuilder, decimal};
use crate::ui::Ui;

/// Word for targets of one's own.
pub(super) const OWN: &str = "own";

/// Most slots with a target of their own.
const MAX_ROWS: usize = 12;

/// Slots whose items carry attack, boss damage and ignored defence.
const WEAPONS: [&str; 3] = ["무기", "보조무기", "엠블렘"];

/// Fault of a row that says for no slot what it wants.
const NO_SLOT: &str = "no slot is chosen for this target";

/// State of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionForm {
    target: String,
    pub(super) budget: String,
    pub(super) spare: String,
    pub(super) stars: String,
    pub(super) potential: String,
    pub(super) additional: String,
    pub(super) weapon_potential: String,
    pub(super) weapon_additional: String,
    rows: Vec<SlotRow>,
}

/// Target of one slot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct SlotRow {
    /// Place of the row, which the names of its fields end with.
    pub(super) place: usize,
    pub(super) slot: String,
    pub(super) stars: String,
    pub(super) potential: String,
    pub(super) additional: String,
}

impl SlotRow {
    fn is_filled(&self) -> bool {
        let fields = [&self.slot, &self.stars, &self.potential, &self.additional];
        fields.iter().any(|field| !field.is_empty())
    }
}

impl CompletionForm {
    /// Reads the state of an address. A target that does not exist counts as the most modest one,
    /// so that a link that was cut off still opens.
    pub fn of(pairs: &Pairs) -> Self {
        let modest = NamedTarget::all().first().map_or(OWN, |target| target.name);
        let target = pairs.get("target");
        let is_known = target == OWN || NamedTarget::named(target).is_some();
        let field = |name: &str, place: usize| pairs.get(&format!("{name}{place}")).to_owned();
        let rows = (1..=MAX_ROWS).map(|place| SlotRow {
            place,
            slot: field("slot", place),
            stars: field("stars", place),
            potential: field("potential", place),
            additional: field("additional", place),
        });
        let own = |name: &str| pairs.get(name).to_owned();
        Self {
            target: if is_known { target } else { modest }.to_owned(),
            budget: own("budget"),
            spare: own("spare"),
            stars: own("stars"),
            potential: own("potential"),
            additional: own("additional"),
            weapon_potential: own("weapon_potential"),
            weapon_additional: own("weapon_additional"),
            rows: rows.filter(SlotRow::is_filled).collect(),
        }
    }

    pub(super) fn target(&self) -> &str {
        &self.target
    }

    pub(super) fn is_own(&self) -> bool {
        self.target == OWN
    }

    /// Rows that are filled in, and one that is not.
    pub(super) fn rows(&self) -> Vec<SlotRow> {
        let mut rows = self.rows.clone();
        for (place, row) in (1..).zip(&mut rows) {
            row.place = place;
        }
        if rows.len() < MAX_ROWS {
            rows.push(SlotRow {
                place: rows.len() + 1,
                ..SlotRow::default()
            });
        }
        rows
    }

    /// Returns the whole state in canonical order, also what the target makes no use of: a page is
    /// kept by its address, so nothing may stand on it that its address does not hold.
    pub fn query(&self) -> Vec<(String, String)> {
        let mut query = QueryBuilder::default()
            .add("target", &self.target)
            .add("budget", &self.budget)
            .add("spare", &self.spare)
            .add("stars", &self.stars)
            .add("potential", &self.potential)
            .add("additional", &self.additional)
            .add("weapon_potential", &self.weapon_potential)
            .add("weapon_additional", &self.weapon_additional);
        for (place, row) in (1..).zip(&self.rows) {
            query = query
                .add(&format!("slot{place}"), &row.slot)
                .add(&format!("stars{place}"), &row.stars)
                .add(&format!("potential{place}"), &row.potential)
                .add(&format!("additional{place}"), &row.additional);
        }
        query.finish()
    }

    /// Returns the question that the form asks of gear in these slots.
    ///
    /// # Errors
    ///
    /// The fields whose text is no number or amount.
    pub fn request(&self, slots: &[String]) -> Result<CompletionRequest, Vec<FormError>> {
        let mut errors = Errors::default();
        let budget_meso = errors.amount("budget", &self.budget);
        let spare = errors.amount("spare", &self.spare).unwrap_or(0);
        let targets = self.is_own().then(|| self.targets(slots, &mut errors));
        let is_empty = |target: &TargetRequest| *target == TargetRequest::default();
        if let Some(targets) = &targets
            && is_empty(&targets.default)
            && targets.by_slot.values().all(is_empty)
        {
            errors.add("target", &"a target of one's own names at least one goal");
        }
        errors.check(CompletionRequest {
            template: (!self.is_own()).then(|| self.target.clone()),
            targets,
            budget_meso,
            star_force: StarForceOptions {
                spare_item_meso: SpareItemOptions {
                    default: spare,
                    ..SpareItemOptions::default()
                },
                ..StarForceOptions::default()
            },
            ..CompletionRequest::default()
        })
    }

    fn targets(&self, slots: &[String], errors: &mut Errors) -> TargetsRequest {
        let stars = stars(errors, "stars", &self.stars);
        let default = TargetRequest {
            stars,
            potential: goal(&self.potential, "main_pct"),
            additional_potential: goal(&self.additional, "main_pct"),
        };
        let weapon = TargetRequest {
            stars,
            potential: goal(&self.weapon_potential, "attack_pct"),
            additional_potential: goal(&self.weapon_additional, "attack_pct"),
        };
        let is_worn = |slot: &&&str| slots.iter().any(|worn| worn == **slot);
        let weapons = WEAPONS.iter().filter(is_worn);
        let weapons = weapons.map(|slot| ((*slot).to_owned(), weapon.clone()));
        let rows = (1..)
            .zip(&self.rows)
            .map(|(place, row): (usize, &SlotRow)| {
                if row.slot.is_empty() {
                    errors.add(&format!("slot{place}"), &NO_SLOT);
                }
                let word = if WEAPONS.contains(&row.slot.as_str()) {
                    "attack_pct"
                } else {
                    "main_pct"
                };
                let target = TargetRequest {
                    stars: self::stars(errors, &format!("stars{place}"), &row.stars),
                    potential: goal(&row.potential, word),
                    additional_potential: goal(&row.additional, word),
                };
                (row.slot.clone(), target)
            });
        TargetsRequest {
            default,
            by_slot: weapons.chain(rows).collect(),
        }
    }

    /// Names the fields that the answer to the question found at fault.
    pub fn errors(&self, errors: &ValidationErrors) -> Vec<FormError> {
        let mut named: Vec<FormError> = Vec::new();
        for error in errors.all() {
            let error = FormError {
                field: self.field(&error.pointer),
                column: error.column,
                detail: error.detail.clone(),
            };
            // Weapon, secondary and emblem share their fields.
            if !named.contains(&error) {
                named.push(error);
            }
        }
        named
    }

    /// Returns the field of a JSON pointer.
    fn field(&self, pointer: &str) -> String {
        let mut tokens = pointer.split('/').skip(1);
        let known = match (tokens.next(), tokens.next()) {
            (Some("budget_meso"), _) => "budget",
            (Some("star_force"), _) => "spare",
            (Some("targets"), Some("default")) => word(tokens.next()),
            (Some("targets"), Some("by_slot")) => {
                let slot = tokens.next().unwrap_or_default();
                let slot = slot.replace("~1", "/").replace("~0", "~");
                let field = word(tokens.next());
                let place = self.rows.iter().position(|row| row.slot == slot);
                return match place {
                    Some(place) => format!("{field}{}", place + 1),
                    None if field == "target" || field == "stars" => field.to_owned(),
                    None => format!("weapon_{field}"),
                };
            }
            _ => "target",
        };
        known.to_owned()
    }

    /// Returns the label of a field, and its text.
    pub(super) fn label(&self, field: &str, ui: &Ui) -> (String, &str) {
        fn plain<'t>(label: &str, text: &'t str) -> (String, &'t str) {
            (label.to_owned(), text)
        }
        let t = ui.t;
        match field {
            "budget" => plain(t.budget, &self.budget),
            "spare" => plain(t.spare_price, &self.spare),
            "stars" => plain(t.to_stars, &self.stars),
            "potential" => plain(t.potential, &self.potential),
            "additional" => plain(t.additional, &self.additional),
            "weapon_potential" => plain(t.co_weapon_potential, &self.weapon_potential),
            "weapon_additional" => plain(t.co_weapon_additional, &self.weapon_additional),
            field => self.label_of_row(field, ui),
        }
    }

    fn label_of_row(&self, field: &str, ui: &Ui) -> (String, &str) {
        let word = field.trim_end_matches(|c: char| c.is_ascii_digit());
        let place: Option<usize> = field[word.len()..].parse().ok();
        let row = place.and_then(|place| self.rows.get(place.checked_sub(1)?));
        let Some(row) = row else {
            return (ui.t.co_target.to_owned(), "");
        };
        let (label, text) = match word {
            "stars" => (ui.t.to_stars, row.stars.as_str()),
            "potential" => (ui.t.potential, row.potential.as_str()),
            "additional" => (ui.t.additional, row.additional.as_str()),
            _ => (ui.t.co_slot, ""),
        };
        let label = match row.slot.as_str() {
            "" => label.to_owned(),
            slot => format!("{slot}: {label}"),
        };
        (label, text)
    }
}

/// The form's word for a field of a target.
fn word(token: Option<&str>) -> &'static str {
    match token {
        Some("stars") => "stars",
        Some("potential") => "potential",
        Some("additional_potential") => "additional",
        _ => "target",
    }
}

/// Reads stars that may be left out.
fn stars(errors: &mut Errors, field: &str, text: &str) -> Option<i64> {
    (!text.is_empty()).then(|| errors.number(field, text))
}

/// Reads a goal that may be left out: a plain number is that much of the stat.
fn goal(text: &str, stat: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    Some(match decimal(text) {
        Some(number) => format!("{stat} >= {number}"),
        None => text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(query: &str) -> CompletionForm {
        CompletionForm::of(&Pairs::of_query(query))
    }

    fn worn() -> Vec<String> {
        ["모자", "무기", "장갑"].map(str::to_owned).into()
    }

    #[test]
    fn link_that_was_cut_off_asks_for_the_most_modest_target() {
        for query in ["", "target=22-sta", "target=%3Cb%3E"] {
            let request = form(query).request(&worn()).unwrap();
            assert_eq!(request.template.as_deref(), Some("17-stars-21"), "{query}");
            assert!(request.checked().is_ok());
        }
    }

    #[test]
    fn plain_numbers_are_main_stat_and_attack_by_the_slot() {
        let own = form(
            "target=own&stars=17&potential=21&additional=&weapon_potential=12%25\
             &slot1=%EC%9E%A5%EA%B0%91&stars1=22&potential1=crit_damage_pct+%3E%3D+8",
        );
        let request = own.request(&worn()).unwrap();
        let targets = request.targets.clone().unwrap();
        assert_eq!(targets.default.stars, Some(17));
        assert_eq!(targets.default.potential.as_deref(), Some("main_pct >= 21"));
        assert_eq!(targets.default.additional_potential, None);
        let slots: Vec<_> = targets.by_slot.keys().map(String::as_str).collect();
        assert_eq!(slots, ["무기", "장갑"], "of the weapons only what is worn");
        let of = |slot: &str| targets.by_slot[slot].potential.clone().unwrap();
        assert_eq!(of("무기"), "attack_pct >= 12");
        assert_eq!(of("장갑"), "crit_damage_pct >= 8");
        assert!(request.checked().is_ok());
        assert_eq!(form(&serialized(&own)), own, "the address holds the state");
    }

    #[test]
    fn address_holds_all_that_is_typed_whatever_the_target() {
        let typed = "budget=x&spare=y&stars=19&potential=a&additional=b&weapon_potential=c\
                     &weapon_additional=d&slot1=%EC%9E%A5%EA%B0%91&stars1=1&stars2=2\
                     &potential2=e&additional2=f";
        for target in ["own", "17-stars-21", ""] {
            let form = form(&format!("target={target}&{typed}"));
            assert_eq!(self::form(&serialized(&form)), form, "{target}");
        }
        let empty = form("");
        for field in typed.split('&') {
            assert_ne!(form(field), empty, "{field}");
            assert_ne!(form(field).query(), empty.query(), "{field}");
        }
    }

    #[test]
    fn target_of_no_slot_is_refused() {
        let errors = form("target=own&stars=17&stars1=22").request(&worn());
        let errors = errors.unwrap_err();
        assert_eq!((errors[0].field.as_str(), errors.len()), ("slot1", 1));
    }

    fn serialized(form: &CompletionForm) -> String {
        let query = form.query();
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish()
    }

    #[test]
    fn faults_are_named_by_their_fields() {
        let own = form(
            "target=own&stars=99&weapon_potential=int_pc+%3E%3D+1&slot1=%EB%AA%A8%EC%9E%90\
             &additional1=int_pct&slot2=%EC%9E%A5%EA%B0%91&stars2=1e999",
        );
        let errors = own.request(&worn()).unwrap_err();
        assert_eq!(errors[0].field, "stars2");
        let own = form(&serialized(&own).replace("stars2=1e999", "stars2=5"));
        let errors = own.request(&worn()).unwrap().checked().unwrap_err();
        let errors = own.errors(&errors);
        let fields: Vec<_> = errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["stars", "additional1", "weapon_potential"]);
    }
}
