//! Texts of the pages: a table with a column for Korean and one for English, so that no language
//! lacks a text that the other has.

macro_rules! texts {
    ($($key:ident: $ko:literal, $en:literal;)+) => {
        /// Texts of one language.
        #[derive(Debug)]
        pub(crate) struct Texts { $(pub(crate) $key: &'static str),+ }

        /// 한국어
        pub(crate) const KO: Texts = Texts { $($key: $ko),+ };

        /// English
        pub(crate) const EN: Texts = Texts { $($key: $en),+ };

        #[cfg(test)]
        const ALL: &[(&str, &str, &str)] = &[$((stringify!($key), $ko, $en)),+];
    };
}

texts! {
    // Frame.
    site: "메이플 기댓값", "Maple Expectation";
    skip: "본문으로", "Skip to content";
    menu: "메뉴", "Menu";
    nav_character: "캐릭터", "Character";
    nav_potential: "잠재능력", "Potential";
    nav_star_force: "스타포스", "Star force";
    nav_plan: "여러 개 한꺼번에", "Plan";
    nav_rules: "규칙과 출처", "Rules";
    theme: "밝게/어둡게", "Light/dark";
    attribution: "Data based on NEXON Open API", "Data based on NEXON Open API";
    rules_of: "확률 기준", "Figures of";
    api_docs: "개발자용 API", "API for developers";
    sandbox_note: "연습 모드입니다. 캐릭터와 장비는 지어낸 것입니다.", "Practice mode: characters and gear are made up.";
    // Home.
    home_title: "이 장비, 다시 만들면 얼마일까?", "What would this gear cost to make again?";
    home_lead: "캐릭터 이름을 넣으면 잠재능력·에디셔널·스타포스를 지금만큼 다시 맞추는 데 드는 메소를, 평균만이 아니라 운이 나쁠 때까지 정확히 계산합니다.", "Enter a character's name: see the meso it takes to get its potentials and stars again, on average and with bad luck, computed exactly.";
    name: "캐릭터 이름", "Character name";
    search: "찾기", "Search";
    search_key: "어디서나 / 키로 검색", "Press / to search";
    examples: "예시 캐릭터", "Example characters";
    recent: "최근 찾은 이름", "Recent names";
    forget: "지우기", "Clear";
    home_tools: "캐릭터 없이 계산하기", "Calculate without a character";
    home_potential: "원하는 옵션이 나올 확률과 비용", "Odds and cost of the lines you want";
    home_star_force: "몇 성까지 드는 메소와 파괴 횟수", "Meso and destructions up to a star";
    home_plan: "여러 아이템을 한 예산으로", "Several items with one budget";
    // Character.
    world: "월드", "World";
    meaning: "같은 장비의 뜻", "Made again means";
    as_strong: "보스 데미지가 같거나 더 센 옵션", "Lines at least as strong against bosses";
    same_lines: "모든 스탯이 같거나 더 좋은 옵션", "The same lines or better in every stat";
    class: "직업", "Class";
    level: "레벨", "Level";
    data_from: "정보 기준", "Data";
    source_nexon: "넥슨 Open API", "Nexon Open API";
    source_sandbox: "연습용으로 지어낸 캐릭터", "made-up character";
    refresh: "새로 가져오기", "Refresh";
    presets: "장비 프리셋", "Equipment presets";
    worn: "착용 중", "Worn";
    preset: "프리셋", "Preset";
    options: "계산 방법 바꾸기", "Change how it is calculated";
    potential_method: "잠재능력 재설정 방법", "Potential reset by";
    additional_method: "에디셔널 재설정 방법", "Additional potential reset by";
    start_from: "시작 등급", "Start from";
    start_rare: "레어부터 (새 아이템)", "Rare (a fresh item)";
    start_current: "지금 등급부터", "The grade it has now";
    apply: "다시 계산", "Calculate";
    total: "모두 다시 만드는 비용", "Cost to make everything again";
    total_partial: "모르는 것은 빼고 더한 값입니다. 아래에서 '합계에 없습니다'라고 적힌 곳을 보세요.", "Sum of what is known: see below what is missing from the total.";
    breakdown: "무엇에 드는가", "By kind";
    potential: "잠재능력", "Potential";
    additional: "에디셔널 잠재능력", "Additional potential";
    star_force: "스타포스", "Star force";
    items: "아이템별 비용", "Cost by item";
    items_order: "평균 비용이 큰 순서입니다.", "Sorted by mean cost, dearest first.";
    no_items: "이 프리셋에는 장비가 없습니다.", "This preset has no equipment.";
    item_total: "평균", "Mean";
    details: "자세히: 확률표와 그래프", "Details: quantiles and chart";
    change_goal: "이 목표로 계산기 열기", "Open in the calculator";
    stars_word: "성", "stars";
    free_spare: "예비 아이템 값 0", "spare items free";
    destroyed: "파괴", "Destroyed";
    no_quantiles: "더한 분포를 구하지 못해 평균만 보여 줍니다.", "Only the mean is known for this sum.";
    // Figures.
    mean: "평균", "Mean";
    mean_cost: "평균 비용", "Mean cost";
    half: "절반은 이 안에 (P50)", "Half pay at most (P50)";
    ninety: "열에 아홉은 이 안에 (P90)", "9 in 10 pay at most (P90)";
    chance_once: "한 번에 될 확률", "Chance per reset";
    resets: "재설정 횟수 (평균)", "Resets (mean)";
    quantiles: "이만큼이면 될 확률", "Chance that this is enough";
    chance: "확률", "Chance";
    meso: "메소", "Meso";
    reset_count: "재설정", "Resets";
    goal: "목표", "Goal";
    unknown: "알 수 없음", "Unknown";
    // Calculators.
    potential_title: "잠재능력 계산기", "Potential calculator";
    potential_lead: "원하는 옵션이 나올 때까지 드는 횟수와 메소입니다.", "Resets and meso until the lines you want appear.";
    method: "재설정 방법", "Method";
    part: "부위", "Part";
    item_level: "아이템 레벨 (착용 제한)", "Item level";
    grade: "지금 등급", "Grade now";
    failures: "등급 상승 연속 실패 횟수", "Failed rises in a row";
    common_goals: "많이 노리는 목표", "Common goals";
    goal_help: "예: int_pct >= 21 and cooldown_seconds >= 2. and, or, 괄호를 쓸 수 있습니다.", "Example: int_pct >= 21 and cooldown_seconds >= 2. Use and, or and parentheses.";
    stat_words: "쓸 수 있는 단어", "Words to use";
    budget: "예산 (선택)", "Budget (optional)";
    amount_help: "예: 30억, 1조 5,000억, 3b", "Such as 30b, 1.5t, 30억";
    cube_price: "큐브 하나 값 (선택)", "Price of one cube (optional)";
    calculate: "계산", "Calculate";
    result: "결과", "Result";
    choose_goal: "목표를 고르거나 적으면 결과가 나옵니다.", "Choose or write a goal to see the result.";
    within_budget: "이 예산 안에 될 확률", "Chance within this budget";
    not_reachable: "이 방법으로는 나올 수 없는 목표입니다.", "This method never meets this goal.";
    always: "무엇이 나와도 이미 이룬 목표입니다.", "Every reset meets this goal.";
    no_cost: "비용을 알 수 없습니다.", "The cost is not known.";
    by_grade: "등급별 한 번에 될 확률", "Chance per reset by grade";
    errors_title: "고칠 곳이 있습니다", "Please correct";
    chart_title: "비용 분포", "Distribution of the cost";
    save_svg: "그래프 저장 (SVG)", "Save chart (SVG)";
    look_up: "예산 살펴보기", "Look up a budget";
    share: "이 주소를 복사하면 같은 결과를 보여 줄 수 있습니다.", "Copy the address to share this result.";
    star_title: "스타포스 계산기", "Star force calculator";
    star_lead: "목표 성까지 드는 메소와 파괴 횟수입니다.", "Meso and destructions up to the stars you want.";
    from_stars: "지금 별", "Stars now";
    to_stars: "목표 별", "Stars wanted";
    spare_price: "예비 아이템 값 (파괴될 때)", "Spare item (when destroyed)";
    safeguard: "파괴 방지", "Safeguard";
    safeguard_none: "안 씀", "None";
    safeguard_cheapest: "평균이 가장 싼 대로", "Where it is cheapest on average";
    safeguard_all: "15·16·17성 모두", "At 15, 16 and 17";
    events: "이벤트", "Events";
    discount: "강화 비용 30% 할인", "30 % off";
    certain: "5·10·15성에서 100% 성공", "Certain at 5, 10 and 15";
    fewer: "21성 이하 파괴 30% 감소", "30 % fewer destructions up to 21";
    attempts: "강화 횟수 (평균)", "Attempts (mean)";
    spare_items: "예비 아이템 (평균)", "Spare items (mean)";
    destroyed_mean: "파괴 횟수 (평균)", "Destructions (mean)";
    plan_title: "여러 개 한꺼번에", "Plan several items";
    plan_lead: "여러 아이템을 모두 끝내는 데 드는 메소와, 예산 안에 모두 끝날 확률입니다. 한 줄에 하나씩 적으세요.", "Meso to finish all of them, and the chance that one budget is enough. One per line.";
    plan_lines: "할 일 (한 줄에 하나)", "What to make (one per line)";
    plan_help: "잠재능력: 방법 부위 레벨 등급 목표. 스타포스: stars 레벨 지금→목표.", "Potential: method part level grade goal. Star force: stars level from-to.";
    plan_example: "예시 채우기", "Fill in an example";
    plan_item: "할 일", "Item";
    plan_unknown: "비용을 모르는 줄이 있어 합계를 낼 수 없습니다.", "A line has no cost, so there is no total.";
    // Rules.
    rules_title: "규칙과 출처", "Rules and sources";
    rules_lead: "모든 수치는 공개된 확률표와 공지에서 옮긴 것입니다. 규칙 이름과 기준일을 함께 보여 줍니다.", "Every figure comes from published tables and notices, with the name and day of the rule set.";
    rules_potential: "잠재능력 규칙", "Potential rules";
    rules_star_force: "스타포스 규칙", "Star force rules";
    rules_current: "현재", "current";
    rules_prices: "큐브 값 (기본)", "Default cube prices";
    rules_figures: "수치", "Figures";
    rules_publication: "출처", "Source";
    rules_no_price: "기본값 없음: 계산할 때 적어 주세요", "no default: enter one to calculate";
    rules_meso_list: "공개된 메소 비용표", "published price list";
    rules_english: "출처 설명은 영어로 적혀 있습니다.", "Source notes are in English.";
    // Errors.
    error_code: "문의 번호", "Request id";
    error_home: "처음으로", "Home";
    error_again: "다시 시도", "Try again";
    error_try: "계산기는 지금도 쓸 수 있습니다.", "The calculators still work.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_every_key_in_both_languages() {
        for &(key, ko, en) in ALL {
            assert!(!ko.trim().is_empty() && !en.trim().is_empty(), "{key}");
        }
        assert_eq!(KO.search, "찾기");
        assert_eq!(EN.search, "Search");
    }

    #[test]
    fn texts_are_in_the_language_of_their_column() {
        let is_hangul = |c: char| ('가'..='힣').contains(&c);
        for &(key, ko, en) in ALL {
            if key == "attribution" {
                continue;
            }
            assert!(ko.chars().any(is_hangul), "{key}: {ko}");
            // Units of amounts are the game's own in both.
            let rest = en.replace('억', "");
            assert!(!rest.chars().any(is_hangul), "{key}: {en}");
        }
    }

    /// Texts that stand in a template itself would be in one language only.
    #[test]
    fn templates_contain_no_text() {
        let templates = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"));
        for file in templates.unwrap() {
            let file = file.unwrap().path();
            let mut text = std::fs::read_to_string(&file).unwrap();
            for (open, close) in [("{#", "#}"), ("{%", "%}"), ("{{", "}}"), ("<", ">")] {
                while let Some(start) = text.find(open) {
                    let length = text[start..].find(close).unwrap() + close.len();
                    text.replace_range(start..start + length, " ");
                }
            }
            let letters: String = text.chars().filter(|c| c.is_alphabetic()).collect();
            assert_eq!(letters, "", "{}", file.display());
        }
    }
}
