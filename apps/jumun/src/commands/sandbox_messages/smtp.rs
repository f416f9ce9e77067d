//! A mail server that keeps what it is given and passes nothing on: as much of SMTP as a sender needs.

use std::collections::BTreeMap;
use std::time::Duration;

use catalog_contract::Channel;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Take};
use tokio::net::{TcpListener, TcpStream};

use super::Sandbox;
use super::book::Incoming;
use super::mail::Mail;
use super::switches::Fate;

/// Longest line of a sender.
const LINE_BYTES_MAX: u64 = 4_096;
/// Most bytes of a mail.
const MAIL_BYTES_MAX: usize = 256 * 1024;
/// How long a sender may be silent.
const SILENCE_MAX: Duration = Duration::from_secs(30);

type Lines<'a> = BufReader<tokio::net::tcp::ReadHalf<'a>>;

/// Serves senders until the program ends.
pub(super) async fn serve(listener: TcpListener, sandbox: Sandbox) {
    while let Ok((stream, _)) = listener.accept().await {
        let sandbox = sandbox.clone();
        tokio::spawn(async move {
            // A sender that breaks off has said all that it will.
            let _broken = converse(stream, &sandbox).await;
        });
    }
}

async fn converse(mut stream: TcpStream, sandbox: &Sandbox) -> std::io::Result<()> {
    let (reading, mut writing) = stream.split();
    let mut lines = BufReader::new(reading);
    writing.write_all(b"220 sandbox\r\n").await?;
    let (mut fate, mut to) = (Fate::Taken { after_millis: 0 }, None);
    while let Some(line) = read_line(&mut lines).await? {
        let said = String::from_utf8_lossy(&line).trim_end().to_owned();
        let answer = match said.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => "250-sandbox\r\n250 8BITMIME\r\n",
            "HELO" | "NOOP" => "250 well\r\n",
            "RSET" => {
                to = None;
                "250 well\r\n"
            }
            "MAIL" => {
                fate = sandbox.switches.fate(Channel::Mail);
                if fate == Fate::Down {
                    return writing.write_all(b"421 not there\r\n").await;
                }
                "250 well\r\n"
            }
            "RCPT" if fate == Fate::Refused => "550 nobody of this name\r\n",
            "RCPT" => {
                to = said
                    .split_once('<')
                    .and_then(|(_, rest)| rest.split_once('>'))
                    .map(|(to, _)| to.to_owned());
                "250 well\r\n"
            }
            "DATA" => {
                let Some(to) = to.take() else {
                    writing.write_all(b"503 to whom\r\n").await?;
                    continue;
                };
                writing.write_all(b"354 go on\r\n").await?;
                let Some(mail) = read_mail(&mut lines).await? else { return Ok(()) };
                let kept = keep(sandbox, to, &mail);
                match fate {
                    Fate::AnswerLost => return Ok(()),
                    Fate::Taken { after_millis } => {
                        tokio::time::sleep(Duration::from_millis(after_millis)).await;
                    }
                    Fate::Down | Fate::Refused => {}
                }
                if kept { "250 kept\r\n" } else { "554 no mail\r\n" }
            }
            "QUIT" => return writing.write_all(b"221 well\r\n").await,
            _ => "502 not known here\r\n",
        };
        writing.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

/// One line of the sender; `None` where it has hung up, is silent, or says too much at once.
async fn read_line(lines: &mut Lines<'_>) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut bounded: Take<&mut Lines<'_>> = lines.take(LINE_BYTES_MAX);
    let Ok(read) = tokio::time::timeout(SILENCE_MAX, bounded.read_until(b'\n', &mut line)).await else {
        return Ok(None);
    };
    read?;
    Ok(line.ends_with(b"\n").then_some(line))
}

/// A mail up to the line with nothing but a dot.
async fn read_mail(lines: &mut Lines<'_>) -> std::io::Result<Option<Vec<u8>>> {
    let mut mail = Vec::new();
    while let Some(line) = read_line(lines).await? {
        if line == b".\r\n" {
            return Ok(Some(mail));
        }
        mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        if mail.len() > MAIL_BYTES_MAX {
            break;
        }
    }
    Ok(None)
}

/// Keeps a mail; whether it is one.
fn keep(sandbox: &Sandbox, to: String, mail: &[u8]) -> bool {
    let Some(mail) = Mail::read(mail) else { return false };
    let _is_new = sandbox.book.take(Incoming {
        channel: Channel::Mail,
        id: mail.id,
        to,
        text: mail.text,
        template: None,
        variables: BTreeMap::new(),
        subject: Some(mail.subject),
    });
    true
}
