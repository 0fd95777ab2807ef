//! Texts of the pages: a table with a column for Korean and one for English, so that no language
//! lacks a text that the other has.

macro_rules! texts {
    ($vis:vis $name:ident: $($key:ident: $ko:literal, $en:literal;)+) => {
        /// Texts of one language.
        #[derive(Debug)]
        #[allow(missing_docs, reason = "each text says itself what it is")]
        $vis struct $name { $($vis $key: &'static str),+ }

        impl $name {
            /// 한국어
            pub(crate) const KO: Self = Self { $($key: $ko),+ };

            /// English
            pub(crate) const EN: Self = Self { $($key: $en),+ };

            #[cfg(test)]
            const ALL: &[(&str, &str, &str)] = &[$((stringify!($key), $ko, $en)),+];
        }
    };
}

texts! {
    pub(crate) Texts:
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
    home_lead: "캐릭터 이름을 넣으면 장비를 지금만큼 다시 맞추는 데 드는 메소를, 운이 나쁠 때까지 계산합니다. 예산을 적으면 무엇부터 올리면 좋은지도 알려 줍니다.", "Enter a character's name: see the meso it takes to get its gear again, also with bad luck. Enter a budget, and see what to upgrade first.";
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
    meaning: "다시 만들 때의 기준", "Made again means";
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
    breakdown: "무엇에 드는가", "What it goes to";
    potential: "잠재능력", "Potential";
    additional: "에디셔널 잠재능력", "Additional potential";
    star_force: "스타포스", "Star force";
    items: "아이템별 비용", "Cost by item";
    items_order: "평균 비용이 큰 순서입니다.", "Sorted by mean cost, dearest first.";
    no_items: "이 프리셋에는 장비가 없습니다.", "This preset has no equipment.";
    item_total: "평균", "Mean";
    details: "자세히: 확률표와 그래프", "Details: quantiles and chart";
    change_goal: "이 목표로 계산기 열기", "Open in the calculator";
    first_order: "위 목표식은 보스 데미지를 1차식으로 어림한 것입니다. 그래프와 계산기는 이 식으로 셈하므로, 보스 데미지를 그대로 셈한 여기 값과 다를 수 있습니다.", "The goal is boss damage to first order. Chart and calculator go by it, so they can differ from the figures here, which go by boss damage itself.";
    stars_word: "성", " stars";
    free_spare: "예비 아이템 값 0", "spare items free";
    destroyed: "파괴", "Destroyed";
    no_quantiles: "더한 분포를 구하지 못해 평균만 보여 줍니다.", "Only the mean is known for this sum.";
    // Figures.
    mean: "평균", "Mean";
    half_short: "절반은", "Half within";
    ninety_short: "열에 아홉은", "9 in 10 within";
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
    plan_help: "잠재능력: 방법 부위 레벨 등급 목표. 스타포스: stars 레벨 지금-목표.", "Potential: method part level grade goal. Star force: stars level from-to.";
    plan_example: "예시 채우기", "Fill in an example";
    plan_item: "할 일", "Item";
    plan_unknown: "비용을 모르는 줄이 있어 합계를 낼 수 없습니다.", "A line has no cost, so there is no total.";
    member: "회원", "Member";
    member_title: "회원", "Member";
    log_in: "로그인", "Log in";
    log_in_lead: "로그인하면 캐릭터에 좋아요를 누르고 개발자에게 포인트를 줄 수 있습니다. 계산은 로그인 없이 모두 됩니다.", "Log in to like characters and to give points to developers. Every calculation works without.";
    log_in_key: "내 넥슨 Open API 키", "Your Nexon Open API key";
    log_in_help: "openapi.nexon.com에서 받은 키입니다. 넥슨에 한 번만 보여 주고 저장하지 않습니다. 주소나 기록에도 남지 않습니다.", "You get it at openapi.nexon.com. It is shown to Nexon once and never stored, put into an address or logged.";
    log_out: "로그아웃", "Log out";
    points: "포인트", "Points";
    own_characters: "내 캐릭터", "Your characters";
    like: "좋아요", "Like";
    unlike: "좋아요 취소", "Take the like back";
    liked: "좋아요를 눌렀습니다.", "liked.";
    unliked: "좋아요를 취소했습니다.", "the like was taken back.";
    like_count: "좋아요 수", "Likes";
    give_title: "개발자에게 포인트 주기", "Give points to a developer";
    give_help: "같은 페이지에서 여러 번 눌러도 한 번만 보냅니다.", "However often you press the button on this page, it gives once.";
    give_to: "개발자 번호 (32자리)", "Developer's id (32 digits)";
    give_amount: "포인트", "Points to give";
    give_bad_to: "개발자에게 받은 32자리 번호를 그대로 적어 주세요.", "Please enter the 32 digits that the developer gave you.";
    give_bad_amount: "정수를 적어 주세요.", "Please enter a whole number.";
    give_message: "남길 말 (선택)", "Message (optional)";
    give: "주기", "Give";
    given: "포인트를 주었습니다", "Points were given";
    sliders: "목표 숫자 바꾸기", "Move the numbers of the goal";
    add_and: "조건 더하기 (그리고)", "Add a condition (and)";
    add_or: "다른 방법도 좋음 (또는)", "Or accept instead";
    compare: "다른 방법과 비교", "Compare with other methods";
    compare_help: "고른 방법들의 비용을 나란히 보여 주고, 등급마다 가장 싼 방법도 알려 줍니다.", "Shows the methods ticked side by side, and the cheapest method for each grade.";
    compared: "방법별 비용", "Cost by method";
    mix: "등급마다 가장 싼 방법으로 바꿔 가면 (평균)", "Switching to the cheapest method at each grade (mean)";
    keep_title: "지금 옵션, 그냥 쓸까?", "Keep these lines or reset?";
    keep_help: "옵션 1%가 나에게 몇 메소의 가치인지 적으면, 몇 % 이상일 때 멈춰야 하는지 계산합니다.", "Say what 1 % is worth to you: see from which total on to stop.";
    keep_stat: "무슨 옵션", "Stat";
    keep_worth: "옵션 1%의 가치", "Worth of 1 %";
    keep_now: "지금 합계 (%)", "Total now (%)";
    keep_left: "남은 재설정", "Resets left";
    keep_stop: "이 이상이면 멈추기", "Stop from";
    play_title: "운 시험하기", "Try your luck";
    play_help: "실제와 같은 확률로 목표가 나올 때까지 돌려 봅니다. 같은 번호는 늘 같은 결과입니다.", "Resets with the real odds until the goal is met. The same number always gives the same result.";
    play_seed: "운 번호", "Luck number";
    play_next: "한 번 더 돌려 보기", "Try again";
    play_lines: "나온 옵션 (마지막 부분)", "Lines drawn (the last ones)";
    nav_flame: "추가옵션", "Flames";
    flame_title: "추가옵션 계산기", "Flame calculator";
    flame_lead: "원하는 점수의 추가옵션이 나올 때까지 드는 환생의 불꽃과 메소입니다.", "Flames and meso until an item's bonus stats reach the score you want.";
    flame: "환생의 불꽃", "Flame";
    flame_score: "목표 점수", "Score wanted";
    flame_price: "불꽃 하나 값 (메소 재설정은 정해져 있음)", "Price of one flame (fixed for the meso reset)";
    flame_boss: "보스 장비 (항상 옵션 4개)", "Boss gear (always four options)";
    flame_weights: "스탯마다 몇 점인가", "Worth of each stat";
    flame_weights_help: "예: INT 1, 올스탯 1%를 10으로 적으면 INT 50과 올스탯 6%는 110점입니다. 쓸모없는 스탯은 비워 두세요.", "With INT 1 and 1 % of all stats 10, INT 50 and all stats 6 % are 110 points. Leave useless stats empty.";
    flame_attack: "무기의 기본 공격력·마력 (무기만)", "Weapon's own attack (weapons only)";
    flame_never: "이 불꽃으로는 나올 수 없는 점수입니다.", "No flame of this kind reaches the score.";
    flame_chance: "불꽃 하나로 될 확률", "Chance per flame";
    flame_count: "불꽃 개수 (평균)", "Flames (mean)";
    home_flame: "추가옵션 점수가 나올 확률과 비용", "Odds and cost of a flame score";
    waiting: "넥슨에 장비를 물어보고 있습니다. 보통 몇 초 걸립니다.", "Asking Nexon for the gear. This usually takes a few seconds.";
    waiting_help: "화면은 저절로 바뀝니다.", "The page changes by itself.";
    waiting_first: "처음 찾는 캐릭터라 저장된 정보가 없습니다.", "Nothing is stored yet for this character.";
    waiting_stored: "저장해 둔 장비입니다. 비용은 새 정보가 오면 보여 줍니다.", "This is the gear that was stored. Its cost follows with the new data.";
    rules_changed: "이 링크는 이전 확률 규칙으로 만든 것입니다. 지금 규칙으로 다시 계산했습니다:", "This link was made under an older rule set. It is calculated again under the current one:";
    // Upgrades.
    up_title: "다음에 무엇을 올릴까", "What to upgrade next";
    up_lead: "예산 안에서 보스 데미지가 가장 많이 오르는 조합과, 하나씩 올릴 때의 효율 순위입니다.", "The set that gains the most boss damage within your budget, and a ranking of single upgrades.";
    up_budget: "예산", "Budget";
    confidence: "예산으로 충분할 확률", "Chance that the budget is enough";
    defence: "보스 방어율", "Boss defence";
    defence_hardest: "자동 (가능한 가장 높은 값)", "Automatic (the highest possible)";
    defence_help: "방어율 무시가 낮으면 방어율이 높은 보스에게는 피해를 줄 수 없어 비교하지 못합니다. 잡으려는 보스의 방어율로 낮춰 보세요.", "With little ignored defence a strong boss takes no damage, so nothing can be compared. Choose the defence of a boss you fight.";
    sheet: "능력치", "Stats";
    sheet_lead: "게임의 능력치 창에 보이는 값을 적으세요. 버프를 켜지 않은 값이 좋습니다.", "Enter what the game's stat window shows, best without buffs.";
    sheet_own: "넥슨에서 가져온 값입니다. 버프가 들어 있거나 다르면 고쳐서 다시 볼 수 있습니다.", "These are the character's own numbers. Change what differs, such as buffs, and look again.";
    sheet_kind: "주스탯 종류", "Main stat";
    sheet_no_main: "주스탯이 하나인 직업만 계산할 수 있습니다", "only classes with one main stat can be valued";
    sheet_main: "주스탯", "Main stat (final)";
    sheet_main_pct: "주스탯 % 합", "Main stat %";
    sheet_main_flat: "% 미적용 주스탯 (선택)", "Main stat not scaled (optional)";
    sheet_sub: "부스탯", "Sub stat (final)";
    sheet_attack: "공격력 (마법사는 마력)", "Attack (mages: magic attack)";
    sheet_attack_pct: "공격력 % 합", "Attack %";
    sheet_damage: "데미지 %", "Damage %";
    sheet_boss: "보스 몬스터 데미지 %", "Boss damage %";
    sheet_final: "최종 데미지 % (선택)", "Final damage % (optional)";
    sheet_crit_rate: "크리티컬 확률 %", "Critical rate %";
    sheet_crit_damage: "크리티컬 데미지 %", "Critical damage %";
    sheet_ied: "방어율 무시 %", "Ignored defence %";
    up_find: "추천 보기", "Find upgrades";
    up_best: "가장 좋은 조합", "Best set";
    up_first: "먼저 할 일", "Do this first";
    up_order: "위에서부터 차례로 하면 됩니다. 각 목표가 나올 때까지 돌리고, 나오면 다음으로 넘어가세요.", "Go down the list: reset until the aim appears, then go on with the next.";
    up_convert: "'환산'은 서로 다른 옵션을, 이 캐릭터의 보스 데미지가 똑같이 오르는 주스탯 %로 바꿔 더한 값입니다.", "'Worth' adds up unlike lines as the % of main stat that raises this character's boss damage alike.";
    up_terms: "조건 바꾸기 (보스 방어율, 예비 아이템)", "Change the terms (boss defence, spare items)";
    up_none: "이 예산으로 할 수 있는 것이 없습니다. 예산을 늘리거나 확률을 낮춰 보세요.", "Nothing fits this budget. Raise it, or accept a smaller chance.";
    up_gain: "보스 데미지", "Boss damage";
    up_within: "예산 안에 끝날 확률", "Chance within the budget";
    up_rates: "옵션별 환산값", "Worth of each line";
    up_greedy: "순위대로 골랐다면", "Picking down the ranking";
    up_ranking: "하나씩 올릴 때의 효율 순위", "Ranking of single upgrades";
    up_ranking_lead: "100억 메소당 오르는 보스 데미지가 큰 순서입니다. 오르는 폭은 목표를 딱 맞췄을 때의 값입니다.", "Sorted by boss damage gained for 10 billion meso. Gains are those when the goal is just met.";
    up_action: "할 일", "Upgrade";
    up_per_10b: "100억당", "Per 10B";
    up_left_out: "계산에서 빠진 장비", "Items left out";
    up_link: "다음에 무엇을 올릴지 보기", "See what to upgrade next";
    up_back: "장비 비용 보기", "See the cost of the gear";
    // Completion.
    co_title: "목표까지 드는 비용", "Cost to the target";
    co_lead: "지금 장비에서 목표까지 가는 데 드는 메소입니다. 이미 이룬 것은 빼고, 별은 지금 별에서, 잠재능력은 지금 등급에서 시작합니다.", "Meso from the gear worn now to the target. What is reached already is left out; stars go on from the stars now, potentials from the grade now.";
    co_link: "목표까지 드는 비용 보기", "See the cost to a target";
    co_target: "목표", "Target";
    co_own: "목표를 직접 정하기", "Set a target of your own";
    co_own_help: "위에서 '직접 정하기'를 고르고 적으세요. 숫자만 적으면 주스탯 %(무기·보조무기·엠블렘은 공격력 %)입니다. crit_damage_pct >= 16 같은 목표도 쓸 수 있고, 비워 두면 바라지 않는 것입니다.", "Choose 'My own target' above and fill this in. A plain number is main stat % (weapon, secondary and emblem: attack %). Goals such as crit_damage_pct >= 16 work too; leave empty what you do not want.";
    co_potential: "잠재능력 (주스탯 % 또는 목표)", "Potential (main stat % or a goal)";
    co_additional: "에디셔널 (주스탯 % 또는 목표)", "Additional (main stat % or a goal)";
    co_weapon_potential: "무기·보조·엠블렘 잠재능력 (공격력 % 또는 목표)", "Weapon, secondary, emblem: potential (attack % or a goal)";
    co_weapon_additional: "무기·보조·엠블렘 에디셔널 (공격력 % 또는 목표)", "Weapon, secondary, emblem: additional (attack % or a goal)";
    co_slot_own: "다르게 할 부위", "Slot with a target of its own";
    co_slot: "부위", "Slot";
    co_no_slot: "없음", "none";
    co_total: "모두 끝내는 비용", "Cost of all of it";
    co_all_reached: "이 목표는 이미 다 이뤘습니다. 더 높은 목표를 골라 보세요.", "Everything is reached already. Choose a higher target.";
    co_reached: "이미 목표를 이룬 부위", "Slots that have reached it";
    // Luck.
    nav_luck: "내 운", "My luck";
    luck_title: "나는 운이 좋았을까?", "Was I lucky?";
    luck_lead: "내가 쓴 큐브, 메소 재설정, 스타포스 기록을 넥슨에서 읽어, 나온 횟수를 기댓값과 나란히 보여 줍니다.", "Your cubes, meso resets and star force attempts, read from Nexon: what came of them beside what was to be expected.";
    home_luck: "내 강화 기록을 기댓값과 비교", "Your own attempts beside the expectation";
    luck_key_help: "openapi.nexon.com에서 받은 키입니다. 기록을 읽는 동안만 쓰고 바로 지웁니다. 저장하지 않고, 주소나 로그에도 남기지 않습니다.", "You get it at openapi.nexon.com. It is used while your histories are read and then forgotten: never stored, put into an address or logged.";
    luck_days: "기간", "Period";
    luck_days_word: "일", " days";
    luck_to: "마지막 날 (비우면 오늘)", "Last day (empty: today)";
    luck_kinds: "볼 기록", "Histories";
    luck_cubes: "큐브", "Cubes";
    luck_resets: "메소 재설정", "Meso resets";
    luck_stars: "스타포스", "Star force";
    luck_souls: "소울 잠재능력 (허락이 따로 필요)", "Potentials of souls (needs a permission of its own)";
    luck_read: "기록 읽기", "Read my histories";
    luck_calls: "하루와 기록 하나마다 넥슨을 한 번 부르므로, 30일이면 20초쯤 걸립니다. 창을 닫으면 멈춥니다.", "Each day of each history is one call to Nexon: 30 days take about 20 seconds. Closing the page stops it.";
    luck_again: "새로 읽기", "Read again";
    luck_progress: "읽은 날", "Days read";
    luck_rest: "남은 기록은 이어서 읽을 수 있습니다. 키는 저장하지 않았으니 다시 넣어 주세요. 이어 읽은 결과는 남은 기록만 셉니다.", "You can go on with the rest. The key was not stored, so please enter it again. The next report counts the rest only.";
    luck_go_on: "이어서 읽기", "Go on";
    luck_so_far: "아래는 여기까지 읽은 결과입니다.", "Below is what was read so far.";
    luck_done: "기록을 다 읽었습니다.", "All histories are read.";
    luck_stopped: "여기에서 멈췄습니다.", "The reading stopped here.";
    luck_nothing: "이 기간에는 기록이 없습니다.", "Nothing happened in this period.";
    luck_details: "등급별·단계별로 보기", "See each grade and star";
    luck_what: "재설정과 등급", "Reset and grade";
    luck_star: "강화 전", "From";
    luck_attempts: "강화", "Attempts";
    luck_gained: "성공", "Successes";
    luck_rises: "등급 상승", "Grade rises";
    luck_expected: "기대", "Expected";
    luck_place: "같은 만큼 한 사람들 사이에서", "Among players who did as much";
    luck_second_line: "둘째 줄 높은 등급", "Second line of the higher grade";
    luck_paid: "쓴 메소", "Meso paid";
    luck_failures: "확정 상승 직전까지 연속 실패 (가장 긴 것)", "Longest row of failures before a certain rise";
    luck_place_help: "'100명 중 62명보다 많음'은 같은 횟수를 한 100명을 줄 세웠을 때의 자리입니다. 성공은 많을수록, 파괴는 적을수록 운이 좋은 것입니다.", "'More than 62 of 100' is the place among 100 players who did as much. Many successes are lucky, and so are few destructions.";
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
        for &(key, ko, en) in Texts::ALL {
            assert!(!ko.trim().is_empty() && !en.trim().is_empty(), "{key}");
        }
        assert_eq!(Texts::KO.search, "찾기");
        assert_eq!(Texts::EN.search, "Search");
    }

    #[test]
    fn texts_are_in_the_language_of_their_column() {
        let is_hangul = |c: char| ('가'..='힣').contains(&c);
        for &(key, ko, en) in Texts::ALL {
            if key == "attribution" {
                continue;
            }
            assert!(ko.chars().any(is_hangul), "{key}: {ko}");
            assert_eq!(crate::english::sentence(ko), None, "{key}");
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
