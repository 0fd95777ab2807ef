//! S1: how large documents are stored and how much time of a processor that takes, against
//! gzip -6.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, ensure};
use equipment::{Compression, Dictionary};
use flate2::write::GzEncoder;

use super::Scale;
use crate::documents::Documents;
use crate::figures::{median, micros, print};

/// Other characters than dictionaries are trained with.
const SEED: u32 = 77;

const DOCUMENTS: u32 = 40;

/// Way to compress that the others are compared with.
const GZIP: u32 = 6;

pub(crate) async fn run(scale: Scale) -> anyhow::Result<()> {
    let sandbox = Documents::open()?;
    let mut documents = Vec::new();
    for number in 0..DOCUMENTS {
        documents.push(sandbox.of(SEED, number).await?.to_vec());
    }
    compare(
        &format!("{DOCUMENTS} documents of the sandbox"),
        &documents,
        scale,
    )?;
    let Some(text) = sample() else {
        println!("S1, a real document: SKIPPED, no `shared/samples` beside this checkout");
        return Ok(());
    };
    let value: serde_json::Value = serde_json::from_slice(&text)?;
    let as_sent = serde_json::to_vec(&value)?;
    compare("a real document, pretty-printed", &[text], scale)?;
    compare("a real document, as sent", &[as_sent], scale)
}

/// A real document, from the folder `shared/samples` beside this checkout.
fn sample() -> Option<Vec<u8>> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(3);
    let mut files = above.map(|folder| folder.join("shared/samples/item-equipment.evan.json"));
    files.find_map(|file| fs::read(file).ok())
}

type Compress = Box<dyn Fn(&[u8]) -> Vec<u8>>;

/// A way to compress, and what came of it.
struct Way {
    name: String,
    compress: Compress,
    bytes: usize,
    seconds: Vec<f64>,
}

fn compare(title: &str, documents: &[Vec<u8>], scale: Scale) -> anyhow::Result<()> {
    let mut ways = ways()?;
    for way in &mut ways {
        way.bytes = 0;
        for document in documents {
            way.bytes += (way.compress)(document).len();
        }
    }
    // A few milliseconds for the fastest, however few documents there are.
    let rounds = (400 / documents.len()).max(1);
    for _ in 0..scale.blocks {
        for way in &mut ways {
            let start = cpu_seconds()?;
            for document in documents.iter().cycle().take(rounds * documents.len()) {
                std::hint::black_box((way.compress)(document));
            }
            let used = cpu_seconds()? - start;
            way.seconds.push(used / (rounds * documents.len()) as f64);
        }
    }
    let raw: usize = documents.iter().map(Vec::len).sum();
    let gzip = median(ways[0].seconds.clone());
    let rows = ways.iter().map(|way| {
        let seconds = median(way.seconds.clone());
        vec![
            way.name.clone(),
            (way.bytes / documents.len()).to_string(),
            format!("{:.2} %", 100.0 - 100.0 * way.bytes as f64 / raw as f64),
            micros(seconds),
            format!("{:.3}", seconds / gzip),
        ]
    });
    print(
        &format!(
            "S1: {title}, {} bytes each (aim: 97 % off, a tenth of gzip's CPU)",
            raw / documents.len()
        ),
        &["stored as", "bytes", "off", "CPU", "of gzip's"],
        rows.collect(),
    );
    Ok(())
}

/// gzip first, then every way in which documents can be stored.
fn ways() -> anyhow::Result<Vec<Way>> {
    let way = |name: String, compress| Way {
        name,
        compress,
        bytes: 0,
        seconds: Vec::new(),
    };
    let mut ways = vec![way(
        format!("gzip -{GZIP}"),
        Box::new(|document: &[u8]| {
            let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::new(GZIP));
            let written = encoder.write_all(document).and_then(|()| encoder.finish());
            written.expect("compressing memory into memory cannot fail")
        }),
    )];
    for version in 0..=Dictionary::all().len() {
        for level in [1, 3, 6, 9] {
            let compression = Compression::default()
                .with_level(level)?
                .with_dictionary(version)?;
            let with = match version {
                0 => String::new(),
                version => format!(", dictionary {version}"),
            };
            ways.push(way(
                format!("zstd {level}{with}"),
                Box::new(move |document: &[u8]| compression.apply(document)),
            ));
        }
    }
    Ok(ways)
}

/// Returns the processor time of this thread.
fn cpu_seconds() -> anyhow::Result<f64> {
    let file = "/proc/thread-self/schedstat";
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
    let nanos = text
        .split(' ')
        .next()
        .and_then(|field| field.parse::<u64>().ok());
    let nanos = nanos.with_context(|| format!("{file} has no times"))?;
    ensure!(nanos > 0, "{file} does not count");
    Ok(nanos as f64 / 1e9)
}
