use std::net::TcpListener;
use std::process::Stdio;

use reqwest::Client;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::answer::Answer;
use crate::program;

/// The sandbox that takes KakaoTalk messages, text messages and mails and records them, killed when dropped.
#[derive(Debug)]
pub struct Messenger {
    child: Child,
    http: Client,
    address: String,
}

/// A port of this machine that was free a moment ago.
#[must_use]
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Messenger {
    /// Opens it at a port, with further arguments of `jumun sandbox-messages`.
    ///
    /// # Panics
    /// When it does not open.
    pub async fn open(port: u16, arguments: &[&str]) -> Self {
        let address = format!("127.0.0.1:{port}");
        let mut command = Command::from(program::command());
        command.args(["sandbox-messages", "--listen", &address]).args(arguments);
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn();
        let mut child = spawned.unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.next_line().await.unwrap().unwrap_or_default();
        assert!(said.starts_with("sandbox for messages on http://"), "{said}");
        let http = Client::builder().no_proxy().build().unwrap();
        Self { child, http, address: format!("http://{address}") }
    }

    /// The settings of a program whose messages it takes at this port, and mails at the other, as a file's
    /// text.
    #[must_use]
    pub fn settings(port: u16, mail_port: u16) -> String {
        format!(
            "[messages]\n\
             kakao_url = \"http://127.0.0.1:{port}/alimtalk/messages\"\n\
             kakao_secret_key = \"sandbox-account\"\n\
             kakao_sender_key = \"sandbox-channel\"\n\
             sms_url = \"http://127.0.0.1:{port}/sms/messages\"\n\
             sms_secret_key = \"sandbox-account\"\n\
             sms_sender = \"0212345678\"\n\
             smtp_url = \"smtp://127.0.0.1:{mail_port}\"\n\
             mail_from = \"Jumun <orders@shop.example>\"\n"
        )
    }

    /// What has arrived, the newest last.
    pub async fn received(&self, query: &str) -> Vec<Value> {
        let request = self.http.get(format!("{}/received?{query}", self.address));
        Answer::to(request).await.is(200).items()
    }

    /// Switches a channel.
    pub async fn is(&self, channel: &str, behaviour: &Value) {
        let request = self.http.put(format!("{}/switches/{channel}", self.address));
        let _switched = Answer::to(request.json(behaviour)).await.is(200);
    }

    /// Kills it; what it has recorded is gone with it.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}
