//! Properties of the parsers on every text: shared by the fuzz targets and by the
//! bounded run in the tests.

use cube_probability::{Goal, Grade, Method, OptionLine, Part, Rules};

/// A text is a goal that prints and parses back and whose chance is one, or an error within it.
pub(crate) fn check_goal(text: &str) {
    match text.parse::<Goal>() {
        Ok(goal) => {
            assert_eq!(goal.to_string().parse(), Ok(goal.clone()), "{text:?}");
            let chance = Rules::current()
                .success_probability(Method::Black, Part::Hat, 150, Grade::Legendary, &goal)
                .expect("a hat of level 150 can be legendary");
            assert!((0.0..=1.0 + 1e-12).contains(&chance), "{text:?}: {chance}");
        }
        Err(error) => {
            let chars = text.chars().count();
            assert!((1..=chars + 1).contains(&error.column), "{text:?}: {error}");
        }
    }
}

/// A text is an option that prints and parses back, or unknown with the text kept.
pub(crate) fn check_option_line(text: &str) {
    match text.parse::<OptionLine>() {
        Ok(line) => assert_eq!(line.to_string().parse(), Ok(line), "{text:?}"),
        Err(unknown) => assert_eq!(unknown.text, text),
    }
}
