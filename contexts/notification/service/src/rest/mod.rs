//! The canonical API of messages and webhooks: list and read messages; register, list, rotate,
//! replay and remove webhooks.

mod api;
mod messages;
mod problems;
mod webhooks;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use api::NotificationApi;
pub(crate) use problems::problem;

/// The routes, with their documentation; they want [`NotificationApi`] as state.
pub fn routes() -> OpenApiRouter<NotificationApi> {
    OpenApiRouter::new()
        .routes(routes!(messages::list_messages))
        .routes(routes!(messages::read_message))
        .routes(routes!(webhooks::list_webhooks, webhooks::register_webhook))
        .routes(routes!(webhooks::remove_webhook))
        .routes(routes!(webhooks::rotate_webhook_secret))
        .routes(routes!(webhooks::replay_webhook))
}

/// What strangers send here: the bodies and queries of the routes.
#[must_use]
pub fn forms() -> Vec<edge::form::Form> {
    vec![
        edge::form::body::<webhooks::NewWebhook>(),
        edge::form::body::<webhooks::ReplayFrom>(),
        edge::form::query::<messages::MessageFilter>(),
    ]
}
