//! Servers to compare with: bare handlers, in a process of their own.

use std::fs;
use std::io::Write;
use std::path::Path;

use actix_web::http::header::{CONTENT_ENCODING, ContentType, HeaderName, HeaderValue};
use actix_web::{App, HttpResponse, HttpServer, web};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::expected::Coding;

/// The same bytes as the service sends, without the service: `/bytes/{coding}`.
pub(crate) const BYTES: &str = "/bytes/";

/// The same bytes and headers as the service sends in zstd.
pub(crate) const RESPONSE: &str = "/response";

/// The file with a line for each of those headers.
pub(crate) const HEADERS: &str = "headers";

/// The answer serialised and compressed for each request.
pub(crate) const ANEW: &str = "/anew";

/// The stored document decompressed into memory for each request.
pub(crate) const BUFFERED: &str = "/buffered";

/// The file that holds the stored document.
pub(crate) const STORED: &str = "stored";

/// Bodies of the responses.
struct Bodies {
    encoded: [Bytes; 3],
    headers: Vec<(HeaderName, HeaderValue)>,
    answer: serde_json::Value,
    stored: Bytes,
}

/// Serves the bodies in this folder, where there is a file for each coding, until killed.
pub(crate) fn serve(folder: &Path) -> anyhow::Result<()> {
    let read = |name: &str| {
        fs::read(folder.join(name))
            .map(Bytes::from)
            .unwrap_or_default()
    };
    let encoded = Coding::ALL.map(|coding| read(coding.name()));
    let answer = serde_json::from_slice(&encoded[2]).unwrap_or_default();
    let bodies = web::Data::new(Bodies {
        encoded,
        headers: headers(&read(HEADERS))?,
        answer,
        stored: read(STORED),
    });
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(bodies.clone())
                .route("/bytes/{coding}", web::get().to(bytes))
                .route(RESPONSE, web::get().to(response))
                .route(ANEW, web::get().to(anew))
                .route(BUFFERED, web::get().to(buffered))
        })
        .bind(("127.0.0.1", 0))?;
        for address in server.addrs() {
            println!("http://{address}");
        }
        server.run().await?;
        Ok(())
    })
}

async fn bytes(bodies: web::Data<Bodies>, coding: web::Path<String>) -> HttpResponse {
    let place = Coding::ALL.iter().position(|known| known.name() == *coding);
    let Some(place) = place else {
        return HttpResponse::NotFound().finish();
    };
    let mut response = HttpResponse::Ok();
    response.content_type(ContentType::json());
    if Coding::ALL[place] != Coding::Identity {
        response.insert_header((CONTENT_ENCODING, coding.as_str()));
    }
    response.body(bodies.encoded[place].clone())
}

/// Reads lines such as `vary: accept-encoding`.
fn headers(lines: &[u8]) -> anyhow::Result<Vec<(HeaderName, HeaderValue)>> {
    let lines = str::from_utf8(lines)?.lines();
    let pairs = lines.filter_map(|line| line.split_once(": "));
    pairs
        .map(|(name, value)| Ok((name.parse()?, value.parse()?)))
        .collect()
}

async fn response(bodies: web::Data<Bodies>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    for header in &bodies.headers {
        response.insert_header(header.clone());
    }
    response.body(bodies.encoded[0].clone())
}

async fn anew(bodies: web::Data<Bodies>) -> actix_web::Result<HttpResponse> {
    let json = serde_json::to_vec(&bodies.answer)?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(&json)?;
    Ok(HttpResponse::Ok()
        .content_type(ContentType::json())
        .insert_header((CONTENT_ENCODING, "gzip"))
        .body(encoder.finish()?))
}

async fn buffered(bodies: web::Data<Bodies>) -> actix_web::Result<HttpResponse> {
    let plain = zstd::decode_all(&bodies.stored[..])?;
    Ok(HttpResponse::Ok()
        .content_type(ContentType::json())
        .body(plain))
}
