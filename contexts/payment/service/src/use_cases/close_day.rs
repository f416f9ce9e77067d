use journal::{Row, StoreError};
use kernel::{OrderId, Subject};
use payment_contract::{ClosingView, DayClosedV1, DayEvent};
use payment_domain::{BusinessDay, DayCommand};
use runtime::{Failure, Turn};

use crate::command::{CloseWish, RefundReply, Refusal, Reply};
use crate::keys;
use crate::views::{CLOSINGS, closing_id};

/// Closes a business day with what the ledger holds of it.
pub(super) fn close_day(wish: CloseWish, turn: &mut Turn<'_>) -> Result<Reply, Failure<Refusal>> {
    if let Some(reply) = keys::answered_before(wish.key, turn)? {
        return Ok(Reply::Refund(reply));
    }
    let CloseWish { shop, day, mut book, key } = wish;
    // Whoever counted the day read beside the writer: what was booked since is counted here.
    while book.read_on(turn.store())? {}
    let (from, until) = book.bounds();
    let (id, number) = (closing_id(&shop, day), turn.next_number(&format!("closings/{shop}"))?);
    let (at, closed_by) = (turn.now(), turn.actor().clone());
    let closing = DayClosedV1 { day, number, from, until, takings: book.takings, closed_by };
    let executed = turn
        .execute::<BusinessDay>(id, &Subject::shop(shop.clone()), DayCommand::Close { closing, at })
        .map_err(|failure| failure.map_refusal(Refusal::DayRejected))?;
    let [DayEvent::Closed(closed)] = executed.events.as_slice() else {
        return Err(Failure::Broken(StoreError::Unfit("a closing is one fact".to_owned())));
    };
    let view = ClosingView {
        shop: shop.clone(),
        day,
        number,
        from,
        until,
        takings: closed.takings.clone(),
        closed_at: at,
        closed_by: closed.closed_by.clone(),
    };
    let body = serde_json::to_vec(&view).unwrap_or_default();
    turn.put_row(Row {
        collection: CLOSINGS.into(),
        id,
        shop,
        number,
        customer: None,
        state: "closed".into(),
        at,
        search: day.to_string(),
        version: executed.version,
        hidden: false,
        body: body.clone(),
    });
    let reply = RefundReply { status: 201, version: executed.version, body };
    keys::remember(key, OrderId(id), &reply, turn);
    Ok(Reply::Refund(reply))
}
