//! What every answer about a character says beside its subject.

use equipment::{Aged, Character, CharactersError, EquippedCharacter};

use super::{CharacterSummary, DataAge, Warning};

/// Whose equipment an answer is about, how fresh it is, and what to know about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Provenance {
    /// Whose it is.
    pub summary: CharacterSummary,
    /// Where it is known from, and since when.
    pub data: DataAge,
    /// What to know about it.
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

    /// What is to be said when what the character wears is not known, for this reason.
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
