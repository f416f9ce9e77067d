//! The canonical API of payments: the payment of an order, refunds, the list of a shop; and the
//! door for neighbours in other programs.

mod answers;
mod api;
mod approve;
mod ask;
mod callbacks;
mod closings;
mod deposits;
mod get;
mod list;
mod problems;
mod proposals;
mod refund;
mod settle;
mod viewer;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use api::PaymentApi;
pub(crate) use ask::ASK_PATH;
pub use callbacks::CallbackDoors;

use crate::client::NearPayment;

/// The routes, with their documentation; they want [`PaymentApi`] as state.
pub fn routes() -> OpenApiRouter<PaymentApi> {
    OpenApiRouter::new()
        .routes(routes!(list::list_payments))
        .routes(routes!(get::read_payment))
        .routes(routes!(callbacks::take_callback))
        .routes(routes!(refund::refund_payment))
        .routes(routes!(proposals::confirm_refund))
        .routes(routes!(proposals::withdraw_refund))
        .routes(routes!(settle::settle_refund))
        .routes(routes!(approve::approve_payment))
        .routes(routes!(approve::cancel_payment))
        .routes(routes!(deposits::list_deposits, deposits::open_deposit))
        .routes(routes!(deposits::read_deposit))
        .routes(routes!(deposits::top_up_deposit))
        .routes(routes!(deposits::read_statement))
        .routes(routes!(closings::list_closings, closings::close_day))
        .routes(routes!(closings::read_closing))
}

/// The routes on their state.
pub fn router(api: PaymentApi) -> OpenApiRouter {
    routes().with_state(api)
}

/// What neighbours in other programs ask: for the internal listener only.
pub fn internal_router(payment: NearPayment) -> Router {
    Router::new().route(ASK_PATH, axum::routing::post(ask::ask_payment)).with_state(payment)
}

/// What strangers send here: the bodies and queries of the routes.
#[must_use]
pub fn forms() -> Vec<edge::form::Form> {
    vec![
        edge::form::body::<closings::DayToClose>(),
        edge::form::body::<approve::Approval>(),
        edge::form::body::<approve::NoApproval>(),
        edge::form::body::<settle::ByHand>(),
        edge::form::body::<refund::RefundRequest>(),
        edge::form::body::<deposits::NewDeposit>(),
        edge::form::body::<deposits::TopUp>(),
        edge::form::body::<proposals::ProposalAnswer>(),
        edge::form::body::<crate::provider::callback::Callback>(),
        edge::form::query::<list::PaymentFilter>(),
        edge::form::query::<deposits::PageOf>(),
    ]
}
