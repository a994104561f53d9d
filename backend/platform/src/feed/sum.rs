//! Figures of many objects, whatever their order: how many, and the sum of their digests. With them a mirror shows that it is
//! equal. What is summed up stands at `TypeSummary` of `nq57_core::feed`: anybody can compute it.

use nq57_core::feed::{PartSummary, TypeSummary};
use sha2::{Digest, Sha256};

/// The figures of the objects of one type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    live: u64,
    /// Modulo 2^256, the greatest byte first.
    total: [u8; 32],
}

impl Sum {
    /// One more object.
    pub fn add(&mut self, kind: &str, id: &str, revision: i64, data: &str) {
        self.add_digest(kind, id, revision, &Self::of_data(data));
    }

    /// The same of data whose digest is known.
    pub fn add_digest(&mut self, kind: &str, id: &str, revision: i64, data: &[u8; 32]) {
        let data = hex::encode(data);
        let digest = Sha256::digest(format!("{kind}\n{id}\n{revision}\n{data}\n").as_bytes());
        self.add_sum(&Self { live: 1, total: digest.into() });
    }

    /// All of these.
    pub fn add_sum(&mut self, others: &Self) {
        let mut carry = 0_u16;
        for (mine, theirs) in self.total.iter_mut().zip(others.total).rev() {
            carry += u16::from(*mine) + u16::from(theirs);
            let [_, low] = carry.to_be_bytes();
            *mine = low;
            carry >>= 8;
        }
        self.live += others.live;
    }

    /// The digest of the data of an object.
    #[must_use]
    pub fn of_data(data: &str) -> [u8; 32] {
        Sha256::digest(data.as_bytes()).into()
    }

    /// How many objects.
    #[must_use]
    pub fn live(&self) -> u64 {
        self.live
    }

    /// The sum of their digests, in hexadecimal.
    #[must_use]
    pub fn hex(&self) -> String {
        hex::encode(self.total)
    }
}

/// The figures of a type, apart by what [`part_of`] says: a difference is found in few objects, and what stands still can be
/// compared while the rest changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts(Vec<Sum>);

/// The part that an object is in.
#[must_use]
pub fn part_of(id: &str) -> u8 {
    let [first, ..]: [u8; 32] = Sha256::digest(id.as_bytes()).into();
    first
}

impl Default for Parts {
    fn default() -> Self {
        Self(vec![Sum::default(); 1 << u8::BITS])
    }
}

impl Parts {
    /// The part with what is in it.
    pub fn of(&mut self, id: &str) -> &mut Sum {
        let part = usize::from(part_of(id));
        #[expect(clippy::indexing_slicing, reason = "there is one for each byte")]
        &mut self.0[part]
    }

    /// All of them as the document shows them.
    #[must_use]
    pub fn summary(&self, kind: &str) -> TypeSummary {
        let mut whole = Sum::default();
        self.0.iter().for_each(|part| whole.add_sum(part));
        let show = |part: &Sum| PartSummary { live: part.live(), digest: part.hex() };
        let parts = self.0.iter().map(show).collect();
        TypeSummary { kind: kind.to_owned(), live: whole.live(), digest: whole.hex(), parts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_what_the_document_says_in_whatever_order() {
        let data = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        let said = Sha256::digest(format!("product\na\n7\n{data}\n"));
        let mut one = Sum::default();
        one.add("product", "a", 7, "{}");
        assert_eq!((one.live(), one.hex()), (1, hex::encode(said)));
        let objects: Vec<String> = (0..300).map(|n| n.to_string()).collect();
        let (mut there, mut back) = (Sum::default(), Sum::default());
        objects.iter().for_each(|id| there.add("product", id, 1, "{}"));
        objects.iter().rev().for_each(|id| back.add("product", id, 1, "{}"));
        assert_eq!(there, back);
        assert_ne!(there.hex(), one.hex());
        let mut parts = Parts::default();
        objects.iter().for_each(|id| parts.of(id).add("product", id, 1, "{}"));
        let said = parts.summary("product");
        assert_eq!((said.live, said.digest), (300, there.hex()), "parts come to the whole");
        assert_eq!(said.parts.len(), 256);
        // SHA-256 of "7" begins with 79.
        assert!(part_of("7") == 0x79 && said.parts[0x79].live > 0);
    }

    #[test]
    fn sums_carry_and_begin_again_beyond_the_greatest() {
        let mut one = Sum::default();
        one.add("product", "a", 7, "{}");
        let mut full = Sum { live: 0, total: [0xff; 32] };
        full.add("product", "a", 7, "{}");
        // One less than the digest alone.
        let (mut less, mut at) = (one.total, 31);
        while less[at] == 0 {
            less[at] = 0xff;
            at -= 1;
        }
        less[at] -= 1;
        assert_eq!(full.total, less);
    }
}
