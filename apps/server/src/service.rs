//! What the routes answer from.

use std::error::Error;
use std::fmt::Debug;

use async_trait::async_trait;
use equipment::Characters;
use telemetry::Metrics;

use crate::capacity::Capacity;
use crate::lifecycle::Lifecycle;

/// Everything the routes need, made once by the wiring.
#[derive(Debug)]
pub struct Service {
    /// Who characters are and what they wear.
    pub characters: Characters,
    /// Where characters come from, as answers name it: `nexon` or `sandbox`.
    pub source: &'static str,
    /// How much is taken on at once.
    pub capacity: Capacity,
    /// What readiness depends on.
    pub dependencies: Vec<Box<dyn Dependency>>,
    /// The metrics of this process.
    pub metrics: Metrics,
    /// How the process ends.
    pub lifecycle: Lifecycle,
}

/// Something outside of the process without which it cannot do its work.
#[async_trait]
pub trait Dependency: Debug + Send + Sync {
    /// What readiness calls it, such as `database`.
    fn name(&self) -> &'static str;

    /// Whether it answers now.
    ///
    /// # Errors
    ///
    /// Why it does not.
    async fn check(&self) -> Result<(), Box<dyn Error + Send + Sync>>;
}
