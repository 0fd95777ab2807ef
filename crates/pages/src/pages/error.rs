//! Errors in the player's words.

use api::problem::ProblemKind;
use askama::Template;

use super::render;
use crate::lang::Lang;
use crate::ui::Ui;

/// Kind of an error page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The game has no such character.
    UnknownCharacter,
    /// The text cannot be a name.
    BadName,
    /// Nexon does not answer, and nothing is stored.
    UpstreamDown,
    /// Nexon's document cannot be read.
    UpstreamInvalid,
    /// The day's calls to Nexon are used up.
    Quota,
    /// The client asks too often.
    TooMany,
    /// The service has too much to do.
    Overloaded,
    /// No page has this address.
    NotFound,
    /// The request is not one that a page takes.
    BadRequest,
    /// A page of another site sent the form.
    Forbidden,
    /// The service failed.
    Internal,
}

impl From<ProblemKind> for ErrorKind {
    fn from(kind: ProblemKind) -> Self {
        match kind {
            ProblemKind::UnknownCharacter => Self::UnknownCharacter,
            ProblemKind::UpstreamUnavailable => Self::UpstreamDown,
            ProblemKind::UpstreamInvalid => Self::UpstreamInvalid,
            ProblemKind::QuotaExceeded => Self::Quota,
            ProblemKind::TooManyRequests | ProblemKind::TooManyAttempts => Self::TooMany,
            ProblemKind::Overloaded | ProblemKind::Busy | ProblemKind::StoreUnavailable => {
                Self::Overloaded
            }
            ProblemKind::NotFound => Self::NotFound,
            ProblemKind::Forbidden => Self::Forbidden,
            kind if kind.status() < 500 => Self::BadRequest,
            _ => Self::Internal,
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    ui: &'a Ui,
    title: &'static str,
    text: &'static str,
    name: Option<&'a str>,
    request_id: &'a str,
    calculators_work: bool,
}

/// Writes an error page. `name` is the character asked for, and `request_id` finds the log entry.
pub fn error(ui: &Ui, kind: ErrorKind, name: Option<&str>, request_id: &str) -> String {
    let (title, text) = kind.words(ui.lang());
    render(&ErrorPage {
        ui,
        title,
        text,
        name,
        request_id,
        calculators_work: !matches!(kind, ErrorKind::Overloaded | ErrorKind::Internal),
    })
}

impl ErrorKind {
    fn words(self, lang: Lang) -> (&'static str, &'static str) {
        let (ko, en) = match self {
            Self::UnknownCharacter => (
                (
                    "그런 캐릭터가 없습니다",
                    "이름을 다시 확인해 주세요. 오랫동안 접속하지 않았거나 막 만든 캐릭터는 넥슨에서 찾지 못할 수 있습니다.",
                ),
                (
                    "No such character",
                    "Please check the name. Nexon may not list characters that are new or have not played for long.",
                ),
            ),
            Self::BadName => (
                (
                    "캐릭터 이름이 아닙니다",
                    "이름은 1~12자이고 빈칸을 쓸 수 없습니다.",
                ),
                (
                    "Not a character name",
                    "A name has 1 to 12 characters and no blanks.",
                ),
            ),
            Self::UpstreamDown => (
                (
                    "넥슨이 응답하지 않습니다",
                    "점검 중이거나 일시적인 장애입니다. 저장해 둔 정보도 없는 캐릭터라 보여 줄 것이 없습니다. 잠시 뒤에 다시 시도해 주세요.",
                ),
                (
                    "Nexon does not answer",
                    "It is under maintenance or failing, and nothing is stored for this character. Please try again later.",
                ),
            ),
            Self::UpstreamInvalid => (
                (
                    "넥슨이 보낸 정보를 읽지 못했습니다",
                    "넥슨의 응답이 평소와 다릅니다. 잠시 뒤에 다시 시도해 주세요.",
                ),
                (
                    "Nexon's answer cannot be read",
                    "Its answer differs from what is documented. Please try again later.",
                ),
            ),
            Self::Quota => (
                (
                    "오늘 넥슨에 물어볼 수 있는 횟수를 다 썼습니다",
                    "이미 찾아본 캐릭터는 볼 수 있습니다. 새 캐릭터는 내일 다시 찾아 주세요.",
                ),
                (
                    "Today's calls to Nexon are used up",
                    "Characters looked up before still open. Please look up new ones tomorrow.",
                ),
            ),
            Self::TooMany => (
                ("너무 자주 요청했습니다", "잠시 뒤에 다시 시도해 주세요."),
                ("Too many requests", "Please try again in a moment."),
            ),
            Self::Overloaded => (
                (
                    "지금은 답하지 못했습니다",
                    "서비스가 바쁘거나, 조금 전에 물어본 큰 계산이 아직 끝나지 않았습니다. 몇 초 뒤에 다시 시도해 주세요.",
                ),
                (
                    "No answer right now",
                    "The service is busy, or a large calculation asked for from here is not done yet. Please try again in a few seconds.",
                ),
            ),
            Self::NotFound => (
                ("없는 페이지입니다", "주소가 잘렸거나 바뀌었습니다."),
                ("No such page", "The address is cut off or has changed."),
            ),
            Self::BadRequest => (
                ("요청을 이해하지 못했습니다", "주소가 잘못되었습니다."),
                ("The request is not understood", "The address is wrong."),
            ),
            Self::Forbidden => (
                (
                    "이 사이트에서 보낸 요청이 아닙니다",
                    "다른 사이트의 버튼으로는 좋아요나 후원을 할 수 없습니다. 이 사이트의 페이지에서 다시 해 주세요.",
                ),
                (
                    "Not sent from this site",
                    "Buttons of other sites cannot like or donate here. Please use this site's own pages.",
                ),
            ),
            Self::Internal => (
                (
                    "저희 쪽에서 문제가 생겼습니다",
                    "기록을 남겼습니다. 잠시 뒤에 다시 시도해 주세요.",
                ),
                (
                    "Something failed on our side",
                    "It is in the log. Please try again later.",
                ),
            ),
        };
        match lang {
            Lang::Ko => ko,
            Lang::En => en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_error_pages_are_escaped() {
        let ui = Ui::new("/characters/x", None, "", true);
        let page = error(&ui, ErrorKind::BadName, Some("<script>\"'&"), "4bf92f35");
        assert!(!page.contains("<script>\""), "{page}");
        assert!(page.contains("&#60;script&#62;"), "{page}");
    }

    #[test]
    fn calculators_are_offered_only_while_they_answer() {
        let ui = Ui::new("/characters/x", None, "", true);
        for (kind, is_offered) in [
            (ErrorKind::UpstreamDown, true),
            (ErrorKind::Overloaded, false),
            (ErrorKind::Internal, false),
        ] {
            let page = error(&ui, kind, None, "4bf92f35");
            assert_eq!(page.contains(ui.t.error_try), is_offered, "{kind:?}");
        }
    }

    #[test]
    fn every_problem_has_words_in_both_languages() {
        for &kind in ProblemKind::ALL {
            let kind = ErrorKind::from(kind);
            let (title, text) = kind.words(Lang::Ko);
            assert_ne!((title, text), kind.words(Lang::En));
            for korean in [title, text] {
                assert_eq!(crate::english::sentence(korean), None);
            }
        }
    }
}
