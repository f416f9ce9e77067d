//! Scenes of the breaker, and the breaker beside a model too simple to be wrong.

use proptest::prelude::*;

use super::*;

fn settings() -> BreakerSettings {
    BreakerSettings {
        window_calls: 10,
        window_millis: 1_000,
        calls_min: 4,
        failure_percent: 50,
        slow_percent: 100,
        slow_millis: 100,
        open_millis: 500,
        probes: 2,
    }
}

fn allowed(breaker: &mut CircuitBreaker, now: i64) -> Permit {
    match breaker.admit(now) {
        Admission::Allowed(permit) => permit,
        Admission::Refused { .. } => panic!("refused at {now}"),
    }
}

fn call(breaker: &mut CircuitBreaker, outcome: Outcome, now: i64) {
    let permit = allowed(breaker, now);
    breaker.record(permit, outcome, 1, now);
}

fn opened_at(now: i64) -> CircuitBreaker {
    let mut breaker = CircuitBreaker::new(settings());
    for _ in 0..4 {
        call(&mut breaker, Outcome::Failure, now);
    }
    assert_eq!(breaker.state(now), BreakerState::Open);
    breaker
}

#[test]
fn it_opens_when_the_share_of_failures_is_reached() {
    let mut breaker = CircuitBreaker::new(settings());
    for outcome in [Outcome::Success, Outcome::Success, Outcome::Failure] {
        call(&mut breaker, outcome, 0);
    }
    assert_eq!(breaker.state(0), BreakerState::Closed);

    call(&mut breaker, Outcome::Failure, 0);

    assert_eq!(breaker.state(0), BreakerState::Open);
    let refused = Admission::Refused { retry_after_millis: 400 };
    assert_eq!(breaker.admit(100), refused);
}

#[test]
fn it_stays_closed_below_the_least_number_of_calls() {
    let mut breaker = CircuitBreaker::new(settings());
    for _ in 0..3 {
        call(&mut breaker, Outcome::Failure, 0);
    }

    assert_eq!(breaker.state(0), BreakerState::Closed);
}

#[test]
fn failures_older_than_the_window_do_not_count() {
    let mut breaker = CircuitBreaker::new(settings());
    for _ in 0..3 {
        call(&mut breaker, Outcome::Failure, 0);
    }

    call(&mut breaker, Outcome::Failure, 1_000);

    assert_eq!(breaker.state(1_000), BreakerState::Closed);
}

#[test]
fn it_opens_when_everything_is_slow() {
    let mut breaker = CircuitBreaker::new(settings());
    for _ in 0..4 {
        let permit = allowed(&mut breaker, 0);
        breaker.record(permit, Outcome::Success, 100, 0);
    }

    assert_eq!(breaker.state(0), BreakerState::Open);
}

#[test]
fn it_closes_when_all_probes_are_good() {
    let mut breaker = opened_at(0);

    let (one, two) = (allowed(&mut breaker, 500), allowed(&mut breaker, 500));
    assert!(matches!(breaker.admit(500), Admission::Refused { .. }));
    breaker.record(one, Outcome::Success, 1, 501);
    assert_eq!(breaker.state(501), BreakerState::HalfOpen);
    breaker.record(two, Outcome::Success, 1, 501);

    assert_eq!(breaker.state(501), BreakerState::Closed);
}

#[test]
fn it_opens_again_when_one_probe_is_bad() {
    let mut breaker = opened_at(0);

    let permit = allowed(&mut breaker, 500);
    breaker.record(permit, Outcome::Failure, 1, 600);

    assert_eq!(breaker.state(1_099), BreakerState::Open);
    assert_eq!(breaker.state(1_100), BreakerState::HalfOpen);
}

#[test]
fn probes_that_are_never_heard_of_again_make_room_for_new_ones() {
    let mut breaker = opened_at(0);
    let lost = [allowed(&mut breaker, 500), allowed(&mut breaker, 500)];
    assert!(matches!(breaker.admit(999), Admission::Refused { .. }));

    let fresh = [allowed(&mut breaker, 1_000), allowed(&mut breaker, 1_000)];
    for permit in lost {
        breaker.record(permit, Outcome::Failure, 1, 1_001);
    }
    for permit in fresh {
        breaker.record(permit, Outcome::Success, 1, 1_001);
    }

    assert_eq!(breaker.state(1_001), BreakerState::Closed);
}

#[test]
fn a_call_that_began_before_the_breaker_opened_decides_nothing_after() {
    let mut breaker = CircuitBreaker::new(settings());
    let early = allowed(&mut breaker, 0);
    for _ in 0..4 {
        call(&mut breaker, Outcome::Failure, 0);
    }

    assert_eq!(breaker.state(500), BreakerState::HalfOpen);
    breaker.record(early, Outcome::Failure, 500, 500);

    assert_eq!(breaker.state(500), BreakerState::HalfOpen);
}

#[test]
fn a_released_probe_gives_its_place_to_another() {
    let mut breaker = opened_at(0);
    let permits = [allowed(&mut breaker, 500), allowed(&mut breaker, 500)];

    for permit in permits {
        breaker.release(permit);
    }

    assert!(matches!(breaker.admit(500), Admission::Allowed(_)));
}

#[test]
fn callers_that_come_late_with_an_earlier_time_neither_open_nor_close_it() {
    let mut breaker = opened_at(10_000);

    for late in [9_000, 9_999, 9_500, 10_000] {
        assert_eq!(breaker.state(late), BreakerState::Open);
    }
    assert_eq!(breaker.state(10_499), BreakerState::Open);
    assert_eq!(breaker.state(10_500), BreakerState::HalfOpen);
}

#[test]
fn a_clock_that_is_set_back_keeps_it_open_no_longer_than_one_that_goes_on() {
    let mut breaker = opened_at(10_000_000);

    assert_eq!(breaker.state(0), BreakerState::Open);
    assert_eq!(breaker.admit(100), Admission::Refused { retry_after_millis: 400 });
    assert_eq!(breaker.state(500), BreakerState::HalfOpen);
}

#[test]
fn extreme_settings_and_times_do_not_panic() {
    let mut breaker = CircuitBreaker::new(BreakerSettings {
        window_calls: 0,
        window_millis: i64::MIN,
        calls_min: usize::MAX,
        failure_percent: 0,
        slow_percent: 255,
        slow_millis: i64::MIN,
        open_millis: i64::MAX,
        probes: 0,
    });

    for now in [i64::MIN, 0, i64::MAX] {
        if let Admission::Allowed(permit) = breaker.admit(now) {
            breaker.record(permit, Outcome::Failure, i64::MAX, now);
        }
    }
}

/// The whole history and the rules, evaluated afresh each time.
#[derive(Debug)]
struct Model {
    settings: BreakerSettings,
    state: BreakerState,
    since: i64,
    now: i64,
    round: u64,
    history: Vec<(i64, bool, bool)>,
    probes_out: u32,
    probes_good: u32,
}

impl Model {
    fn enter(&mut self, state: BreakerState) {
        self.state = state;
        self.since = self.now;
        self.round += 1;
        self.history.clear();
        self.probes_out = 0;
        self.probes_good = 0;
    }

    fn at(&mut self, now: i64) {
        self.now = now;
        if self.state != BreakerState::Closed && now - self.since >= self.settings.open_millis {
            self.enter(BreakerState::HalfOpen);
        }
    }

    fn admit(&mut self) -> Option<u64> {
        match self.state {
            BreakerState::Open => return None,
            BreakerState::HalfOpen if self.probes_out == self.settings.probes => return None,
            BreakerState::HalfOpen => self.probes_out += 1,
            BreakerState::Closed => {}
        }
        Some(self.round)
    }

    fn record(&mut self, round: u64, failed: bool, slow: bool) {
        if round != self.round {
            return;
        }
        if self.state == BreakerState::HalfOpen {
            self.probes_good += 1;
            if failed || slow {
                self.enter(BreakerState::Open);
            } else if self.probes_good == self.settings.probes {
                self.enter(BreakerState::Closed);
            }
            return;
        }
        self.history.push((self.now, failed, slow));
        let counted: Vec<_> = self
            .history
            .iter()
            .rev()
            .take(self.settings.window_calls)
            .filter(|(at, ..)| self.now - at < self.settings.window_millis)
            .collect();
        let percent = |bad: usize| bad * 100 / counted.len();
        let failures = percent(counted.iter().filter(|(_, failed, _)| *failed).count());
        let slows = percent(counted.iter().filter(|(.., slow)| *slow).count());
        if counted.len() >= self.settings.calls_min
            && (failures >= usize::from(self.settings.failure_percent)
                || slows >= usize::from(self.settings.slow_percent))
        {
            self.enter(BreakerState::Open);
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Wait(i64),
    Admit,
    /// Ends one of the calls that are out.
    End {
        which: usize,
        failed: bool,
        slow: bool,
    },
    Release {
        which: usize,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        2 => (0_i64..60).prop_map(Step::Wait),
        5 => Just(Step::Admit),
        5 => (any::<usize>(), prop::bool::weighted(0.4), prop::bool::weighted(0.2))
            .prop_map(|(which, failed, slow)| Step::End { which, failed, slow }),
        1 => any::<usize>().prop_map(|which| Step::Release { which }),
    ];
    prop::collection::vec(step, 1..200)
}

fn small_settings() -> impl Strategy<Value = BreakerSettings> {
    (1_usize..8, 1_i64..200, 1_usize..8, 1_u8..=100, 1_u8..=100, 1_i64..100, 1_u32..4).prop_map(
        |(window_calls, window_millis, calls_min, failure, slow, open_millis, probes)| BreakerSettings {
            window_calls,
            window_millis,
            calls_min: calls_min.min(window_calls),
            failure_percent: failure,
            slow_percent: slow,
            slow_millis: 10,
            open_millis,
            probes,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn it_does_what_the_model_does(settings in small_settings(), steps in steps()) {
        let mut breaker = CircuitBreaker::new(settings.clone());
        let mut model = Model {
            settings: settings.clone(),
            state: BreakerState::Closed,
            since: 0,
            now: 0,
            round: 0,
            history: Vec::new(),
            probes_out: 0,
            probes_good: 0,
        };
        let mut out: Vec<(Permit, u64)> = Vec::new();
        let mut now = 0;
        for step in steps {
            match step {
                Step::Wait(millis) => now += millis,
                Step::Admit => {
                    model.at(now);
                    match (breaker.admit(now), model.admit()) {
                        (Admission::Allowed(permit), Some(round)) => out.push((permit, round)),
                        (Admission::Refused { retry_after_millis }, None) => {
                            prop_assert!((1..=settings.open_millis).contains(&retry_after_millis));
                        }
                        (got, expected) => {
                            prop_assert!(false, "{:?} where the model says {:?}", got, expected);
                        }
                    }
                }
                Step::End { which, failed, slow } if !out.is_empty() => {
                    let (permit, round) = out.swap_remove(which % out.len());
                    let outcome = if failed { Outcome::Failure } else { Outcome::Success };
                    model.at(now);
                    breaker.record(permit, outcome, if slow { 10 } else { 9 }, now);
                    model.record(round, failed, slow);
                }
                Step::Release { which } if !out.is_empty() => {
                    let (permit, round) = out.swap_remove(which % out.len());
                    model.at(now);
                    breaker.state(now);
                    breaker.release(permit);
                    if round == model.round && model.state == BreakerState::HalfOpen {
                        model.probes_out -= 1;
                    }
                }
                Step::End { .. } | Step::Release { .. } => {}
            }
            model.at(now);
            prop_assert_eq!(breaker.state(now), model.state);
            prop_assert_eq!(breaker.rounds(), model.round);
            if model.state == BreakerState::HalfOpen {
                let probes = out.iter().filter(|(_, round)| *round == model.round).count();
                prop_assert!(probes <= settings.probes as usize);
            }
        }
    }
}
