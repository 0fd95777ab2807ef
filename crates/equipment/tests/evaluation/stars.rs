//! Star force of items: priced, given with the item, or not priced with a reason.

use super::*;

fn starred(item: Item) -> StarForceOutcome {
    let expectation = evaluated(vec![item], &options());
    expectation.presets[0].items[0].star_force.clone()
}

#[test]
fn stars_are_priced_from_none_to_now() {
    let item = Item {
        level: 200,
        stars: 22,
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
            stars: 10,
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
            stars,
            stars_from_scroll,
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
        StarForceOutcome::NotPriced { stars: 12, reason }
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
        stars: 22,
        ..hat(None)
    };
    assert_eq!(
        starred(weapon),
        StarForceOutcome::NotApplicable(NotApplicable::StarsOfItsOwn)
    );
}
