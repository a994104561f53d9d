//! Every combination of facts, for the diagram and the property tests.

use super::{EligibilityFacts, EvaluationFacts, ProductFacts};

/// Every combination of facts that the table looks at: for the diagram and the property tests.
#[must_use]
pub fn all_facts() -> Vec<ProductFacts> {
    let mut all = Vec::new();
    for bits in 0_u16..512 {
        let bit = |n: u16| bits & (1 << n) != 0;
        all.push(ProductFacts {
            draft_complete: bit(0),
            has_published_version: bit(1),
            sender_has_ended: bit(8),
            eligibility: EligibilityFacts { complete: bit(2), any_fail: bit(3), any_ask: bit(4) },
            evaluation: bit(5).then(|| EvaluationFacts {
                is_open: bit(6),
                quorum_met: bit(7),
                is_recommended: bit(7),
            }),
        });
    }
    all
}
