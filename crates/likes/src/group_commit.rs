//! Group commit: requests gather while a batch is being written, and are the next batch.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use kernel::trace::{self, TraceContext};
use kernel::{MemberId, Ocid, Streak};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tracing::{info, info_span, warn};

use crate::{
    Backpressure, BufferError, Change, Counted, Journal, LikeBuffer, LikeStore, LikeStoreError,
    Permit, QueueFull, Tally, journal,
};

/// The most changes in one batch, so that a transaction stays short.
const MAX_BATCH: usize = 1_000;

/// Takes changes and answers each when the batch it went into is durable.
///
/// What is in memory is not acknowledged, so a crash loses nothing that was promised.
#[derive(Debug)]
pub struct GroupCommit {
    journal: Arc<dyn Journal>,
    queue: mpsc::UnboundedSender<Request>,
    /// Bound on the queue, shared with the batch being written.
    backpressure: Arc<Backpressure>,
}

/// Writes the batches, one at a time. [`Committer::run`] must run for a [`GroupCommit`] to answer.
#[derive(Debug)]
pub struct Committer {
    journal: Arc<dyn Journal>,
    queue: mpsc::UnboundedReceiver<Request>,
    /// Batches in a row that were not written.
    failed: Streak,
}

#[derive(Debug)]
struct Request {
    change: Change,
    answer: oneshot::Sender<Result<Option<u64>, BufferError>>,
    /// The trace that the request is a part of.
    trace: Option<TraceContext>,
    _permit: Permit,
}

/// Makes a group commit to `store`, in which at most `max_waiting` changes wait: the buffer, and
/// the worker that writes.
pub fn group_commit(store: Arc<dyn LikeStore>, max_waiting: usize) -> (GroupCommit, Committer) {
    let backpressure = Arc::new(Backpressure::new(max_waiting));
    group_commit_to(Arc::new(journal::Direct(store)), backpressure)
}

/// A group commit to `journal`, which may have a backlog that weighs on the same `backpressure`.
pub fn group_commit_to(
    journal: Arc<dyn Journal>,
    backpressure: Arc<Backpressure>,
) -> (GroupCommit, Committer) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let buffer = GroupCommit {
        journal: Arc::clone(&journal),
        queue: sender,
        backpressure,
    };
    let committer = Committer {
        journal,
        queue: receiver,
        failed: Streak::default(),
    };
    (buffer, committer)
}

impl GroupCommit {
    /// Returns the number of changes that are queued, being written, or durable but not in the
    /// store yet.
    pub fn waiting(&self) -> usize {
        self.backpressure.waiting()
    }
}

#[async_trait]
impl LikeBuffer for GroupCommit {
    async fn append(&self, change: Change) -> Result<Option<u64>, BufferError> {
        let permit = self.backpressure.enter()?;
        let (answer, answered) = oneshot::channel();
        let request = Request {
            change,
            answer,
            trace: trace::current(),
            _permit: permit,
        };
        self.queue.send(request).map_err(|_| BufferError::Closed)?;
        answered.await.unwrap_or(Err(BufferError::Lost))
    }

    async fn tally(&self, character: &Ocid, members: &[MemberId]) -> Result<Tally, BufferError> {
        self.journal.tally(character, members).await
    }

    async fn count(&self, character: &Ocid) -> Result<Counted, BufferError> {
        self.journal.count(character).await
    }
}

impl Committer {
    /// Writes batches until `stop` is cancelled, then accepts no further changes and writes the
    /// accepted ones.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut batch = Vec::new();
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled(), if !self.queue.is_closed() => self.queue.close(),
                taken = self.queue.recv_many(&mut batch, MAX_BATCH) => {
                    if taken == 0 {
                        // Closed and empty.
                        return;
                    }
                    self.commit(&mut batch).await;
                }
            }
        }
    }

    /// Writes one batch and answers its requests.
    async fn commit(&self, batch: &mut Vec<Request>) {
        let changes: Vec<_> = batch.iter().map(|request| request.change.clone()).collect();
        let traces = batch.iter().filter_map(|request| request.trace);
        let span = || {
            info_span!(
                "likes",
                otel.name = "commit likes",
                otel.kind = "internal",
                maple.likes = changes.len()
            )
        };
        let outcome = trace::of_batch(traces, span, self.journal.write(&changes)).await;
        match &outcome {
            Ok(_) => {
                if let Some(batches) = self.failed.succeeded() {
                    info!(batches, "likes are written again");
                }
            }
            Err(error) if self.failed.failed() => warn!(
                error = kernel::chain(error),
                "a batch of likes could not be written"
            ),
            Err(_) => {}
        }
        for request in batch.drain(..) {
            let answer = match &outcome {
                Ok(counts) => Ok(count_of(&request.change.character, counts)),
                Err(error) => Err(error.clone()),
            };
            // The receiver is gone when the client has left; the like is durable regardless.
            let _ = request.answer.send(answer);
        }
    }
}

fn count_of(character: &Ocid, counts: &HashMap<Ocid, u64>) -> Option<u64> {
    counts.get(character).copied()
}

impl From<QueueFull> for BufferError {
    fn from(full: QueueFull) -> Self {
        Self::QueueFull {
            waiting: full.waiting,
        }
    }
}

impl From<LikeStoreError> for BufferError {
    fn from(error: LikeStoreError) -> Self {
        Self::Failed(Arc::new(error))
    }
}
