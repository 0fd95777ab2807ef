//! Star force of items: priced, given with the item, or not priced with a reason.

use super::*;

fn starred(item: Item) -> StarForceOutcome {
    let expectation = evaluated(vec![item], &options());
    expectation.presets[0].items[0].star_force.clone()
}

#[test]
fn stars_are_priced_from_none_to_now() {
    let item = Item {
        level: Ok(200),
        stars: Ok(22),
        ..hat(None)
    };
    let expectation = evaluated(vec![item.clone()], &options());
    let preset = &expectation.presets[0];
    let StarForceOutcome::Priced(price) = &preset.items[0].star_force else {
        panic!("not priced: {:?}", preset.items[0].star_force);
    };
    let means = price.means;
    let expected = Query::new(200, 0, 22).solve().unwrap();
    assert_eq!((price.stars, means), (22, expected.means()));
    assert!(means.meso > 0.0 && means.destroyed > 0.0);
    assert_eq!(preset.total.star_force.to_bits(), means.meso.to_bits());
    assert!(preset.total.is_complete());
    assert!(
        expectation
            .warnings
            .contains(&Warning::StarForce(Note::FreeSpareItems))
    );
}

#[test]
fn superior_items_follow_their_own_table() {
    let belt = |name: &str| {
        let item = Item {
            name: name.to_owned(),
            stars: Ok(10),
            ..hat(None)
        };
        starred(item).mean_cost().unwrap()
    };
    let (superior, normal) = (belt("타일런트 헤르메스 벨트"), belt("몽환의 벨트"));
    assert!(superior > normal, "{superior} is not above {normal}");
}

#[test]
fn stars_without_a_price_say_why() {
    let stars = |stars, stars_from_scroll| {
        starred(Item {
            stars: Ok(stars),
            stars_from_scroll: Ok(stars_from_scroll),
            ..hat(None)
        })
    };
    assert_eq!(
        stars(0, false),
        StarForceOutcome::NotApplicable(NotApplicable::NoStars)
    );
    let reason = StarsNotPriced::FromScrolls;
    assert_eq!(
        stars(12, true),
        StarForceOutcome::NotPriced {
            stars: Some(12),
            reason
        }
    );
    assert_eq!(stars(12, true).mean_cost(), None);
    let impossible = stars(31, false);
    assert!(
        matches!(
            impossible,
            StarForceOutcome::NotPriced {
                reason: StarsNotPriced::Impossible(_),
                ..
            }
        ),
        "{impossible:?}"
    );
}

#[test]
fn weapons_given_with_stars_cost_none() {
    let weapon = Item {
        slot: "무기".to_owned(),
        kind: "스태프".to_owned(),
        name: "제네시스 스태프".to_owned(),
        stars: Ok(22),
        ..hat(None)
    };
    assert_eq!(
        starred(weapon),
        StarForceOutcome::NotApplicable(NotApplicable::StarsOfItsOwn)
    );
}

#[test]
fn field_that_cannot_be_read_costs_only_what_depends_on_it() {
    let unreadable = |field| UnreadableField {
        field,
        found: "null".to_owned(),
    };
    let good = Item {
        stars: Ok(17),
        ..hat(lines("레전드리", INT_27))
    };
    let stars = Item {
        stars: Err(unreadable("starforce")),
        ..good.clone()
    };
    let flag = Item {
        stars_from_scroll: Err(unreadable("starforce_scroll_flag")),
        ..good.clone()
    };
    let nameless = Item {
        name: String::new(),
        ..good.clone()
    };
    let level = Item {
        level: Err(unreadable("base_equipment_level")),
        ..good.clone()
    };
    let expectation = evaluated(vec![good, stars, flag, nameless, level], &options());
    let preset = &expectation.presets[0];
    let statuses = preset.items.iter().map(|item| {
        let reason = match &item.star_force {
            StarForceOutcome::NotPriced { reason, .. } => reason.to_string(),
            outcome => outcome.status().to_owned(),
        };
        (item.potential.outcome.status(), reason)
    });
    let expected = [
        ("priced", "priced"),
        ("priced", "the document's starforce is `null`"),
        ("priced", "the document's starforce_scroll_flag is `null`"),
        ("priced", "the document gives the item no name"),
        (
            "not_priced",
            "the document's base_equipment_level is `null`",
        ),
    ];
    assert!(statuses.eq(expected.map(|(status, reason)| (status, reason.to_owned()))));
    assert_eq!(preset.total.left_out, 5);
}
