use catalog_contract::{MenuItem, ShopLife, Text};
use kernel::{Money, OrderId, ShopKey};
use tracking_contract::{
    Captured, GivenBack, ReceiptLine, ReceiptPayment, ReceiptRefund, ReceiptVat, ReceiptView, StoryLine,
};

use crate::story::Story;

/// The receipt of an order; `None` where nothing was paid for it. Names in two languages come from
/// `menu`, as far as it still has what was bought.
#[must_use]
pub fn receipt<'a>(
    story: &Story,
    life: &ShopLife,
    (order, shop, number): (OrderId, &ShopKey, u64),
    menu: impl Fn(&str) -> Option<&'a MenuItem>,
) -> Option<ReceiptView> {
    let part = story.order.as_ref()?;
    let payment = story.payment.as_ref()?;
    let Captured { at, amount, with, approval_code } = payment.captured.clone()?;
    let day = life.day_of(at);
    let refunds: Vec<_> = payment
        .refunds
        .iter()
        .map(|&GivenBack { step, amount, at }| ReceiptRefund { step, amount, at })
        .collect();
    let back = refunds.iter().fold(0_i64, |sum, refund| sum.saturating_add(refund.amount.amount));
    let net = Money::new(amount.amount.saturating_sub(back), amount.currency);
    let rule = life.receipts.clone().unwrap_or_default();
    let vat = |amount| rule.vat_percent.map(|percent| included_vat(amount, percent));
    Some(ReceiptView {
        receipt: format!("{shop}-{}-{number:06}", day.strftime("%Y%m%d")),
        shop: shop.clone(),
        shop_name: life.name.clone(),
        business_number: rule.business_number.clone(),
        order,
        number,
        day,
        lines: part.lines.iter().map(|line| shown(line, part.total, menu(&line.item))).collect(),
        total: amount,
        vat: vat(amount),
        payment: ReceiptPayment { with, amount, approval_code, approved_at: at },
        refunds,
        net,
        net_vat: vat(net),
    })
}

/// The tax that an amount includes: what is left of it is amount / (1 + rate), to the nearest smallest
/// unit, halves up; the tax is the rest, so that both always make the amount.
#[must_use]
pub fn included_vat(amount: Money, percent: u32) -> ReceiptVat {
    let whole = 100 + i128::from(percent);
    let supply = (i128::from(amount.amount) * 200 + whole).div_euclid(whole * 2);
    let supply = i64::try_from(supply).unwrap_or(amount.amount);
    ReceiptVat {
        percent,
        supply: Money::new(supply, amount.currency),
        vat: Money::new(amount.amount - supply, amount.currency),
    }
}

fn shown(line: &StoryLine, total: Money, item: Option<&MenuItem>) -> ReceiptLine {
    let unit_price = line.unit_price.unwrap_or_else(|| Money::zero(total.currency));
    let named = |text: &str| Text { ko: text.to_owned(), en: text.to_owned() };
    // The name when it was ordered counts; the menu only adds the other language.
    let name = match item {
        Some(item) if item.name.ko == line.name => item.name.clone(),
        _ => named(&line.name),
    };
    let options = line.options.iter().map(|chosen| {
        let option = item.and_then(|item| item.options.iter().find(|option| option.key == chosen.option));
        let choice =
            option.and_then(|option| option.choices.iter().find(|choice| choice.key == chosen.choice));
        match (option, choice) {
            (Some(option), Some(choice)) => Text {
                ko: format!("{}: {}", option.name.ko, choice.name.ko),
                en: format!("{}: {}", option.name.en, choice.name.en),
            },
            _ => named(&format!("{}: {}", chosen.option, chosen.choice)),
        }
    });
    ReceiptLine {
        name,
        options: options.collect(),
        quantity: line.quantity,
        unit_price,
        amount: unit_price.times(line.quantity).unwrap_or(unit_price),
    }
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    fn won(amount: i64) -> Money {
        Money::new(amount, Currency::KRW)
    }

    #[test]
    fn supply_and_tax_always_make_the_amount() {
        for (amount, supply) in
            [(11_000, 10_000), (9_000, 8_182), (4_500, 4_091), (1, 1), (0, 0), (5, 5), (6, 5)]
        {
            let vat = included_vat(won(amount), 10);
            assert_eq!((vat.supply, vat.vat), (won(supply), won(amount - supply)), "{amount}");
        }
        assert_eq!(included_vat(won(9_000), 0).vat, won(0));
    }
}
