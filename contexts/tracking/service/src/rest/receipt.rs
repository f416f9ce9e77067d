use std::fmt::Write as _;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use catalog_contract::{Language, ShopLife, Text};
use edge::actor::ActorHeader;
use edge::etag::{EntityTag, IfNoneMatch};
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderName, HeaderValue};
use kernel::OrderId;
use kernel::planted::{self, Bug};
use payment_contract::PaidWith;
use tracking_contract::{ReceiptVat, ReceiptView};
use tracking_domain::receipt;

use crate::rest::{TrackingApi, store_problem};
use crate::views::story_of;

/// The receipt of an order that was paid, refunds and the tax that is included. As JSON, or as a text
/// in Korean or English where `Accept` prefers `text/plain`.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/orders/{order}/receipt",
    tag = "stories",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("Accept" = Option<String>, Header, description = "`application/json`, or `text/plain`"),
        ("Accept-Language" = Option<String>, Header, description = "Of the text: `ko` (else) or `en`"),
    ),
    responses(
        (status = 200, description = "The receipt", content((ReceiptView = "application/json"), (String = "text/plain")), headers(("ETag"))),
        (status = 304, description = "It is as the client knows it"),
        (status = 404, description = "There is no such order for whoever asks, or nothing was paid for it", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn read_receipt(
    State(api): State<TrackingApi>,
    StrictPath((shop, order)): StrictPath<(String, String)>,
    actor: ActorHeader,
    known: IfNoneMatch,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // Planted bug B23: this route forgets to ask whose the order is.
    let row = match planted::is(Bug::B23) {
        true => api.visible_row(&shop, &order, &ActorHeader::try_new("operator:b23")?).await?,
        false => api.visible_row(&shop, &order, &actor).await?,
    };
    let story = story_of(&row).map_err(store_problem)?;
    let shops = api.shops.now();
    let life = story.life().and_then(|hash| shops.pinned(hash).ok());
    let paid = life.and_then(|life| {
        let of = (OrderId(row.id), &row.shop, row.number);
        Some((receipt(&story, life, of, |item| shops.item(&row.shop, item))?, life))
    });
    let (receipt, life) = paid.ok_or_else(|| {
        Problem::of(ProblemKind::NotFound).detail("nothing was paid for the order: it has no receipt")
    })?;
    let language = language(&headers);
    let wants_text = wants_text(&headers);
    let tag = EntityTag::of_version(
        row.version << 2 | u64::from(wants_text) << 1 | u64::from(language == Language::En),
    );
    let mut response = known.answer(tag, || match wants_text {
        true => as_text(&receipt, life, language),
        false => Json(receipt).into_response(),
    });
    response.headers_mut().insert(VARY, HeaderValue::from_static("Accept, Accept-Language"));
    Ok(response)
}

/// What comes first counts; whoever takes anything gets JSON.
fn wants_text(headers: &HeaderMap) -> bool {
    let first = first_of(headers, &ACCEPT);
    matches!(first.as_deref(), Some("text/plain" | "text/*"))
}

fn language(headers: &HeaderMap) -> Language {
    let first = first_of(headers, &ACCEPT_LANGUAGE).unwrap_or_default();
    if first.split('-').next() == Some("en") { Language::En } else { Language::Ko }
}

fn first_of(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?;
    let first = text.split([',', ';']).next().unwrap_or_default();
    Some(first.trim().to_ascii_lowercase())
}

fn as_text(receipt: &ReceiptView, life: &ShopLife, language: Language) -> Response {
    let tag = match language {
        Language::Ko => "ko",
        Language::En => "en",
    };
    let mut response = written(receipt, life, language).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(tag));
    response
}

/// The receipt as people read it.
fn written(receipt: &ReceiptView, life: &ShopLife, language: Language) -> String {
    let say = |ko: &'static str, en: &'static str| match language {
        Language::Ko => ko,
        Language::En => en,
    };
    let read = |text: &Text| match language {
        Language::Ko => text.ko.clone(),
        Language::En => text.en.clone(),
    };
    let mut text = format!("{}\n", read(&receipt.shop_name));
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name}: {value}");
    };
    if let Some(number) = &receipt.business_number {
        line(say("사업자등록번호", "Business registration number"), number.clone());
    }
    line(say("영수증 번호", "Receipt"), receipt.receipt.clone());
    line(say("주문 번호", "Order"), receipt.number.to_string());
    for bought in &receipt.lines {
        let options: Vec<_> = bought.options.iter().map(&read).collect();
        let options = if options.is_empty() { String::new() } else { format!(" ({})", options.join(", ")) };
        let sum = format!("{} x {} = {}", bought.quantity, bought.unit_price, bought.amount);
        line(&format!("- {}{options}", read(&bought.name)), sum);
    }
    line(say("합계", "Total"), receipt.total.to_string());
    for (name, value) in taxed(receipt.vat.as_ref(), language) {
        line(&name, value);
    }
    let with = match receipt.payment.with {
        PaidWith::Card => say("카드", "card"),
        PaidWith::Deposit => say("예치금", "deposit"),
    };
    line(say("결제 수단", "Paid with"), with.to_owned());
    line(say("승인 번호", "Approval code"), receipt.payment.approval_code.clone());
    line(say("승인 일시", "Approved at"), life.local_time(receipt.payment.approved_at));
    for refund in &receipt.refunds {
        let when = life.local_time(refund.at);
        line(say("환불", "Refund"), format!("-{} ({when})", refund.amount));
    }
    if !receipt.refunds.is_empty() {
        line(say("환불 후 금액", "Left after refunds"), receipt.net.to_string());
        for (name, value) in taxed(receipt.net_vat.as_ref(), language) {
            line(&name, value);
        }
    }
    text
}

/// The lines of an amount that includes a tax.
fn taxed(vat: Option<&ReceiptVat>, language: Language) -> Vec<(String, String)> {
    let Some(vat) = vat else { return Vec::new() };
    let (supply, tax) = match language {
        Language::Ko => ("공급가액", "부가세"),
        Language::En => ("Supply amount", "VAT"),
    };
    vec![
        (supply.to_owned(), vat.supply.to_string()),
        (format!("{tax} {}%", vat.percent), vat.vat.to_string()),
    ]
}
