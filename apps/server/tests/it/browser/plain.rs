//! Flows without scripts.

use super::tab::Tab;

#[tokio::test]
async fn flows_work_without_scripts() {
    let tab = Tab::open().await;
    tab.resize(360).await;
    tab.browser.set_scripts(false).await.unwrap();
    tab.show("/", "ko").await;
    tab.browser
        .write("input[name=name]", "아델\n")
        .await
        .unwrap();
    tab.wait_until("document.querySelector('h1[data-character=아델]') !== null")
        .await;
    tab.show("/calculators/potential", "ko").await;
    tab.browser.click("a[data-goal]").await.unwrap();
    tab.wait_until("document.querySelector('#result svg') !== null")
        .await;
    assert!(tab.text().await.contains("827억 6,771만"));
    // A slider is a field of the form.
    tab.value("document.querySelector('input[name=t0]').value = 2")
        .await;
    tab.browser.click("main button.main").await.unwrap();
    tab.wait_until("document.querySelector('#goal').value === 'cooldown_seconds >= 2'")
        .await;
    // What only a script can do is not offered.
    let switch = "getComputedStyle(document.querySelector('[data-theme-switch]')).display";
    assert_eq!(tab.value(switch).await, "none");
    tab.assert_quiet("the flow").await;
    tab.close().await;
}
