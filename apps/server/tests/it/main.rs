//! The whole application over real sockets.

mod app;
mod shell;
