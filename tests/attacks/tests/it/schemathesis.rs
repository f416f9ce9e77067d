//! The OpenAPI documents against the program, by a generator of requests that knows nothing else: no 5xx,
//! and no answer that the document does not say. Most of what it sends is led to what is there
//! (`schemathesis/hooks.py`), so that it comes past the first look.
//!
//! The test command runs it for a minute. `ATTACKS_REQUESTS=20000` goes on, with other seeds, until so many
//! requests were made; `ATTACKS_SEED` begins with another one.

use std::path::{Path, PathBuf};
use std::process::Command;

use journeys::{House, house_shop};

const VERSION: &str = "4.32.5";
const SHOPS: [&str; 5] = ["cafe", "kiosk", "market", "appliance", "pizza"];
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";
const SEED: u64 = 1;

/// The program, from PyPI into a virtual environment under the target folder.
fn schemathesis() -> PathBuf {
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned();
    let home = target.join("tools").join(format!("schemathesis-{VERSION}"));
    let program = home.join("bin/schemathesis");
    if !program.is_file() {
        runs(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home));
        let package = format!("schemathesis=={VERSION}");
        let install = ["install", "--quiet", "--disable-pip-version-check", &package];
        runs(Command::new(home.join("bin/pip")).args(install));
    }
    program
}

fn runs(command: &mut Command) {
    let status = command.status();
    assert!(status.as_ref().is_ok_and(std::process::ExitStatus::success), "{command:?}: {status:?}");
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// One run against a document; how many requests it made.
async fn asks(house: &House, document: &str, phases: &str, seconds: u64, seed: u64) -> u64 {
    let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemathesis/hooks.py");
    let desk = tempfile::tempdir().unwrap();
    let mut command = Command::new(schemathesis());
    command
        // One worker: Python before 3.12 loses count of its own recursion when two parse at a time.
        .args(["run", &house.url(document), "--workers", "1", "--checks", CHECKS, "--phases", phases])
        // A stream does not end; the journeys read them.
        .args(["--exclude-path-regex", "/stream$"])
        .args(["--max-time", &seconds.to_string(), "--max-examples", "40", "--seed", &seed.to_string()])
        .args(["--request-timeout", "20", "--continue-on-failure", "--no-shrink", "--warnings", "off"])
        .env("SCHEMATHESIS_HOOKS", hooks)
        .env("JUMUN_HOUSE", house.url(""))
        .env("NO_COLOR", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(desk.path());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "seed {seed}, {document}:\n{text}\n{errors}");
    let generated = text.lines().find_map(|line| line.trim().split_once(" generated")?.0.parse().ok());
    generated.unwrap_or_else(|| panic!("it does not say how many: {text}"))
}

/// The shop with time for payment: on a machine that is busy with other tests its own second may be over,
/// and orders are rightly refused with 503 then.
fn patient(shop: &str, folder: &Path) -> String {
    let mut file: toml::Table = std::fs::read_to_string(house_shop(shop)).unwrap().parse().unwrap();
    if let Some(timeout) = file.get_mut("payment").and_then(|payment| payment.get_mut("timeout")) {
        *timeout = "30s".into();
    }
    let path = folder.join(shop).with_extension("toml");
    std::fs::write(&path, file.to_string()).unwrap();
    path.display().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_contradicts_the_documents() {
    let folder = tempfile::tempdir().unwrap();
    let files = SHOPS.map(|shop| patient(shop, folder.path()));
    let house = House::open(&files.each_ref().map(String::as_str)).await;
    let wanted = number("ATTACKS_REQUESTS");
    let first = number("ATTACKS_SEED").unwrap_or(SEED);
    let mut asked = asks(&house, "/openapi.json", "coverage,fuzzing", 60, first).await;
    for shop in SHOPS {
        asked += asks(&house, &format!("/{shop}/openapi.json"), "coverage,fuzzing", 6, first).await;
    }
    for seed in first + 1.. {
        if wanted.is_none_or(|wanted| asked >= wanted) {
            break;
        }
        asked += asks(&house, "/openapi.json", "coverage,fuzzing", 240, seed).await;
        for shop in SHOPS {
            asked += asks(&house, &format!("/{shop}/openapi.json"), "coverage,fuzzing", 30, seed).await;
        }
        println!("seed {seed}: {asked} requests so far");
    }
    println!("{asked} requests, none answered with a 5xx or against its document");
    assert!(asked >= 1_000, "{asked}");
    // It stood.
    let _served = house.get("/v1/shops/cafe/orders").await.is(200);
    let log = house.server().log();
    assert!(!log.contains("panicked"), "{log}");
}
