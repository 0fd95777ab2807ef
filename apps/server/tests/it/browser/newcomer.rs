//! The newcomer's path on a phone: from the first page to the first upgrade for a budget, by what
//! the pages themselves say.

use testkit::Key;

use super::tab::Tab;

/// Link that leads on to the upgrades.
const UPGRADES: &str = ".actions a.button[href*='/upgrades']";

/// Card with the first upgrade.
const FIRST: &str = "#first";

impl Tab {
    /// Waits until the top of an element is on the screen.
    async fn wait_until_in_view(&self, selector: &str) {
        let top = format!("document.querySelector({selector:?})?.getBoundingClientRect().top");
        self.wait_until(&format!("{top} >= 0 && {top} < innerHeight * 0.75"))
            .await;
    }
}

#[tokio::test]
async fn newcomer_finds_the_first_upgrade_for_a_budget_on_a_phone() {
    let tab = Tab::open().await;
    tab.resize(360).await;
    for (lang, head, figures) in [
        (
            "ko",
            "먼저 할 일",
            ["보스 데미지", "평균 비용", "억", "열에 아홉"],
        ),
        (
            "en",
            "Do this first",
            ["Boss damage", "Mean cost", "B", "9 in 10"],
        ),
    ] {
        tab.show("/", lang).await;
        tab.wait_until_in_view("input[name=name]").await;
        tab.browser.write("input[name=name]", "단풍").await.unwrap();
        tab.browser.click(".search button").await.unwrap();
        tab.wait_until_in_view(UPGRADES).await;
        tab.browser.click(UPGRADES).await.unwrap();
        // The page asks for one thing, and that has the focus.
        tab.wait_until("document.activeElement?.name === 'budget'")
            .await;
        let budget = format!("500억{}", Key::ENTER);
        tab.browser.press(&budget).await.unwrap();
        tab.wait_until_in_view(FIRST).await;
        assert!(tab.text().await.contains(head));
        let card = format!("document.querySelector({FIRST:?}).innerText");
        let card = tab.value(&card).await;
        let card = card.as_str().unwrap();
        for figure in figures {
            assert!(card.contains(figure), "{figure}: {card}");
        }
        let is_gain = |text: &str| text.starts_with('+') && text.ends_with('%');
        assert!(card.lines().any(is_gain), "{card}");
        // It is the first of the steps, with the same gain.
        let steps = "document.querySelector('.steps li').innerText";
        let step = tab.value(steps).await.to_string();
        let gain = card.lines().find(|line| is_gain(line)).unwrap();
        assert!(step.contains(gain), "{step}: {gain}");
        tab.assert_fits("upgrades", 360).await;
        tab.assert_quiet("upgrades").await;
    }
    tab.close().await;
}
