//! What members do for one another: donations and likes, and the outbox behind them.

use std::sync::Arc;

use donation::{Developers, Donations};
use equipment::Characters;
use kernel::{Clock, TimeOrderedIds};
use likes::{GroupCommit, Likes};
use outbox::DeadLetters;
use storage_sql::Database;
use telemetry::Metrics;
use tokio::sync::Notify;

use super::shared::{LikeWorker, LikeWriters};
use crate::people::{KnownCharacters, ObservedLikes};

/// What members do for one another.
#[derive(Debug, Clone)]
pub(super) struct People {
    pub(super) donations: Arc<Donations>,
    pub(super) dead_letters: DeadLetters,
    pub(super) likes: Arc<Likes>,
    pub(super) clock: Arc<dyn Clock>,
}

/// Makes it, with the worker that writes likes. `committed` wakes whoever delivers messages.
pub(super) fn wire(
    database: &Database,
    (buffer, writers): (GroupCommit, LikeWriters),
    characters: &Characters,
    developers: Developers,
    clock: &Arc<dyn Clock>,
    committed: Arc<Notify>,
    metrics: &Metrics,
) -> (People, LikeWorker) {
    let buffer = ObservedLikes::new(buffer, metrics);
    let worker = LikeWorker::new(writers, buffer.pending());
    let likes = Likes::new(
        Arc::new(buffer),
        Arc::new(KnownCharacters(characters.clone())),
    );
    let donations = Donations::new(
        Arc::new(database.ledger()),
        developers,
        Arc::clone(clock),
        Arc::new(TimeOrderedIds::new(Arc::clone(clock))),
        Arc::clone(&committed),
    );
    let donations = donations.granting_to(Arc::new(database.sessions()));
    let people = People {
        donations: Arc::new(donations),
        dead_letters: DeadLetters::new(Arc::new(database.outbox()), Arc::clone(clock), committed),
        likes: Arc::new(likes),
        clock: Arc::clone(clock),
    };
    (people, worker)
}
