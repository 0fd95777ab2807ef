//! The whole application over real sockets.

mod alerts;
mod app;
mod calculations;
mod characters;
mod contract;
mod overload;
mod operator;
mod shape;
mod shell;
