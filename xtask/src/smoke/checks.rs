//! The checks of a running deployment. They change nothing in it and log nobody in.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::client::{Answer, Client};

/// The deployment under test.
pub(super) struct Target {
    pub(super) public: Client,
    pub(super) admin: Option<Client>,
    /// A character that the upstream knows.
    pub(super) character: String,
}

/// A check of a deployment.
pub(super) type Check = fn(&Target) -> anyhow::Result<()>;

/// Every check, by name.
pub(super) const CHECKS: [(&str, Check); 14] = [
    ("liveness", liveness),
    ("readiness", readiness),
    ("OpenAPI document", openapi),
    ("calculation", calculation),
    ("invalid calculation", invalid_calculation),
    ("expectation", expectation),
    ("conditional request", conditional),
    ("content coding", coding),
    ("stream", stream),
    ("unknown path", unknown_path),
    ("wrong method", wrong_method),
    ("missing credentials", missing_credentials),
    ("admin paths are not public", admin_is_not_public),
    ("metrics and administration", metrics),
];

fn expectation_path(target: &Target) -> String {
    format!("/api/v1/characters/{}/expectation", target.character)
}

fn liveness(target: &Target) -> anyhow::Result<()> {
    let live = target
        .public
        .get("/health/live")?
        .with_status(200)?
        .json()?;
    ensure!(live["status"] == "alive", "{live}");
    Ok(())
}

fn readiness(target: &Target) -> anyhow::Result<()> {
    let ready = target
        .public
        .get("/health/ready")?
        .with_status(200)?
        .json()?;
    ensure!(ready["ready"] == true, "{ready}");
    ensure!(ready["dependencies"]["database"] == "ok", "{ready}");
    Ok(())
}

fn openapi(target: &Target) -> anyhow::Result<()> {
    let document = target
        .public
        .get("/openapi.json")?
        .with_status(200)?
        .json()?;
    let paths = document["paths"].as_object().context("no paths")?;
    for path in [
        "/api/v1/characters/{name}/expectation",
        "/api/v1/calculations/potential",
        "/api/v1/sessions",
    ] {
        ensure!(paths.contains_key(path), "no {path}");
    }
    Ok(())
}

/// A hat with meso potential, the example of the README.
fn question(goal: &str) -> Value {
    json!({
        "method": "meso_potential", "part": "hat", "item_level": 250,
        "from": {"grade": "rare"}, "goal": goal, "quantiles": [0.5, 0.9],
    })
}

fn calculation(target: &Target) -> anyhow::Result<()> {
    let asked = question("cooldown_seconds >= 4");
    let answer = target
        .public
        .post("/api/v1/calculations/potential", &asked)?;
    let answer = answer.with_status(200)?.json()?;
    ensure!(answer["reachable"] == true, "{answer}");
    let chance = answer["success_probability"]["legendary"].as_f64();
    let chance = chance.context("no chance")?;
    ensure!(chance > 0.0 && chance < 0.01, "{chance}");
    // The last trials are legendary, and each of them succeeds with that chance.
    let trials = answer["trials"]["mean"].as_f64().context("no mean")?;
    ensure!(trials >= 1.0 / chance, "{trials} trials at {chance}");
    let quantiles = &answer["cost_meso"]["quantiles"];
    let half = quantiles[0]["value"].as_i64().context("no median")?;
    let most = quantiles[1]["value"].as_i64().context("no quantile")?;
    ensure!(0 < half && half < most, "{quantiles}");
    Ok(())
}

/// Checks the members that every problem (RFC 9457) has.
fn problem(answer: Answer, status: u16) -> anyhow::Result<Value> {
    let answer = answer.with_status(status)?;
    let kind = answer.header("content-type").unwrap_or_default().to_owned();
    ensure!(kind == "application/problem+json", "Content-Type {kind}");
    let id = answer.header("x-request-id").map(str::to_owned);
    let body = answer.json()?;
    ensure!(body["status"] == status, "{body}");
    ensure!(
        id.is_some() && body["request_id"].as_str() == id.as_deref(),
        "{body}"
    );
    for member in ["type", "title", "detail"] {
        let text = body[member].as_str().unwrap_or_default();
        ensure!(!text.is_empty(), "no {member}: {body}");
    }
    Ok(body)
}

fn invalid_calculation(target: &Target) -> anyhow::Result<()> {
    let asked = question("luck >= 4 and");
    let answer = target
        .public
        .post("/api/v1/calculations/potential", &asked)?;
    let body = problem(answer, 422)?;
    let errors = body["errors"].as_array().context("no errors")?;
    ensure!(errors.iter().any(|e| e["pointer"] == "/goal"), "{body}");
    Ok(())
}

fn expectation(target: &Target) -> anyhow::Result<()> {
    let answer = target
        .public
        .get(&expectation_path(target))?
        .with_status(200)?;
    for name in ["etag", "cache-control", "age", "x-request-id"] {
        ensure!(answer.header(name).is_some(), "no {name}");
    }
    let body = answer.json()?;
    ensure!(
        body.as_object().is_some_and(|members| members.len() > 3),
        "{body}"
    );
    Ok(())
}

fn conditional(target: &Target) -> anyhow::Result<()> {
    let path = expectation_path(target);
    // The body states the age of its data in whole minutes: one that passes in between makes
    // another body.
    for _ in 0..3 {
        let first = target.public.get(&path)?.with_status(200)?;
        let tag = first.header("etag").context("no ETag")?;
        let again = target
            .public
            .send("GET", &path, &[("If-None-Match", tag)], None)?;
        if again.status == 304 {
            ensure!(again.body().is_empty(), "a 304 with a body");
            return Ok(());
        }
        again.with_status(200)?;
    }
    anyhow::bail!("an ETag that was just given never gets a 304")
}

fn coding(target: &Target) -> anyhow::Result<()> {
    let path = expectation_path(target);
    // The magic numbers of RFC 8878 and RFC 1952.
    let codings: [(&str, &[u8]); 2] =
        [("zstd", &[0x28, 0xB5, 0x2F, 0xFD]), ("gzip", &[0x1F, 0x8B])];
    for (coding, magic) in codings {
        let headers = [("Accept-Encoding", coding)];
        let answer = target
            .public
            .send("GET", &path, &headers, None)?
            .with_status(200)?;
        let sent = answer.header("content-encoding");
        ensure!(sent == Some(coding), "{sent:?} instead of {coding}");
        ensure!(answer.body().starts_with(magic), "the body is not {coding}");
    }
    Ok(())
}

fn stream(target: &Target) -> anyhow::Result<()> {
    let path = format!("{}/stream", expectation_path(target));
    let answer = target.public.get(&path)?.with_status(200)?;
    let lines: Vec<_> = answer.text()?.lines().collect();
    ensure!(lines.len() > 1, "{} lines", lines.len());
    for line in lines {
        let _: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
    }
    Ok(())
}

fn unknown_path(target: &Target) -> anyhow::Result<()> {
    problem(target.public.get("/api/v1/no-such-path")?, 404)?;
    Ok(())
}

fn wrong_method(target: &Target) -> anyhow::Result<()> {
    let answer = target.public.send("DELETE", "/api/v1/rules", &[], None)?;
    let allowed = answer.header("allow").unwrap_or_default().to_owned();
    ensure!(allowed.contains("GET"), "Allow: {allowed}");
    problem(answer, 405)?;
    Ok(())
}

fn missing_credentials(target: &Target) -> anyhow::Result<()> {
    for (method, path) in [
        ("GET", "/api/v1/me".to_owned()),
        ("GET", "/api/v1/donations".to_owned()),
        (
            "PUT",
            format!("/api/v1/characters/{}/like", target.character),
        ),
    ] {
        let answer = target.public.send(method, &path, &[], None)?;
        let challenge = answer.header("www-authenticate").is_some();
        ensure!(challenge, "{path} without WWW-Authenticate");
        problem(answer, 401).context(path)?;
    }
    Ok(())
}

fn admin_is_not_public(target: &Target) -> anyhow::Result<()> {
    for path in ["/metrics", "/api/v1/admin/outbox", "/api/v1/admin/jobs"] {
        let status = target.public.get(path)?.status;
        ensure!(status == 404, "{path} answers {status} in public");
    }
    Ok(())
}

fn metrics(target: &Target) -> anyhow::Result<()> {
    let Some(admin) = &target.admin else {
        println!("          (no --admin: metrics and administration were not looked at)");
        return Ok(());
    };
    let metrics = admin.get("/metrics")?.with_status(200)?;
    let metrics = metrics.text()?;
    ensure!(
        metrics.contains("\nmaple_build_info{"),
        "no maple_build_info"
    );
    let requests: f64 = metrics
        .lines()
        .filter(|line| line.starts_with("maple_http_requests_total{"))
        .filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok())
        .sum();
    ensure!(requests > 0.0, "no request was counted");
    let refused = admin.get("/api/v1/admin/outbox")?.status;
    ensure!(
        [401, 403, 404].contains(&refused),
        "without a token: {refused}"
    );
    Ok(())
}
