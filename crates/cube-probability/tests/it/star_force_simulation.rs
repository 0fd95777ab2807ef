//! Star force against dice: a simulation with its own figures and its own rules of the game.

use cube_probability::star_force::{
    CustomRestore, Events, Query, Resolution, Restore, RestoreTo, Rules,
};
use cube_probability::{Distribution, Level};

/// Success and destruction in per cent by star, as the rules of 2025-03-20 publish them.
const RATES_2025: [(f64, f64); 22] = [
    (95.0, 0.0),
    (90.0, 0.0),
    (85.0, 0.0),
    (85.0, 0.0),
    (80.0, 0.0),
    (75.0, 0.0),
    (70.0, 0.0),
    (65.0, 0.0),
    (60.0, 0.0),
    (55.0, 0.0),
    (50.0, 0.0),
    (45.0, 0.0),
    (40.0, 0.0),
    (35.0, 0.0),
    (30.0, 0.0),
    (30.0, 2.1),
    (30.0, 2.1),
    (15.0, 6.8),
    (15.0, 6.8),
    (15.0, 8.5),
    (30.0, 10.5),
    (15.0, 12.75),
];

/// Success and destruction in per cent from star 15, as they were before; below as [`RATES_2025`].
const EARLIER_RATES: [(f64, f64); 7] = [
    (30.0, 2.1),
    (30.0, 2.1),
    (30.0, 2.1),
    (30.0, 2.8),
    (30.0, 2.8),
    (30.0, 7.0),
    (30.0, 7.0),
];

const DIVISORS: [f64; 22] = [
    36.0, 36.0, 36.0, 36.0, 36.0, 36.0, 36.0, 36.0, 36.0, 36.0, 571.0, 314.0, 214.0, 157.0, 107.0,
    200.0, 200.0, 150.0, 70.0, 45.0, 200.0, 125.0,
];

/// A game as a player would play it.
struct Game {
    level: f64,
    to: usize,
    earlier: bool,
    caught: bool,
    guarded: fn(usize) -> bool,
    discount: f64,
    double: bool,
    /// The star at which an item that broke at a star comes back.
    back: fn(usize) -> usize,
    restore_meso: f64,
}

impl Game {
    fn cost(&self, star: usize) -> f64 {
        let divisor = if self.earlier && star >= 15 {
            200.0
        } else {
            DIVISORS[star]
        };
        let exponent = if star < 10 { 1.0 } else { 2.7 };
        let raw = 1000.0 + self.level.powi(3) * (star as f64 + 1.0).powf(exponent) / divisor;
        (raw / 100.0).round() * 100.0
    }

    fn rates(&self, star: usize) -> (f64, f64) {
        let (success, destroy) = if self.earlier && star >= 15 {
            EARLIER_RATES[star - 15]
        } else {
            RATES_2025[star]
        };
        let caught = success * if self.caught { 1.05 } else { 1.0 };
        (caught, destroy * (100.0 - caught) / (100.0 - success))
    }

    /// One item from 0 stars to the aim: meso, attempts, destructions.
    fn play(&self, dice: &mut Dice) -> [f64; 3] {
        let (mut star, mut lost) = (0, 0);
        let [mut meso, mut attempts, mut destroyed] = [0.0; 3];
        while star < self.to {
            let guarded = (self.guarded)(star) && lost < 2;
            let surcharge = if self.earlier { 1.0 } else { 2.0 };
            let cost = self.cost(star);
            meso += (cost * (1.0 - self.discount)).round();
            meso += if guarded { surcharge * cost } else { 0.0 };
            attempts += 1.0;
            let (success, destroy) = self.rates(star);
            let roll = dice.roll();
            if roll < success || lost == 2 {
                star += if self.double && star <= 10 { 2 } else { 1 };
                lost = 0;
            } else if roll < success + destroy && !guarded {
                meso += self.restore_meso;
                destroyed += 1.0;
                star = (self.back)(star);
                lost = 0;
            } else if self.earlier && star > 15 && star != 20 {
                star -= 1;
                lost += 1;
            } else {
                lost = 0;
            }
        }
        [meso, attempts, destroyed]
    }
}

/// The splitmix64 generator.
struct Dice(u64);

impl Dice {
    /// From 0 to 100.
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^= word >> 31;
        (word >> 11) as f64 / (1_u64 << 53) as f64 * 100.0
    }
}

/// Plays the game and compares every mean, and the chance of every tenth of the distribution.
fn compare(game: &Game, query: &Query) {
    const GAMES: u32 = 60_000;
    let mut dice = Dice(20_261_122);
    let played: Vec<[f64; 3]> = (0..GAMES).map(|_| game.play(&mut dice)).collect();
    let solution = query.solve().unwrap();
    let means = solution.means();
    let games = f64::from(GAMES);
    for (index, exact) in [means.meso, means.attempts, means.destroyed]
        .into_iter()
        .enumerate()
    {
        let mean = played.iter().map(|game| game[index]).sum::<f64>() / games;
        let square = played
            .iter()
            .map(|game| (game[index] - mean).powi(2))
            .sum::<f64>();
        let sigma = square.sqrt() / games;
        assert!(
            (mean - exact).abs() <= 5.0 * sigma,
            "{index}: {mean} is not {exact}"
        );
        if index == 0 {
            let std_dev = sigma * games.sqrt();
            assert!((std_dev / solution.meso_std_dev() - 1.0).abs() < 0.05);
        }
    }
    let distribution = solution.distribution(Resolution::Fine).unwrap();
    for tenth in 1..10 {
        let level = Level::new(f64::from(tenth) / 10.0).unwrap();
        let budget = distribution.estimate_at(level).unwrap();
        let within = played
            .iter()
            .filter(|game| game[0] <= budget as f64)
            .count() as f64
            / games;
        let sigma = (within * (1.0 - within)).sqrt().max(1.0 / games) / games.sqrt();
        let bounds = distribution.within(budget);
        assert!(bounds.lower - 5.0 * sigma <= within, "{within} {bounds:?}");
        assert!(within <= bounds.upper + 5.0 * sigma, "{within} {bounds:?}");
    }
}

#[test]
fn current_rules_with_safeguard_and_basic_restore_match_dice() {
    let game = Game {
        level: 200.0,
        to: 21,
        earlier: false,
        caught: true,
        guarded: |star| (15..=17).contains(&star),
        discount: 0.3,
        double: false,
        back: |_| 12,
        restore_meso: 2e9,
    };
    let query = Query {
        safeguard: vec![15, 16, 17],
        events: Events {
            discount: 0.3,
            ..Events::default()
        },
        restore: Restore::Basic,
        spare_item_meso: 2_000_000_000,
        ..Query::new(200, 0, 21)
    };
    compare(&game, &query);
}

#[test]
fn one_plus_one_without_star_catch_matches_dice() {
    let game = Game {
        level: 150.0,
        to: 22,
        earlier: false,
        caught: false,
        guarded: |_| false,
        discount: 0.0,
        double: true,
        back: |star| star,
        restore_meso: 2.5e9,
    };
    let query = Query {
        rules: Rules::Kms20250320,
        star_catch: false,
        events: Events {
            one_plus_one: true,
            ..Events::default()
        },
        restore: Restore::Custom(CustomRestore {
            to: RestoreTo::SameStar,
            copies: 2,
            fee_meso: 500_000_000,
        }),
        spare_item_meso: 1_000_000_000,
        ..Query::new(150, 0, 22)
    };
    compare(&game, &query);
}

#[test]
fn earlier_rules_with_losses_and_chance_time_match_dice() {
    let game = Game {
        level: 160.0,
        to: 20,
        earlier: true,
        caught: true,
        guarded: |star| star == 16,
        discount: 0.0,
        double: false,
        back: |_| 12,
        restore_meso: 1e9,
    };
    let query = Query {
        rules: Rules::KmsBefore20250320,
        safeguard: vec![16],
        spare_item_meso: 1_000_000_000,
        ..Query::new(160, 0, 20)
    };
    compare(&game, &query);
}
