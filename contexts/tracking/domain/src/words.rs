use catalog_contract::Text;

/// What an event means to the people who wait for the order.
#[must_use]
pub fn describe(event_type: &str) -> Text {
    let (ko, en) = match event_type {
        "order-placed.v1" => ("주문이 접수되었습니다", "The order was placed"),
        "order-reserved.v1" => ("재고가 확보되었습니다", "The stock is held"),
        "order-paid.v1" => ("결제가 확인되었습니다", "The order is paid"),
        "order-scheduled.v1" => ("예약 주문이 확정되었습니다", "The order is booked for later"),
        "order-confirmed.v1" => ("주문이 확정되었습니다", "The order is confirmed"),
        "order-accepted.v1" => ("매장에서 주문을 수락했습니다", "The shop accepted the order"),
        "order-started.v1" => ("제조를 시작했습니다", "Making has begun"),
        "order-prepared.v1" => ("준비가 끝났습니다", "The order is ready"),
        "order-delivery-requested.v1" => ("배송을 요청했습니다", "A delivery was asked for"),
        "order-delivery-started.v1" => ("배송이 시작되었습니다", "The order is on its way"),
        "order-delivered.v1" => ("배송이 완료되었습니다", "The order was delivered"),
        "order-completed.v1" => ("주문이 완료되었습니다", "The order is complete"),
        "order-payment-abandoned.v1" => {
            ("결제 응답을 기다리지 않습니다", "Nobody waits for the payment any longer")
        }
        "order-refused.v1" => ("주문이 성립되지 않았습니다", "The order does not stand"),
        "order-cancel-requested.v1" => ("취소를 요청했습니다", "A cancel was requested"),
        "order-cancel-denied.v1" => ("취소하기에는 늦었습니다", "It was too late to cancel"),
        "order-cancelled.v1" => ("주문이 취소되었습니다", "The order was cancelled"),
        "order-address-change-requested.v1" => {
            ("배송지 변경을 요청했습니다", "A change of the address was requested")
        }
        "order-address-changed.v1" => ("배송지가 변경되었습니다", "The address was changed"),
        "order-address-change-denied.v1" => {
            ("배송지를 변경하기에는 늦었습니다", "It was too late to change the address")
        }
        "order-step-wished.v1" => (
            "담당 서비스가 돌아오면 처리하도록 요청을 남겼습니다",
            "A step was wished; whoever decides it hears of it when they are back",
        ),
        "order-refunded.v1" => ("환불되었습니다", "The money is back"),
        "payment-awaited.v1" => {
            ("결제 승인을 기다리고 있습니다", "The payment waits for the customer's approval")
        }
        "payment-attempt-declined.v1" => (
            "결제가 거절되었습니다. 다른 결제 수단으로 다시 승인할 수 있습니다",
            "The payment was declined; it can be approved with another method",
        ),
        "payment-requested.v1" => ("결제를 요청했습니다", "The payment was requested"),
        "payment-approved.v1" => ("결제가 승인되었습니다", "The payment was approved"),
        "payment-declined.v1" => ("결제가 거절되었습니다", "The payment was declined"),
        "payment-outcome-unknown.v1" => {
            ("결제 결과를 확인하고 있습니다", "The payment's outcome is being looked up")
        }
        "payment-void-requested.v1" => ("결제 취소를 요청했습니다", "The payment is being called back"),
        "payment-voided.v1" => ("결제가 취소되었습니다", "The payment was voided"),
        "refund-proposed.v1" => (
            "환불을 제안했습니다. 다른 담당자의 확인이 필요합니다",
            "A refund was proposed; a second person is to confirm it",
        ),
        "refund-withdrawn.v1" => ("환불 제안이 철회되었습니다", "The proposal of a refund was withdrawn"),
        "refund-impossible.v1" => (
            "결제사를 통한 환불이 불가능합니다. 매장에서 직접 환불합니다",
            "The provider will not give it back; the shop does so itself",
        ),
        "refund-requested.v1" => ("환불을 요청했습니다", "A refund was requested"),
        "payment-refunded.v1" => ("환불이 완료되었습니다", "A refund is done"),
        "stock-reserved.v1" => ("재고를 예약했습니다", "Stock was reserved"),
        "stock-short.v1" => ("재고가 부족합니다", "Stock is short"),
        "stock-consumed.v1" => ("재고를 사용했습니다", "Stock was used"),
        "stock-released.v1" => ("재고 예약을 해제했습니다", "Stock was released"),
        "ticket-opened.v1" => ("주방에 전달되었습니다", "The kitchen has the order"),
        "ticket-accepted.v1" => ("주방에서 수락했습니다", "The kitchen accepted it"),
        "ticket-rejected.v1" => ("주방에서 거절했습니다", "The kitchen rejected it"),
        "preparation-started.v1" => ("주방에서 제조를 시작했습니다", "The kitchen began"),
        "preparation-finished.v1" => ("주방에서 제조를 마쳤습니다", "The kitchen finished"),
        "ticket-handed-over.v1" => ("고객에게 전달했습니다", "It was handed over"),
        "ticket-released.v1" => ("제조 전에 취소되었습니다", "The kitchen let it go"),
        "ticket-cancel-denied.v1" => ("이미 제조 중이라 취소할 수 없습니다", "The kitchen had begun already"),
        "delivery-requested.v1" => ("배송 준비 중입니다", "The delivery is ready to set out"),
        "delivery-assigned.v1" => ("배달기사가 배정되었습니다", "A courier was assigned"),
        "delivery-started.v1" => ("배달기사가 출발했습니다", "The courier set out"),
        "delivery-completed.v1" => ("배달기사가 전달했습니다", "The courier handed it over"),
        "delivery-failed.v1" => ("배송하지 못했습니다", "The courier could not hand it over"),
        "delivery-retried.v1" => ("다시 배송합니다", "It is brought again"),
        "delivery-returned.v1" => ("매장으로 반송되었습니다", "It came back to the shop"),
        "delivery-released.v1" => ("배송이 취소되었습니다", "The delivery was called off"),
        "delivery-address-changed.v1" => {
            ("배달기사가 새 배송지로 갑니다", "The courier goes to the new address")
        }
        "delivery-address-change-denied.v1" => {
            ("이미 출발하여 배송지를 바꿀 수 없습니다", "The courier had set out already")
        }
        "delivery-cancel-denied.v1" => {
            ("배송 상태 때문에 취소할 수 없습니다", "The delivery was too far to be called off")
        }
        other => return Text { ko: other.to_owned(), en: other.to_owned() },
    };
    Text { ko: ko.to_owned(), en: en.to_owned() }
}
