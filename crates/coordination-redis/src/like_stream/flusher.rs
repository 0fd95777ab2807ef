//! Emptying the stream into the store.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fred::interfaces::StreamsInterface;
use kernel::Streak;
use kernel::trace::{self, TraceContext};
use likes::{LikeStoreError, StreamEntry, StreamPosition};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{Span, info, info_span, warn};

use super::{STREAM, StreamState, entry};
use crate::Error;
use crate::script::{SETTLE, TAKE};

/// Name of the consumer group that the flushers of all instances join.
const GROUP: &str = "flushers";

/// Poll interval when nothing was appended here: entries of dead instances may wait.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Time for which appends gather, so that one transaction carries many.
const GATHER: Duration = Duration::from_millis(50);

/// After how long what was handed to another is taken over.
const SILENT_FOR: Duration = Duration::from_secs(5);

/// The most entries in one transaction.
const BATCH: usize = 1_000;

/// Empties the stream into the store.
#[derive(Debug)]
pub struct LikeFlusher {
    shared: Arc<StreamState>,
    /// Whether this instance was handed entries that it has not brought to the store.
    is_due: AtomicBool,
    /// Ticks in a row that did not empty the stream.
    failed: Streak,
}

/// Reason for which the stream was not emptied.
#[derive(Debug, thiserror::Error)]
pub enum FlushError {
    /// The stream cannot be read or cleared.
    #[error(transparent)]
    Stream(#[from] Error),
    /// The store does not take it.
    #[error(transparent)]
    Store(#[from] LikeStoreError),
    /// The stream was away and has not been emptied since.
    #[error("the number of likes in the stream is unknown")]
    NotSettled,
}

impl LikeFlusher {
    pub(super) fn new(shared: Arc<StreamState>) -> Self {
        Self {
            shared,
            is_due: AtomicBool::new(false),
            failed: Streak::default(),
        }
    }

    /// Empties the stream as it fills, until `stop`, and once more then.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            match self.tick().await {
                Ok(()) => {
                    if let Some(ticks) = self.failed.succeeded() {
                        info!(ticks, "the stream of likes is emptied again");
                    }
                }
                Err(error) if self.failed.failed() => {
                    let error = kernel::chain(&error);
                    warn!(error, "likes wait in the stream");
                }
                Err(_) => {}
            }
            let pause = async {
                sleep(GATHER).await;
                // Either way it looks again.
                let _ = timeout(LOOK_EVERY, self.shared.appended.notified()).await;
            };
            if stop.run_until_cancelled(pause).await.is_none() {
                break;
            }
        }
        if let Err(error) = self.tick().await {
            let error = kernel::chain(&error);
            warn!(error, "likes are left in the stream for the next start");
        }
    }

    /// Brings to the store what this instance is to bring.
    ///
    /// # Errors
    ///
    /// [`FlushError`]; the next tick goes on from where this one came to.
    pub async fn tick(&self) -> Result<(), FlushError> {
        let shared = &self.shared;
        let absences = shared.absences.load(Ordering::SeqCst);
        let mut reached = shared.store.watermark(STREAM).await?;
        shared.reached(reached);
        let mine = shared.take().await?;
        if mine > 0 || !shared.is_settled() {
            self.is_due.store(true, Ordering::SeqCst);
        }
        if !self.is_due.load(Ordering::SeqCst) {
            return Ok(());
        }
        // Up to the current end of the stream: under load there are always new entries.
        loop {
            let (entries, traces) = shared.read(reached).await?;
            let last = entries.last().map_or(reached, |entry| entry.position);
            if last > reached {
                let apply = shared.store.apply_from(STREAM, reached, &entries);
                let span = || span_of(entries.len());
                reached = trace::of_batch(traces, span, apply).await?;
                shared.reached(reached);
            }
            while shared.settle(reached).await? == BATCH {}
            if entries.len() < BATCH && reached >= last {
                break;
            }
        }
        self.is_due.store(false, Ordering::SeqCst);
        shared.settled.store(absences, Ordering::SeqCst);
        Ok(())
    }
}

fn span_of(entries: usize) -> Span {
    info_span!(
        "likes",
        otel.name = "process likes",
        otel.kind = "consumer",
        messaging.system = "redis",
        messaging.operation.name = "process",
        messaging.operation.type = "process",
        messaging.destination.name = "likes",
        messaging.batch.message_count = entries
    )
}

impl StreamState {
    /// Claims entries for this instance and returns their number.
    async fn take(&self) -> Result<usize, Error> {
        let silent_for = SILENT_FOR.as_millis().to_string();
        let arguments = vec![GROUP.to_owned(), self.instance.clone(), silent_for];
        let take = self
            .redis
            .run::<(usize, usize)>(&TAKE, self.stream(), arguments);
        let (mine, waiting) = self.redis.call(take).await?;
        self.pressure.set_backlog(waiting);
        Ok(mine)
    }

    /// Reads the entries that follow a position, and the traces that they were appended in.
    async fn read(
        &self,
        after: StreamPosition,
    ) -> Result<(Vec<StreamEntry>, Vec<TraceContext>), Error> {
        let start = format!("({}", entry::id(after));
        let client = self.redis.client();
        let read = client.xrange_values::<String, String, String, _, _, _>(
            self.stream(),
            start,
            "+",
            Some(BATCH as u64),
        );
        let read: Vec<(String, HashMap<String, String>)> = self.redis.call(read).await?;
        let traces = read.iter().filter_map(|(_, fields)| entry::trace(fields));
        let entries = read.iter().map(|(id, fields)| entry::entry(id, fields));
        let entries: Option<_> = entries.collect();
        let entries = entries.ok_or_else(|| Error::Garbled {
            key: self.stream(),
            problem: "an entry is not a like",
        })?;
        Ok((entries, traces.collect()))
    }

    /// Removes what the store has; how much that was.
    async fn settle(&self, reached: StreamPosition) -> Result<usize, Error> {
        let arguments = vec![
            entry::id(reached),
            self.waiting_prefix(),
            GROUP.to_owned(),
            BATCH.to_string(),
        ];
        let settle = self
            .redis
            .run::<(usize, usize)>(&SETTLE, self.stream(), arguments);
        let (removed, waiting) = self.redis.call(settle).await?;
        self.pressure.set_backlog(waiting);
        Ok(removed)
    }
}
