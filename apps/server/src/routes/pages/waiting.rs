//! Lookups that take long: a visitor sees after a moment what is stored, its age, and what the page
//! waits for.

use std::future::Future;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use api::responses::Provenance;
use kernel::CharacterName;
use pages::{Pairs, StoredGear, Ui};

use crate::http::{CachePolicy, Problem, html};
use crate::state::AppState;

/// Time for which a visitor sees nothing; a page that says what it waits for comes after it.
const PATIENCE: Duration = Duration::from_millis(400);

/// Outcome of a lookup.
pub(super) enum Awaited<T> {
    /// The answer.
    Known(T),
    /// The page that is shown until the answer is there.
    Waiting(HttpResponse),
}

/// Waits for a lookup about a character. The fetch goes on by itself when the page that waits is
/// shown, and the next page waits for its end.
///
/// # Errors
///
/// [`ProblemKind::NotAcceptable`](crate::http::ProblemKind::NotAcceptable) when the client refuses
/// every coding.
pub(super) async fn awaited<T>(
    state: &AppState,
    request: &HttpRequest,
    ui: &Ui,
    name: &CharacterName,
    lookup: impl Future<Output = T>,
) -> Result<Awaited<T>, Problem> {
    let is_patient =
        Pairs::of_query(request.query_string()).is_waiting() || !is_navigation(request);
    let patience = if is_patient { Duration::MAX } else { PATIENCE };
    if let Ok(known) = tokio::time::timeout(patience, lookup).await {
        return Ok(Awaited::Known(known));
    }
    let stored = tokio::time::timeout(PATIENCE, stored(state, name)).await;
    let page = pages::waiting(ui, name.as_str(), stored.ok().flatten().as_ref());
    let policy = CachePolicy::not_at_all();
    html::page(request, StatusCode::OK, page, &policy).map(Awaited::Waiting)
}

/// The gear that is stored, however old.
async fn stored(state: &AppState, name: &CharacterName) -> Option<StoredGear> {
    let known = state.characters.stored(name).await?;
    let gear = known.value.equipment().ok()?;
    let items = gear.worn().iter();
    Some(StoredGear {
        provenance: Provenance::with_age(&known),
        items: items
            .map(|item| (item.slot.clone(), item.name.clone()))
            .collect(),
    })
}

/// Whether a browser opens the page for somebody who sees the wait (Fetch Metadata, W3C). Programs
/// get the page itself.
fn is_navigation(request: &HttpRequest) -> bool {
    let mode = request.headers().get("sec-fetch-mode");
    mode.is_some_and(|mode| mode == "navigate")
}
