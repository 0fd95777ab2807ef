//! Flows by keyboard alone.

use testkit::Key;

use super::tab::Tab;

impl Tab {
    /// Presses the tabulator until an element of this selector has the focus.
    async fn tab_to(&self, selector: &str) {
        let is_there = format!("document.activeElement?.matches({selector:?}) ?? false");
        for _ in 0..200 {
            if self.value(&is_there).await == true {
                return;
            }
            self.browser.press(Key::TAB).await.unwrap();
        }
        panic!("no way leads to {selector}: {}", self.text().await);
    }
}

#[tokio::test]
async fn keyboard_leads_from_the_search_field_to_a_compared_goal() {
    let tab = Tab::open().await;
    tab.resize(1_280).await;
    tab.show("/", "ko").await;
    // `/` leads to the search field from anywhere.
    tab.browser.press("/").await.unwrap();
    tab.wait_until("document.activeElement?.name === 'name'")
        .await;
    let name = format!("아델{}", Key::ENTER);
    tab.browser.press(&name).await.unwrap();
    tab.wait_until("document.querySelector('h1[data-character=아델]') !== null")
        .await;
    // An item's goal opens in the calculator.
    tab.tab_to(".layer summary").await;
    tab.browser.press(Key::ENTER).await.unwrap();
    tab.tab_to(".layer details a").await;
    tab.browser.press(Key::ENTER).await.unwrap();
    tab.wait_until("document.querySelector('#result .figures') !== null")
        .await;
    // Another method is ticked, and both stand side by side.
    tab.tab_to("details:has(input[name=with]) > summary").await;
    tab.browser.press(Key::ENTER).await.unwrap();
    tab.tab_to("input[name=with][value=red]").await;
    tab.browser.press(Key::SPACE).await.unwrap();
    tab.wait_until("document.querySelectorAll('#compared tbody tr').length === 2")
        .await;
    // The focus is where the player left it.
    let focus = "document.activeElement?.value";
    assert_eq!(tab.value(focus).await, "red");
    tab.assert_quiet("the flow").await;
    tab.close().await;
}
