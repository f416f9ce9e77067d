//! Runs seeds of the simulation.
fn main() {
    let from: u64 = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(0);
    let n: u64 = std::env::args().nth(2).and_then(|a| a.parse().ok()).unwrap_or(1);
    let trace = std::env::args().nth(3).is_some();
    let start = std::time::Instant::now();
    let mut failed = 0;
    for seed in from..from + n {
        let r = simulation::run(seed, &simulation::Smaller::default(), trace);
        if let Some(v) = r.violations.first() {
            failed += 1;
            println!("seed {seed}: {v} [{}] steps {} t {}", r.plan, r.steps, r.virtual_millis);
        }
    }
    println!("{failed} of {n} failed in {:?}", start.elapsed());
}
