//! Assumptions of an evaluation.

use cube_probability::{Layer, Level, Method, Prices};

/// Assumptions of an evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationOptions {
    /// The class to judge by, in Korean; none: the one that the document names.
    pub class: Option<String>,
    /// The character's level, 1 to 300, which decides what points for every 9 levels are worth;
    /// none: the highest level that an item requires is taken, and a warning says so.
    pub character_level: Option<u16>,
    /// Presets to evaluate.
    pub presets: PresetChoice,
    /// Grade at which the resets start.
    pub from: StartingGrade,
    /// Methods that reset the potentials.
    pub methods: Methods,
    /// Prices of cubes.
    pub prices: Prices,
    /// The levels of the quantiles.
    pub quantiles: Vec<Level>,
    /// The meso at hand: with it each preset tells the chance that it is enough for everything.
    pub budget: Option<u64>,
}

impl Default for EvaluationOptions {
    fn default() -> Self {
        Self {
            class: None,
            character_level: None,
            presets: PresetChoice::Active,
            from: StartingGrade::Rare,
            methods: Methods::default(),
            prices: Prices::new(),
            quantiles: Level::DEFAULTS.to_vec(),
            budget: None,
        }
    }
}

/// Presets to evaluate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresetChoice {
    /// The one that is worn.
    Active,
    /// The one of this number, 1 to 3; nothing when the character has none.
    Number(u8),
    /// All that hold anything.
    All,
}

impl PresetChoice {
    /// Whether this preset is one to evaluate.
    pub fn includes(self, preset: &crate::Preset) -> bool {
        match self {
            Self::Active => preset.active,
            Self::Number(number) => preset.number == number,
            Self::All => true,
        }
    }
}

/// Grade at which the resets of an item start, always without a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StartingGrade {
    /// From a fresh item.
    #[default]
    Rare,
    /// From the grade the item has now.
    Current,
}

/// Methods that reset the two potentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Methods {
    potential: Method,
    additional_potential: Method,
}

/// A method does not reset the potential it was named for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{method} does not reset the {layer}")]
pub struct WrongLayer {
    /// The method given.
    pub method: Method,
    /// The potential it was named for.
    pub layer: Layer,
}

impl Methods {
    /// Takes a method for each potential.
    ///
    /// # Errors
    ///
    /// [`WrongLayer`] when a method resets the other potential.
    pub fn new(potential: Method, additional_potential: Method) -> Result<Self, WrongLayer> {
        let named = [
            (potential, Layer::Potential),
            (additional_potential, Layer::AdditionalPotential),
        ];
        if let Some((method, layer)) = named.into_iter().find(|(m, layer)| m.layer() != *layer) {
            return Err(WrongLayer { method, layer });
        }
        Ok(Self {
            potential,
            additional_potential,
        })
    }

    /// The method for one of the potentials.
    pub fn of(self, layer: Layer) -> Method {
        match layer {
            Layer::Potential => self.potential,
            Layer::AdditionalPotential => self.additional_potential,
        }
    }
}

impl Default for Methods {
    /// The meso resets.
    fn default() -> Self {
        Self {
            potential: Method::MesoPotential,
            additional_potential: Method::MesoAdditional,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_is_taken_for_its_own_potential_only() {
        let methods = Methods::new(Method::Black, Method::Additional).unwrap();
        assert_eq!(methods.of(Layer::Potential), Method::Black);
        assert_eq!(methods.of(Layer::AdditionalPotential), Method::Additional);
        let error = Methods::new(Method::Black, Method::Red).unwrap_err();
        assert_eq!(
            error.to_string(),
            "red does not reset the additional_potential"
        );
        assert!(Methods::new(Method::Additional, Method::Additional).is_err());
    }
}
