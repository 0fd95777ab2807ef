//! Files of npm packages, fetched once and kept for later runs.

use std::fs;
use std::process::Command;

use crate::ServerError;
use crate::programs::{self, Program};

const NPM: Program = Program {
    name: "npm",
    package: "npm",
    variable: "PATH",
};

/// Returns the text of a file of an npm package, such as `axe.min.js` of `axe-core@4.14.1`. The
/// package is fetched by npm and kept in the folder that later runs use again.
///
/// # Errors
///
/// [`ServerError`] when npm is not there and cannot be installed, or the package is not fetched.
pub fn npm_file(package: &str, file: &str) -> Result<String, ServerError> {
    let name = package.replace(['/', '@'], "_");
    let folder = programs::cache()?.join("npm").join(name);
    let path = folder.join("package").join(file);
    if !path.exists() {
        let _alone = programs::lock("npm")?;
        if !path.exists() {
            fetch(package, &folder)?;
        }
    }
    fs::read_to_string(&path).map_err(ServerError::io(&path))
}

fn fetch(package: &str, folder: &std::path::Path) -> Result<(), ServerError> {
    let npm = NPM.find_or_install()?;
    fs::create_dir_all(folder).map_err(ServerError::io(folder))?;
    let mut pack = Command::new(npm);
    pack.args(["pack", "--silent", package]).current_dir(folder);
    let archive = programs::run(&mut pack)?;
    let mut unpack = Command::new("tar");
    unpack.args(["-xzf", archive.trim()]).current_dir(folder);
    programs::run(&mut unpack)?;
    Ok(())
}
