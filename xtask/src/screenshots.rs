//! `cargo xtask screenshots`: pictures of the main pages for docs/images, taken of made-up
//! characters in a Chromium.

use std::path::PathBuf;

use anyhow::Context;
use testkit::{Browser, Scheme, Service};
use xshell::{Shell, cmd};

/// Folder of the pictures.
const FOLDER: &str = "docs/images";

/// Name of a picture, and the page it shows, from the result on where a form comes first.
const PAGES: [(&str, &str); 5] = [
    ("home", "/"),
    ("character", "/characters/아델"),
    ("upgrades", UPGRADES),
    ("potential", POTENTIAL),
    (
        "star-force",
        "/calculators/star-force?level=200&from=0&to=22&budget=1000억",
    ),
];

const UPGRADES: &str = "/characters/단풍/upgrades?budget=500억#result";

const POTENTIAL: &str = "/calculators/potential?method=meso_potential&part=hat&level=250\
    &grade=rare&goal=cooldown_seconds >= 4&budget=1000억&with=red&with=black#result";

/// Sizes of a phone and of a screen, in CSS pixels.
const SIZES: [(u32, u32); 2] = [(360, 900), (1_280, 900)];

/// Takes every picture anew, of this program or of one that is built.
pub(crate) fn run(shell: &Shell, program: Option<PathBuf>) -> anyhow::Result<()> {
    let program = if let Some(program) = program {
        program
    } else {
        cmd!(shell, "cargo build --quiet --package server").run()?;
        crate::target_directory(shell)?.join("debug/maple-expectation")
    };
    shell.create_dir(FOLDER)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(take(shell, program))
}

/// Adds the language of the README to an address, so that the machine's own does not matter.
fn in_english(path: &str) -> String {
    let (query, place) = path.split_once('#').unwrap_or((path, ""));
    let separator = if query.contains('?') { '&' } else { '?' };
    format!("{query}{separator}lang=en#{place}")
}

async fn take(shell: &Shell, program: PathBuf) -> anyhow::Result<()> {
    let settings = [
        ("MAPLE__DATA_DIR", "data"),
        ("MAPLE__HTTP__BIND", "127.0.0.1:0"),
        ("MAPLE__ADMIN__BIND", "127.0.0.1:0"),
    ];
    let mut service = Service::start(program, ["serve"], settings)?;
    let address = service.address("answers on http://").await?;
    let browser = Browser::start().await?;
    browser.set_scheme(Scheme::Light).await?;
    for (name, path) in PAGES {
        for (width, height) in SIZES {
            browser.resize(width, height).await?;
            let url = format!("http://{address}{}", in_english(path));
            browser
                .open(&url)
                .await
                .with_context(|| format!("{name} does not open"))?;
            let picture = browser.picture().await?;
            let file = format!("{FOLDER}/{name}-{width}.png");
            shell.write_file(&file, picture)?;
            println!("{file}");
        }
    }
    browser.close().await?;
    service.terminate();
    service.ended().await;
    Ok(())
}
