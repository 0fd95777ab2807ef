//! Donations, as members see them.

use donation::{Donation, Page};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Points a member gave to a developer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Donation)]
pub struct DonationResponse {
    /// Its identity.
    #[schema(example = "0199f3c55a7b7c0e9d1f1f0a6f2f4c3d")]
    pub id: String,
    /// The member who gave.
    #[schema(example = "4d8c2f0b6a1e4f3c9b7d5e2a1c0f8e6d")]
    pub from: String,
    /// The developer who received.
    #[schema(example = "9a3b1c5d7e9f0a2b4c6d8e0f1a3b5c7d")]
    pub to: String,
    /// Number of points.
    #[schema(example = 300, minimum = 1, maximum = 1_000_000)]
    pub amount: i64,
    /// The giver's message, exactly as it was sent; escape it where it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "고마워요")]
    pub message: Option<String>,
    /// Time of the donation.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// Some of a member's donations, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Donations)]
pub struct DonationsResponse {
    /// The donations.
    pub donations: Vec<DonationResponse>,
    /// The `cursor` of the next page; none after the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0199f3c55a7b7c0e9d1f1f0a6f2f4c3d")]
    pub next: Option<String>,
}

impl From<&Donation> for DonationResponse {
    fn from(donation: &Donation) -> Self {
        Self {
            id: donation.id.to_string(),
            from: donation.from.to_string(),
            to: donation.to.to_string(),
            amount: donation.amount.points(),
            message: donation.note.as_ref().map(|note| note.as_str().to_owned()),
            at: donation.at,
        }
    }
}

impl From<&Page> for DonationsResponse {
    fn from(page: &Page) -> Self {
        Self {
            donations: page.donations.iter().map(DonationResponse::from).collect(),
            next: page.next.map(|next| next.to_string()),
        }
    }
}
