//! Who may do what, once identity is configured: one row per operation. This file is all of it.
//!
//! A row names its operation (the `operationId` of the document), the parts that may use it, and what a
//! customer gets to see of it. Somebody who plays several parts in the shop acts in the first that the
//! row names. A part counts in its shop only; where the path names no shop, only parts that hold
//! everywhere do.
//!
//! To add a route, add its row: a route without a row, or a row without a route, fails the tests, and at
//! run time a route without a row is open to nobody. The page docs/authorization.md is derived from it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::Method;
use edge::actor::ActorRole::{self, Courier, Customer, Manager, Operator, Staff};
use edge::authority::May::{self, Anybody, These};
use edge::authority::{Authority, Rule};
use edge::principal::Authenticate;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};

/// What a customer gets to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sees {
    /// All that the operation shows: it has no owner, or customers may not use it.
    All,
    /// Their own; of another's it is as if it were not there (404).
    Own,
    /// Their own among those of others, which are left out.
    OwnOnly,
    /// What they make is theirs; to make it another's is refused (403).
    Makes,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) operation: &'static str,
    pub(crate) may: May,
    pub(crate) sees: Sees,
}

/// Who makes and hands over, and whoever stands above them.
const SHOP: May = These(&[Staff, Manager, Operator]);
/// The same, and who delivers.
const WORKERS: May = These(&[Staff, Courier, Manager, Operator]);
/// Who delivers, and whoever may step in.
const DELIVERERS: May = These(&[Courier, Staff, Manager, Operator]);
/// Who answers for the shop.
const MANAGERS: May = These(&[Manager, Operator]);
/// Who runs the system.
const OPERATORS: May = These(&[Operator]);
/// Who works in the shop, and customers.
const SHOP_AND_CUSTOMERS: May = These(&[Staff, Manager, Operator, Customer]);
/// The same, and who delivers.
const WORKERS_AND_CUSTOMERS: May = These(&[Staff, Courier, Manager, Operator, Customer]);
/// Who pays.
const PAYERS: May = These(&[Customer, Operator]);

/// The table.
pub(crate) const TABLE: &[Row] = &[
    // What everybody may know.
    row("list_shops", Anybody),
    row("read_shop", Anybody),
    row("read_menu", Anybody),
    row("read_menu_item", Anybody),
    row("read_opening", Anybody),
    row("quote_order", Anybody),
    // How somebody becomes known; what is wrong with what they show is said by the routes themselves.
    row("set_up", Anybody),
    row("log_in", Anybody),
    row("log_in_with_pin", Anybody),
    row("refresh_tokens", Anybody),
    row("log_out", Anybody),
    row("who_am_i", Anybody),
    row("list_issuer_keys", Anybody),
    row("describe_issuer", Anybody),
    // Signed by the provider, and refused where it is not.
    row("take_callback", Anybody),
    // The shop itself.
    row("import_menu", MANAGERS),
    row("set_sold_out", SHOP),
    row("set_opening", SHOP),
    // Orders.
    owned("place_order", SHOP_AND_CUSTOMERS, Sees::Makes),
    owned("list_orders", SHOP_AND_CUSTOMERS, Sees::OwnOnly),
    owned("read_order", SHOP_AND_CUSTOMERS, Sees::Own),
    owned("cancel_order", SHOP_AND_CUSTOMERS, Sees::Own),
    owned("change_address", SHOP_AND_CUSTOMERS, Sees::Own),
    owned("wish_step", WORKERS_AND_CUSTOMERS, Sees::Own),
    // Their stories.
    owned("list_stories", WORKERS_AND_CUSTOMERS, Sees::OwnOnly),
    owned("count_stories", WORKERS_AND_CUSTOMERS, Sees::OwnOnly),
    owned("read_story", WORKERS_AND_CUSTOMERS, Sees::Own),
    owned("follow_order", WORKERS_AND_CUSTOMERS, Sees::Own),
    owned("explain_order", WORKERS_AND_CUSTOMERS, Sees::Own),
    owned("read_receipt", SHOP_AND_CUSTOMERS, Sees::Own),
    row("follow_shop", WORKERS),
    row("read_board", WORKERS),
    row("list_days", SHOP),
    row("read_day", SHOP),
    row("export_days", SHOP),
    row("export_orders", SHOP),
    // Money.
    owned("list_payments", SHOP_AND_CUSTOMERS, Sees::OwnOnly),
    owned("read_payment", SHOP_AND_CUSTOMERS, Sees::Own),
    owned("approve_payment", PAYERS, Sees::Own),
    owned("cancel_payment", PAYERS, Sees::Own),
    row("refund_payment", SHOP),
    row("confirm_refund", SHOP),
    row("withdraw_refund", SHOP),
    row("settle_refund", MANAGERS),
    owned("open_deposit", SHOP_AND_CUSTOMERS, Sees::Makes),
    owned("list_deposits", SHOP_AND_CUSTOMERS, Sees::OwnOnly),
    owned("read_deposit", SHOP_AND_CUSTOMERS, Sees::Own),
    owned("read_statement", SHOP_AND_CUSTOMERS, Sees::Own),
    row("top_up_deposit", SHOP),
    row("list_closings", SHOP),
    row("read_closing", SHOP),
    row("close_day", SHOP),
    // Making.
    row("list_tickets", SHOP),
    row("read_ticket", SHOP),
    row("accept_ticket", SHOP),
    row("reject_ticket", SHOP),
    row("start_ticket", SHOP),
    row("complete_ticket", SHOP),
    row("hand_over_ticket", SHOP),
    // Bringing.
    row("list_deliveries", DELIVERERS),
    row("read_delivery", DELIVERERS),
    row("assign_delivery", DELIVERERS),
    row("start_delivery", DELIVERERS),
    row("complete_delivery", DELIVERERS),
    row("fail_delivery", DELIVERERS),
    // What is there.
    row("list_stock", SHOP),
    row("read_stock_item", SHOP),
    row("receive_stock", SHOP),
    row("adjust_stock", SHOP),
    // What customers are told, and the shop's own systems.
    row("list_messages", SHOP),
    row("read_message", SHOP),
    row("list_webhooks", MANAGERS),
    row("register_webhook", MANAGERS),
    row("remove_webhook", MANAGERS),
    row("replay_webhook", MANAGERS),
    row("rotate_webhook_secret", MANAGERS),
    // The system itself.
    row("list_parked", OPERATORS),
    row("retry_parked", OPERATORS),
    row("resolve_parked", OPERATORS),
];

const fn row(operation: &'static str, may: May) -> Row {
    Row { operation, may, sees: Sees::All }
}

const fn owned(operation: &'static str, may: May, sees: Sees) -> Row {
    Row { operation, may, sees }
}

fn rows_by_operation() -> BTreeMap<&'static str, &'static Row> {
    TABLE.iter().map(|row| (row.operation, row)).collect()
}

/// The table held against every request, for whom tokens are checked by `authenticate`.
pub(crate) fn authority(authenticate: Arc<dyn Authenticate>, document: &OpenApi) -> Authority {
    let rows = rows_by_operation();
    let rules = operations(document).filter_map(|(method, path, operation)| {
        let row = rows.get(operation)?;
        Some(Rule { method, path: path.to_owned(), operation: operation.to_owned(), may: row.may })
    });
    Authority::new(authenticate, rules)
}

/// Every operation of a document, with its method and path.
pub(crate) fn operations(document: &OpenApi) -> impl Iterator<Item = (Method, &str, &str)> {
    document.paths.paths.iter().flat_map(|(path, item)| {
        methods(item).into_iter().filter_map(move |(method, operation)| {
            Some((method, path.as_str(), operation.as_ref()?.operation_id.as_deref()?))
        })
    })
}

/// Says in a document whom each operation is for, and how the others are refused.
pub(crate) fn tell(document: &mut OpenApi) {
    let rows = rows_by_operation();
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let components = document.components.get_or_insert_with(Components::new);
    components.add_security_scheme(SCHEME, SecurityScheme::Http(scheme));
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in operations.into_iter().flatten() {
            let row = operation.operation_id.as_deref().and_then(|id| rows.get(id));
            let Some(row) = row else { continue };
            let told = ExtensionsBuilder::new().add("x-who-may", row.told()).build();
            operation.extensions = Some(told);
            let May::These(_) = row.may else { continue };
            // Under open identity nobody is asked for a token.
            let nothing = SecurityRequirement::default();
            let token = SecurityRequirement::new(SCHEME, [] as [&str; 0]);
            operation.security = Some(vec![nothing, token]);
            for (status, why) in REFUSALS {
                let responses = &mut operation.responses.responses;
                responses.entry((*status).to_owned()).or_insert_with(|| refusal(why));
            }
        }
    }
}

/// The name of the scheme in documents.
const SCHEME: &str = "token";

/// How requests are refused for who asks.
const REFUSALS: &[(&str, &str)] = &[
    ("401", "No token came that is believed, where identity is configured"),
    ("403", "It is for others"),
    ("503", "Nobody can say now who asks"),
];

fn refusal(why: &str) -> RefOr<Response> {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(why).content("application/problem+json", problem).build().into()
}

impl Row {
    /// Whom it is for, in words.
    fn told(&self) -> Vec<String> {
        let May::These(parts) = self.may else { return vec!["anybody".to_owned()] };
        let told = |part: &ActorRole| match (part, self.sees) {
            (Customer, Sees::Own) => "customer, their own; of others' as if there were none".to_owned(),
            (Customer, Sees::OwnOnly) => "customer, their own among all".to_owned(),
            (Customer, Sees::Makes) => "customer, for themselves".to_owned(),
            (part, _) => part.as_str().to_owned(),
        };
        parts.iter().map(told).collect()
    }
}

/// The page for people: the table, and how it is read.
#[cfg(test)]
pub(crate) fn markdown() -> String {
    use std::fmt::Write as _;
    let mut page = String::from(
        "# Who may do what\n\n\
         Once identity is configured, every request is held against this table, at the door and again in the\n\
         process that does it. It is derived from `apps/jumun/src/authorization.rs`.\n\n\
         A part counts in its shop only; an operator of no shop in particular is one in all. Where the path\n\
         names no shop, only parts that hold everywhere count. Somebody who plays several parts acts in the\n\
         first that the row names. Without a token that is believed the answer is 401, without a part 403, and\n\
         what is another customer's is not there: 404, as for what never was.\n\n\
         | Operation | Route | Who |\n|---|---|---|\n",
    );
    let document = crate::openapi::document();
    let routes: BTreeMap<&str, (Method, &str)> =
        operations(&document).map(|(method, path, operation)| (operation, (method, path))).collect();
    for row in TABLE {
        let Some((method, path)) = routes.get(row.operation) else { continue };
        // Writing to a string cannot fail.
        let _ = writeln!(page, "| `{}` | `{method} {path}` | {} |", row.operation, row.told().join("; "));
    }
    page.push_str(
        "\nWhat only processes of the same house ask each other (`/internal/..`, on a listener of its own) is for\n\
         services: they show a token of the house. The documents (`/openapi.json`, `/docs`) are for anybody.\n\
         The listener of operators (`--admin-listen`) asks nobody who they are: it belongs on loopback.\n",
    );
    page
}

fn methods(item: &PathItem) -> [(Method, &Option<Operation>); 5] {
    [
        (Method::GET, &item.get),
        (Method::PUT, &item.put),
        (Method::POST, &item.post),
        (Method::DELETE, &item.delete),
        (Method::PATCH, &item.patch),
    ]
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_route_has_a_row_and_every_row_a_route() {
        let document = crate::openapi::document();
        let routes: BTreeSet<&str> = operations(&document).map(|(_, _, operation)| operation).collect();
        let rows: BTreeSet<&str> = TABLE.iter().map(|row| row.operation).collect();
        assert_eq!(rows.len(), TABLE.len(), "a row stands twice");
        let without_row: Vec<_> = routes.difference(&rows).collect();
        assert!(without_row.is_empty(), "routes without a row: say who may use {without_row:?}");
        let without_route: Vec<_> = rows.difference(&routes).collect();
        assert!(without_route.is_empty(), "rows without a route: {without_route:?}");
    }

    #[test]
    fn what_customers_may_use_says_what_they_get_to_see() {
        for row in TABLE {
            let for_customers = matches!(row.may, These(parts) if parts.contains(&Customer));
            assert_eq!(for_customers, row.sees != Sees::All, "{}", row.operation);
        }
    }

    #[test]
    fn whoever_works_there_acts_as_that_before_they_act_as_a_customer() {
        for row in TABLE {
            let These(parts) = row.may else { continue };
            let at = |part| parts.iter().position(|found| *found == part);
            if let (Some(staff), Some(customer)) = (at(Staff), at(Customer)) {
                assert!(staff < customer, "{}", row.operation);
            }
        }
    }

    /// With `UPDATE_DERIVED=1` the published page is written anew.
    #[test]
    fn the_published_page_is_the_table() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/authorization.md");
        let page = markdown();
        if std::env::var_os("UPDATE_DERIVED").is_some() {
            fs::write(&path, &page).unwrap();
        }
        let published = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            published == page,
            "docs/authorization.md is out of date: run this test with UPDATE_DERIVED=1"
        );
    }
}
