//! A bounded run of the fuzz targets (see `fuzz/`): seeds, and many damaged and crossed copies of them.

use crate::parsers;

const GOALS: [&str; 3] = [
    "int_pct + 0.1*int_flat + 3.1*int_per_9_levels >= 17.1 and matt_flat >= 14",
    "(lines(boss_damage_pct, att_pct) >= 2 or cooldown_seconds>=4) and ied_pct >= 0",
    "((int_pct>=21) or 2*lines(str_pct,dex_pct)+1.5*max_hp_pct >= 999999.999)",
];

const OPTION_LINES: [&str; 3] = [
    "보스 몬스터 공격 시 데미지 : +35%",
    "피격 시 5% 확률로 데미지의 40% 무시",
    "캐릭터 기준 9레벨 당 INT : +2",
];

/// The same pseudo-random numbers on every run (the generator of Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }

    /// A copy of one seed with pieces dropped, doubled, swapped in from another, or overwritten.
    fn damaged(&mut self, seeds: &[&str], alphabet: &[char]) -> String {
        let mut text: Vec<char> = seeds[self.below(seeds.len())].chars().collect();
        let other: Vec<char> = seeds[self.below(seeds.len())].chars().collect();
        for _ in 0..=self.below(2) {
            if text.is_empty() {
                break;
            }
            let at = self.below(text.len());
            let end = (at + 1 + self.below(8)).min(text.len());
            match self.below(4) {
                0 => drop(text.drain(at..end)),
                1 => {
                    let doubled = text[at..end].to_vec();
                    drop(text.splice(at..at, doubled));
                }
                2 => {
                    let from = self.below(other.len());
                    let to = (from + 1 + self.below(12)).min(other.len());
                    drop(text.splice(at..end, other[from..to].iter().copied()));
                }
                _ => text[at] = alphabet[self.below(alphabet.len())],
            }
        }
        text.into_iter().collect()
    }
}

#[test]
fn damaged_goals_are_goals_or_errors() {
    let alphabet: Vec<char> = "()+*,.>=_ 019azA가\u{0}\u{301}".chars().collect();
    GOALS.into_iter().for_each(parsers::check_goal);
    let mut dice = Dice(1);
    let mut parsed = 0;
    for _ in 0..8_000 {
        let text = dice.damaged(&GOALS, &alphabet);
        parsed += u32::from(text.parse::<cube_probability::Goal>().is_ok());
        parsers::check_goal(&text);
    }
    assert!(
        parsed > 100,
        "only {parsed} of the damaged texts were still goals"
    );
}

#[test]
fn damaged_option_lines_are_read_or_unknown() {
    let alphabet: Vec<char> = "+-%: 019<>초시가\u{0}\u{3000}".chars().collect();
    OPTION_LINES
        .into_iter()
        .for_each(parsers::check_option_line);
    let mut dice = Dice(2);
    let mut parsed = 0;
    for _ in 0..8_000 {
        let text = dice.damaged(&OPTION_LINES, &alphabet);
        parsed += u32::from(text.parse::<cube_probability::OptionLine>().is_ok());
        parsers::check_option_line(&text);
    }
    assert!(
        parsed > 100,
        "only {parsed} of the damaged texts were still options"
    );
}
