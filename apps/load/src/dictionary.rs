//! Trains the next dictionary for stored documents: `cargo xtask dict train`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;
use equipment::Dictionary;
use indicatif::{ProgressBar, ProgressStyle};
use zstd::zstd_safe;

use crate::documents::Documents;

/// The level that is compared; the default of the service.
const LEVEL: i32 = 3;

/// One of so many documents is kept from training, to tell what the dictionary is worth.
const HELD_BACK: usize = 5;

/// Options of the training.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Number of documents to learn from.
    #[arg(long)]
    documents: u32,
    /// Upper bound on the size of the dictionary, in bytes.
    #[arg(long)]
    bytes: usize,
    /// Seed of the characters whose documents are taken.
    #[arg(long)]
    seed: u32,
}

/// Trains a dictionary and writes its file.
#[tokio::main]
pub(crate) async fn run(options: &Options) -> anyhow::Result<()> {
    ensure!(
        options.documents >= 10,
        "ten documents are the least to learn from"
    );
    let documents = collect(options).await?;
    let (held_back, learned): (Vec<_>, Vec<_>) = documents
        .iter()
        .enumerate()
        .partition(|(number, _)| number % HELD_BACK == 0);
    let samples: Vec<_> = learned.into_iter().map(|(_, document)| document).collect();
    println!("training on {} documents ...", samples.len());
    let trained = zstd::dict::from_samples(&samples, options.bytes)
        .context("zstd finds nothing that the documents have in common")?;
    let held_back: Vec<_> = held_back
        .into_iter()
        .map(|(_, document)| document)
        .collect();
    tell_what_it_is_worth(&held_back, &trained)?;
    write(&trained)
}

async fn collect(options: &Options) -> anyhow::Result<Vec<bytes::Bytes>> {
    let sandbox = Documents::open()?;
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} documents")?;
    let bar = ProgressBar::new(options.documents.into()).with_style(style);
    let mut documents = Vec::new();
    for number in 0..options.documents {
        documents.push(sandbox.of(options.seed, number).await?);
        bar.inc(1);
    }
    bar.finish();
    Ok(documents)
}

fn tell_what_it_is_worth(documents: &[&bytes::Bytes], trained: &[u8]) -> anyhow::Result<()> {
    let mut plain = zstd::bulk::Compressor::new(LEVEL)?;
    let mut with = zstd::bulk::Compressor::with_dictionary(LEVEL, trained)?;
    let (mut raw, mut without_it, mut with_it) = (0, 0, 0);
    for document in documents {
        raw += document.len();
        without_it += plain.compress(document)?.len();
        with_it += with.compress(document)?.len();
    }
    let percent = |bytes: usize| 100.0 * bytes as f64 / raw as f64;
    println!(
        "{} documents it has not seen, zstd level {LEVEL}: {:.2} % of their size without it, {:.2} % with it",
        documents.len(),
        percent(without_it),
        percent(with_it),
    );
    Ok(())
}

fn write(trained: &[u8]) -> anyhow::Result<()> {
    let id = zstd_safe::get_dict_id_from_dict(trained).context("the dictionary has no id")?;
    if let Some(same) = Dictionary::with_id(id.get()) {
        println!("version {} is the same; nothing is written", same.version());
        return Ok(());
    }
    let version = Dictionary::all().len() + 1;
    let file = format!("v{version}.zdict");
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../crates/equipment/dictionaries")
        .join(&file);
    fs::write(&path, trained).with_context(|| format!("cannot write {}", path.display()))?;
    println!("version {version}: id {id}, {} bytes", trained.len());
    println!("now add it to FILES in crates/equipment/src/dictionary.rs: {file}");
    Ok(())
}
