//! Option pools: which options an item's lines are drawn from, with whole-number weights.

use super::fields::{Fields, TableError, lines, parse};
use crate::{Grade, OptionLine, Part};

/// Methods that draw from the same pools, as the published tables group them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Red, black and the meso reset.
    A,
    /// Meister, master and occult cubes.
    B,
    /// Every method of the additional potential.
    C,
}

impl Family {
    pub(super) fn named(letter: &str) -> Option<Self> {
        match letter {
            "a" => Some(Self::A),
            "b" => Some(Self::B),
            "c" => Some(Self::C),
            _ => None,
        }
    }
}

/// Options with their weights.
#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) options: Vec<(OptionLine, u32)>,
    pub(crate) total: u32,
}

/// The pools of one part for a range of item levels.
#[derive(Debug, Clone, Copy)]
struct Band {
    min: u16,
    max: u16,
    /// Normal, rare, epic, unique, legendary.
    pools: [usize; 5],
}

/// Every pool, and which of them an item draws from.
pub(crate) struct PoolTables {
    pools: Vec<Pool>,
    /// By family, then by part; levels rising.
    bands: [Vec<Vec<Band>>; 3],
}

/// The two pools of a grade, for an item of some part and level.
pub(crate) struct GradePools {
    pub(crate) prime: &'static Pool,
    pub(crate) lower: &'static Pool,
    /// The level whose table this is.
    pub(crate) level: u16,
}

impl PoolTables {
    pub(crate) fn read(text: &str) -> Result<Self, TableError> {
        let mut options = Vec::new();
        let mut pools = Vec::new();
        let mut bands = [(); 3].map(|()| vec![Vec::new(); Part::ALL.len()]);
        let mut last = 0;
        for (keyword, rest, line) in lines(text) {
            match keyword {
                "option" => options.push(parse(rest, line)?),
                "pool" => pools.push(read_pool(Fields::new(rest, line), &options)?),
                "band" => read_band(Fields::new(rest, line), pools.len(), &mut bands)?,
                other => return Err(TableError::new(line, format!("unknown entry {other}"))),
            }
            last = line;
        }
        check_bands(&bands, last)?;
        Ok(Self { pools, bands })
    }

    /// The pools for a grade of an item.
    ///
    /// The level is rounded up to the next ten; where the part has no table for it, the next
    /// higher table stands in, else the highest.
    pub(crate) fn of(
        &'static self,
        family: Family,
        part: Part,
        item_level: u16,
        grade: Grade,
    ) -> GradePools {
        let bands = &self.bands[family as usize][part as usize];
        let band = bands
            .iter()
            .find(|band| item_level <= band.max)
            .or(bands.last())
            .expect("every family has a band for every part, checked when the tables are read");
        let lower = grade as usize;
        GradePools {
            prime: &self.pools[band.pools[lower + 1]],
            lower: &self.pools[band.pools[lower]],
            level: item_level.next_multiple_of(10).clamp(band.min, band.max),
        }
    }
}

fn read_pool(mut fields: Fields<'_>, options: &[OptionLine]) -> Result<Pool, TableError> {
    let total: u32 = fields.parse()?;
    let line = fields.line();
    let fail = |problem: String| TableError::new(line, problem);
    let mut pool = Vec::new();
    for group in fields.rest() {
        let (weight, members) = group
            .split_once(':')
            .ok_or_else(|| fail(format!("no weight in {group}")))?;
        let weight: u32 = parse(weight, line)?;
        for member in members.split(',') {
            let number: usize = parse(member, line)?;
            let option = options
                .get(number)
                .ok_or_else(|| fail(format!("there is no option {number}")))?;
            pool.push((*option, weight));
        }
    }
    let sum: u32 = pool.iter().map(|(_, weight)| weight).sum();
    if sum != total || pool.iter().any(|(_, weight)| *weight == 0) {
        return Err(fail(format!(
            "the weights of the pool sum to {sum}, not {total}"
        )));
    }
    Ok(Pool {
        options: pool,
        total,
    })
}

fn read_band(
    mut fields: Fields<'_>,
    pool_count: usize,
    bands: &mut [Vec<Vec<Band>>; 3],
) -> Result<(), TableError> {
    let family = Family::named(fields.word()?).ok_or_else(|| fields.fail("unknown family"))?;
    let part: Part = fields.parse()?;
    let [min, max] = fields.parse_array()?;
    let pools: [usize; 5] = fields.parse_array()?;
    if let Some(pool) = pools.iter().find(|pool| **pool >= pool_count) {
        return Err(fields.fail(format!("there is no pool {pool}")));
    }
    let of_part = &mut bands[family as usize][part as usize];
    if min > max || of_part.last().is_some_and(|last: &Band| last.max >= min) {
        return Err(fields.fail("the levels do not rise"));
    }
    of_part.push(Band { min, max, pools });
    Ok(())
}

fn check_bands(bands: &[Vec<Vec<Band>>; 3], last: usize) -> Result<(), TableError> {
    for (family, parts) in ["a", "b", "c"].iter().zip(bands) {
        for (part, bands) in Part::ALL.iter().zip(parts) {
            if bands.is_empty() {
                let problem = format!("family {family} has no pools for {part}");
                return Err(TableError::new(last, problem));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::tables;

    #[test]
    fn levels_are_rounded_up_and_missing_ones_answered_by_the_next() {
        let used = |part, level| tables().pools.of(Family::A, part, level, Grade::Rare).level;
        for (part, item_level, pool_level) in [
            (Part::Weapon, 0, 0),
            (Part::Weapon, 5, 9),
            (Part::Weapon, 10, 10),
            (Part::Weapon, 11, 20),
            (Part::Weapon, 155, 160),
            (Part::Weapon, 160, 160),
            (Part::Weapon, 200, 200),
            (Part::Weapon, 201, 210),
            (Part::Weapon, 250, 250),
            (Part::Weapon, 300, 250),
            (Part::Secondary, 250, 200),
            (Part::Belt, 85, 100),
            (Part::Heart, 80, 80),
            (Part::Heart, 81, 100),
            (Part::Emblem, 0, 60),
        ] {
            assert_eq!(used(part, item_level), pool_level, "{part} {item_level}");
        }
    }
}
