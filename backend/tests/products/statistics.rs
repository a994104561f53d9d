//! Public figures.

use chrono::Duration;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{FacetCount, ProductStatistics};

use super::stories::Portal;

#[actix_web::test]
async fn figures_tell_how_many_how_far_and_how_long() {
    let portal = Portal::open().await;
    let empty: ProductStatistics =
        portal.app.client().get("/products/statistics").await.expect(200).read_as();
    assert_eq!((empty.received, empty.published, empty.states.len()), (0, 0, 0));
    assert_eq!(empty.steps.len(), Holder::ALL.len());

    let portal = Portal::open().await;
    portal.published().await;
    portal.drafted().await;
    portal.submitted().await;
    portal.app.advance(Duration::days(9));
    let figures: ProductStatistics =
        portal.app.client().get("/products/statistics").await.expect(200).read_as();
    assert_eq!((figures.received, figures.valid), (2, 1));
    assert_eq!((figures.evaluated, figures.published), (1, 1));
    let count = |code: &str, count| FacetCount { code: code.into(), count };
    assert_eq!(figures.states, [count("submitted", 1), count("published", 1)]);
    assert_eq!(figures.provinces, [count("92", 1)]);
    assert_eq!(figures.sectors, [count("agriculture", 1), count("environment", 1)]);
    assert_eq!(figures.domains, [count("science_technology", 1)]);
    let intake = figures.steps.iter().find(|step| step.step == Holder::Intake).expect("the step");
    assert_eq!((intake.count, intake.median_working_days_tenths), (1, Some(0)));
    assert_eq!(intake.overdue, 1, "five working days have passed");
}
