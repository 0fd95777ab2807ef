//! Luck reports: what is asked for, and the lines of the answer.

mod report;
mod request;

pub use report::{
    CountResponse, GradeLuckResponse, ItemLuckResponse, LuckErrorLine, LuckKinds, LuckLine,
    LuckReportResponse, PaidMesoResponse, ProgressResponse, ResetLuckResponse, StarLuckResponse,
    StarsLuckResponse,
};
pub use request::{LuckRequest, LuckRequestError};
