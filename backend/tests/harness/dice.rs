//! Chance that can be repeated: a seed names a run.

use std::io::Write;
use std::time::Duration;

/// Says it also when the test passes.
pub fn say(text: &str) {
    writeln!(std::io::stderr(), "{text}").expect("standard error");
}

/// A small generator.
#[derive(Clone, Debug)]
pub struct Dice {
    pub seed: u64,
    state: u64,
}

impl Dice {
    /// Of a seed by chance, or of `NQ57_TEST_SEED`.
    pub fn throw() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "a seed repeats a run; the test runner's choice"
        )]
        let given = std::env::var("NQ57_TEST_SEED").ok();
        let random = || u64::try_from(uuid::Uuid::new_v4().as_u128() % 1_000_000).expect("small");
        Self::of(
            given.map_or_else(random, |seed| seed.parse().expect("NQ57_TEST_SEED is a number")),
        )
    }

    fn of(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// Another one, named by this seed and a number.
    pub fn apart(&self, number: u64) -> Self {
        Self::of(self.seed.wrapping_add(number.wrapping_mul(0x2545_f491_4f6c_dd1d)))
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    pub fn milliseconds(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.below(to - from))
    }
}
