//! Rule: a test's name begins with its subject.

/// First words of names that do not name a subject.
const NO_SUBJECTS: &[&str] = &[
    "what", "who", "whose", "where", "when", "why", "which", "how", "it", "its", "they", "a", "an",
    "the", "nothing", "nobody", "no", "that", "there", "this",
];

/// Returns the line and the name of each test that breaks the rule.
pub(super) fn faults(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut is_test = false;
    for (number, line) in source.lines().enumerate() {
        let line = line.trim();
        if line.starts_with("#[") {
            is_test |= is_test_attribute(line);
        } else if let Some(name) = function_name(line) {
            let first = name.split('_').next().unwrap_or_default();
            if is_test && NO_SUBJECTS.contains(&first) {
                found.push((number + 1, name.to_owned()));
            }
            is_test = false;
        } else if !line.starts_with("//") {
            is_test = false;
        }
    }
    found
}

/// Whether an attribute marks a test, as in `#[test]` and `#[tokio::test(start_paused = true)]`.
fn is_test_attribute(line: &str) -> bool {
    let path = line.trim_start_matches("#[");
    let end = path.find(['(', ']', ' ']).unwrap_or(path.len());
    path[..end].ends_with("test")
}

fn function_name(line: &str) -> Option<&str> {
    let line = line.strip_prefix("pub ").unwrap_or(line);
    let line = line.strip_prefix("async ").unwrap_or(line);
    let name = line.strip_prefix("fn ")?;
    name.split(['(', '<']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &str) -> Vec<String> {
        faults(source).into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn names_without_a_subject_are_faults() {
        let source = "#[test]\nfn what_is_over_is_purged() {}\n\
                      #[tokio::test(start_paused = true)]\n// Why.\nasync fn it_works() {}\n\
                      #[actix_web::test]\n#[ignore]\nasync fn a_route_answers() {}\n";
        let expected = ["what_is_over_is_purged", "it_works", "a_route_answers"];
        assert_eq!(names(source), expected);
    }

    #[test]
    fn names_with_a_subject_and_other_functions_are_no_faults() {
        let source = "#[test]\nfn purge_removes_only_finished_messages() {}\n\
                      fn a_helper() {}\n#[cfg(test)]\nmod tests {\n    fn the_other() {}\n}\n";
        assert_eq!(names(source), Vec::<String>::new());
    }
}
