//! Prepaid accounts: open, pay in, read, list, statement.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use edge::actor::{ActorHeader, ActorRole};
use edge::body::StrictJsonWithBytes;
use edge::idempotency::IdempotencyKey;
use edge::paging::{Cursor, CursorText, Limit, Page};
use edge::params::{StrictPath, StrictQuery};
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use http::StatusCode;
use journal::{Entry, Row, RowQuery, StoreError};
use kernel::{CustomerId, Money, ShopKey};
use payment_contract::{DepositView, StatementLine};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::answers::shown;
use super::api::PaymentApi;
use crate::command::{Command, DepositWish, Reply};
use crate::deposits::account_id;
use crate::views::{DEPOSITS, STATEMENTS, WALK_IN, deposit_view};

const OPEN: &str = "POST /v1/shops/{shop}/deposits";
const TOP_UP: &str = "POST /v1/shops/{shop}/deposits/{account}/top-ups";
const NAME_CHARS_MAX: usize = 64;
const REFERENCE_CHARS_MAX: usize = 100;

/// A deposit to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDeposit {
    /// Whose.
    #[schema(min_length = 1, max_length = 64, example = "77")]
    customer: String,
}

/// Money that was paid in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TopUp {
    /// How much.
    amount: Money,
    /// What whoever took the money calls it.
    #[serde(default)]
    #[schema(max_length = 100, example = "receipt-17")]
    reference: Option<String>,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageOf {
    /// How many at most: 1 to 200, 50 when nobody says.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    pub(super) limit: Limit,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    pub(super) cursor: Option<CursorText>,
}

/// Opens a deposit; opening it again changes nothing.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/deposits",
    operation_id = "open_deposit",
    tag = "deposits",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeat it with every retry"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity: the customer, staff, a manager or an operator"),
    ),
    request_body = NewDeposit,
    responses(
        (status = 200, description = "It was open already", body = DepositView, headers(("ETag" = String))),
        (status = 201, description = "It is open", body = DepositView, headers(("ETag" = String))),
        (status = 400, description = "A field is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Customers open their own only", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop, or it keeps no deposits", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The key came with another body", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn open_deposit(
    State(api): State<PaymentApi>,
    StrictPath(shop): StrictPath<String>,
    actor: ActorHeader,
    key: Option<IdempotencyKey>,
    StrictJsonWithBytes { value: new, bytes }: StrictJsonWithBytes<NewDeposit>,
) -> Result<Response, Problem> {
    let shop = api.shop(shop)?;
    let customer = new.customer;
    if customer.is_empty() || customer.chars().count() > NAME_CHARS_MAX || customer == WALK_IN {
        let expected = format!("a customer's id of 1 to {NAME_CHARS_MAX} characters, not {WALK_IN}");
        return Err(Problem::of(ProblemKind::InvalidField).field("customer", expected));
    }
    if !works_here(&actor) && (actor.role() != ActorRole::Customer || actor.name() != customer) {
        return Err(Problem::of(ProblemKind::Forbidden).detail("customers open their own deposit only"));
    }
    let sent = [shop.as_str().as_bytes(), &bytes];
    let key = api.request_key(&actor, OPEN, key.as_ref(), &sent);
    let customer = Some(CustomerId::from(customer.as_str()));
    let wish = DepositWish { shop, customer, amount: None, reference: None, key };
    answered(&api, &actor, wish).await
}

/// Money was paid in; a deposit that is not open opens with it.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/deposits/{account}/top-ups",
    operation_id = "top_up_deposit",
    tag = "deposits",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("account" = String, Path, description = "The customer's id, or `walk-in`"),
        ("Idempotency-Key" = String, Header, description = "Needed: repeat it with every retry"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity: staff, a manager or an operator"),
    ),
    request_body = TopUp,
    responses(
        (status = 201, description = "It is paid in; the deposit as it stands", body = DepositView, headers(("ETag" = String))),
        (status = 400, description = "A field is wrong, or the key is missing", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Only who works here takes money in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop, or it keeps no deposits", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The key came with another body", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn top_up_deposit(
    State(api): State<PaymentApi>,
    StrictPath((shop, account)): StrictPath<(String, String)>,
    actor: ActorHeader,
    key: IdempotencyKey,
    StrictJsonWithBytes { value: top_up, bytes }: StrictJsonWithBytes<TopUp>,
) -> Result<Response, Problem> {
    if !works_here(&actor) {
        return Err(
            Problem::of(ProblemKind::Forbidden).detail("only staff, managers and operators take money in")
        );
    }
    check(&account, &top_up)?;
    let shop = api.shop(shop)?;
    let sent = [shop.as_str().as_bytes(), account.as_bytes(), &bytes];
    let key = api.request_key(&actor, TOP_UP, Some(&key), &sent);
    let (customer, amount) = (customer_of(&account), Some(top_up.amount));
    let wish = DepositWish { shop, customer, amount, reference: top_up.reference, key };
    answered(&api, &actor, wish).await
}

/// A deposit as it stands. Customers see their own only.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/deposits/{account}",
    operation_id = "read_deposit",
    tag = "deposits",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("account" = String, Path, description = "The customer's id, or `walk-in`"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who asks, under open identity"),
    ),
    responses(
        (status = 200, description = "The deposit as it stands", body = DepositView, headers(("ETag" = String))),
        (status = 404, description = "No such shop or deposit", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn read_deposit(
    State(api): State<PaymentApi>,
    StrictPath((shop, account)): StrictPath<(String, String)>,
    actor: ActorHeader,
) -> Result<Response, Problem> {
    let row = deposit(&api, shop, &account, &actor).await?;
    Ok(shown(StatusCode::OK, row.version, row.body))
}

/// What happened on a deposit, line by line, the oldest first. Customers see their own only.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/deposits/{account}/statement",
    operation_id = "read_statement",
    tag = "deposits",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("account" = String, Path, description = "The customer's id, or `walk-in`"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who asks, under open identity"),
        PageOf,
    ),
    responses(
        (status = 200, description = "A page of the statement", body = Page<StatementLine>),
        (status = 400, description = "A parameter is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop or deposit", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn read_statement(
    State(api): State<PaymentApi>,
    StrictPath((shop, account)): StrictPath<(String, String)>,
    StrictQuery(page): StrictQuery<PageOf>,
    actor: ActorHeader,
) -> Result<Json<Page<StatementLine>>, Problem> {
    let id = deposit(&api, shop, &account, &actor).await?.id;
    let scope = format!("statement/{id}");
    let after = page.cursor.as_ref().map(|text| text.open(&scope)).transpose()?;
    let (after, limit) = (after.map_or(0, |cursor| cursor.position.unsigned_abs()), page.limit);
    let lines = api.read(move |store| {
        store.entries(STATEMENTS, id, after, limit.get() + 1)?.iter().map(statement_line).collect()
    });
    Ok(Json(Page::of(lines.await?, limit, &scope, |line: &StatementLine| Cursor {
        position: i64::try_from(line.line).unwrap_or(i64::MAX),
        id,
    })))
}

/// The deposits of a shop, the newest first. Customers see their own only.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/deposits",
    operation_id = "list_deposits",
    tag = "deposits",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who asks, under open identity"),
        PageOf,
    ),
    responses(
        (status = 200, description = "A page of deposits", body = Page<DepositView>),
        (status = 400, description = "A parameter is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_deposits(
    State(api): State<PaymentApi>,
    StrictPath(shop): StrictPath<String>,
    StrictQuery(page): StrictQuery<PageOf>,
    actor: ActorHeader,
) -> Result<Json<Page<DepositView>>, Problem> {
    let shop = api.shop(shop)?;
    let own = own(&actor).map(str::to_owned);
    let scope = format!("deposits/{shop}/{}", own.as_deref().unwrap_or_default());
    let after = page.cursor.as_ref().map(|text| text.open(&scope)).transpose()?;
    let query = RowQuery {
        collection: DEPOSITS.to_owned(),
        shop: Some(shop.as_str().to_owned()),
        customer: own,
        after: after.map(|cursor| (cursor.position.unsigned_abs(), cursor.id)),
        limit: page.limit.get() + 1,
        ..RowQuery::default()
    };
    let read = api
        .read(move |store| store.rows(&query)?.iter().map(|row| Ok((row.id, deposit_view(row)?))).collect());
    let items: Vec<(Uuid, DepositView)> = read.await?;
    let page = Page::of(items, page.limit, &scope, |(id, view)| Cursor {
        position: i64::try_from(view.number).unwrap_or(i64::MAX),
        id: *id,
    });
    Ok(Json(page.map(|(_, view)| view)))
}

async fn answered(api: &PaymentApi, actor: &ActorHeader, wish: DepositWish) -> Result<Response, Problem> {
    match api.call(actor, Command::Deposit(wish)).await? {
        Reply::Refund(reply) => {
            let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::CREATED);
            Ok(shown(status, reply.version, reply.body))
        }
        Reply::Taken | Reply::Callback { .. } => Err(Problem::of(ProblemKind::Internal)),
    }
}

async fn deposit(api: &PaymentApi, shop: String, account: &str, actor: &ActorHeader) -> Result<Row, Problem> {
    let missing = || Problem::of(ProblemKind::NotFound).detail("there is no such deposit");
    let shop: ShopKey = api.shop(shop)?;
    if own(actor).is_some_and(|own| own != account) {
        return Err(missing());
    }
    let id = account_id(&shop, customer_of(account).as_ref());
    api.read(move |store| store.row(DEPOSITS, id)).await?.ok_or_else(missing)
}

fn statement_line(entry: &Entry) -> Result<StatementLine, StoreError> {
    serde_json::from_slice(&entry.body).map_err(|error| StoreError::Damaged {
        place: format!("{STATEMENTS} line {} of {}", entry.sequence, entry.id),
        detail: error.to_string(),
    })
}

fn check(account: &str, top_up: &TopUp) -> Result<(), Problem> {
    let mut wrong = Vec::new();
    if account.is_empty() || account.chars().count() > NAME_CHARS_MAX {
        wrong.push(("account", format!("a customer's id of 1 to {NAME_CHARS_MAX} characters, or {WALK_IN}")));
    }
    if top_up.amount.amount <= 0 {
        wrong.push(("amount.amount", "a whole number from 1".to_owned()));
    }
    if top_up.reference.as_ref().is_some_and(|text| text.chars().count() > REFERENCE_CHARS_MAX) {
        wrong.push(("reference", format!("a text of at most {REFERENCE_CHARS_MAX} characters")));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let problem = Problem::of(ProblemKind::InvalidField);
    Err(wrong.into_iter().fold(problem, |problem, (field, expected)| problem.field(field, expected)))
}

fn customer_of(account: &str) -> Option<CustomerId> {
    (account != WALK_IN).then(|| CustomerId::from(account))
}

fn own(actor: &ActorHeader) -> Option<&str> {
    super::viewer::own_only(actor)
}

fn works_here(actor: &ActorHeader) -> bool {
    matches!(actor.role(), ActorRole::Staff | ActorRole::Manager | ActorRole::Operator)
}
