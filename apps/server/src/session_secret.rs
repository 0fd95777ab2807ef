//! The secret by which accounts become members, where none is configured: made once, and kept.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use rand::rngs::OsRng;
use rand::{Rng, TryRngCore};
use secrecy::SecretString;

/// The file in the data folder.
const FILE: &str = "sessions.secret";

/// The secret of a data folder; made, for its owner's eyes only, when there is none.
///
/// # Errors
///
/// When it can be neither read nor made.
pub fn of_folder(folder: &Path) -> anyhow::Result<SecretString> {
    let file = folder.join(FILE);
    if !file.exists() {
        make(folder, &file).with_context(|| format!("cannot make {}", file.display()))?;
    }
    let text =
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let text = text.trim();
    anyhow::ensure!(
        text.len() == 64,
        "{} does not hold a secret of 64 hexadecimal digits; with another one everybody would be somebody else",
        file.display()
    );
    Ok(text.into())
}

/// Writes the whole secret under another name first, so that of several processes that start at
/// once one names it and none reads a part of it.
fn make(folder: &Path, file: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let random: u128 = OsRng.unwrap_err().random();
    let draft = folder.join(format!("{FILE}.{random:032x}"));
    let mut rng = OsRng.unwrap_err();
    let secret: [u128; 2] = [rng.random(), rng.random()];
    let written = write(&draft, &format!("{:032x}{:032x}\n", secret[0], secret[1]));
    let named = written.and_then(|()| match fs::hard_link(&draft, file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    fs::remove_file(&draft)?;
    named
}

fn write(file: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file: File = options.open(file)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn secret_is_made_once_by_the_first_process() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let secrets: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| of_folder(&data).unwrap()))
                .collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        for secret in &secrets {
            assert_eq!(secret.expose_secret(), secrets[0].expose_secret());
        }
        let files: Vec<_> = fs::read_dir(&data).unwrap().collect();
        assert_eq!(files.len(), 1, "{files:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(data.join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn damaged_secret_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "short").unwrap();
        let error = of_folder(folder.path()).unwrap_err().to_string();
        assert!(
            error.contains("somebody else") && !error.contains("short"),
            "{error}"
        );
    }
}
