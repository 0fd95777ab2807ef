//! What every answer about a character says beside its subject.

use equipment::{Character, CharactersError, Known, Wearer};

use super::{DataAge, Warning, Who};

/// Whose equipment an answer is about, how fresh it is, and what to know about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Heading {
    /// Whose it is.
    pub who: Who,
    /// Where it is known from, and since when.
    pub data: DataAge,
    /// What to know about it.
    pub warnings: Vec<Warning>,
}

impl Heading {
    /// What is to be said of this.
    pub fn of(known: &Known<Wearer>) -> Self {
        Self {
            who: Who::from(&known.value.character),
            data: DataAge::of(known, known.value.source),
            warnings: Warning::of_known(known),
        }
    }

    /// What is to be said when what the character wears is not known, for this reason.
    pub fn without_equipment(
        character: &Known<Character>,
        source: &'static str,
        missing: &CharactersError,
    ) -> Self {
        let mut warnings = Warning::of_known(character);
        warnings.push(Warning::of_missing_equipment(missing));
        Self {
            who: Who::from(&character.value),
            data: DataAge::of(character, source),
            warnings,
        }
    }
}
