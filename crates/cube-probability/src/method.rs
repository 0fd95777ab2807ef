//! Methods: what resets a potential.

use crate::Grade;
use crate::tables::tables;
use crate::words::words;

/// Which of an item's two potentials a method resets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// 잠재능력
    Potential,
    /// 에디셔널 잠재능력
    AdditionalPotential,
}

words!("layer", Layer {
    Potential = "potential",
    AdditionalPotential = "additional_potential",
});

/// What resets an item's potential or additional potential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// 메소 잠재능력 재설정: the meso reset of the potential.
    MesoPotential,
    /// 블랙 큐브
    Black,
    /// 레드 큐브
    Red,
    /// 명장의 큐브
    Meister,
    /// 장인의 큐브
    Master,
    /// 수상한 큐브
    Occult,
    /// 프라임 큐브 (since 2026-09-17): draws the second and third line anew and keeps the first.
    Prime,
    /// 메소 에디셔널 잠재능력 재설정: the meso reset of the additional potential.
    MesoAdditional,
    /// 에디셔널 큐브
    Additional,
    /// 화이트 에디셔널 큐브
    WhiteAdditional,
    /// 수상한 에디셔널 큐브
    OccultAdditional,
    /// 프라임 에디셔널 큐브 (since 2026-09-17): as [`Prime`](Self::Prime), for the additional potential.
    PrimeAdditional,
}

words!("method", Method {
    MesoPotential = "meso_potential",
    Black = "black",
    Red = "red",
    Meister = "meister",
    Master = "master",
    Occult = "occult",
    Prime = "prime",
    MesoAdditional = "meso_additional",
    Additional = "additional",
    WhiteAdditional = "white_additional",
    OccultAdditional = "occult_additional",
    PrimeAdditional = "prime_additional",
});

impl Method {
    /// The potential this method resets.
    pub const fn layer(self) -> Layer {
        match self {
            Self::MesoPotential
            | Self::Black
            | Self::Red
            | Self::Meister
            | Self::Master
            | Self::Occult
            | Self::Prime => Layer::Potential,
            Self::MesoAdditional
            | Self::Additional
            | Self::WhiteAdditional
            | Self::OccultAdditional
            | Self::PrimeAdditional => Layer::AdditionalPotential,
        }
    }

    /// The grade this method never rises past.
    pub const fn highest_grade(self) -> Grade {
        match self {
            Self::Occult | Self::OccultAdditional => Grade::Epic,
            Self::Master => Grade::Unique,
            _ => Grade::Legendary,
        }
    }

    /// The lowest grade this method works on.
    pub const fn lowest_grade(self) -> Grade {
        if self.keeps_first_line() {
            Grade::Legendary
        } else {
            Grade::Rare
        }
    }

    /// The grades this method works on, from the lowest up.
    pub fn grades(self) -> &'static [Grade] {
        &Grade::ALL[self.lowest_grade() as usize..=self.highest_grade() as usize]
    }

    /// Whether a reset keeps the first line and draws the others anew.
    pub const fn keeps_first_line(self) -> bool {
        matches!(self, Self::Prime | Self::PrimeAdditional)
    }

    /// The most resets in a row that fail to rise from a grade (the pity): the next one rises for
    /// certain. None where the method has no pity, or does not rise from the grade.
    pub fn most_failures(self, from: Grade) -> Option<u32> {
        tables().rates.pity(self, from)
    }

    /// The cube whose published line table this method draws by.
    ///
    /// The meso reset of the potential and the prime cube draw as the black cube, the meso reset
    /// of the additional potential, the white and the prime additional cube as the additional cube.
    pub(crate) const fn line_table(self) -> Self {
        match self {
            Self::MesoPotential | Self::Prime => Self::Black,
            Self::MesoAdditional | Self::WhiteAdditional | Self::PrimeAdditional => {
                Self::Additional
            }
            other => other,
        }
    }

    /// Whether a reset is paid in meso by a published price list, rather than with a cube.
    pub const fn is_meso_reset(self) -> bool {
        matches!(self, Self::MesoPotential | Self::MesoAdditional)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pities_are_as_published() {
        for (method, pities) in [
            (Method::MesoPotential, [Some(10), Some(42), Some(107), None]),
            (Method::Red, [Some(25), Some(83), Some(500), None]),
            (Method::Additional, [Some(31), Some(76), Some(214), None]),
            (Method::Meister, [None; 4]),
        ] {
            let most = [0, 1, 2, 3].map(|grade| method.most_failures(Grade::ALL[grade]));
            assert_eq!(most, pities, "{method}");
        }
    }

    #[test]
    fn only_three_methods_stop_below_legendary() {
        let low: Vec<_> = Method::ALL
            .iter()
            .filter(|m| m.highest_grade() < Grade::Legendary)
            .collect();
        assert_eq!(
            low,
            [&Method::Master, &Method::Occult, &Method::OccultAdditional]
        );
    }
}
