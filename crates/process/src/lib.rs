//! The operating system's process: its end in steps, its workers, its supervisor, and its limits.

mod descriptors;
mod lifecycle;
mod one_process;
pub mod supervisor;
mod workers;

pub use descriptors::{DescriptorError, raise_limit};
pub use lifecycle::{GRACE, Lifecycle, WorkerFailure};
pub use one_process::{Claim, claim};
pub use workers::{Role, WorkerScope, Workers};
