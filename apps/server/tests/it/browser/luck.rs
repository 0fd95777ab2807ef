//! Luck report by the form, from the key to the report.

use super::tab::Tab;

const KEY: &str = "sandbox-member-lucky-1";

#[tokio::test]
async fn luck_form_is_read_to_its_end_and_the_key_is_in_no_address() {
    let tab = Tab::open().await;
    for (width, lang, done, reading) in [
        (360, "ko", "기록을 다 읽었습니다", "읽는 중"),
        (1_280, "en", "All histories are read", "Reading from"),
    ] {
        tab.resize(width).await;
        tab.show("/luck", lang).await;
        tab.browser.write("#key", KEY).await.unwrap();
        tab.value("document.querySelector('select[name=days]').value = '7'")
            .await;
        tab.browser.click("main button.main").await.unwrap();
        tab.wait_until("document.querySelector('#result .figures') !== null")
            .await;
        tab.wait_until("document.readyState === 'complete'").await;
        // What was true on the way is no longer shown.
        let text = tab.text().await;
        assert!(text.contains(done) && !text.contains(reading), "{text}");
        tab.assert_fits("/luck", width).await;
        tab.assert_not_kept(KEY).await;
        tab.assert_quiet("/luck").await;
    }
    tab.close().await;
}
