//! The reference material beside a checkout, where there is any.

use std::path::PathBuf;

/// The text of a file under `shared/`, or none, said loudly, where there is no such folder.
pub(crate) fn shared(file: &str) -> Option<String> {
    let folders = [
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared"),
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared"),
    ];
    let path = folders
        .iter()
        .map(|folder| PathBuf::from(folder).join(file))
        .find(|path| path.exists());
    if path.is_none() {
        eprintln!("SKIPPED: no {file} in a folder `shared` beside this checkout");
    }
    path.map(|path| std::fs::read_to_string(path).expect("an existing file can be read"))
}
