//! Messages received by the fake Discord, in memory and in a file that outlives it.

use std::collections::{HashMap, VecDeque};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use crate::message::event;

/// Number of messages that are kept whole.
const KEPT: usize = 1_000;

/// Counts of the received messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct DiscordRecord {
    /// Requests, whatever became of them.
    pub requests: u64,
    /// Messages taken, copies among them.
    pub accepted: u64,
    /// Different events among the messages taken.
    pub events: u64,
    /// Messages accepted for an event that had been delivered before.
    pub extra_copies: u64,
    /// Messages taken that name no event: alerts.
    pub without_event: u64,
    /// Requests answered with a 429 that began a pause.
    pub pauses: u64,
    /// Requests that arrived during a pause.
    pub inside_window: u64,
    /// Messages refused as invalid.
    pub invalid: u64,
    /// Requests that met a fault other than a 429.
    pub faults: u64,
}

/// Received messages, in memory and optionally in a file.
#[derive(Debug, Default)]
pub(crate) struct MessageStore {
    pub(crate) numbers: DiscordRecord,
    copies: HashMap<String, u32>,
    latest: VecDeque<Value>,
    file: Option<File>,
}

impl MessageStore {
    /// Opens a record in this file and reads its earlier messages.
    pub(crate) fn in_file(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .read(true)
            .open(path)?;
        let mut kept = Self::default();
        for line in BufReader::new(&file).lines() {
            // The last line may have been cut off together with the process.
            if let Ok(message) = serde_json::from_str(&line?) {
                kept.count(message);
            }
        }
        kept.file = Some(file);
        Ok(kept)
    }

    /// Takes a message. When this returns it is in the file, if there is one.
    pub(crate) fn accept(&mut self, message: Value) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            // One call, so that two writers never share a line.
            file.write_all(format!("{message}\n").as_bytes())?;
        }
        self.count(message);
        Ok(())
    }

    /// Forgets everything but what is in the file.
    pub(crate) fn clear(&mut self) {
        *self = Self {
            file: self.file.take(),
            ..Self::default()
        };
    }

    pub(crate) fn copies(&self) -> &HashMap<String, u32> {
        &self.copies
    }

    pub(crate) fn latest(&self) -> Vec<Value> {
        self.latest.iter().cloned().collect()
    }

    fn count(&mut self, message: Value) {
        let numbers = &mut self.numbers;
        numbers.accepted += 1;
        match event(&message) {
            Some(event) => {
                let copies = self.copies.entry(event).or_default();
                *copies += 1;
                if *copies == 1 {
                    numbers.events += 1;
                } else {
                    numbers.extra_copies += 1;
                }
            }
            None => numbers.without_event += 1,
        }
        if self.latest.len() == KEPT {
            self.latest.pop_front();
        }
        self.latest.push_back(message);
    }
}

/// A message as Discord answers that it stored it.
pub(crate) fn stored(number: u64, message: &Value) -> Value {
    json!({"id": number.to_string(), "type": 0, "embeds": message["embeds"]})
}
