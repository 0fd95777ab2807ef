//! Subject, freshness and warnings of every response about a character.

use equipment::{Aged, Character, CharactersError, EquippedCharacter};

use super::{CharacterSummary, DataAge, Warning};

/// Subject of a response, freshness of its data, and warnings.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Provenance {
    /// The character.
    pub summary: CharacterSummary,
    /// Source of the data and time of their fetch.
    pub data: DataAge,
    /// Remarks on the data.
    pub warnings: Vec<Warning>,
}

impl Provenance {
    /// Provenance of a body made for one request, with the age of the data.
    pub fn with_age(known: &Aged<EquippedCharacter>) -> Self {
        Self {
            data: DataAge::with_age(known, known.value.source),
            ..Self::of(known)
        }
    }

    /// Provenance of a body that is kept, which is the same for all who ask while the data are.
    pub fn of(known: &Aged<EquippedCharacter>) -> Self {
        Self {
            summary: CharacterSummary::from(&known.value.character),
            data: DataAge::of(known, known.value.source),
            warnings: Warning::of_known(known),
        }
    }

    /// Provenance of a response without the character's equipment, which is missing for this reason.
    pub fn without_equipment(
        character: &Aged<Character>,
        source: &'static str,
        missing: &CharactersError,
    ) -> Self {
        let mut warnings = Warning::of_known(character);
        warnings.push(Warning::of_missing_equipment(missing));
        Self {
            summary: CharacterSummary::from(&character.value),
            data: DataAge::with_age(character, source),
            warnings,
        }
    }
}
