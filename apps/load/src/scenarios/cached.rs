//! H1, H2, H4: a cached expectation by coding, against a bare handler with the same bytes and
//! against serialising and compressing for each request.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use testkit::load::{Load, Schedule};

use super::Scale;
use crate::baseline::{ANEW, BYTES};
use crate::expected::{Coding, Expected, PATIENCE, ask, get, learn};
use crate::figures::{aimed, median, median_ratio, micros, print};
use crate::process::ServerProcess;

/// The expectation of 아델.
pub(crate) const EXPECTATION: &str = "/api/v1/characters/%EC%95%84%EB%8D%B8/expectation";

/// Enough that the server always has something to do.
const CONNECTIONS: usize = 32;

/// Factor by which compressing anew costs more: fewer requests make a block as long.
const SLOWER: usize = 20;

/// Side of a comparison: a path in a coding on a server.
struct Side<'p> {
    process: &'p ServerProcess,
    path: String,
    coding: Coding,
    expected: Arc<Expected>,
    requests: usize,
    per_second: Vec<f64>,
    cpu_seconds: Vec<f64>,
}

pub(crate) async fn run(scale: Scale) -> anyhow::Result<()> {
    let service = ServerProcess::service(&[])?;
    let content = learn(service.address, EXPECTATION).await?;
    let bare = ServerProcess::baseline(bodies(service.address).await?)?;
    // Reading rounds the last digit of a number here and there, and writing keeps it.
    let anew: serde_json::Value = serde_json::from_slice(&content)?;
    let anew = anew.to_string();
    let side = |process, path: &str, coding, requests| Side {
        process,
        path: path.to_owned(),
        coding,
        expected: Expected::new(
            coding,
            if path == ANEW {
                anew.as_bytes()
            } else {
                &content
            },
        ),
        requests,
        per_second: Vec::new(),
        cpu_seconds: Vec::new(),
    };
    let mut sides = Vec::new();
    for coding in Coding::ALL {
        let bytes = format!("{BYTES}{}", coding.name());
        sides.push(side(&service, EXPECTATION, coding, scale.requests));
        sides.push(side(&bare, &bytes, coding, scale.requests));
    }
    let slower = (scale.requests / SLOWER).max(1);
    sides.push(side(&bare, ANEW, Coding::Gzip, slower));
    for block in 0..=scale.blocks {
        for side in &mut sides {
            side.measure().await?;
        }
        if block == 0 {
            // The first block warms up what is slow only once.
            for side in &mut sides {
                side.per_second.clear();
                side.cpu_seconds.clear();
            }
        }
    }
    tell(&sides, content.len(), scale);
    Ok(())
}

/// The bodies that the service sends, for a server that sends nothing else.
async fn bodies(address: SocketAddr) -> anyhow::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    for coding in Coding::ALL {
        let answer = ask(address, get(EXPECTATION, coding)).await?;
        std::fs::write(folder.path().join(coding.name()), &answer.body)?;
    }
    Ok(folder)
}

impl Side<'_> {
    async fn measure(&mut self) -> anyhow::Result<()> {
        let load = Load {
            servers: vec![self.process.address],
            schedule: Schedule::at_once(self.requests),
            connections: CONNECTIONS,
            patience: PATIENCE,
        };
        let request = get(&self.path, self.coding);
        let expected = Arc::clone(&self.expected);
        let before = self.process.cpu()?;
        let report = load
            .run(
                move |_| request.clone(),
                move |answer| expected.judge(answer),
            )
            .await
            .checked()
            .with_context(|| format!("{} in {}", self.path, self.coding.name()))?;
        let used = self.process.cpu()?.saturating_sub(before);
        self.per_second.push(report.served_per_second());
        self.cpu_seconds
            .push(used.as_secs_f64() / self.requests as f64);
        Ok(())
    }

    fn row(&self, name: &str) -> Vec<String> {
        let (rate, cpu) = (
            median(self.per_second.clone()),
            median(self.cpu_seconds.clone()),
        );
        vec![
            format!("{name}, {}", self.coding.name()),
            format!("{rate:.0}"),
            micros(cpu),
            format!("{:.0} %", 100.0 * rate * cpu),
        ]
    }
}

fn tell(sides: &[Side<'_>], content: usize, scale: Scale) {
    let anew = &sides[sides.len() - 1];
    let mut rows = Vec::new();
    let mut ratios = Vec::new();
    for pair in sides[..sides.len() - 1].chunks(2) {
        let [ours, bare] = pair else { continue };
        rows.extend([ours.row("cached"), bare.row("bare handler")]);
        let against_anew = median_ratio(&ours.per_second, &anew.per_second);
        ratios.push(vec![
            ours.coding.name().to_owned(),
            aimed(median_ratio(&ours.per_second, &bare.per_second), 0.8),
            format!("{:.2}", median_ratio(&bare.cpu_seconds, &ours.cpu_seconds)),
            aimed(against_anew, 20.0),
            format!("{:.1}", median_ratio(&anew.cpu_seconds, &ours.cpu_seconds)),
        ]);
    }
    rows.push(anew.row("serialised and compressed anew"));
    print(
        &format!(
            "H1, H2, H4: a cached expectation of {content} bytes over {CONNECTIONS} connections, median of {} blocks of {} requests",
            scale.blocks, scale.requests
        ),
        &["side", "requests/s", "CPU per request", "server busy"],
        rows,
    );
    print(
        "H1, H2: how many times as many requests a second, and how much less CPU time",
        &[
            "coding",
            "H1: bare handler",
            "by CPU",
            "H2: gzip -6 anew",
            "by CPU",
        ],
        ratios,
    );
}
