use journal::suite;
use journal_sqlite::Options;

use crate::workshop::Folder;

#[test]
fn the_journal_on_sqlite_passes_the_suite() {
    suite::run(Folder::new);
}

#[test]
fn it_passes_with_a_log_that_is_reset_all_the_time() {
    let tiny = Options { log_cap_bytes: 16 * 1024, checkpoint_bytes: 8 * 1024, ..Options::default() };
    suite::run(|| Folder::with(tiny.clone()));
}

#[test]
fn it_passes_without_a_thread_of_its_own() {
    let inline = Options { checkpointer: false, ..Options::default() };
    suite::run(|| Folder::with(inline.clone()));
}
