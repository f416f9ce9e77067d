//! Refunds in the words of Stripe: read before one is made, so that none is made twice.

use std::collections::BTreeMap;

use kernel::Money;
use serde::Deserialize;

use super::{Failed, currency, post, the_found, unclear};
use crate::provider::ProviderAnswer;
use crate::provider::exchange::{
    Asked, Charged, Examined, Next, ProviderRequest, ProviderResponse, shortened, unknown,
};
use crate::provider::far::percent;

const REFUNDS: &str = "/v1/refunds";

/// Words with which a refund is refused for good.
const NO_REFUND: &[&str] = &["charge_already_refunded", "charge_disputed", "amount_too_large"];

/// A refund as Stripe shows it, as far as we look.
#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    id: String,
    status: Option<RefundStatus>,
    amount: i64,
    currency: String,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RefundStatus {
    Succeeded,
    Pending,
    Failed,
    Canceled,
    #[serde(other)]
    Another,
}

#[derive(Debug, Deserialize)]
struct RefundList {
    has_more: bool,
    data: Vec<Refund>,
}

/// A charge whose money is to go back was captured a while ago; an index that does not have it may be late.
pub(super) fn give_back(
    key: Option<&str>,
    charge_key: &str,
    amount: Money,
    response: &ProviderResponse,
) -> Next {
    let intent = match the_found(charge_key, response) {
        Ok(Some(intent)) => intent,
        Ok(None) => return Next::Done(unknown("the provider's index does not have the charge")),
        Err(answer) => return Next::Done(answer),
    };
    if intent.amount().is_none_or(|theirs| theirs.currency != amount.currency) {
        return Next::Done(unknown("the provider has the charge in another currency"));
    }
    match key {
        Some(_) => list_refunds(&intent.id, None),
        None => make_refund(None, &intent.id, amount),
    }
}

/// Makes a refund where none has its key yet.
pub(super) fn give_back_once(key: &str, intent: &str, amount: Money, response: &ProviderResponse) -> Next {
    let list = match read_refunds(response) {
        Ok(list) => list,
        Err(answer) => return Next::Done(answer),
    };
    let ours = list.data.iter().filter(|refund| refund.key() == Some(key));
    // Money that is back, or about to be, counts before what came to nothing.
    match (ours.min_by_key(|refund| refund.came_to_nothing()), list.goes_on_behind()) {
        (Some(refund), _) => Next::Done(refund.stands(amount)),
        (None, Some(last)) => list_refunds(intent, Some(last)),
        (None, None) => make_refund(Some(key), intent, amount),
    }
}

fn make_refund(key: Option<&str>, intent: &str, amount: Money) -> Next {
    let mut form = vec![
        ("payment_intent".to_owned(), intent.to_owned()),
        ("amount".to_owned(), amount.amount.to_string()),
    ];
    form.extend(key.map(|key| ("metadata[refund]".to_owned(), key.to_owned())));
    Next::Ask(Asked::GiveBack, post(REFUNDS.to_owned(), key.map(str::to_owned), form))
}

pub(super) fn given_back(amount: Money, asked: &Asked, response: &ProviderResponse) -> Next {
    if !response.is_success() {
        let refused = response.read::<Failed>().map(|failed| failed.error).filter(|error| {
            response.status == 400
                && (NO_REFUND.contains(&error.word()) || error.param.as_deref() == Some("amount"))
        });
        return Next::Done(match refused {
            Some(error) => ProviderAnswer::Declined { reason: error.reason() },
            None => unclear(response),
        });
    }
    let Some(refund) = response.read::<Refund>() else { return Next::Done(response.unclear(None)) };
    // What was answered under the key is answered again: how it stands now is looked up.
    if refund.status == Some(RefundStatus::Pending)
        && *asked == Asked::GiveBack
        && refund.amount() == Some(amount)
    {
        let path = format!("{REFUNDS}/{}", percent(&refund.id));
        return Next::Ask(Asked::LookAtRefund, ProviderRequest::get(path));
    }
    Next::Done(refund.stands(amount))
}

impl Refund {
    /// Its key, where it is one of ours.
    pub(super) fn key(&self) -> Option<&str> {
        self.metadata.get("refund").map(String::as_str)
    }

    pub(super) fn amount(&self) -> Option<Money> {
        Some(Money::new(self.amount, currency(&self.currency)?))
    }

    /// Whether the money has gone.
    pub(super) fn is_back(&self) -> bool {
        self.status == Some(RefundStatus::Succeeded)
    }

    const fn came_to_nothing(&self) -> bool {
        matches!(self.status, Some(RefundStatus::Failed | RefundStatus::Canceled))
    }

    /// What it says to whoever wants so much back.
    fn stands(&self, amount: Money) -> ProviderAnswer {
        match self.status {
            _ if self.amount() != Some(amount) => unknown("the provider gave back another amount"),
            Some(RefundStatus::Succeeded) => ProviderAnswer::Refunded,
            _ if self.came_to_nothing() => {
                ProviderAnswer::Declined { reason: "the refund failed at the bank".to_owned() }
            }
            _ => unknown("the refund is on its way"),
        }
    }
}

/// The refunds of an intent, the newest first, or those behind the last one that was read.
pub(super) fn list_refunds<Answer>(intent: &str, behind: Option<&str>) -> Next<Answer> {
    let mut path = format!("{REFUNDS}?payment_intent={}&limit=100", percent(intent));
    if let Some(last) = behind {
        path = format!("{path}&starting_after={}", percent(last));
    }
    Next::Ask(Asked::ListRefunds { of: intent.to_owned() }, ProviderRequest::get(path))
}

fn read_refunds(response: &ProviderResponse) -> Result<RefundList, ProviderAnswer> {
    let list: Option<RefundList> = if response.is_success() { response.read() } else { None };
    // More that nobody can ask for is a list that cannot be read.
    list.filter(|list| !list.has_more || !list.data.is_empty()).ok_or_else(|| unclear(response))
}

impl RefundList {
    /// The last of this page, where there is another one.
    fn goes_on_behind(&self) -> Option<&str> {
        self.data.last().filter(|_| self.has_more).map(|refund| refund.id.as_str())
    }
}

/// All that went back of a charge, or is about to.
pub(super) fn listed(intent: &str, so_far: &mut Charged, response: &ProviderResponse) -> Next<Examined> {
    let list = match read_refunds(response) {
        Ok(list) => list,
        Err(answer) => return Next::Done(Err(format!("{answer:?}"))),
    };
    for refund in &list.data {
        let Some(amount) = refund.amount() else {
            return Next::Done(Err("a refund has no currency".to_owned()));
        };
        if matches!(refund.status, Some(RefundStatus::Succeeded | RefundStatus::Pending)) {
            let key = refund.key().map(shortened);
            so_far.refunds.push((key, amount));
        }
    }
    match list.goes_on_behind() {
        Some(last) => list_refunds(intent, Some(last)),
        None => Next::Done(Ok(std::mem::take(so_far))),
    }
}
