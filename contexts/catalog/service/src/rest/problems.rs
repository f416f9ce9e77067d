use catalog_domain::ShopRejection;
use edge::etag::EntityTag;
use edge::problem::{Problem, ProblemKind};
use journal::StoreError;
use runtime::CallError;

use super::api::item_unknown;
use crate::command::CatalogRefusal;

/// A refusal as it leaves over HTTP.
pub(super) fn problem(refusal: &CatalogRefusal) -> Problem {
    match refusal {
        CatalogRefusal::Shop(rejection) => of_shop(rejection),
        CatalogRefusal::Changed { version } => {
            let etag = EntityTag::of_version(*version).to_string();
            Problem::of(ProblemKind::PreconditionFailed).field("If-Match", etag.clone()).with("etag", etag)
        }
    }
}

fn of_shop(rejection: &ShopRejection) -> Problem {
    let field = |name: &str| Problem::of(ProblemKind::InvalidField).field(name, rejection.to_string());
    match rejection {
        ShopRejection::UnknownShop => Problem::of(ProblemKind::ShopUnknown).detail(rejection.to_string()),
        ShopRejection::UnknownItem(item) => item_unknown(item),
        ShopRejection::CurrencyOfMenu { .. } => field("currency"),
        ShopRejection::ForeignCurrency { .. } | ShopRejection::LessThanNothing => field("price"),
        ShopRejection::RepeatedKey(_) | ShopRejection::NothingToChoose(_) => field("options"),
        ShopRejection::NoStockHere => field("uses"),
        ShopRejection::BusyWithoutEnd
        | ShopRejection::EndsBeforeNow
        | ShopRejection::PausedTooLong { .. } => field("until"),
    }
}

/// A command that came to nothing.
pub(super) fn not_called(error: CallError<CatalogRefusal>) -> Problem {
    match error {
        CallError::Refused(refusal) => problem(&refusal),
        CallError::Overloaded => Problem::of(ProblemKind::Overloaded),
        CallError::Stopped => Problem::of(ProblemKind::ShuttingDown),
        CallError::Broken(error) => broken(&error),
    }
}

/// A store that cannot answer; what is wrong with it is told to operators, not to clients.
pub(super) fn broken(error: &StoreError) -> Problem {
    tracing::error!(role = catalog_contract::ROLE, %error, "the store failed");
    Problem::of(ProblemKind::StoreUnavailable)
}
