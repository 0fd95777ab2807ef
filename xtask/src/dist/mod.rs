//! `cargo xtask dist`: everything of a release in one folder.

mod licences;
mod packages;
mod sbom;

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use xshell::{Shell, cmd};

use packages::Packages;

/// Upper bound on the program, in bytes.
const MAX_BYTES: u64 = 30_000_000;

/// Files and folders of deploy/ that the archive has at its top.
const DEPLOY: [&str; 12] = [
    "alertmanager",
    "aws",
    "backup.sh",
    "config.example.toml",
    "grafana",
    "install.sh",
    "maple-expectation.service",
    "nginx",
    "nginx.conf",
    "prometheus",
    "restore.sh",
    "sql",
];

/// Builds the program and packs it with its licences, its bill of materials, its manual pages, the
/// completions of shells and the files of deploy/.
pub(crate) fn run(shell: &Shell) -> anyhow::Result<()> {
    let build = crate::deploy::build_folder()?;
    cmd!(
        shell,
        "cargo build --profile dist --locked --package server"
    )
    .run()?;
    let program = build.join("dist/maple-expectation");
    let size = std::fs::metadata(&program)?.len();
    ensure!(
        size <= MAX_BYTES,
        "the program has {size} bytes; {MAX_BYTES} are the limit"
    );
    let packages = Packages::of_server(shell)?;
    let name = format!(
        "maple-expectation-{}-{}",
        packages.server_version(),
        packages::TARGET
    );
    let out = build.join("dist-archive");
    shell.remove_path(&out)?;
    let folder = out.join(&name);
    fill(shell, &program, &packages, &folder)?;
    let time = cmd!(shell, "git log -1 --format=%ct").quiet().read()?;
    pack(shell, &out, &name, &time)?;
    let glibc = glibc(&std::fs::read(&program)?).context("the program names no glibc")?;
    println!(
        "{} bytes, glibc 2.{glibc} or newer, {} packages",
        size,
        packages.all().len()
    );
    for file in shell.read_dir(&out)? {
        println!("{}", file.display());
    }
    Ok(())
}

/// Puts everything into the folder of the archive.
fn fill(shell: &Shell, program: &Path, packages: &Packages, folder: &Path) -> anyhow::Result<()> {
    let (man, completions) = (folder.join("man"), folder.join("completions"));
    shell.create_dir(&man)?;
    shell.create_dir(&completions)?;
    shell.copy_file(program, folder)?;
    for name in DEPLOY {
        let from = crate::root().join("deploy").join(name);
        cmd!(shell, "cp -R {from} {folder}").quiet().run()?;
    }
    for name in ["LICENSE-APACHE", "LICENSE-MIT", "CHANGELOG.md"] {
        shell.copy_file(crate::root().join(name), folder)?;
    }
    let docs = crate::root().join("docs/operations");
    cmd!(shell, "cp -R {docs} {folder}/docs").quiet().run()?;
    cmd!(shell, "{program} generate {completions}")
        .quiet()
        .run()?;
    let pages = shell.read_dir(&completions)?;
    for page in pages
        .iter()
        .filter(|page| page.extension().is_some_and(|e| e == "1"))
    {
        cmd!(shell, "mv {page} {man}").quiet().run()?;
    }
    shell.write_file(folder.join("sbom.cdx.json"), sbom::document(packages)?)?;
    shell.write_file(
        folder.join("THIRD-PARTY-LICENSES.txt"),
        licences::text(packages)?,
    )?;
    Ok(())
}

/// Makes the archive, whose files are from that Unix time, and the checksums of everything in
/// `out`. The same files make the same archive.
fn pack(shell: &Shell, out: &Path, name: &str, time: &str) -> anyhow::Result<()> {
    let archive = format!("{name}.tar.gz");
    let _folder = shell.push_dir(out);
    let owner = ["--owner=0", "--group=0", "--numeric-owner", "--sort=name"];
    let compress = "--use-compress-program=gzip -n";
    cmd!(
        shell,
        "tar {owner...} --mtime=@{time} {compress} -cf {archive} {name}"
    )
    .quiet()
    .run()?;
    for file in ["sbom.cdx.json", "THIRD-PARTY-LICENSES.txt"] {
        cmd!(shell, "cp {name}/{file} {file}").quiet().run()?;
    }
    shell.remove_path(name)?;
    let files: Vec<PathBuf> = shell.read_dir(".")?;
    let names = files.iter().filter_map(|file| file.file_name());
    let sums = cmd!(shell, "sha256sum").args(names).quiet().read()?;
    shell.write_file("SHA256SUMS", sums + "\n")?;
    Ok(())
}

/// The newest minor version of glibc 2 whose symbols the program names.
fn glibc(program: &[u8]) -> Option<u32> {
    let marker = b"GLIBC_2.";
    let found = program.windows(marker.len()).enumerate();
    let found = found.filter(|(_, window)| window == marker);
    found
        .filter_map(|(at, _)| {
            let rest = &program[at + marker.len()..];
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()
        })
        .max()
}

#[test]
fn glibc_is_the_newest_that_is_named() {
    assert_eq!(glibc(b"..GLIBC_2.4\0GLIBC_2.34\0GLIBC_2.2.5\0"), Some(34));
    assert_eq!(glibc(b"static"), None);
}

#[test]
fn archive_takes_files_that_exist() {
    for name in DEPLOY {
        assert!(crate::root().join("deploy").join(name).exists(), "{name}");
    }
}

#[test]
fn same_files_make_the_same_archive_with_its_checksum() {
    let shell = Shell::new().unwrap();
    let out = shell.create_temp_dir().unwrap();
    let packed = || {
        let folder = out.path().join("program-1");
        for file in ["sbom.cdx.json", "THIRD-PARTY-LICENSES.txt", "man/program.1"] {
            shell.write_file(folder.join(file), file).unwrap();
        }
        pack(&shell, out.path(), "program-1", "1700000000").unwrap();
        assert!(!folder.exists());
        shell
            .read_binary_file(out.path().join("program-1.tar.gz"))
            .unwrap()
    };
    let archive = packed();
    let archive_path = out.path().join("program-1.tar.gz");
    let listed = cmd!(shell, "tar -tzf {archive_path}").read().unwrap();
    assert!(listed.contains("program-1/man/program.1"), "{listed}");
    let sums = shell.read_file(out.path().join("SHA256SUMS")).unwrap();
    assert!(sums.contains("  program-1.tar.gz\n"), "{sums}");
    shell.remove_path(out.path().join("SHA256SUMS")).unwrap();
    assert_eq!(packed(), archive);
    let _folder = shell.push_dir(out.path());
    cmd!(shell, "sha256sum --check SHA256SUMS").run().unwrap();
}
