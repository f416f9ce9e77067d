use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};

use crate::effect::{EffectRunner, EffectStart};
use crate::handle::Handle;
use crate::service::Service;

/// Results of effects that are brought at once.
const EFFECTS_TOGETHER: usize = 256;

/// Performs the effects of a batch beside each other; what comes back together is brought together.
pub(crate) async fn perform<S: Service>(
    runner: Arc<dyn EffectRunner<S>>,
    handle: Handle<S>,
    effects: Vec<EffectStart>,
) {
    handle.count_effects(effects.iter().map(|effect| effect.kind.as_str()), 1);
    let runs: FuturesUnordered<_> = effects
        .into_iter()
        .map(|effect| {
            let (kind, causation) = (effect.kind.clone(), effect.causation.clone());
            // Where one breaks off its lease decides; the others go on.
            let run = AssertUnwindSafe(runner.run(effect)).catch_unwind();
            run.map(move |result| (kind, result.ok().flatten().map(|result| (result, causation))))
        })
        .collect();
    let mut done = runs.ready_chunks(EFFECTS_TOGETHER);
    while let Some(ended) = done.next().await {
        handle.count_effects(ended.iter().map(|(kind, _)| kind.as_str()), -1);
        let results: Vec<_> = ended.into_iter().filter_map(|(_, result)| result).collect();
        // Most effects end by being taken: their outcome is told by events, and nobody is to be woken.
        if !results.is_empty() {
            handle.bring(results);
        }
    }
}
