use anyhow::Result;

use super::{Bench, Subject};

/// R17: what is shipped.
pub(super) fn binary(bench: &mut Bench) -> Result<()> {
    if bench.wants(&["R17"]) {
        let bytes = std::fs::metadata(&bench.program.binary)?.len();
        bench.readings.record("R17", bytes as f64 / f64::from(1 << 20));
    }
    Ok(())
}

/// R18: stops the program and weighs what all roles keep, logs moved into the files. The sandbox's
/// own book is the provider's, not ours.
pub(super) async fn after_all(bench: &mut Bench, subject: Subject) -> Result<()> {
    let Subject { server, journals, .. } = subject;
    server.stop().await?;
    let orders = journals.last_order()?;
    if bench.wants(&["R18"]) && orders > 0 {
        bench.readings.record("R18", journals.settled_bytes()? as f64 / orders as f64);
        bench.readings.remark("R18", format!("{orders} orders"));
    }
    Ok(())
}
