use anyhow::Result;

use super::orders::place_orders;
use super::{Bench, Subject, rebuild};

const CONNECTIONS: usize = 255;

/// R14: the same load on a store with few orders and on one with many, in turns; and R27 on the
/// one with few. Hands back the one with many.
pub(super) async fn growth(bench: &mut Bench, many: Subject) -> Result<Subject> {
    if !bench.wants(&["R14", "R27"]) {
        return Ok(many);
    }
    let few = bench.subject("few").await?;
    fill(bench, &few, bench.sizes.few_orders).await?;
    rebuild::rebuild(bench, &few).await?;
    if bench.wants(&["R14"]) {
        fill(bench, &many, bench.sizes.many_orders).await?;
        compare(bench, &few, &many).await?;
    }
    few.server.stop().await?;
    bench.verify("few").await?;
    Ok(many)
}

async fn compare(bench: &mut Bench, few: &Subject, many: &Subject) -> Result<()> {
    let (few_before, many_before) = (few.journals.last_order()?, many.journals.last_order()?);
    for _ in 0..bench.sizes.growth_rounds {
        let lasting = bench.sizes.segment / 2;
        let small = place_orders(bench, few, CONNECTIONS, lasting).await?;
        let large = place_orders(bench, many, CONNECTIONS, lasting).await?;
        bench.readings.record("R14 rate", large.per_second / small.per_second);
        bench.readings.record("R14 p99", large.segment.millis(99.0) / small.segment.millis(99.0));
    }
    let remark = format!(
        "few: {few_before} to {} orders, many: {many_before} to {}",
        few.journals.last_order()?,
        many.journals.last_order()?
    );
    bench.readings.remark("R14 rate", remark);
    Ok(())
}

/// Places orders until so many are there.
async fn fill(bench: &mut Bench, subject: &Subject, orders: u64) -> Result<()> {
    loop {
        let there = subject.journals.last_order()?;
        if there >= orders {
            return Ok(());
        }
        eprintln!("  {there} of {orders} orders are there");
        place_orders(bench, subject, CONNECTIONS, bench.sizes.segment / 4).await?;
    }
}
