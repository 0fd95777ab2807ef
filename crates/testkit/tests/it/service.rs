//! A program as a process: it starts, obeys signals, says how it ended, and goes with its owner.

use std::process::Command;

use testkit::Service;

/// A shell that runs this script.
fn shell(script: &str, environment: &[(&str, &str)]) -> Service {
    let environment = environment.iter().copied();
    Service::start("/bin/sh", ["-c", script], environment).unwrap()
}

#[tokio::test]
async fn service_has_its_own_folder_and_environment() {
    let mut service = shell("pwd; env; exit 7", &[("GIVEN", "once")]);
    assert_eq!(service.ended().await, 7);
    let log = service.log();
    assert!(log.contains(service.folder().to_str().unwrap()), "{log}");
    assert!(log.contains("GIVEN=once"), "{log}");
    assert!(!log.contains("CARGO"), "{log}");
}

#[tokio::test]
async fn address_is_read_from_the_log_of_the_current_process() {
    let script = r#"echo >>starts; echo "at 127.0.0.1:$(wc -l <starts) ."; exec sleep 60"#;
    let mut service = shell(script, &[]);
    assert_eq!(service.address("at ").await.unwrap().port(), 1);
    service.restart().unwrap();
    assert_eq!(service.address("at ").await.unwrap().port(), 2);
}

#[tokio::test]
async fn early_end_is_reported_with_the_log() {
    let mut service = shell("echo cannot listen >&2; exit 1", &[]);
    let error = service.address("at ").await.unwrap_err();
    assert!(error.to_string().contains("cannot listen"), "{error}");
}

#[tokio::test]
async fn service_shuts_down_gracefully_on_request() {
    let mut service = shell(
        "trap 'exit 3' TERM; echo at 1.1.1.1:1 .; while :; do sleep 0.01; done",
        &[],
    );
    service.address("at ").await.unwrap();
    service.freeze();
    service.terminate();
    assert_eq!(
        service.exit_code(),
        None,
        "a frozen process does not even end"
    );
    service.thaw();
    assert_eq!(service.ended().await, 3);
}

#[tokio::test]
async fn exit_code_shows_the_signal() {
    let mut service = shell("echo at 1.1.1.1:1 .; kill -s KILL $$", &[]);
    service.address("at ").await.unwrap();
    assert_eq!(service.ended().await, 128 + 9);
}

#[tokio::test]
async fn killed_service_ends_at_once_and_its_folder_stays() {
    let mut service = shell("echo $$ >id; echo at 1.1.1.1:1 .; exec sleep 60", &[]);
    service.address("at ").await.unwrap();
    let id = std::fs::read_to_string(service.folder().join("id")).unwrap();
    let lives = || {
        let asked = Command::new("kill").args(["-0", id.trim()]).output();
        asked.unwrap().status.success()
    };
    assert!(lives());
    service.kill();
    assert!(!lives());
    assert!(service.folder().join("id").exists());
}
