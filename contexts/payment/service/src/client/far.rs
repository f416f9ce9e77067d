use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use edge::principal::ServiceTokens;
use edge::problem::{Problem, ProblemKind};
use payment_contract::{AskError, AskPayment, Asking, PaymentClient};
use reqwest::{Client, Response};

use crate::rest::ASK_PATH;

/// Says where the process that holds payment listens for its neighbours, if there is one.
pub type HolderOf = Arc<dyn Fn() -> Option<SocketAddr> + Send + Sync>;

/// Who asks payment.
const ASKER: &str = "ordering";

/// Payment in another program.
#[derive(Clone)]
pub struct FarPayment {
    client: Client,
    holder: HolderOf,
    tokens: Option<Arc<dyn ServiceTokens>>,
}

impl fmt::Debug for FarPayment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FarPayment")
    }
}

impl FarPayment {
    /// Asks whoever holds payment at the time of each ask, and shows a token where one is wanted.
    ///
    /// # Errors
    /// When the machine gives no means to make connections.
    pub fn try_new(holder: HolderOf, tokens: Option<Arc<dyn ServiceTokens>>) -> Result<Self, reqwest::Error> {
        // No timeout of its own: the guard around it has one, and giving up the wait must not end
        // the work.
        let client = Client::builder().no_proxy().connect_timeout(Duration::from_secs(1)).build()?;
        Ok(Self { client, holder, tokens })
    }
}

impl PaymentClient for FarPayment {
    fn ask(&self, ask: AskPayment) -> Asking {
        let Self { client, holder, tokens } = self.clone();
        Box::pin(async move {
            let Some(address) = holder() else {
                return Err(AskError::NotTaken("no process holds payment".to_owned()));
            };
            let mut request = client.post(format!("http://{address}{ASK_PATH}")).json(&ask);
            if let Some(token) = tokens.and_then(|tokens| tokens.token(ASKER)) {
                request = request.bearer_auth(token);
            }
            match request.send().await {
                Ok(response) if response.status().is_success() => Ok(()),
                Ok(response) => Err(said_no(response).await),
                Err(error) if error.is_connect() => Err(AskError::NotTaken(error.to_string())),
                Err(error) => Err(AskError::OutcomeUnknown(error.to_string())),
            }
        })
    }
}

async fn said_no(response: Response) -> AskError {
    let status = response.status();
    let body = response.bytes().await.unwrap_or_default();
    match Problem::from_json(&body) {
        Ok(problem) => ask_error(&problem),
        Err(_) => AskError::OutcomeUnknown(format!("it answered {status}")),
    }
}

/// The way back of what the route at the other end made of an [`AskError`].
fn ask_error(problem: &Problem) -> AskError {
    let detail = problem.document().detail.clone().unwrap_or_else(|| problem.to_string());
    match problem.kind() {
        ProblemKind::Overloaded | ProblemKind::NotHeldHere | ProblemKind::ShuttingDown => {
            AskError::NotTaken(detail)
        }
        _ if problem.status().is_client_error() => AskError::Refused(detail),
        _ => AskError::OutcomeUnknown(detail),
    }
}
