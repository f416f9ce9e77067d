//! The closed list of problems: one row per kind, the source of `docs/errors.md`.
//!
//! To add a kind, add one row to the table below; its address is then a promise and never
//! changes. `cargo xtask` derives the page for operators from [`errors_markdown`].

use std::fmt::Write as _;

/// Everything that is the same for all problems of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemRow {
    /// The kind.
    pub kind: ProblemKind,
    /// Last part of the address, in kebab case.
    pub slug: &'static str,
    /// Stable address: the `type` member.
    pub type_uri: &'static str,
    /// HTTP status.
    pub status: u16,
    /// English title.
    pub title: &'static str,
    /// Korean title.
    pub title_ko: &'static str,
    /// What leads to it and what to do, for the page of operators and client authors.
    pub remedy: &'static str,
    /// The `Retry-After` it is sent with unless the sender knows better.
    pub retry_after_seconds: Option<u32>,
}

macro_rules! problem_kinds {
    ($( $kind:ident $status:literal $slug:literal $(retry $retry:literal)?
        $title:literal $title_ko:literal $remedy:literal )+) => {
        /// The kinds of problems there are.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ProblemKind {
            $( #[doc = concat!($title, " (", $status, "). ", $remedy)] $kind, )+
        }

        static ROWS: &[ProblemRow] = &[
            $( ProblemRow {
                kind: ProblemKind::$kind,
                slug: $slug,
                type_uri: concat!("https://jumun.dev/problems/", $slug),
                status: $status,
                title: $title,
                title_ko: $title_ko,
                remedy: $remedy,
                retry_after_seconds: problem_kinds!(@retry $($retry)?),
            }, )+
        ];
    };
    (@retry) => { None };
    (@retry $retry:literal) => { Some($retry) };
}

problem_kinds! {
    // What arrived cannot be understood.
    MalformedRequest 400 "malformed-request"
        "The request is malformed" "요청 형식이 올바르지 않습니다"
        "The request breaks the rules of HTTP. Look at the client or the proxy in between."
    MalformedHeader 400 "malformed-header"
        "A header is malformed" "헤더 형식이 올바르지 않습니다"
        "`errors` names the header and the form that is expected."
    UnreadableJson 400 "unreadable-json"
        "The body is not readable JSON" "본문이 올바른 JSON이 아닙니다"
        "Send one JSON value in UTF-8, nested at most 32 deep, with nothing after it; `detail` says where reading stopped."
    InvalidField 400 "invalid-field"
        "A field is not acceptable" "필드 값이 올바르지 않습니다"
        "`errors` names each field and what is expected there."
    UnknownField 400 "unknown-field"
        "A field is not known" "알 수 없는 필드가 있습니다"
        "Remove the field or correct its spelling; `errors` lists the names that are known."
    InvalidCursor 400 "invalid-cursor"
        "The cursor is not one of ours" "페이지 커서가 올바르지 않습니다"
        "Use `next` of the page before unchanged and with the same filters, or start again without a cursor."
    MissingIdempotencyKey 400 "missing-idempotency-key"
        "An Idempotency-Key is required" "Idempotency-Key 헤더가 필요합니다"
        "Send a fresh key of your own per order and repeat it with every retry of that order."
    InvalidIdempotencyKey 400 "invalid-idempotency-key"
        "The Idempotency-Key is not acceptable" "Idempotency-Key 형식이 올바르지 않습니다"
        "Send the header once, with 1 to 255 visible ASCII characters."
    BodyTooLarge 413 "body-too-large"
        "The body is too large" "본문이 너무 큽니다"
        "Bodies are limited, to 64 KiB unless the route says otherwise; send less."
    UriTooLong 414 "uri-too-long"
        "The address is too long" "주소가 너무 깁니다"
        "Send long filters in pieces."
    UnsupportedMediaType 415 "unsupported-media-type"
        "The media type is not supported" "지원하지 않는 미디어 타입입니다"
        "Send `Content-Type: application/json` and no `Content-Encoding`."
    NotAcceptable 406 "not-acceptable"
        "No acceptable representation" "허용되는 응답 형식이 없습니다"
        "Accept `application/json` or `*/*`."
    HeadersTooLarge 431 "headers-too-large"
        "The headers are too large" "헤더가 너무 큽니다"
        "Send fewer or shorter headers."
    BodyTooSlow 408 "body-too-slow"
        "The body came too slowly" "본문 전송이 너무 느립니다"
        "The body must arrive within the deadline of the listener; try again over a better line."
    TooManyRequests 429 "too-many-requests" retry 1
        "Too many requests" "요청이 너무 많습니다"
        "Wait as long as `Retry-After` says."

    // Who asks.
    Unauthenticated 401 "unauthenticated"
        "Who you are is not known" "인증이 필요합니다"
        "Send `Authorization: Bearer` with a token that is good now; `WWW-Authenticate` says what was wrong with the one that came. Under open identity send the header `Jumun-Actor`."
    Forbidden 403 "forbidden"
        "This actor may not do that" "권한이 없습니다"
        "The command is reserved for other actors; `detail` names them."

    // What is asked for.
    NotFound 404 "not-found"
        "There is no such thing" "찾을 수 없습니다"
        "Check the address and the id. A refused order is not listed either."
    ShopUnknown 404 "shop-unknown"
        "There is no such shop" "등록되지 않은 매장입니다"
        "`GET /v1/shops` lists the shops that are open here."
    MethodNotAllowed 405 "method-not-allowed"
        "The method is not allowed here" "허용되지 않는 메서드입니다"
        "The header `Allow` lists the methods of this address."
    NotModifiable 409 "not-modifiable"
        "This cannot be changed" "변경할 수 없습니다"
        "What was asked to be changed is fixed; `detail` says why."
    ShopClosed 409 "shop-closed"
        "The shop is closed" "영업 중이 아닙니다"
        "Order again in the opening hours of the shop; `until` says when it opens, where that is known."
    ShopBusy 409 "shop-busy"
        "The shop takes no orders just now" "지금은 주문을 받지 않습니다"
        "Too much is going on in the shop. Order again after `until`, or for a later time where the shop takes such orders."
    UnknownItem 422 "unknown-item"
        "An item is not on the menu" "메뉴에 없는 상품입니다"
        "Read the menu again; `errors` names the line."
    SoldOut 409 "sold-out"
        "An item is sold out" "품절된 상품입니다"
        "Order without the item that `errors` names, or when it is back."
    PriceDiffers 409 "price-differs"
        "The price has changed" "가격이 변경되었습니다"
        "The server prices orders. Show the customer both prices of the answer and order again with the new one, or without a price."
    OutOfStock 409 "out-of-stock"
        "Not enough in stock" "재고가 부족합니다"
        "Nothing was taken. Order fewer, or again after the next delivery."
    CommandForbiddenByState 409 "command-forbidden-by-state"
        "The state does not allow that" "현재 상태에서는 할 수 없습니다"
        "`detail` names the state and what it allows; read the resource again."
    TooLate 409 "too-late"
        "It is too late for that" "이미 늦었습니다"
        "`state` says how far it has come: it is being made, on its way, delivered, or has ended. Talk to the staff."
    AlreadyRunning 409 "already-running" retry 1
        "The first request is still running" "같은 요청이 처리 중입니다"
        "Another request with this Idempotency-Key has not been answered yet. Repeat it later, unchanged."
    IdempotencyKeyReused 422 "idempotency-key-reused"
        "The Idempotency-Key was used for something else" "Idempotency-Key가 다른 요청에 사용되었습니다"
        "The key belongs to another body. Take a fresh key for a new order; send the same bytes for a retry."
    PreconditionFailed 412 "precondition-failed"
        "It has changed since you read it" "그 사이에 변경되었습니다"
        "Read it again and decide with the new `ETag`."
    PreconditionRequired 428 "precondition-required"
        "If-Match is required" "If-Match 헤더가 필요합니다"
        "Read the resource first and send its `ETag` in `If-Match`."

    // Money.
    PaymentDeclined 402 "payment-declined"
        "The payment was declined" "결제가 거절되었습니다"
        "Nothing was captured. Take another payment method and a fresh Idempotency-Key."
    PaymentUnavailable 503 "payment-unavailable" retry 5
        "Payment is not available" "결제를 사용할 수 없습니다"
        "The order does not stand and money is neither kept nor lost. Repeat with the same Idempotency-Key. Operators: look at the breaker and the provider."
    PaymentOutcomeUnknown 503 "payment-outcome-unknown" retry 5
        "The outcome of the payment is not known yet" "결제 결과를 확인하고 있습니다"
        "The provider is being asked. Repeat with the same Idempotency-Key; there is never a second attempt while the first is open."

    // The machine.
    Internal 500 "internal"
        "Something failed on our side" "서버 내부 오류입니다"
        "A fault of the program. Find the log line with the request id of the answer and report it."
    TookTooLong 503 "took-too-long" retry 1
        "The answer took too long" "응답이 지연되고 있습니다"
        "The wait was given up, the work goes on. Read the resource, or repeat with the same Idempotency-Key."
    Overloaded 503 "overloaded" retry 1
        "Too much is going on" "요청이 몰려 처리할 수 없습니다"
        "Nothing was kept. Repeat after `Retry-After`. Operators: look at the depth of the lanes."
    ShuttingDown 503 "shutting-down" retry 2
        "The server is shutting down" "서버가 종료되는 중입니다"
        "Nothing was kept. Repeat; another process or the next start will answer."
    StoreUnavailable 503 "store-unavailable" retry 5
        "The store is not available" "저장소를 사용할 수 없습니다"
        "Nothing was acknowledged. Operators: look for a full disk or a failed sync, then run `jumun doctor`."
    NeighbourUnavailable 503 "neighbour-unavailable" retry 2
        "Another part of the system does not answer" "내부 서비스가 응답하지 않습니다"
        "The outcome is not known. Repeat with the same Idempotency-Key. Operators: look at the role that `detail` names."
    IdentityUnavailable 503 "identity-unavailable" retry 2
        "Nobody can say who you are just now" "지금은 인증을 확인할 수 없습니다"
        "The keys that tokens are checked with are out of reach. Repeat; the same token may be good then. Operators: look at the identity provider."
    NotHeldHere 503 "not-held-here" retry 2
        "The role for this is not running" "담당 서비스가 실행 중이 아닙니다"
        "No process holds the role. Operators: start one with `jumun serve --roles ROLE` on this data folder."
}

impl ProblemKind {
    /// The row of this kind.
    #[must_use]
    pub fn row(self) -> &'static ProblemRow {
        // The macro writes variants and rows in one order; the test below holds it to that.
        &ROWS[self as usize]
    }

    /// All rows, in the order of the page.
    #[must_use]
    pub fn all() -> &'static [ProblemRow] {
        ROWS
    }

    /// The kind with this `type`, if it is one of ours.
    #[must_use]
    pub fn from_type_uri(type_uri: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.type_uri == type_uri).map(|row| row.kind)
    }

    /// The kind that stands for a bare status which a library answered.
    #[must_use]
    pub(crate) fn for_status(status: u16) -> Self {
        match status {
            401 => Self::Unauthenticated,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            406 => Self::NotAcceptable,
            408 => Self::BodyTooSlow,
            409 => Self::CommandForbiddenByState,
            412 => Self::PreconditionFailed,
            413 => Self::BodyTooLarge,
            414 => Self::UriTooLong,
            415 => Self::UnsupportedMediaType,
            422 => Self::InvalidField,
            428 => Self::PreconditionRequired,
            429 => Self::TooManyRequests,
            431 => Self::HeadersTooLarge,
            502..=504 => Self::NeighbourUnavailable,
            400..=499 => Self::MalformedRequest,
            _ => Self::Internal,
        }
    }
}

/// The page for operators and client authors: a table of all kinds, then one section for each.
#[must_use]
pub fn errors_markdown() -> String {
    let mut page = String::from(
        "# Errors\n\nEvery answer from 400 up is a problem (RFC 9457, `application/problem+json`).\n\
         The `type` is stable; this page is derived from the table in the code.\n\n\
         | Slug | Status | Title | 제목 |\n|---|---|---|---|\n",
    );
    for row in ROWS {
        // Writing to a string cannot fail.
        let _ = writeln!(
            page,
            "| [`{0}`](#{0}) | {1} | {2} | {3} |",
            row.slug, row.status, row.title, row.title_ko
        );
    }
    for row in ROWS {
        let _ = write!(
            page,
            "\n## {}\n\n`{}` · {} · {}\n\n{}\n",
            row.slug, row.type_uri, row.status, row.title, row.remedy
        );
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_finds_its_own_row() {
        for row in ProblemKind::all() {
            assert_eq!(row.kind.row(), row);
            assert_eq!(ProblemKind::from_type_uri(row.type_uri), Some(row.kind));
        }
    }

    #[test]
    fn every_slug_is_unique_and_every_status_is_an_error() {
        let slugs: BTreeSet<_> = ProblemKind::all().iter().map(|row| row.slug).collect();

        assert_eq!(slugs.len(), ProblemKind::all().len());
        assert!(ProblemKind::all().iter().all(|row| (400..600).contains(&row.status)));
    }

    #[test]
    fn every_503_says_when_to_come_back() {
        assert!(
            ProblemKind::all()
                .iter()
                .filter(|row| row.status == 503)
                .all(|row| row.retry_after_seconds.is_some())
        );
    }

    #[test]
    fn the_page_has_a_section_for_every_kind() {
        let page = errors_markdown();

        for row in ProblemKind::all() {
            assert!(page.contains(&format!("\n## {}\n", row.slug)));
        }
    }
}
