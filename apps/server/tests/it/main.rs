//! The whole application over real sockets.

mod alerts;
mod app;
mod calculations;
mod characters;
mod contract;
mod overload;
mod shape;
mod shell;
