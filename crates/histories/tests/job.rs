//! Jobs over histories in memory: order, paging, resuming, and what is kept of rows.

use std::sync::{Arc, Mutex};

use cube_probability::{Grade, Method};
use histories::testkit::MemoryHistories;
use histories::{
    Cursor, HistoryError, HistoryKind, HistoryPage, HistoryRow, LuckJob, LuckPlan, PageStart,
    Period, SoulRow,
};
use jiff::civil::{Date, date};
use planning::luck::PotentialRow;

const TODAY: Date = date(2026, 11, 22);

fn plan(kinds: &[HistoryKind], days: i8) -> LuckPlan {
    let from = date(2026, 11, 1);
    let to = date(2026, 11, days);
    let period = Period::new(Some(from), Some(to), TODAY).unwrap();
    LuckPlan::new(period, kinds)
}

fn reset(to: Grade) -> HistoryRow {
    HistoryRow::Reset(PotentialRow {
        method: Some(Method::MesoPotential),
        item: None,
        part: None,
        item_level: 200,
        from: Grade::Epic,
        to,
        certain: false,
        failures: None,
        miracle_time: false,
        lines: Vec::new(),
        cost_meso: Some(17_000_000),
    })
}

/// Two pages a day: one row by the day, then one by its cursor. Every fifth call fails.
fn paged(kind: HistoryKind, at: &PageStart) -> HistoryPage {
    let rows = vec![match kind {
        HistoryKind::SoulPotential => HistoryRow::Soul(SoulRow {
            from: Grade::Rare,
            to: Grade::Epic,
        }),
        HistoryKind::StarForce => HistoryRow::Unreadable,
        _ => reset(Grade::Epic),
    }];
    let next = match at {
        PageStart::Date(day) => Some(format!("{kind} {day}")),
        PageStart::Cursor(_) => None,
    };
    HistoryPage { rows, next }
}

async fn finish(job: &mut LuckJob) -> Result<(), HistoryError> {
    while job.step().await? {}
    Ok(())
}

#[tokio::test]
async fn job_reads_each_day_and_kind_to_its_last_page() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let histories = MemoryHistories::new(move |kind, at: &PageStart| {
        seen.lock().unwrap().push(format!("{kind} {at:?}"));
        Ok(paged(kind, at))
    });
    let kinds = [
        HistoryKind::SoulPotential,
        HistoryKind::Cube,
        HistoryKind::Cube,
    ];
    let mut job = LuckJob::new(Box::new(histories), plan(&kinds, 2));
    assert_eq!(job.progress().days, 2);
    finish(&mut job).await.unwrap();
    let progress = job.progress();
    assert_eq!((progress.days_done, progress.calls), (2, 8));
    assert_eq!(job.cursor(), None);
    assert_eq!(
        asked.lock().unwrap()[..4],
        [
            "cube Date(2026-11-01)",
            "cube Cursor(\"cube 2026-11-01\")",
            "soul_potential Date(2026-11-01)",
            "soul_potential Cursor(\"soul_potential 2026-11-01\")",
        ]
    );
    let report = job.report();
    assert_eq!(report.cube.unwrap().attempts, 4);
    let souls = report.soul_potential.unwrap();
    assert_eq!((souls.attempts, souls.by_grade[&Grade::Rare].rises), (4, 4));
    assert_eq!((report.potential, report.star_force), (None, None));
    assert!(!job.step().await.unwrap(), "a job that is done stays done");
}

#[tokio::test]
async fn job_that_fails_goes_on_from_its_cursor_without_loss() {
    let mut attempts = 0;
    let mut unknown = 0;
    let mut resumed = plan(HistoryKind::USUAL, 5);
    let mut jobs = 0;
    loop {
        jobs += 1;
        let calls = Mutex::new(0);
        let failing = MemoryHistories::new(move |kind, at: &PageStart| {
            let mut calls = calls.lock().unwrap();
            *calls += 1;
            if *calls % 8 == 0 {
                return Err(HistoryError::KeyExhausted { retry_after: None });
            }
            Ok(paged(kind, at))
        });
        let mut job = LuckJob::new(Box::new(failing), resumed);
        let finished = finish(&mut job).await;
        let report = job.report();
        attempts += report.cube.unwrap().attempts + report.potential.unwrap().attempts;
        unknown += report.star_force.unwrap().unknown;
        if finished.is_ok() {
            break;
        }
        let text = job.cursor().unwrap().to_string();
        resumed = LuckPlan::resume(Cursor::parse(&text).unwrap(), TODAY).unwrap();
    }
    // Five days, two pages each, of three kinds; seven pages a job.
    assert_eq!((attempts, unknown, jobs), (20, 10, 5));
}

#[tokio::test]
async fn page_that_leads_back_to_itself_ends_the_job() {
    let histories = MemoryHistories::new(|_, _: &PageStart| {
        Ok(HistoryPage {
            rows: vec![reset(Grade::Epic)],
            next: Some("again".to_owned()),
        })
    });
    let mut job = LuckJob::new(Box::new(histories), plan(&[HistoryKind::Cube], 1));
    let error = finish(&mut job).await.unwrap_err();
    assert!(matches!(error, HistoryError::Invalid { .. }), "{error}");
    assert_eq!(job.progress().calls, 2);
}

/// The state of a job has a size of its own: ten thousand rows leave it as twenty do.
#[tokio::test]
async fn rows_are_counted_and_not_kept() {
    let size = async |rows: usize| {
        let histories = MemoryHistories::new(move |_, _: &PageStart| {
            Ok(HistoryPage {
                rows: vec![reset(Grade::Epic); rows],
                next: None,
            })
        });
        let mut job = LuckJob::new(Box::new(histories), plan(&[HistoryKind::Potential], 1));
        finish(&mut job).await.unwrap();
        let report = job.report().potential.unwrap();
        assert_eq!(report.attempts, rows as u64);
        assert_eq!(report.by_grade[0].cost_meso.known, rows as u64 * 17_000_000);
        format!("{job:?}").len()
    };
    let (few, many) = (size(20).await, size(10_000).await);
    assert!(
        many <= few + 40,
        "{few} bytes for 20 rows, {many} for 10,000"
    );
}
