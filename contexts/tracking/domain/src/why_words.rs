use catalog_contract::Text;
use kernel::Timestamp;
use ordering_contract::{CancelReason, OrderState, RefusalReason};
use tracking_contract::{Ending, Waits, WaitsFor};

/// The word of a reason to cancel.
#[must_use]
pub const fn cancel_word(reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::ByCustomer => "by-customer",
        CancelReason::ByStaff => "by-staff",
        CancelReason::RejectedByShop => "rejected-by-shop",
        CancelReason::OutOfStock => "out-of-stock",
        CancelReason::Expired => "expired",
        CancelReason::DeliveryFailed => "delivery-failed",
    }
}

/// The word of a reason to refuse.
#[must_use]
pub const fn refusal_word(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::PaymentDeclined => "payment-declined",
        RefusalReason::PaymentUnavailable => "payment-unavailable",
        RefusalReason::OutOfStock => "out-of-stock",
        RefusalReason::StockUnavailable => "stock-unavailable",
    }
}

/// All of it in a sentence or two.
pub(crate) fn text(
    state: OrderState,
    ended: Option<&Ending>,
    waits: Option<&Waits>,
    parked_at: &[String],
) -> Text {
    let mut text = ended.map(|ending| ended_text(state, ending)).unwrap_or_default();
    if let Some(waits) = waits {
        let waiting = waiting_text(waits, parked_at);
        for (whole, part) in [(&mut text.ko, waiting.ko), (&mut text.en, waiting.en)] {
            if !whole.is_empty() {
                whole.push(' ');
            }
            whole.push_str(&part);
        }
    }
    text
}

fn ended_text(state: OrderState, ending: &Ending) -> Text {
    let (ko, en) = match ending.reason.as_str() {
        "completed" => ("주문이 완료되었습니다", "The order is complete"),
        "by-customer" => ("고객이 주문을 취소했습니다", "The customer cancelled the order"),
        "by-staff" => ("매장에서 주문을 취소했습니다", "The shop's staff cancelled the order"),
        "rejected-by-shop" => ("매장에서 주문을 거절했습니다", "The shop did not take the order on"),
        "out-of-stock" => {
            ("재고가 부족하여 주문이 취소되었습니다", "There was not enough stock for the order")
        }
        "expired" => ("제때 결제되지 않아 주문이 취소되었습니다", "The order was not paid in time"),
        "delivery-failed" => ("배송하지 못해 주문이 취소되었습니다", "The order could not be delivered"),
        "payment-declined" => ("결제가 거절되어 주문이 성립되지 않았습니다", "The payment was declined"),
        "payment-unavailable" => {
            ("결제 응답이 없어 주문이 성립되지 않았습니다", "The payment side did not answer in time")
        }
        "stock-unavailable" => {
            ("재고를 확인할 수 없어 주문이 성립되지 않았습니다", "The store room did not answer in time")
        }
        "refused" => ("주문이 성립되지 않았습니다", "The order never stood"),
        _ => ("주문이 취소되었습니다", "The order was cancelled"),
    };
    let (mut ko, mut en) = (ko.to_owned(), en.to_owned());
    if let Some(said) = &ending.said {
        ko.push_str(&format!(" ({said})"));
        en.push_str(&format!(" ({said})"));
    }
    if state == OrderState::Refunded {
        ko.push_str(". 결제 금액이 환불되었습니다");
        en.push_str("; the money is back");
    }
    Text { ko: ko + ".", en: en + "." }
}

fn waiting_text(waits: &Waits, parked_at: &[String]) -> Text {
    let (ko, en) = match waits.what {
        WaitsFor::Stock => ("재고 확보를 기다리고 있습니다", "Waits for the store room to hold the stock"),
        WaitsFor::Approval => {
            ("고객의 결제 승인을 기다리고 있습니다", "Waits for the customer to approve the payment")
        }
        WaitsFor::Payment => {
            ("결제사의 응답을 기다리고 있습니다", "Waits for the payment provider to say whether it is paid")
        }
        WaitsFor::PaymentVoid => {
            ("결제 취소를 기다리고 있습니다", "Waits for the payment provider to call the payment off")
        }
        WaitsFor::Acceptance => {
            ("매장의 수락을 기다리고 있습니다", "Waits for the shop's staff to take it on")
        }
        WaitsFor::Start => ("제조 시작을 기다리고 있습니다", "Waits for the shop's staff to begin"),
        WaitsFor::Making => ("만드는 중입니다", "Waits for the shop's staff to finish making it"),
        WaitsFor::HandOver => ("고객에게 전달되기를 기다리고 있습니다", "Waits to be handed over"),
        WaitsFor::Courier => ("배달기사 배정을 기다리고 있습니다", "Waits for staff to assign a courier"),
        WaitsFor::SettingOut => ("배달기사의 출발을 기다리고 있습니다", "Waits for the courier to set out"),
        WaitsFor::Arrival => ("배달 중입니다", "Is on its way; waits for the courier to hand it over"),
        WaitsFor::AnotherAttempt => {
            ("다음 배송 시도를 기다리고 있습니다", "Waits for the next attempt to deliver")
        }
        WaitsFor::Closing => ("완료 처리를 기다리고 있습니다", "Everything is done; waits to be closed"),
        WaitsFor::CancelAnswer => (
            "취소할 수 있는지 확인하고 있습니다",
            "A cancel was asked for; waits for whoever has the order to answer",
        ),
        WaitsFor::ItsTime => ("예약한 시간을 기다리고 있습니다", "Is for later; waits for its time"),
        WaitsFor::RefundByHand => (
            "결제사가 환불하지 못해 매장의 직접 환불을 기다리고 있습니다",
            "The provider would not give the money back; waits for the shop to do so itself",
        ),
        WaitsFor::Refund => ("환불을 기다리고 있습니다", "Waits for its money to go back"),
        WaitsFor::SecondPerson => {
            ("다른 담당자의 환불 확인을 기다리고 있습니다", "Waits for a second person to confirm a refund")
        }
        WaitsFor::ParkedEvent => (
            "처리하지 못한 기록이 있어 운영자의 조치를 기다리고 있습니다",
            "An event could not be applied; waits for an operator",
        ),
        WaitsFor::NextStep => ("다음 단계로 넘어가는 중입니다", "Is moving on to its next step"),
    };
    let waited = in_words(waits.waited_millis);
    let (mut ko, mut en) = (format!("{ko} ({}째", waited.ko), format!("{en}, for {}", waited.en));
    if let (Some(bound), false) = (waits.bound_millis, waits.what == WaitsFor::ParkedEvent) {
        let (bound, over) = (in_words(bound), waits.exceeded);
        ko.push_str(&format!(", 한도 {}{}", bound.ko, if over { " 초과" } else { "" }));
        en.push_str(&format!("{} {}", if over { ", beyond its bound of" } else { "; bound" }, bound.en));
    }
    if !parked_at.is_empty() {
        ko.push_str(&format!(", {}", parked_at.join(", ")));
        en.push_str(&format!(" ({})", parked_at.join(", ")));
    }
    ko.push(')');
    if let Some(by_itself) = &waits.by_itself {
        ko.push_str(&format!(". {}", by_itself.text.ko));
        en.push_str(&format!("; {}", by_itself.text.en));
    }
    Text { ko: ko + ".", en: en + "." }
}

/// What happens by itself, and in how long.
pub(crate) fn after(when: Timestamp, now: Timestamp, ko: &str, en: &str) -> Text {
    let left = in_words(when.millis_since(now).max(0));
    Text { ko: format!("{} 뒤 {ko}", left.ko), en: format!("in {} {en}", left.en) }
}

/// The two largest units of a time, such as `1h 20m`.
pub(crate) fn in_words(millis: i64) -> Text {
    let seconds = millis / 1_000;
    let parts = [
        (seconds / 86_400, "일", "d"),
        (seconds / 3_600 % 24, "시간", "h"),
        (seconds / 60 % 60, "분", "m"),
        (seconds % 60, "초", "s"),
    ];
    let shown: Vec<_> = parts.into_iter().skip_while(|(count, _, _)| *count == 0).take(2).collect();
    let shown: Vec<_> = shown.into_iter().filter(|(count, _, _)| *count > 0).collect();
    if shown.is_empty() {
        return Text { ko: "0초".to_owned(), en: "0s".to_owned() };
    }
    let ko: Vec<_> = shown.iter().map(|(count, unit, _)| format!("{count}{unit}")).collect();
    let en: Vec<_> = shown.iter().map(|(count, _, unit)| format!("{count}{unit}")).collect();
    Text { ko: ko.join(" "), en: en.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn a_time_is_told_in_its_two_largest_units() {
        let told = [0, 59_999, 60_000, 4_830_000, 3_600_000, 90_061_000].map(|millis| in_words(millis).en);
        assert_eq!(told, ["0s", "59s", "1m", "1h 20m", "1h", "1d 1h"]);
        assert_eq!(in_words(4_830_000).ko, "1시간 20분");
    }
}
