use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::json_lines::JsonLines;

/// How a log line looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For reading.
    #[default]
    Pretty,
    /// One JSON object per line, for machines.
    Json,
}

impl FromStr for LogFormat {
    type Err = LogsError;

    fn from_str(text: &str) -> Result<Self, LogsError> {
        match text {
            "pretty" => Ok(Self::Pretty),
            "json" => Ok(Self::Json),
            _ => Err(LogsError::Format(text.to_owned())),
        }
    }
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pretty => "pretty",
            Self::Json => "json",
        })
    }
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct LogOptions {
    /// How a line looks.
    pub format: LogFormat,
    /// What is logged: a level, or levels per target (`info,runtime=debug`).
    pub filter: String,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self { format: LogFormat::default(), filter: "info".to_owned() }
    }
}

/// Why logging cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum LogsError {
    /// The format is unknown.
    #[error("log format {0:?} is unknown, expected pretty or json")]
    Format(String),
    /// The filter cannot be read.
    #[error("log filter {filter:?} cannot be read: {cause}")]
    Filter {
        /// The filter as given.
        filter: String,
        /// What is wrong with it.
        cause: tracing_subscriber::filter::ParseError,
    },
    /// Somebody else logs in this process already.
    #[error("logging has begun already")]
    AlreadyStarted,
}

/// Begins logging to standard error, for the whole process and for good. (Standard output is
/// kept for what a caller of the program reads.)
///
/// # Errors
/// When the filter cannot be read, or logging has begun already.
pub fn start_logs(options: &LogOptions) -> Result<(), LogsError> {
    tracing_subscriber::registry()
        .with(layer(options.format, std::io::stderr).with_filter(filter(&options.filter)?))
        .try_init()
        .map_err(|_| LogsError::AlreadyStarted)
}

fn filter(text: &str) -> Result<EnvFilter, LogsError> {
    EnvFilter::builder().parse(text).map_err(|cause| LogsError::Filter { filter: text.to_owned(), cause })
}

fn layer<S, W>(format: LogFormat, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false);
    match format {
        LogFormat::Pretty => lines.compact().boxed(),
        LogFormat::Json => lines.fmt_fields(JsonFields::new()).event_format(JsonLines).boxed(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use serde_json::Value;

    use super::*;
    use crate::Secret;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn written(format: LogFormat, work: impl FnOnce()) -> String {
        let paper = Paper::default();
        let pen = paper.clone();
        let lines = layer(format, move || pen.clone()).with_filter(filter("info").unwrap());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), work);
        let bytes = paper.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_json_line_is_flat_and_holds_the_fields_of_the_spans_around_it() {
        let text = written(LogFormat::Json, || {
            let _span = tracing::info_span!("request", order_id = "o-1").entered();
            tracing::warn!(causation = %"ordering/7", waited = 3, "the store cannot answer");
            tracing::debug!("too quiet");
        });
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["level"], "WARN");
        assert_eq!(line["message"], "the store cannot answer");
        assert_eq!(line["order_id"], "o-1");
        assert_eq!(line["causation"], "ordering/7");
        assert_eq!(line["waited"], 3);
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
    }

    #[test]
    fn no_line_says_where_the_program_was_built() {
        for format in [LogFormat::Json, LogFormat::Pretty] {
            let text = written(format, || {
                tracing::info!(
                    log.target = "refinery",
                    log.file = "/build/machine/x.rs",
                    log.line = 7,
                    "applied"
                );
            });
            assert!(text.contains("applied"), "{text}");
            assert!(!text.contains("machine") && !text.contains("log."), "{text}");
        }
    }

    #[test]
    fn a_secret_in_a_field_is_not_written() {
        for format in [LogFormat::Json, LogFormat::Pretty] {
            let token = Secret::new("canary");
            let text = written(format, || {
                let _span = tracing::info_span!("call", token = ?token).entered();
                tracing::info!(token = %token, "asked");
            });
            assert!(text.contains("***") && !text.contains("canary"), "{text}");
        }
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_refused_by_name() {
        let error = filter("info,runtime=loud").unwrap_err().to_string();
        assert!(error.starts_with("log filter \"info,runtime=loud\" cannot be read"), "{error}");
        assert!("yaml".parse::<LogFormat>().is_err());
    }
}
