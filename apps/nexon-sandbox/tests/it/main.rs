//! The stand-in over real HTTP, and the client that calls it.

mod admin;
mod client;
mod evaluation;
mod histories;
mod sheets;
