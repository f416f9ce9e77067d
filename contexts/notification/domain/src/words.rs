use catalog_contract::{Language, Milestone, Text};

/// What a customer is told where the shop has no words of its own.
#[must_use]
pub fn words_of_the_house(milestone: Milestone) -> Text {
    let (ko, en) = match milestone {
        Milestone::Placed => (
            "[{shop}] 주문 {number}번을 받았습니다: {items}, 합계 {total}",
            "[{shop}] We have your order {number}: {items}, {total} in total",
        ),
        Milestone::Paid => (
            "[{shop}] 주문 {number}번 결제가 완료되었습니다: {amount}",
            "[{shop}] Your order {number} is paid: {amount}",
        ),
        Milestone::Scheduled => (
            "[{shop}] 주문 {number}번을 {wanted_at}에 맞춰 준비하겠습니다: {items}",
            "[{shop}] Your order {number} is booked for {wanted_at}: {items}",
        ),
        Milestone::Confirmed => (
            "[{shop}] 주문 {number}번이 확정되었습니다. 호출 번호는 {call_number}번입니다",
            "[{shop}] Your order {number} is confirmed; your call number is {call_number}",
        ),
        Milestone::Accepted => {
            ("[{shop}] 주문 {number}번을 접수했습니다", "[{shop}] We have taken your order {number} on")
        }
        Milestone::Started => (
            "[{shop}] 주문 {number}번 준비를 시작했습니다: {items}",
            "[{shop}] We are making your order {number}: {items}",
        ),
        Milestone::Prepared => (
            "[{shop}] 주문 {number}번이 준비되었습니다. 호출 번호 {call_number}번",
            "[{shop}] Your order {number} is ready; call number {call_number}",
        ),
        Milestone::DeliveryStarted => (
            "[{shop}] 주문 {number}번 {items} 배송이 시작되었습니다. 받는 분: {name}, 주소: {address}, 연락처: {phone}",
            "[{shop}] Your order {number}, {items}, is on its way to {name}, {address}, {phone}",
        ),
        Milestone::DeliveryCancelled => (
            "[{shop}] 주문 {number}번 {items} 배송이 취소되었습니다. 받는 분: {name}, 주소: {address}, 연락처: {phone}",
            "[{shop}] The delivery of your order {number}, {items}, to {name}, {address}, {phone} was cancelled",
        ),
        Milestone::Delivered => {
            ("[{shop}] 주문 {number}번이 배송되었습니다", "[{shop}] Your order {number} was delivered")
        }
        Milestone::Completed => (
            "[{shop}] 주문 {number}번이 완료되었습니다. 이용해 주셔서 감사합니다",
            "[{shop}] Your order {number} is complete; thank you",
        ),
        Milestone::CancelDenied => (
            "[{shop}] 이미 준비가 시작되어 주문 {number}번을 취소할 수 없습니다",
            "[{shop}] Your order {number} can no longer be cancelled",
        ),
        Milestone::Cancelled => (
            "[{shop}] 주문 {number}번이 취소되었습니다: {reason}",
            "[{shop}] Your order {number} was cancelled: {reason}",
        ),
        Milestone::Refunded => (
            "[{shop}] 주문 {number}번 {amount}이 환불되었습니다",
            "[{shop}] {amount} of your order {number} was refunded",
        ),
    };
    Text { ko: ko.to_owned(), en: en.to_owned() }
}

/// The subject of a mail where the shop has none of its own.
pub(crate) fn subject_of_the_house() -> Text {
    Text {
        ko: "[{shop}] 주문 {number}번 안내".to_owned(), en: "[{shop}] Your order {number}".to_owned()
    }
}

/// Ordering's words for a cancel in those of customers; what staff wrote stays as it is.
pub(crate) fn reason_in_words(reason: &str, language: Language) -> &str {
    let (ko, en) = match reason {
        "by-customer" => ("고객 요청", "as you wished"),
        "by-staff" => ("매장 사정", "by the shop"),
        "rejected-by-shop" => ("매장에서 주문을 받을 수 없음", "the shop could not take it on"),
        "out-of-stock" => ("재고 부족", "out of stock"),
        "expired" => ("결제 시간 초과", "it was not paid in time"),
        "payment-declined" => ("결제 거절", "the payment was declined"),
        "delivery-failed" => ("배송 실패", "it could not be delivered"),
        other => (other, other),
    };
    match language {
        Language::Ko => ko,
        Language::En => en,
    }
}
