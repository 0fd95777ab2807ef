//! Methods: what resets a potential.

use crate::Grade;
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
    /// 메소 에디셔널 잠재능력 재설정: the meso reset of the additional potential.
    MesoAdditional,
    /// 에디셔널 큐브
    Additional,
    /// 화이트 에디셔널 큐브
    WhiteAdditional,
    /// 수상한 에디셔널 큐브
    OccultAdditional,
}

words!("method", Method {
    MesoPotential = "meso_potential",
    Black = "black",
    Red = "red",
    Meister = "meister",
    Master = "master",
    Occult = "occult",
    MesoAdditional = "meso_additional",
    Additional = "additional",
    WhiteAdditional = "white_additional",
    OccultAdditional = "occult_additional",
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
            | Self::Occult => Layer::Potential,
            Self::MesoAdditional
            | Self::Additional
            | Self::WhiteAdditional
            | Self::OccultAdditional => Layer::AdditionalPotential,
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

    /// The cube whose published line table this method draws by.
    ///
    /// The meso reset of the potential draws as the black cube, the meso reset of the additional
    /// potential and the white additional cube as the additional cube.
    pub(crate) const fn line_table(self) -> Self {
        match self {
            Self::MesoPotential => Self::Black,
            Self::MesoAdditional | Self::WhiteAdditional => Self::Additional,
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
