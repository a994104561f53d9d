//! Access that changes while a copy is half read, in histories made by chance: whatever was cut where and given or taken
//! when, the copy ends equal to what its reader may see.

use std::collections::{BTreeMap, BTreeSet};

use nq57_platform::feed::{self, Access, Asked, Audiences, Entry, Offices, Walk};
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::feed::Cause;
use nq57_shared::ids::OrganisationId;
use serde_json::json;
use uuid::Uuid;

use super::order::kind;
use super::{Mirror, scale};
use crate::harness::{Dice, TestApp, say};

const KIND: &str = "product_dossier";
const HISTORIES: u64 = 40;
const STEPS: u64 = 45;
const OBJECTS: u64 = 6;
/// Provinces, and organisations, of one history.
const PLACES: u64 = 3;

/// An object: of which province and which organisation, at which revision.
type Place = (Option<u64>, Option<u64>, i64);

struct History<'a> {
    state: &'a AppState,
    number: u64,
    dice: Dice,
    objects: BTreeMap<u64, Place>,
    revision: i64,
    access: Access,
    /// Every access that there was.
    known: BTreeMap<String, Offices>,
    mirror: Mirror,
}

impl History<'_> {
    fn province(&self, n: u64) -> String {
        format!("{}-{n}", self.number)
    }

    fn organisation(&self, n: u64) -> OrganisationId {
        OrganisationId(Uuid::from_u128(u128::from(self.number * 1_000 + n + 1)))
    }

    fn id(&self, n: u64) -> String {
        format!("{}/{n}", self.number)
    }

    /// An object comes, changes, moves or goes.
    async fn change(&mut self) {
        let n = self.dice.below(OBJECTS);
        self.revision += 1;
        let kind = kind(self.state, KIND);
        let at = (self.revision, self.state.clock.now());
        let entry = if self.dice.below(5) == 0 {
            self.objects.remove(&n);
            Entry::gone(kind, self.id(n), Cause::Removed, at)
        } else {
            let mut some = || Some(self.dice.below(PLACES + 1)).filter(|n| *n < PLACES);
            let (province, organisation) = (some(), some());
            self.objects.insert(n, (province, organisation, self.revision));
            let code = province.map(|n| self.province(n));
            let audiences =
                Audiences::offices(code.as_deref(), organisation.map(|n| self.organisation(n)));
            Entry::of(kind, self.id(n), audiences, at, &json!({"revision": self.revision}))
                .expect("JSON")
        };
        let now = self.state.clock.now();
        let put = async |tx: &_| feed::put(tx, now, [entry.clone()]).await;
        transaction::write(&self.state.db, put).await.expect("put");
        if self.dice.below(3) > 0 {
            feed::sequence_all(self.state).await.expect("numbers");
        }
    }

    fn change_access(&mut self) {
        let some = |dice: &mut Dice| -> BTreeSet<u64> {
            (0..PLACES).filter(|_| dice.below(3) == 0).collect()
        };
        let (provinces, organisations) = (some(&mut self.dice), some(&mut self.dice));
        let both = some(&mut self.dice).into_iter().zip(some(&mut self.dice));
        let offices = Offices {
            everything: self.dice.below(8) == 0,
            // One that nobody has: who may read nothing at all is refused.
            provinces: provinces.into_iter().chain([PLACES]).map(|n| self.province(n)).collect(),
            organisations: organisations.into_iter().map(|n| self.organisation(n)).collect(),
            places: both.map(|(n, code)| (self.organisation(n), self.province(code))).collect(),
        };
        self.access = Access::of("a reader", offices);
        self.known.insert(self.access.version.clone(), self.access.offices.clone());
    }

    /// One answer, perhaps cut off somewhere; whether there is more.
    async fn pull(&mut self, may_be_cut: bool) -> bool {
        let limit = if may_be_cut { 1 + self.dice.below(4) } else { 100 };
        let asked = Asked {
            types: BTreeSet::from([KIND.to_owned()]),
            provinces: BTreeSet::new(),
            after: self.mirror.next.clone(),
            limit,
            data: true,
        };
        let formerly = async |version: &str| Ok(self.known.get(version).cloned());
        let walk = Walk::begin(self.state, &self.access, formerly, &asked).await;
        let mut walk = match walk {
            Ok(walk) => walk,
            Err(error) => {
                // It has changed too often to be followed.
                assert_eq!(error.code().as_str(), "feed_reset");
                self.mirror.start_anew();
                return true;
            }
        };
        let mut body = Vec::new();
        while let Some(bytes) = walk.next().await.expect("bytes") {
            body.extend_from_slice(&bytes);
        }
        if may_be_cut && self.dice.below(3) == 0 {
            let end = self.dice.below(body.len() as u64 + 1);
            body.truncate(usize::try_from(end).expect("small"));
        }
        self.mirror.take_lines(&body).more
    }

    /// What the reader may see now.
    fn expected(&self) -> BTreeMap<String, i64> {
        let offices = &self.access.offices;
        let sees = |(province, organisation, _): &Place| {
            offices.everything
                || province.is_some_and(|n| offices.provinces.contains(&self.province(n)))
                || organisation
                    .is_some_and(|n| offices.organisations.contains(&self.organisation(n)))
                || organisation.zip(*province).is_some_and(|(n, code)| {
                    offices.places.contains(&(self.organisation(n), self.province(code)))
                })
        };
        let seen = self.objects.iter().filter(|(_, place)| sees(place));
        seen.map(|(n, place)| (self.id(*n), place.2)).collect()
    }

    async fn run(&mut self) {
        for _ in 0..STEPS {
            match self.dice.below(10) {
                0..5 => self.change().await,
                5 => self.change_access(),
                _ => drop(self.pull(true).await),
            }
        }
        feed::sequence_all(self.state).await.expect("numbers");
        while self.pull(false).await {}
        // An access that shows everything sees the other histories too.
        let own = format!("{}/", self.number);
        let has: BTreeMap<String, i64> = self
            .mirror
            .objects
            .iter()
            .filter(|((_, id), _)| id.starts_with(&own))
            .filter(|((kind, _), _)| kind == KIND)
            .map(|((_, id), (revision, _))| (id.clone(), *revision))
            .collect();
        assert_eq!(has, self.expected(), "history {}", self.number);
    }
}

#[actix_web::test]
async fn whatever_is_given_taken_and_cut_the_copy_ends_equal() {
    let app = TestApp::start().await;
    app.writes_behind_the_server();
    let dice = Dice::throw();
    say(&format!("histories of access: NQ57_TEST_SEED={}", dice.seed));
    for number in 0..HISTORIES * scale() {
        let access = Access::of("a reader", Offices { everything: true, ..Offices::default() });
        let known = BTreeMap::from([(access.version.clone(), access.offices.clone())]);
        let mut history = History {
            state: &app.state,
            number,
            dice: dice.apart(number),
            objects: BTreeMap::new(),
            revision: 0,
            access,
            known,
            mirror: Mirror::default(),
        };
        history.run().await;
    }
}
