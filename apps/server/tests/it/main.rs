//! The whole application over real sockets.

mod access;
mod alerts;
mod app;
mod ask;
mod bad_numbers;
mod bodies;
mod borders;
mod calculations;
mod characters;
mod connections;
mod contract;
mod delivery;
mod documents;
mod donations;
#[cfg(feature = "failpoints")]
mod fairness;
mod jobs;
mod large_means;
mod likes;
mod lists;
mod members_alone;
mod monitoring;
mod objects;
mod odd_answers;
mod operations;
mod operator;
mod options;
mod overload;
mod pages;
mod partial;
mod schedule;
mod sessions;
mod shape;
mod shell;
#[cfg(feature = "failpoints")]
mod stream;
mod strictness;
mod upgrades;
