//! Resets by item: the best lines reached, and how usual it is to reach as good ones in as many
//! resets.

use std::collections::BTreeMap;

use cube_probability::{
    CostDistribution, Decimal, Distribution, Goal, Grade, Method, OptionLine, Part, Prices, Rules,
    Start, Stat, Sum, Unit,
};

use super::{ItemReport, PaidMeso, PotentialRow};

/// The most items that are told apart; rows of further ones are counted in no item, so that memory
/// stays bounded.
const MAX_ITEMS: usize = 512;
/// The most items of a report: those with the most resets.
const REPORTED: usize = 20;
/// Fewer resets of an item say nothing worth reading.
const FEWEST_RESETS: u64 = 10;

/// Resets by item and method.
#[derive(Debug, Default)]
pub(super) struct ItemCounts {
    items: BTreeMap<(String, Method), OneItem>,
}

/// Resets of one item by one method.
#[derive(Debug)]
struct OneItem {
    part: Part,
    item_level: u16,
    /// The lowest grade that a reset was made at.
    from: Grade,
    resets: u64,
    cost: PaidMeso,
    /// The largest sums seen, each of one stat.
    best: BTreeMap<Stat, Decimal>,
    /// Whether the chances are those of the rules: without 미라클 타임, and without rises that
    /// earlier failures made certain sooner.
    is_usual: bool,
}

/// The stats by which the lines of a part are judged: what its class lives by is not known.
const fn judged_by(part: Part) -> &'static [Stat] {
    match part {
        Part::Weapon | Part::Secondary | Part::Emblem => &[Stat::AttPct, Stat::MattPct],
        _ => &[
            Stat::StrPct,
            Stat::DexPct,
            Stat::IntPct,
            Stat::LukPct,
            Stat::MaxHpPct,
        ],
    }
}

/// Lines as good in any stat that the part is judged by. The stat of the best lines was not chosen
/// beforehand: the chance of that one alone would call most players lucky.
fn in_any_stat(part: Part, sum: Decimal) -> Option<Goal> {
    let goals = (judged_by(part).iter()).map(|stat| Goal::at_least(*stat, sum));
    Goal::any(goals.collect::<Result<Vec<_>, _>>().ok()?).ok()
}

impl ItemCounts {
    /// Adds a reset; one whose item or lines are not known belongs to no item.
    pub(super) fn add(&mut self, method: Method, row: &PotentialRow) {
        let (Some(name), Some(part)) = (&row.item, row.part) else {
            return;
        };
        if method.keeps_first_line() {
            return;
        }
        let key = (name.clone(), method);
        if self.items.len() >= MAX_ITEMS && !self.items.contains_key(&key) {
            return;
        }
        let item = self.items.entry(key).or_insert_with(|| OneItem {
            part,
            item_level: row.item_level,
            from: row.from,
            resets: 0,
            cost: PaidMeso::default(),
            best: BTreeMap::new(),
            is_usual: true,
        });
        item.add(row);
    }

    /// The items with the most resets.
    pub(super) fn report(&self, rules: &'static Rules) -> Vec<ItemReport> {
        let mut items: Vec<_> = self.items.iter().collect();
        items.retain(|(_, item)| item.resets >= FEWEST_RESETS);
        items.sort_by_key(|(_, item)| std::cmp::Reverse(item.resets));
        items.truncate(REPORTED);
        let report = |((name, method), item): (&(String, Method), &OneItem)| {
            item.report(name, *method, rules)
        };
        items.into_iter().map(report).collect()
    }
}

impl OneItem {
    fn add(&mut self, row: &PotentialRow) {
        self.resets += 1;
        self.cost.add(row.cost_meso);
        self.from = self.from.min(row.from);
        // Another item of the same name, or chances that the rules do not give.
        let is_same = row.part == Some(self.part) && row.item_level == self.item_level;
        self.is_usual &= is_same && !row.miracle_time;
        let lines: Option<Vec<OptionLine>> = (row.lines.iter())
            .map(|line| line.map(|(line, _)| line))
            .collect();
        let Some(lines) = lines else {
            return;
        };
        for &stat in judged_by(self.part) {
            let sum = Sum::from(stat).value(&lines);
            let best = self.best.entry(stat).or_default();
            *best = sum.max(*best);
        }
    }

    fn report(&self, name: &str, method: Method, rules: &'static Rules) -> ItemReport {
        let best = judged_by(self.part).iter().rev();
        let best = best.max_by_key(|stat| self.best.get(stat));
        let best = best.and_then(|stat| Some((*stat, *self.best.get(stat)?)));
        let best = best.filter(|(_, sum)| *sum > Decimal::default());
        let goal = best.and_then(|(stat, sum)| Goal::at_least(stat, sum).ok());
        let as_good = best.filter(|_| self.is_usual);
        let as_good = as_good.and_then(|(_, sum)| in_any_stat(self.part, sum));
        let resets = as_good.and_then(|goal| self.resets_for(&goal, method, rules));
        ItemReport {
            item: name.to_owned(),
            method,
            from: self.from,
            resets: self.resets,
            cost_meso: self.cost,
            best: goal,
            mean_resets: resets.as_ref().map(Distribution::mean),
            within: resets.map(|resets| resets.within(self.resets).lower),
        }
    }

    /// The number of resets until lines meet a goal, from the lowest grade seen.
    fn resets_for(
        &self,
        goal: &Goal,
        method: Method,
        rules: &'static Rules,
    ) -> Option<CostDistribution> {
        let start = Start::at(self.from);
        let phases = rules.phases(
            method,
            self.part,
            self.item_level,
            goal,
            start,
            &Prices::new(),
        );
        CostDistribution::of(&phases.ok()?, Unit::Resets).ok()
    }
}
