//! What payment can be asked: one function per wish, listed here.

mod approve_payment;
mod ask_payment;
mod close_day;
mod give_back;
mod record_charge;
mod record_refund;
mod refund_payment;
mod settle_discrepancy;
mod take_callback;
mod top_up_deposit;

use runtime::{Failure, Turn};

use crate::command::{Command, Refusal, Reply};
use crate::config::PaymentConfig;
use crate::shops::Shops;

/// Does what a command wishes.
pub(crate) fn run(
    config: &PaymentConfig,
    shops: &Shops,
    command: Command,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    match command {
        Command::Ask(ask) => ask_payment::ask_payment(config, shops, ask, turn),
        Command::Approve(wish) => approve_payment::approve_payment(config, wish, turn),
        Command::Settle(found) => settle_discrepancy::settle_discrepancy(config, *found, turn),
        Command::RecordCorrection { work, attempt, outcome } => {
            settle_discrepancy::record_correction(config, &work, attempt, &outcome, turn)
        }
        Command::Deposit(wish) => top_up_deposit::top_up_deposit(shops, wish, turn),
        Command::CloseDay(wish) => close_day::close_day(*wish, turn),
        Command::Refund(wish) => refund_payment::refund_payment(config, shops, wish, turn),
        Command::ConfirmRefund(wish) => give_back::confirm_refund(config, &wish, turn),
        Command::WithdrawRefund { wish, is_manager } => {
            give_back::withdraw_refund(config, &wish, is_manager, turn)
        }
        Command::SettleRefund(wish) => give_back::settle_refund(config, wish, turn),
        Command::TakeCallback(callback) => take_callback::take_callback(config, &callback, turn),
        Command::RecordCharge { work, attempt, outcome } => {
            record_charge::record_charge(config, &work, attempt, outcome, turn)
        }
        Command::RecordRefund { work, attempt, outcome } => {
            record_refund::record_refund(config, &work, attempt, outcome, turn)
        }
    }
}
