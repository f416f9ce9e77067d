//! Scenes of who may do what.
#![expect(clippy::unwrap_used, reason = "tests may panic")]
use axum::body::Body;
use axum::routing::{get, post};
use futures::future::BoxFuture;
use tower::ServiceExt;

use super::*;
use crate::principal::Grant;

/// Believes `NAME.PART.SHOP` (no shop: everywhere); `expired` and `later` are what they say.
#[derive(Debug)]
struct Plain;

impl Authenticate for Plain {
    fn authenticate<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Arc<Principal>, Unauthenticated>> {
        Box::pin(async move {
            let role = |part: &str| match part {
                "customer" => Some(ActorRole::Customer),
                "staff" => Some(ActorRole::Staff),
                "service" => Some(ActorRole::Service),
                _ => None,
            };
            let said: Vec<&str> = token.split('.').collect();
            match said.as_slice() {
                ["expired"] => Err(Unauthenticated::Expired),
                ["later"] => Err(Unauthenticated::KeysOutOfReach),
                [name, part, rest @ ..] => match role(part) {
                    Some(role) => Ok(Arc::new(Principal {
                        name: (*name).into(),
                        grants: vec![Grant { role, shop: rest.first().map(|shop| (*shop).into()) }],
                    })),
                    None => Err(Unauthenticated::Invalid),
                },
                _ => Err(Unauthenticated::Invalid),
            }
        })
    }
}

async fn who(actor: ActorHeader) -> String {
    actor.to_string()
}

fn rule(method: Method, path: &str, may: May) -> Rule {
    Rule { method, path: path.to_owned(), operation: format!("op {path}"), may }
}

fn authority() -> Authority {
    Authority::new(
        Arc::new(Plain),
        [
            rule(Method::GET, "/menu", May::Anybody),
            rule(Method::POST, "/shops/{shop}/orders", May::These(&[ActorRole::Staff, ActorRole::Customer])),
            rule(Method::GET, "/parked", May::These(&[ActorRole::Staff])),
        ],
    )
}

fn routes(authority: &Authority) -> Router {
    let routes = Router::new()
        .route("/menu", get(who))
        .route("/shops/{shop}/orders", post(who).get(who))
        .route("/parked", get(who))
        .route("/forgotten", get(who));
    Router::new().fallback_service(authority.identify(authority.enforce(routes)))
}

async fn sent(request: http::request::Builder) -> (StatusCode, HeaderMap, String) {
    let response = routes(&authority()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 65_536).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
}

fn order(token: &str) -> http::request::Builder {
    Request::post("/shops/cafe/orders").header(AUTHORIZATION, format!("Bearer {token}"))
}

#[tokio::test]
async fn whoever_plays_a_part_in_the_shop_acts_in_it() {
    assert_eq!(sent(order("kim.staff.cafe")).await.2, "staff:kim");
    assert_eq!(sent(order("1.customer")).await.2, "customer:1");
    let (status, _, body) = sent(order("lee.staff.pizza")).await;
    assert_eq!(status, 403);
    assert!(body.contains("staff, customer"), "{body}");
}

#[tokio::test]
async fn the_shop_is_read_as_the_route_reads_it() {
    let spelled = Request::post("/shops/c%61fe/orders").header(AUTHORIZATION, "Bearer kim.staff.cafe");
    assert_eq!(sent(spelled).await.2, "staff:kim");
    let other = Request::post("/shops/CAFE/orders").header(AUTHORIZATION, "Bearer kim.staff.cafe");
    assert_eq!(sent(other).await.0, 403);
}

#[tokio::test]
async fn without_a_token_or_with_one_that_is_not_believed_it_is_401_and_says_why() {
    let nobody = sent(Request::post("/shops/cafe/orders")).await;
    assert_eq!(
        (nobody.0, nobody.1[WWW_AUTHENTICATE].to_str().unwrap()),
        (StatusCode::UNAUTHORIZED, "Bearer realm=\"jumun\"")
    );
    for (token, said) in [("nonsense", "not believed"), ("expired", "has expired")] {
        let (status, headers, body) = sent(order(token)).await;
        let challenge = headers[WWW_AUTHENTICATE].to_str().unwrap();
        assert_eq!(status, 401);
        assert!(challenge.contains("invalid_token") && challenge.contains(said), "{challenge}");
        assert!(body.contains(said) && body.contains("unauthenticated"), "{body}");
    }
}

#[tokio::test]
async fn where_keys_are_out_of_reach_it_is_503_and_says_when_to_come_again() {
    let (status, headers, _) = sent(order("later")).await;
    assert_eq!(status, 503);
    assert!(headers.contains_key("retry-after"));
}

#[tokio::test]
async fn what_is_no_single_bearer_token_is_401() {
    for value in ["Basic a2ltOjE=", "Bearer", "Bearer a b", "Bearer \"a\"", "bearer"] {
        let request = Request::post("/shops/cafe/orders").header(AUTHORIZATION, value);
        assert_eq!(sent(request).await.0, 401, "{value}");
    }
    let twice = order("kim.staff.cafe").header(AUTHORIZATION, "Bearer 1.customer");
    assert_eq!(sent(twice).await.0, 401);
}

#[tokio::test]
async fn the_header_that_says_who_acts_is_refused_by_name_even_where_anybody_may() {
    for request in [order("kim.staff.cafe"), Request::get("/menu")] {
        let (status, _, body) = sent(request.header(JUMUN_ACTOR, "operator:eve")).await;
        assert_eq!(status, 400);
        assert!(body.contains(JUMUN_ACTOR), "{body}");
    }
}

#[tokio::test]
async fn where_anybody_may_nobody_is_asked() {
    assert_eq!(sent(Request::get("/menu")).await.2, "anonymous");
    let stale = Request::get("/menu").header(AUTHORIZATION, "Bearer expired");
    assert_eq!(sent(stale).await.2, "anonymous");
}

#[tokio::test]
async fn a_part_in_one_shop_is_none_where_there_is_no_shop() {
    let of_cafe = Request::get("/parked").header(AUTHORIZATION, "Bearer kim.staff.cafe");
    assert_eq!(sent(of_cafe).await.0, 403);
    let of_all = Request::get("/parked").header(AUTHORIZATION, "Bearer kim.staff");
    assert_eq!(sent(of_all).await.2, "staff:kim");
}

#[tokio::test]
async fn a_route_without_a_rule_is_open_to_nobody_and_a_method_without_one_is_405() {
    let forgotten = Request::get("/forgotten").header(AUTHORIZATION, "Bearer kim.staff");
    assert_eq!(sent(forgotten).await.0, 403);
    let (status, headers, _) =
        sent(Request::get("/shops/cafe/orders").header(AUTHORIZATION, "Bearer kim.staff")).await;
    assert_eq!((status, headers[ALLOW].to_str().unwrap()), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
}

#[tokio::test]
async fn only_services_come_to_what_is_for_services() {
    let authority = authority();
    let asked = async |token: Option<&str>| {
        let routes = authority.for_services(Router::new().route("/ask", post(async || "taken")));
        let mut request = Request::post("/ask");
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        routes.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status().as_u16()
    };
    assert_eq!(asked(None).await, 401);
    assert_eq!(asked(Some("kim.staff")).await, 403);
    assert_eq!(asked(Some("ordering.service.cafe")).await, 403);
    assert_eq!(asked(Some("ordering.service")).await, 200);
    let reasons: Vec<_> =
        authority.refusals().iter().map(|refusal| (refusal.reason, refusal.count)).collect();
    assert_eq!(reasons, [("no-credentials", 1), ("not-allowed", 2)]);
}
