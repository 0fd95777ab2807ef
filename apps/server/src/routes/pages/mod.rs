//! The pages that players open: queries in, HTML out. They ask the same use cases as the API.

pub(super) mod assets;
mod calculators;
mod character;
mod completion;
mod luck;
mod member;
mod upgrades;
mod waiting;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::ServiceConfig;
use actix_web::{HttpRequest, HttpResponse, web};
use cube_probability::Rules;
use equipment::AnswerValidity;
use http_server::response_cache::{ResponseQuery, Standing};
use pages::{Lang, Pairs};

use super::{readable, timely};
use crate::http::{CachePolicy, Problem, html};
use crate::state::AppState;

/// The source of characters that are made up.
const SANDBOX: &str = "sandbox";

/// Adds the pages.
pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(readable("/", home))
        .service(readable("/characters", search))
        .service(readable(character::PAGE, character::page))
        .service(readable(upgrades::PAGE, upgrades::page))
        .service(readable(completion::PAGE, completion::page))
        .service(timely(
            web::resource(member::SESSION)
                .route(web::get().to(member::page))
                .route(web::head().to(member::page))
                .route(web::post().to(member::log_in)),
        ))
        .service(timely(
            web::resource(member::END).route(web::post().to(member::log_out)),
        ))
        .service(timely(
            web::resource(member::DONATIONS).route(web::post().to(member::donate)),
        ))
        .service(timely(
            web::resource(member::LIKE).route(web::post().to(member::like)),
        ))
        .service(readable("/calculators/potential", calculators::potential))
        .service(readable("/calculators/star-force", calculators::star_force))
        .service(readable("/calculators/flame", calculators::flame))
        .service(readable("/calculators/plan", calculators::plan))
        .service(readable(luck::PAGE, luck::page).route(web::post().to(luck::report)))
        .service(readable("/rules", rules))
        .service(readable(assets::ASSET, assets::asset));
}

/// Returns what the page is kept by, beside the character that it is about.
fn page_query(rules: &Rules, options: String, ui: &pages::Ui) -> ResponseQuery {
    ResponseQuery::Page {
        rules: rules.name,
        options,
        lang: ui.lang().code(),
        address: ui.address(),
    }
}

/// Returns the frame of the page asked for.
fn ui(state: &AppState, request: &HttpRequest) -> pages::Ui {
    html::ui(request, state.source == SANDBOX)
}

/// Returns the head of a page about a character that is cached.
fn standing(
    route: &'static str,
    validity: Option<AnswerValidity>,
    policy: CachePolicy,
) -> Standing {
    Standing {
        route,
        validity,
        policy,
        complete: html::complete,
    }
}

/// Responds with a page that changes only with the program.
fn stable(request: &HttpRequest, page: String) -> Result<HttpResponse, Problem> {
    html::page(request, StatusCode::OK, page, &CachePolicy::revalidate())
}

async fn home(state: web::Data<AppState>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    stable(&request, pages::home(&ui(&state, &request)))
}

async fn rules(state: web::Data<AppState>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    stable(&request, pages::rules(&ui(&state, &request)))
}

/// Leads from the search form to the character's page.
async fn search(request: HttpRequest) -> HttpResponse {
    let pairs = Pairs::of_query(request.query_string());
    let lang = Lang::named(pairs.get("lang"));
    let path = match pairs.get("name") {
        "" => pages::home_address(lang),
        name => pages::character_address(name, lang),
    };
    HttpResponse::SeeOther()
        .insert_header((LOCATION, path))
        .finish()
}
