//! Histories of the sandbox, read as Nexon's are: honest accounts are usual, planted ones are not.

use std::sync::Arc;

use histories::{Histories, HistoryError, HistoryKind, LuckJob, LuckPlan, LuckReport, Period};
use jiff::civil::{Date, date};
use kernel::SystemClock;
use members::NexonKey;
use nexon_http::{Endpoint, HistorySettings, NexonHistories};
use nexon_sandbox::{Endpoint as Path, Fault, FaultRule, Sandbox};
use planning::luck::CountReport;
use resilience::Jitter;
use std::num::NonZeroU32;
use std::time::Duration;

const TODAY: Date = date(2026, 11, 22);

/// Reads as fast as the machine allows: the sandbox counts no calls of members' keys.
fn histories(sandbox: &Sandbox) -> NexonHistories {
    let endpoint = Endpoint {
        base_url: sandbox.url().to_owned(),
        connect_timeout: Duration::from_secs(30),
        timeout: Duration::from_secs(30),
    };
    let settings = HistorySettings {
        per_second: NonZeroU32::new(100_000).unwrap(),
        ..HistorySettings::default()
    };
    NexonHistories::new(
        &endpoint,
        settings,
        Arc::new(SystemClock),
        Jitter::from_seed(1),
    )
    .unwrap()
}

fn job(sandbox: &Sandbox, key: &str, kinds: &[HistoryKind], days: i8) -> LuckJob {
    let key = NexonKey::try_from(secrecy::SecretString::from(key)).unwrap();
    let period = Period::new(Some(date(2026, 11, 1)), Some(date(2026, 11, days)), TODAY);
    let plan = LuckPlan::new(period.unwrap(), kinds);
    LuckJob::new(histories(sandbox).open(&key).unwrap(), plan)
}

async fn finish(mut job: LuckJob) -> Result<LuckReport, HistoryError> {
    while job.step().await? {}
    Ok(job.report())
}

fn mid_p(count: &CountReport) -> f64 {
    count.mid_p.unwrap()
}

#[tokio::test]
async fn planted_accounts_are_found_and_an_honest_one_is_not() {
    let sandbox = Sandbox::start_local().unwrap();
    let read = async |name: &str| {
        let key = format!("sandbox-member-{name}");
        let report = finish(job(&sandbox, &key, HistoryKind::ALL, 20))
            .await
            .unwrap();
        let rises = mid_p(&report.potential.as_ref().unwrap().rises);
        let stars = mid_p(&report.star_force.as_ref().unwrap().successes);
        (rises, stars, report)
    };
    let (rises, stars, report) = read("lucky-1").await;
    assert!(rises > 0.995 && stars > 0.999, "{rises} {stars}");
    assert!(report.comparisons > 20);
    let (rises, stars, _) = read("unlucky-1").await;
    assert!(rises < 0.005 && stars < 0.001, "{rises} {stars}");
    let (rises, stars, report) = read("1").await;
    for usual in [rises, stars] {
        assert!((0.005..0.995).contains(&usual), "{usual}");
    }
    // Every row is of the documented shape; the chances of souls are not published.
    let (cube, potential) = (report.cube.unwrap(), report.potential.unwrap());
    assert_eq!((cube.unknown, potential.unknown), (0, 0));
    assert_eq!(report.star_force.unwrap().unknown, 0);
    assert!(report.soul_potential.unwrap().attempts > 0);
    let failures = &report.largest_failures_before_certain;
    assert_eq!(
        failures.get("meso_potential/rare"),
        Some(&10),
        "{failures:?}"
    );
}

/// The rules of a day apply to its rows: before 2025-03-20 stars are lost, and chance time comes.
#[tokio::test]
async fn rows_of_older_rules_are_read_under_them() {
    let sandbox = Sandbox::start_local().unwrap();
    let key = NexonKey::try_from(secrecy::SecretString::from("sandbox-member-1")).unwrap();
    let period = Period::new(Some(date(2025, 3, 10)), Some(date(2025, 3, 25)), TODAY).unwrap();
    let plan = LuckPlan::new(period, &[HistoryKind::StarForce]);
    let job = LuckJob::new(histories(&sandbox).open(&key).unwrap(), plan);
    let report = finish(job).await.unwrap().star_force.unwrap();
    assert!(report.attempts > 100);
    assert_eq!(report.unknown, 0);
}

#[tokio::test]
async fn busy_days_are_read_page_by_page() {
    let sandbox = Sandbox::start_local().unwrap();
    let mut job = job(&sandbox, "sandbox-member-busy-1", &[HistoryKind::Cube], 2);
    while job.step().await.unwrap() {}
    // 1,200 rows a day, 500 a page.
    assert_eq!(job.progress().calls, 6);
    assert_eq!(job.report().cube.unwrap().attempts, 2_400);
}

#[tokio::test]
async fn faults_map_to_errors_that_hold_no_key() {
    let sandbox = Sandbox::start_local().unwrap();
    let exhausted = Fault::QuotaExceeded {
        retry_after_seconds: Some(3_600),
    };
    for (fault, expected) in [
        (Fault::RefusedKey, "Nexon refuses the key"),
        (
            Fault::NoPermission,
            "the key may not read the history `cube`",
        ),
        (exhausted, "the calls permitted with the key are used up"),
        (
            Fault::InvalidParameter,
            "Nexon refuses the day or the cursor of a page",
        ),
        (Fault::ApiMaintenance, "Nexon gives no answer"),
        (Fault::BadJson, "Nexon sent a page that cannot be read"),
    ] {
        sandbox.set_faults(vec![FaultRule::always(fault).on(Path::HistoryCube)]);
        let error = finish(job(&sandbox, "sandbox-member-1", HistoryKind::USUAL, 2)).await;
        let error = error.unwrap_err();
        assert_eq!(error.to_string(), expected, "{fault:?}");
        assert!(
            !format!("{error:?}").contains("sandbox-member"),
            "{error:?}"
        );
    }
    // A failure that passes is tried again; an odd row costs itself only.
    sandbox.set_faults(vec![
        FaultRule::always(Fault::OddFields).on(Path::HistoryCube),
    ]);
    let report = finish(job(
        &sandbox,
        "sandbox-member-busy-1",
        &[HistoryKind::Cube],
        1,
    ))
    .await;
    let report = report.unwrap().cube.unwrap();
    assert_eq!((report.attempts, report.unknown), (1_197, 3));
    sandbox.set_faults(Vec::new());
    let error = finish(job(&sandbox, "nobody", HistoryKind::USUAL, 1)).await;
    assert!(matches!(error, Err(HistoryError::KeyRefused)));
}
