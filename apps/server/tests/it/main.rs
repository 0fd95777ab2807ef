//! The whole application over real sockets.

mod alerts;
mod app;
mod calculations;
mod characters;
mod contract;
mod operator;
mod overload;
mod shape;
mod shell;
