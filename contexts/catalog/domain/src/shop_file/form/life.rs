use catalog_contract::{Accept, Handover, Prepare, Stage, TableRule};
use schemars::JsonSchema;
use serde::Deserialize;

use super::DurationForm;

/// Who does what, and when an order is complete.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LifeSection {
    /// Who takes an order on.
    pub accept: Accept,
    /// Who makes it.
    pub prepare: Prepare,
    /// When it counts as made; `when-completed` when left out.
    pub finishes: Option<Finishes>,
    /// How it reaches the customer.
    pub handover: Handover,
    /// Whether an order may be for a table, to which staff bring it; with `pickup` only, and not when
    /// left out.
    pub table: Option<TableRule>,
    /// When an order is complete.
    pub completes: CompletesForm,
}

/// When an order counts as made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Finishes {
    /// When whoever makes it says so.
    WhenCompleted,
    /// As soon as it is started: nobody says when making ends.
    AtStart,
}

/// When an order is complete.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompletesForm {
    /// What completes it; each word has its own key beside it.
    pub when: CompletesWhen,
    /// For `command`: how long after *prepared* it is closed all the same, 1s to 720h; never when
    /// left out.
    pub or_after: Option<DurationForm>,
    /// For `at-stage`: the stage.
    pub stage: Option<Stage>,
    /// For `after`: how long after *prepared*, or *delivered* where a courier brings it, 1s to 720h.
    pub after: Option<DurationForm>,
}

/// What completes an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CompletesWhen {
    /// Staff hand it over.
    Command,
    /// It reaches a stage.
    AtStage,
    /// Time passes after it was prepared, or delivered where a courier brings it.
    After,
}

/// Who may cancel until when: as long as the order has not reached the stage.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelSection {
    /// The customer, before this stage; `placed` means never.
    pub customer_before: Stage,
    /// Staff, before this stage; `placed` means never.
    pub staff_before: Stage,
}

/// How long an order may wait before somebody should look, 1s to 168h each.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BoundsSection {
    /// Waiting to be accepted; `10m` when left out.
    pub accept: Option<DurationForm>,
    /// Waiting to be started; `15m` when left out.
    pub start: Option<DurationForm>,
    /// Being made; `30m` when left out.
    pub prepare: Option<DurationForm>,
    /// Waiting to be handed over; `2h` when left out.
    pub handover: Option<DurationForm>,
}
