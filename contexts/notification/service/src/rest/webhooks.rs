use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use edge::actor::ActorHeader;
use edge::body::StrictJsonWithBytes;
use edge::idempotency::IdempotencyKey;
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use notification_contract::{WebhookId, WebhookView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::api::NotificationApi;
use super::problems::problem;
use crate::channels::{may_be_called, new_secret};
use crate::command::{NotificationCommand, NotificationRefusal, NotificationReply};
use crate::views;

const REGISTER: &str = "POST /v1/shops/{shop}/webhooks";
const ROTATE: &str = "POST /v1/shops/{shop}/webhooks/{webhook}/rotate";
const REPLAY: &str = "POST /v1/shops/{shop}/webhooks/{webhook}/replay";

/// A shop's own system that wants to be told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWebhook {
    /// Where it is called: a public address.
    #[schema(max_length = 2000, example = "https://shop.example/hooks")]
    url: String,
}

/// From where a webhook is told again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplayFrom {
    /// The messages behind this number; 0 for all of them.
    after: u64,
}

/// A webhook with its new secret, which is shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct WebhookWithSecret {
    /// The webhook.
    #[serde(flatten)]
    webhook: WebhookView,
    /// What its calls are signed with: `whsec_` and base64.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

/// The webhooks of a shop.
#[derive(Serialize, ToSchema)]
pub(super) struct Webhooks {
    /// The earliest first.
    items: Vec<WebhookView>,
}

/// The webhooks of a shop, without their secrets.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/webhooks",
    operation_id = "list_webhooks",
    tag = "webhooks",
    params(("shop" = String, Path, description = "The shop's key")),
    responses(
        (status = 200, description = "The webhooks", body = Webhooks),
        (status = 404, description = "No such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_webhooks(
    State(api): State<NotificationApi>,
    StrictPath(shop): StrictPath<String>,
) -> Result<Json<Webhooks>, Problem> {
    let shop = api.shop(shop)?;
    let items = api.read(move |store| views::webhooks_of(store, &shop)).await?;
    Ok(Json(Webhooks { items }))
}

/// Tells a shop's own system of every message on the channel `webhook`, from now on. The answer
/// shows the secret, this once.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/webhooks",
    operation_id = "register_webhook",
    tag = "webhooks",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeat it with every retry"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity"),
    ),
    request_body = NewWebhook,
    responses(
        (status = 201, description = "It is told from now on", body = WebhookWithSecret),
        (status = 400, description = "The address is not acceptable", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The shop has as many as it may have", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The key came with another body", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn register_webhook(
    State(api): State<NotificationApi>,
    StrictPath(shop): StrictPath<String>,
    actor: ActorHeader,
    key: Option<IdempotencyKey>,
    StrictJsonWithBytes { value: NewWebhook { url }, bytes }: StrictJsonWithBytes<NewWebhook>,
) -> Result<(StatusCode, Json<WebhookWithSecret>), Problem> {
    let shop = api.shop(shop)?;
    if let Err(expected) = may_be_called(&url, api.reach) {
        return Err(Problem::of(ProblemKind::InvalidField).field("url", expected));
    }
    let secret = new_secret(&(api.fresh_secret)());
    let webhook = WebhookId(api.ids.next_id(api.clock.now()));
    let key = api.key_use(&actor, REGISTER, key.as_ref(), &[shop.as_str().as_bytes(), &bytes]);
    let command = NotificationCommand::RegisterWebhook { shop, webhook, url, secret, key };
    Ok((StatusCode::CREATED, Json(with_secret(api.wish(&actor, command).await?)?)))
}

/// Gives a webhook a new secret, shown this once. For a day calls are signed with the one before too.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/webhooks/{webhook}/rotate",
    operation_id = "rotate_webhook_secret",
    tag = "webhooks",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("webhook" = String, Path, description = "The webhook's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeat it with every retry"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity"),
    ),
    responses(
        (status = 200, description = "The webhook with its new secret", body = WebhookWithSecret),
        (status = 404, description = "No such shop or webhook", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The key came with another body", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn rotate_webhook_secret(
    State(api): State<NotificationApi>,
    StrictPath((shop, webhook)): StrictPath<(String, String)>,
    actor: ActorHeader,
    key: Option<IdempotencyKey>,
) -> Result<Json<WebhookWithSecret>, Problem> {
    let (shop, webhook) = (api.shop(shop)?, read_id(&webhook)?);
    let secret = new_secret(&(api.fresh_secret)());
    let sent = [shop.as_str().as_bytes(), webhook.0.as_bytes()];
    let key = api.key_use(&actor, ROTATE, key.as_ref(), &sent);
    let command = NotificationCommand::RotateSecret { shop, webhook, secret, key };
    Ok(Json(with_secret(api.wish(&actor, command).await?)?))
}

/// Tells a webhook again every message of its shop behind a number, in order, each under its own id.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/webhooks/{webhook}/replay",
    operation_id = "replay_webhook",
    tag = "webhooks",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("webhook" = String, Path, description = "The webhook's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeat it with every retry"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity"),
    ),
    request_body = ReplayFrom,
    responses(
        (status = 202, description = "It is being told again", body = WebhookView),
        (status = 400, description = "The body is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop or webhook", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "It is being told again already", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The key came with another body", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn replay_webhook(
    State(api): State<NotificationApi>,
    StrictPath((shop, webhook)): StrictPath<(String, String)>,
    actor: ActorHeader,
    key: Option<IdempotencyKey>,
    StrictJsonWithBytes { value: ReplayFrom { after }, bytes }: StrictJsonWithBytes<ReplayFrom>,
) -> Result<(StatusCode, Json<WebhookView>), Problem> {
    let (shop, webhook) = (api.shop(shop)?, read_id(&webhook)?);
    let sent = [shop.as_str().as_bytes(), webhook.0.as_bytes(), &bytes];
    let key = api.key_use(&actor, REPLAY, key.as_ref(), &sent);
    let command = NotificationCommand::ReplayWebhook { shop, webhook, after, key };
    match api.wish(&actor, command).await? {
        NotificationReply::Webhook(webhook) => Ok((StatusCode::ACCEPTED, Json(*webhook))),
        _ => Err(Problem::of(ProblemKind::Internal)),
    }
}

/// Tells a webhook nothing any longer.
#[utoipa::path(
    delete,
    path = "/v1/shops/{shop}/webhooks/{webhook}",
    operation_id = "remove_webhook",
    tag = "webhooks",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("webhook" = String, Path, description = "The webhook's id"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity"),
    ),
    responses(
        (status = 204, description = "It is told nothing any longer"),
        (status = 404, description = "No such shop or webhook", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn remove_webhook(
    State(api): State<NotificationApi>,
    StrictPath((shop, webhook)): StrictPath<(String, String)>,
    actor: ActorHeader,
) -> Result<StatusCode, Problem> {
    let (shop, webhook) = (api.shop(shop)?, read_id(&webhook)?);
    api.wish(&actor, NotificationCommand::RemoveWebhook { shop, webhook }).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn with_secret(reply: NotificationReply) -> Result<WebhookWithSecret, Problem> {
    match reply {
        NotificationReply::WithSecret(webhook, secret) => {
            Ok(WebhookWithSecret { webhook: *webhook, secret: secret.secret })
        }
        _ => Err(Problem::of(ProblemKind::Internal)),
    }
}

fn read_id(text: &str) -> Result<WebhookId, Problem> {
    let not_there = notification_domain::WebhookRejection::NotThere;
    Uuid::try_parse(text).map(WebhookId).map_err(|_| problem(&NotificationRefusal::Webhook(not_there)))
}
