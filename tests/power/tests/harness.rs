//! The harness as a whole: it passes what is right and catches what is wrong.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use power::campaign::Campaign;
use power::check::Promise;
use power::controls::Control;
use power::recording::{Recorder, Recording};
use power::subject::{Flaw, SubjectKind};

fn campaign(subject: SubjectKind) -> Campaign {
    let trace_folder = std::env::temp_dir().join(format!("jumun-power-{}", std::process::id()));
    Campaign { subject, states: 40, seed: 7, trace_folder, ends_at_first_failure: false }
}

#[test]
fn every_control_is_judged_as_it_must() {
    let recorder = Recorder::beside_this_program().unwrap();
    for control in Control::all(SubjectKind::Probe(Flaw::None)) {
        let verdict = control.run(&recorder, 7).unwrap();
        assert!(verdict.is_right, "{}: {}", control.name, verdict.text);
    }
}

#[test]
fn a_store_that_does_not_wait_for_the_disk_fails_the_campaign() {
    let recorder = Recorder::beside_this_program().unwrap();
    let report = campaign(SubjectKind::Probe(Flaw::SyncNormal)).run(&recorder).unwrap();
    assert!(report.failures.iter().any(|failure| failure.violation.promise == Promise::I19));
}

#[test]
fn a_failure_can_be_replayed_from_its_trace() {
    let recorder = Recorder::beside_this_program().unwrap();
    let report = campaign(SubjectKind::Probe(Flaw::SyncNormal)).run(&recorder).unwrap();
    let failure = report.failures.iter().find(|failure| failure.case.is_some()).unwrap();
    let recording = Recording::read(&failure.trace).unwrap();
    let verdict = failure.case.unwrap().judge(&recording, &recording.plan.script()).unwrap();
    assert_eq!(verdict.unwrap_err(), failure.violation);
}
