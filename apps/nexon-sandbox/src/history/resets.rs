//! Resets of potentials: cubes and meso resets.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use cube_probability::simulation::Dice;
use cube_probability::{
    Goal, Grade, Layer, LineOption, LineTables, Method, OptionLine, Part, Prices, Rules, Start,
    Stat,
};
use serde_json::{Value, json};

use super::Day;

/// The items that are reset: part, level, name.
const ITEMS: [(Part, u16, &str); 4] = [
    (Part::Hat, 200, "아케인셰이드 메이지햇"),
    (Part::Gloves, 160, "앱솔랩스 메이지글러브"),
    (Part::Weapon, 200, "아케인셰이드 스태프"),
    (Part::Ring, 160, "가디언 엔젤 링"),
];

/// The cubes in use, with their names.
const CUBES: [(Method, &str); 5] = [
    (Method::Occult, "수상한 큐브"),
    (Method::Master, "장인의 큐브"),
    (Method::Meister, "명장의 큐브"),
    (Method::Additional, "에디셔널 큐브"),
    (Method::OccultAdditional, "수상한 에디셔널 큐브"),
];

/// The kinds of meso resets, as the history writes them.
const MESO_RESETS: [(Method, &str); 3] = [
    (Method::MesoPotential, "잠재능력 재설정"),
    (Method::MesoPotential, "잠재능력"),
    (Method::MesoAdditional, "에디셔널 잠재능력 재설정"),
];

/// The day of a month on which rises are twice as likely (미라클 타임).
const MIRACLE_DAY: i8 = 13;

/// Resets of one item before the next one is taken.
const RESETS_OF_AN_ITEM: u64 = 40;

type Lines = [(OptionLine, bool); 3];

pub(super) fn cubes(day: &Day<'_>, dice: &mut Dice) -> Vec<Value> {
    resets(day, ("cube", "cube_type"), &CUBES, dice)
}

pub(super) fn meso_resets(day: &Day<'_>, dice: &mut Dice) -> Vec<Value> {
    resets(day, ("potential", "potential_type"), &MESO_RESETS, dice)
}

/// An item on its way up.
struct Climb {
    method: Method,
    method_name: &'static str,
    item: (Part, u16, &'static str),
    grade: Grade,
    lines: Lines,
}

fn resets(
    day: &Day<'_>,
    (history, type_field): (&str, &str),
    methods: &[(Method, &'static str)],
    dice: &mut Dice,
) -> Vec<Value> {
    let is_miracle = day.date.day() == MIRACLE_DAY;
    // The failures in a row belong to the character, by method and grade.
    let mut failures: BTreeMap<(Method, Grade), u32> = BTreeMap::new();
    let mut climb = None;
    let mut rows = Vec::new();
    for row in 0..day.many {
        if row % RESETS_OF_AN_ITEM == 0 {
            climb = None;
        }
        let climb = climb.get_or_insert_with(|| Climb::start(methods, dice));
        let before = (climb.grade, climb.lines);
        let failed = failures.entry((climb.method, climb.grade)).or_default();
        let seen = *failed;
        let most = climb.method.most_failures(climb.grade);
        let factor = day.owner.luck * if is_miracle { 2.0 } else { 1.0 };
        let chance = (rise(climb.method, climb.grade) * factor).min(1.0);
        let certain = chance > 0.0 && most.is_some_and(|most| seen >= most);
        let rises = certain || dice.happens(chance);
        *failed = if rises { 0 } else { seen + 1 };
        climb.reset(rises, dice);
        let mut reset = climb.row(before);
        reset["id"] = json!(day.id(history, row));
        reset["character_name"] = json!(day.owner.character);
        reset["date_create"] = json!(day.time(row));
        reset[type_field] = json!(climb.method_name);
        reset["item_upgrade_result"] = json!(if rises { "성공" } else { "실패" });
        reset["miracle_time_flag"] = json!(if is_miracle {
            "이벤트 적용"
        } else {
            "이벤트 적용되지 않음"
        });
        reset["upgrade_guarantee"] = json!(certain);
        reset["upgrade_guarantee_count"] = json!(seen);
        rows.push(reset);
    }
    rows
}

impl Climb {
    fn start(methods: &[(Method, &'static str)], dice: &mut Dice) -> Self {
        let (method, method_name) = *pick(methods, dice);
        let item = *pick(&ITEMS, dice);
        let grade = method.lowest_grade();
        let lines = draw(&tables(method, item, grade), dice);
        Self {
            method,
            method_name,
            item,
            grade,
            lines,
        }
    }

    fn reset(&mut self, rises: bool, dice: &mut Dice) {
        if rises && let Some(next) = self.grade.next() {
            self.grade = next;
        }
        self.lines = draw(&tables(self.method, self.item, self.grade), dice);
    }

    fn row(&self, (before, lines): (Grade, Lines)) -> Value {
        let (part, level, name) = self.item;
        let (before, after) = (options(before, lines), options(self.grade, self.lines));
        let none = || json!([]);
        let grade = self.grade.korean();
        let (of_potential, of_additional) = match self.method.layer() {
            Layer::Potential => ((grade, before, after), ("에픽", none(), none())),
            Layer::AdditionalPotential => (("레전드리", none(), none()), (grade, before, after)),
        };
        json!({
            "item_equipment_part": part.korean(), "item_level": level, "target_item": name,
            "potential_option_grade": of_potential.0,
            "additional_potential_option_grade": of_additional.0,
            "before_potential_option": of_potential.1,
            "after_potential_option": of_potential.2,
            "before_additional_potential_option": of_additional.1,
            "after_additional_potential_option": of_additional.2,
        })
    }
}

fn options(grade: Grade, lines: Lines) -> Value {
    let below = match grade {
        Grade::Rare => "노멀",
        Grade::Epic => Grade::Rare.korean(),
        Grade::Unique => Grade::Epic.korean(),
        Grade::Legendary => Grade::Unique.korean(),
    };
    let option = |(line, is_prime): (OptionLine, bool)| {
        let grade = if is_prime { grade.korean() } else { below };
        json!({"value": written(line), "grade": grade})
    };
    lines.map(option).into_iter().collect()
}

/// The text as histories write it: with a colon before the amount.
fn written(line: OptionLine) -> String {
    let text = line.to_string();
    match text.rsplit_once(" +") {
        Some((words, amount)) => format!("{words} : +{amount}"),
        None => text,
    }
}

/// Draws three lines one after the other, each with whether it is of the grade itself. An option
/// whose category is full is drawn again.
fn draw(tables: &LineTables, dice: &mut Dice) -> Lines {
    let mut drawn: Vec<LineOption> = Vec::with_capacity(3);
    while drawn.len() < 3 {
        let option = draw_line(tables, drawn.len(), dice);
        let is_full = option.limit.is_some_and(|(category, most)| {
            let held = drawn.iter().filter_map(|option| option.limit);
            held.filter(|(held, _)| *held == category).count() >= most
        });
        if !is_full {
            drawn.push(option);
        }
    }
    [0, 1, 2].map(|line| (drawn[line].line, drawn[line].weights[0] > 0))
}

fn draw_line(tables: &LineTables, line: usize, dice: &mut Dice) -> LineOption {
    let mut rest = dice.below(tables.total());
    for option in tables.options() {
        match rest.checked_sub(option.weights[line]) {
            None => return *option,
            Some(less) => rest = less,
        }
    }
    unreachable!("the weights of a line sum to the total")
}

/// The published chance of a rise.
fn rise(method: Method, grade: Grade) -> f64 {
    static RISES: LazyLock<BTreeMap<(Method, Grade), f64>> = LazyLock::new(|| {
        let anything = Goal::at_least(Stat::DefFlat, 0).expect("a goal of one comparison");
        let of = |method: &Method| {
            let start = Start::at(method.lowest_grade());
            let prices = Prices::new();
            let phases =
                Rules::current().phases(*method, Part::Hat, 200, &anything, start, &prices);
            let method = *method;
            let phases = phases.unwrap_or_default().into_iter();
            phases.map(move |phase| ((method, phase.grade), phase.rise))
        };
        Method::ALL.iter().flat_map(of).collect()
    });
    RISES.get(&(method, grade)).copied().unwrap_or(0.0)
}

/// The tables of an item, made once.
fn tables(method: Method, (part, level, _): (Part, u16, &str), grade: Grade) -> Arc<LineTables> {
    type Tables = BTreeMap<(Method, Part, u16, Grade), Arc<LineTables>>;
    static TABLES: Mutex<Tables> = Mutex::new(BTreeMap::new());
    let mut known = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
    let tables = known.entry((method, part, level, grade));
    Arc::clone(tables.or_insert_with(|| {
        let tables = Rules::current().line_tables(method, part, level, grade);
        Arc::new(tables.expect("the items have levels of the game and the grades of the method"))
    }))
}

fn pick<'a, T>(choices: &'a [T], dice: &mut Dice) -> &'a T {
    let place = dice.below(choices.len() as u64);
    &choices[usize::try_from(place).expect("it is below a length")]
}
