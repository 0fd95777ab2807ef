//! A member's page: logging in, points, giving, and what came of a form.

use api::problem::ProblemKind;
use api::responses::MeResponse;
use askama::Template;

use super::render;
use crate::ui::{Ui, character_path};
use crate::words;

/// Outcome of a member's form, as its page tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberNote {
    /// A character is liked, by so many members.
    Liked(String, Option<u64>),
    /// A like was taken back.
    Unliked(String, Option<u64>),
    /// Points were given to a developer of this name.
    Given(String, i64),
    /// The form was refused.
    Refused(ProblemKind),
    /// Points were not given; the form is shown as it was filled in.
    NotDonated(DonationForm, DonationFault),
}

/// Form that gives points to a developer, as it was filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DonationForm {
    /// The developer's id.
    pub to: String,
    /// The points.
    pub amount: String,
    /// The message.
    pub message: String,
}

/// Reason for which points were not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DonationFault {
    /// The developer's id is none.
    To,
    /// The points are no whole number.
    Amount,
    /// The donation was refused.
    Refused(ProblemKind),
}

#[derive(Template)]
#[template(path = "member.html")]
struct MemberPage<'a> {
    ui: &'a Ui,
    me: Option<&'a MeResponse>,
    characters: Vec<(String, String)>,
    note: Option<NoteView>,
    form: DonationForm,
    /// Page to return to, a path of this service.
    next: &'a str,
    /// Name of the donation that the form would make.
    donation_key: &'a str,
}

struct NoteView {
    text: String,
    is_bad: bool,
    /// Page of the character, and the form that does the opposite: its address, its button.
    character: Option<(String, String, bool)>,
}

/// Writes the page of a member, or of a visitor who may log in.
pub fn member(
    ui: &Ui,
    me: Option<&MeResponse>,
    note: Option<&MemberNote>,
    next: &str,
    donation_key: &str,
) -> String {
    let characters = me.map_or(&[][..], |me| me.characters.as_slice()).iter();
    render(&MemberPage {
        ui,
        me,
        characters: characters
            .map(|own| (own.name.clone(), ui.href(&character_path(&own.name))))
            .collect(),
        note: note.map(|note| NoteView::of(note, ui)),
        form: match note {
            Some(MemberNote::NotDonated(form, _)) => form.clone(),
            _ => DonationForm::default(),
        },
        next,
        donation_key,
    })
}

impl NoteView {
    fn of(note: &MemberNote, ui: &Ui) -> Self {
        let t = ui.t;
        let of_character = |name: &str, text: &str, count: Option<u64>, is_liked| {
            let count = count.map(|count| format!(" {}: {count}", t.like_count));
            let path = character_path(name);
            Self {
                text: format!("{name}: {text}{}", count.unwrap_or_default()),
                is_bad: false,
                character: Some((ui.href(&path), format!("{path}/like"), is_liked)),
            }
        };
        let plain = |text: String, is_bad| Self {
            text,
            is_bad,
            character: None,
        };
        match note {
            MemberNote::Liked(name, count) => of_character(name, t.liked, *count, true),
            MemberNote::Unliked(name, count) => of_character(name, t.unliked, *count, false),
            MemberNote::Given(name, amount) => {
                plain(format!("{}: {name} {amount}", t.given), false)
            }
            MemberNote::Refused(kind) | MemberNote::NotDonated(_, DonationFault::Refused(kind)) => {
                plain(words::refusal(*kind, ui.lang).to_owned(), true)
            }
            MemberNote::NotDonated(_, DonationFault::To) => {
                plain(format!("{}: {}", t.give_to, t.give_bad_to), true)
            }
            MemberNote::NotDonated(_, DonationFault::Amount) => {
                plain(format!("{}: {}", t.give_amount, t.give_bad_amount), true)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_and_the_way_back_are_escaped() {
        let ui = Ui::new("/session", None, "", true);
        for note in [
            MemberNote::Refused(ProblemKind::WrongKey),
            MemberNote::Liked("<b>".to_owned(), Some(3)),
            MemberNote::Given("<b>".to_owned(), 3),
            MemberNote::NotDonated(
                DonationForm {
                    to: "\"><b>".to_owned(),
                    ..DonationForm::default()
                },
                DonationFault::To,
            ),
        ] {
            let page = member(&ui, None, Some(&note), "/characters/\"><b>", "k");
            assert!(!page.contains("<b>"), "{page}");
        }
    }
}
