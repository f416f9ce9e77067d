//! Long streams are read from their last snapshot.

use inventory_contract::stock_item_id;
use journal::Reader;

use crate::house::{House, KIOSK};

#[test]
fn a_busy_item_is_read_back_from_its_snapshot_and_counts_on() {
    let mut house = House::open();
    for _ in 0..250 {
        house.receive(KIOSK, "cup", 2);
    }
    let id = stock_item_id(&KIOSK.into(), "cup");
    let snapshot = house.processor.journal().snapshot(id).unwrap().unwrap();
    assert_eq!(snapshot.version, 200);

    house.restart();
    assert_eq!(house.receive(KIOSK, "cup", 1).available, 501);
}
