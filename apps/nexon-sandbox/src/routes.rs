//! The paths of the sandbox: Nexon's, and those that steer it.

use actix_web::http::header::HeaderValue;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::account::{Account, MEMBER_KEY_PREFIX};
use crate::character::Character;
use crate::faults::{Endpoint, FaultRule};
use crate::history::{self, Owner};
use crate::nexon_error::NexonError;
use crate::state::State;
use crate::{document, fault_injection, ocid};

const KEY_HEADER: &str = "x-nxopen-api-key";

/// Registers every path.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/maplestory/v1/id", web::get().to(id))
        .route("/maplestory/v1/character/basic", web::get().to(basic))
        .route(
            "/maplestory/v1/character/item-equipment",
            web::get().to(item_equipment),
        )
        .route(
            "/maplestory/v1/character/list",
            web::get().to(character_list),
        )
        .configure(stats)
        .route("/maplestory/v1/history/{kind}", web::get().to(history))
        .service(
            web::resource("/sandbox/faults")
                .get(faults)
                .put(set_faults)
                .delete(clear_faults),
        )
        .service(
            web::resource("/sandbox/requests")
                .get(counters)
                .delete(reset_counters),
        )
        .default_service(web::to(not_found));
}

#[derive(Deserialize)]
struct ByName {
    character_name: String,
}

#[derive(Deserialize)]
struct ByOcid {
    ocid: String,
}

async fn id(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    answer(Endpoint::Id, &request, &state, || {
        let query: ByName = query(&request)?;
        let name = query.character_name.parse();
        let character = name.ok().and_then(|name| Character::named(&name));
        Ok(document::id(
            &character.ok_or(NexonError::InvalidParameter)?,
        ))
    })
    .await
}

async fn basic(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    answer(Endpoint::Basic, &request, &state, || {
        Ok(document::basic(&by_ocid(&request)?))
    })
    .await
}

async fn item_equipment(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    answer(Endpoint::ItemEquipment, &request, &state, || {
        Ok(document::item_equipment(&by_ocid(&request)?))
    })
    .await
}

/// Registers the documents of a character's stats.
fn stats(config: &mut web::ServiceConfig) {
    type Body = fn(&Character) -> Vec<u8>;
    let documents: [(&str, Endpoint, Body); 7] = [
        ("character/stat", Endpoint::Stat, document::stat),
        (
            "character/hyper-stat",
            Endpoint::HyperStat,
            document::hyper_stat,
        ),
        ("character/ability", Endpoint::Ability, document::ability),
        (
            "character/symbol-equipment",
            Endpoint::SymbolEquipment,
            document::symbol_equipment,
        ),
        (
            "character/set-effect",
            Endpoint::SetEffect,
            document::set_effect,
        ),
        (
            "user/union-raider",
            Endpoint::UnionRaider,
            document::union_raider,
        ),
        (
            "character/link-skill",
            Endpoint::LinkSkill,
            document::link_skill,
        ),
    ];
    for (path, endpoint, body) in documents {
        let handler = move |request: HttpRequest, state: web::Data<State>| async move {
            answer(endpoint, &request, &state, || Ok(body(&by_ocid(&request)?))).await
        };
        config.route(&format!("/maplestory/v1/{path}"), web::get().to(handler));
    }
}

async fn character_list(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    answer(Endpoint::CharacterList, &request, &state, || {
        let key = request.headers().get(KEY_HEADER);
        let key = key.and_then(|key| key.to_str().ok());
        let account = key.and_then(Account::of);
        Ok(document::character_list(
            &account.ok_or(NexonError::InvalidKey)?,
        ))
    })
    .await
}

async fn history(
    request: HttpRequest,
    state: web::Data<State>,
    kind: web::Path<String>,
) -> HttpResponse {
    let endpoint = match kind.as_str() {
        "cube" => Endpoint::HistoryCube,
        "potential" => Endpoint::HistoryPotential,
        "starforce" => Endpoint::HistoryStarforce,
        "soul-potential" => Endpoint::HistorySoulPotential,
        _ => return NexonError::InvalidPath.response(),
    };
    answer(endpoint, &request, &state, || {
        let key = request.headers().get(KEY_HEADER);
        let key = key.and_then(|key| key.to_str().ok());
        let owner = key.and_then(Owner::of).ok_or(NexonError::InvalidKey)?;
        history::page(endpoint, &owner, &query(&request)?)
    })
    .await
}

/// Answers as Nexon would, unless something is meant to go wrong.
async fn answer(
    endpoint: Endpoint,
    request: &HttpRequest,
    state: &State,
    body: impl FnOnce() -> Result<Vec<u8>, NexonError>,
) -> HttpResponse {
    let outcome = state.receive(endpoint);
    if !outcome.latency.is_zero() {
        tokio::select! {
            () = tokio::time::sleep(outcome.latency) => {}
            () = state.stopping() => {}
        }
    }
    let checked = check(request, state);
    let body = || checked.and_then(|()| body());
    match outcome.fault {
        Some(fault) => fault_injection::respond(fault, body, state).await,
        None => match body() {
            Ok(body) => HttpResponse::Ok()
                .content_type("application/json")
                .body(body),
            Err(error) => error.response(),
        },
    }
}

fn check(request: &HttpRequest, state: &State) -> Result<(), NexonError> {
    let key = request.headers().get(KEY_HEADER);
    if key.is_none_or(HeaderValue::is_empty) {
        return Err(NexonError::InvalidKey);
    }
    // What Nexon permits is counted by key, and here the keys of the callers alone.
    let is_members_own =
        key.is_some_and(|key| key.as_bytes().starts_with(MEMBER_KEY_PREFIX.as_bytes()));
    if is_members_own {
        return Ok(());
    }
    state.admit().map_err(|wait| NexonError::QuotaExceeded {
        retry_after_seconds: Some(wait.as_secs() + 1),
    })
}

fn by_ocid(request: &HttpRequest) -> Result<Character, NexonError> {
    let query: ByOcid = query(request)?;
    ocid::name(&query.ocid)
        .and_then(|name| Character::named(&name))
        .ok_or(NexonError::UnknownIdentifier)
}

fn query<T: for<'de> Deserialize<'de>>(request: &HttpRequest) -> Result<T, NexonError> {
    let query = web::Query::<T>::from_query(request.query_string());
    Ok(query
        .map_err(|_| NexonError::InvalidParameter)?
        .into_inner())
}

async fn faults(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(state.faults())
}

async fn set_faults(state: web::Data<State>, rules: web::Json<Vec<FaultRule>>) -> HttpResponse {
    state.set_faults(rules.into_inner());
    HttpResponse::Ok().json(state.faults())
}

async fn clear_faults(state: web::Data<State>) -> HttpResponse {
    state.set_faults(Vec::new());
    HttpResponse::NoContent().finish()
}

async fn counters(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(state.counters())
}

async fn reset_counters(state: web::Data<State>) -> HttpResponse {
    state.reset_counters();
    HttpResponse::NoContent().finish()
}

async fn not_found() -> HttpResponse {
    NexonError::InvalidPath.response()
}
