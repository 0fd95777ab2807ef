//! Exact fractions agree with the floating-point chances and with themselves.

use cube_probability::{Chance, Goal, Grade, LineTables, Method, Part, Rules};
use num_bigint::BigInt;
use num_rational::BigRational;

fn tables(method: Method, part: Part, level: u16, grade: Grade) -> LineTables {
    Rules::current()
        .line_tables(method, part, level, grade)
        .unwrap()
}

fn as_f64(fraction: &BigRational) -> f64 {
    // Both are too large for f64: scale by a power of two first.
    let scaled = (fraction.numer() << 200_u32) / fraction.denom();
    scaled.to_string().parse::<f64>().unwrap() / 2_f64.powi(200)
}

#[test]
fn fraction_is_the_chance() {
    for (method, part, level, grade, text) in [
        (
            Method::Black,
            Part::Hat,
            150,
            Grade::Legendary,
            "int_pct >= 30",
        ),
        (
            Method::Red,
            Part::Weapon,
            200,
            Grade::Unique,
            "boss_damage_pct >= 60 or att_pct >= 18",
        ),
        (
            Method::MesoAdditional,
            Part::Ring,
            140,
            Grade::Legendary,
            "int_pct + 0.1*int_flat >= 9.8",
        ),
        (
            Method::Occult,
            Part::Shoes,
            70,
            Grade::Epic,
            "lines(str_pct) >= 2",
        ),
        (
            Method::Meister,
            Part::Face,
            160,
            Grade::Legendary,
            "drop_pct >= 40",
        ),
    ] {
        let tables = tables(method, part, level, grade);
        let goal: Goal = text.parse().unwrap();
        let Chance::Possible(chance) = tables.chance(&goal) else {
            panic!("{text} is certain or impossible")
        };
        let exact = as_f64(&tables.exact_chance(&goal));
        assert!(
            (chance / exact - 1.0).abs() < 4e-15,
            "{text}: {chance} is not {exact}"
        );
    }
}

#[test]
fn goal_and_its_complement_sum_to_exactly_one() {
    let tables = tables(Method::Black, Part::Hat, 150, Grade::Legendary);
    let exact = |text: &str| tables.exact_chance(&text.parse().unwrap());
    let one = BigRational::from(BigInt::from(1));
    assert_eq!(exact("int_pct >= 0"), one);
    assert_eq!(exact("int_pct >= 99"), BigRational::from(BigInt::from(0)));
    // Inclusion and exclusion over limited categories, where a renormalised line matters.
    let a = "lines(ignore_damage_on_hit_pct) >= 1";
    let b = "lines(decent_haste, decent_mystic_door) >= 1 or int_pct >= 9";
    let both = exact(&format!("{a} and ({b})"));
    let either = exact(&format!("{a} or {b}"));
    assert_eq!(both + either, exact(a) + exact(b));
}
