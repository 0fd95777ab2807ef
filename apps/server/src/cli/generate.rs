//! Files made from the command line itself: manual pages and completions of shells.

use std::io;
use std::path::Path;

use clap::{Command, ValueEnum};
use clap_complete::Shell;

/// Writes `maple-expectation*.1` and one completion file for each shell into the folder.
///
/// # Errors
///
/// A file that cannot be written.
pub(super) fn run(mut command: Command, folder: &Path) -> io::Result<()> {
    let name = command.get_name().to_owned();
    // First: completions add the command `help` to every command, of which nobody wants a page.
    clap_mangen::generate_to(command.clone(), folder)?;
    for &shell in Shell::value_variants() {
        clap_complete::generate_to(shell, &mut command, &name, folder)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn generated_files_name_every_visible_command() {
        let folder = tempfile::tempdir().unwrap();
        run(Cli::command(), folder.path()).unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        let (manual, bash) = (read("maple-expectation.1"), read("maple-expectation.bash"));
        let command = Cli::command();
        let visible = command.get_subcommands().filter(|sub| !sub.is_hide_set());
        for name in visible.map(Command::get_name) {
            assert!(manual.contains(&name.replace('-', "\\-")), "{name}");
            assert!(bash.contains(name), "{name}");
            assert!(!read(&format!("maple-expectation-{name}.1")).is_empty());
        }
    }
}
