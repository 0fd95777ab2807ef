//! Each pattern through its public interface, on tokio's paused clock.

mod breaker;
mod quota;
mod retry;
mod single_flight;
