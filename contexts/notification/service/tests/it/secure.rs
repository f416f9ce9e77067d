//! Webhooks over https: called under the name that was registered, at the address that was looked at,
//! with a certificate that a trusted root vouches for.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use catalog_contract::{Language, Milestone};
use kernel::{OrderId, Timestamp};
use notification_contract::{MessageAddress, MessageId, WebhookId};
use notification_service::channels::{Channels, Reach, RealChannels, new_secret, signature_is_right};
use notification_service::effects::{Letter, Target};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{RootCertStore, ServerConfig, crypto::ring};
use uuid::Uuid;

/// Long enough for a busy machine, short enough to wait for.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A certificate authority that only these tests trust.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut parameters = CertificateParams::new(vec![]).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap())
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(self.0.der().to_vec())).unwrap();
        roots
    }

    /// How a server of this name speaks.
    fn server(&self, name: &str) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = parameters.signed_by(&key, &self.0).unwrap();
        let chain = vec![CertificateDer::from(certificate.der().to_vec())];
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// A call, as the server understood it.
#[derive(Debug, Clone, Default)]
struct Call {
    server_name: Option<String>,
    request: String,
}

/// A system of the shop that answers every call with this; what it was called with.
async fn answers(tls: TlsAcceptor, answer: &'static str) -> (SocketAddr, Arc<Mutex<Vec<Call>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = calls.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = tls.accept(stream).await else { continue };
            let server_name = stream.get_ref().1.server_name().map(str::to_owned);
            let request = read_request(&mut stream).await;
            seen.lock().unwrap().push(Call { server_name, request });
            stream.write_all(answer.as_bytes()).await.unwrap();
            let _gone = stream.shutdown().await;
        }
    });
    (address, calls)
}

async fn read_request(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4_096]);
    loop {
        let read = stream.read(&mut piece).await.unwrap();
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // The body is the JSON object of a letter.
        if read == 0 || text.trim_end().ends_with("}}") || text.ends_with("}") && text.contains("\r\n\r\n{") {
            return text;
        }
    }
}

const TAKEN: &str = "HTTP/1.1 204 No Content\r\n\r\n";

fn channels(reach: Reach, roots: RootCertStore) -> RealChannels {
    RealChannels::trusting("messages.jsonl".into(), reach, TIMEOUT, roots).unwrap()
}

fn letter() -> Letter {
    Letter {
        message: MessageId(Uuid::from_u128(5)),
        shop: "cafe".into(),
        number: 1,
        order: OrderId(Uuid::from_u128(6)),
        order_number: 17,
        sequence: 1,
        milestone: Milestone::Prepared,
        language: Language::En,
        changed_at: Timestamp::from_millis(1_800_000_000_000),
        text: "Your order 17 is ready".to_owned(),
        to: MessageAddress::default(),
        template: None,
        subject: None,
    }
}

async fn call(channels: &RealChannels, url: String) -> Result<(), String> {
    let target = Target { webhook: WebhookId(Uuid::from_u128(7)), url, secrets: vec![new_secret(&[3; 32])] };
    channels.call(&target, &letter(), Timestamp::from_millis(1_800_000_000_000)).await
}

#[tokio::test]
async fn a_webhook_is_called_over_https_under_its_own_name_and_signed() {
    let authority = Authority::new();
    let (address, calls) = answers(authority.server("localhost"), TAKEN).await;
    let url = format!("https://localhost:{}/hooks?shop=cafe", address.port());

    assert_eq!(call(&channels(Reach::Anywhere, authority.roots()), url).await, Ok(()));

    let calls = calls.lock().unwrap().clone();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].server_name.as_deref(), Some("localhost"));
    let (head, body) = calls[0].request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /hooks?shop=cafe HTTP/1.1\r\n"), "{head}");
    let header = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("{head}")).to_owned()
    };
    assert_eq!(header("host"), format!("localhost:{}", address.port()));
    let seconds: i64 = header("webhook-timestamp").parse().unwrap();
    let (id, signature) = (header("webhook-id"), header("webhook-signature"));
    assert!(signature_is_right(&new_secret(&[3; 32]), &id, seconds, body.as_bytes(), &signature, seconds));
}

#[tokio::test]
async fn a_certificate_that_nobody_trusted_vouches_for_is_not_spoken_to() {
    let (address, calls) = answers(Authority::new().server("localhost"), TAKEN).await;
    let url = format!("https://localhost:{}/", address.port());
    let refused = call(&channels(Reach::Anywhere, Authority::new().roots()), url).await.unwrap_err();
    assert!(refused.starts_with("no secure connection"), "{refused}");
    assert_eq!(calls.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn the_roots_of_the_web_do_not_vouch_for_a_certificate_of_ones_own() {
    let authority = Authority::new();
    let (address, calls) = answers(authority.server("localhost"), TAKEN).await;
    let shipped = RealChannels::new("messages.jsonl".into(), Reach::Anywhere, TIMEOUT).unwrap();
    let url = format!("https://localhost:{}/", address.port());
    assert!(call(&shipped, url).await.unwrap_err().starts_with("no secure connection"));
    assert_eq!(calls.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn a_certificate_of_another_name_is_not_spoken_to() {
    let authority = Authority::new();
    let (address, calls) = answers(authority.server("elsewhere.example"), TAKEN).await;
    let url = format!("https://localhost:{}/", address.port());
    let refused = call(&channels(Reach::Anywhere, authority.roots()), url).await.unwrap_err();
    assert!(refused.starts_with("no secure connection"), "{refused}");
    assert_eq!(calls.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn a_name_that_leads_inside_is_not_connected_to_over_https_either() {
    let authority = Authority::new();
    let (address, calls) = answers(authority.server("localhost"), TAKEN).await;
    let url = format!("https://localhost:{}/", address.port());
    let refused = call(&channels(Reach::Public, authority.roots()), url).await.unwrap_err();
    assert_eq!(refused, "the host leads to an address that is not public");
    assert_eq!(calls.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn nobody_is_followed_to_another_place() {
    let authority = Authority::new();
    let (elsewhere, calls) = answers(authority.server("localhost"), TAKEN).await;
    let moved = format!("HTTP/1.1 307 Moved\r\nlocation: https://localhost:{}/\r\n\r\n", elsewhere.port());
    let (address, _) = answers(authority.server("localhost"), moved.leak()).await;
    let url = format!("https://localhost:{}/", address.port());
    let refused = call(&channels(Reach::Anywhere, authority.roots()), url).await.unwrap_err();
    assert!(refused.starts_with("answered 307"), "{refused}");
    assert_eq!(calls.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn who_says_nothing_is_waited_for_no_longer_than_a_call_may_take() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    let silent = tokio::spawn(async move {
        let held = listener.accept().await;
        std::future::pending::<()>().await;
        drop(held);
    });
    let short = Duration::from_millis(200);
    let channels =
        RealChannels::trusting("messages.jsonl".into(), Reach::Anywhere, short, RootCertStore::empty());
    assert_eq!(call(&channels.unwrap(), url).await, Err("no answer in time".to_owned()));
    silent.abort();
}
