#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (attacks::parsers::parser("tokens").read)(bytes));
