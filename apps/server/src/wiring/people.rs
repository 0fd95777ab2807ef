//! Donations and likes, and the outbox behind them.

use std::sync::Arc;

use donation::Donations;
use equipment::Characters;
use kernel::{Clock, TimeOrderedIds};
use likes::Likes;
use outbox::DeadLetters;
use port_metrics::{KnownCharacters, ObservedLikes};
use process::WorkerScope;
use tokio::sync::Notify;

use super::base::Base;
use super::shared::LikeWorker;

/// Use cases between members: donations, likes and the outbox.
#[derive(Debug, Clone)]
pub(super) struct People {
    pub(super) donations: Arc<Donations>,
    pub(super) dead_letters: DeadLetters,
    pub(super) likes: Arc<Likes>,
    pub(super) clock: Arc<dyn Clock>,
}

/// Makes it, with the worker that writes likes. `committed` wakes the relay that delivers messages.
pub(super) fn wire(base: &mut Base<'_>, characters: &Characters, committed: Arc<Notify>) -> People {
    let (database, clock) = (&base.database, &base.clock);
    let (buffer, writers) = base.shared.likes(database, &base.instance);
    let buffer = ObservedLikes::new(buffer, base.metrics);
    let worker = LikeWorker::new(writers, buffer.pending());
    base.workers
        .add("likes committer", WorkerScope::Requests, |stop| {
            worker.run(stop)
        });
    let likes = Likes::new(
        Arc::new(buffer),
        Arc::new(KnownCharacters(characters.clone())),
    );
    let donations = Donations::new(
        Arc::new(database.ledger()),
        base.config.members.developers.clone(),
        Arc::clone(clock),
        Arc::new(TimeOrderedIds::new(Arc::clone(clock))),
        Arc::clone(&committed),
    );
    let donations = donations.granting_to(Arc::new(database.sessions()));
    People {
        donations: Arc::new(donations),
        dead_letters: DeadLetters::new(Arc::new(database.outbox()), Arc::clone(clock), committed),
        likes: Arc::new(likes),
        clock: Arc::clone(clock),
    }
}
