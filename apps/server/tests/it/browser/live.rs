//! Conveniences that the scripts add.

use testkit::Key;

use super::tab::Tab;

#[tokio::test]
async fn results_follow_the_form_and_the_address_follows_the_result() {
    let tab = Tab::open().await;
    tab.resize(1_280).await;
    tab.show("/calculators/potential", "en").await;
    let chip = "a[data-goal='cooldown_seconds >= 4']";
    tab.browser.click(chip).await.unwrap();
    tab.wait_until("document.querySelector('#result svg') !== null")
        .await;
    tab.wait_until("location.search.includes('goal=cooldown_seconds')")
        .await;
    let goal = "document.querySelector('#goal').value";
    assert_eq!(tab.value(goal).await, "cooldown_seconds >= 4");
    assert!(tab.text().await.contains("82.8B"));
    // The curve is looked up by the arrow keys.
    let spoken = "document.querySelector('figure output').textContent";
    let before = tab.value(spoken).await;
    let slider = "figure input[type=range]";
    tab.browser.write(slider, Key::RIGHT).await.unwrap();
    tab.wait_until(&format!("{spoken} !== {before}")).await;
    // A slider moves the goal's text, and the result with it.
    let mean = "document.querySelector('#result .figures data').value";
    let before = tab.value(mean).await;
    tab.browser
        .write("#terms input[type=range]", Key::RIGHT)
        .await
        .unwrap();
    tab.wait_until(&format!("{goal} === 'cooldown_seconds >= 5'"))
        .await;
    tab.wait_until(&format!("{mean} !== {before}")).await;
    tab.wait_until("location.search.includes('%3E%3D+5')").await;
    tab.assert_quiet("the calculator").await;
    tab.close().await;
}

#[tokio::test]
async fn theme_and_recent_names_stay_in_the_browser() {
    let tab = Tab::open().await;
    tab.show("/characters/아델", "ko").await;
    tab.browser.click("[data-theme-switch]").await.unwrap();
    let theme = "document.documentElement.dataset.theme";
    let chosen = tab.value(theme).await;
    assert!(chosen == "dark" || chosen == "light", "{chosen}");
    tab.show("/", "ko").await;
    assert_eq!(tab.value(theme).await, chosen);
    let recent = "document.querySelector('[data-recent] a')?.textContent ?? ''";
    tab.wait_until(&format!("({recent}) === '아델'")).await;
    tab.assert_quiet("the first page").await;
    tab.close().await;
}
