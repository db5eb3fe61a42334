//! Calls to receivers: to nobody but those who may be called, followed nowhere, and not for long.

use std::error::Error;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{HeaderMap, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use jiff::fmt::rfc2822;
use rustls::{ClientConfig, RootCertStore};
use tower_service::Service;

use super::address::is_public;
use super::course::{AttemptDoc, Verdict};
use crate::config::Config;
use crate::text::{now_us, timestamp};

/// How long a connection is kept for the next message.
const IDLE: Duration = Duration::from_secs(30);
/// Connections of one receiver that are kept so.
const KEPT: usize = 2;
/// Most of a sentence about what failed, in characters.
const SENTENCE: usize = 300;
/// The way out where only this network could be reached.
const PRIVATE: &str = "which only this network reaches; --webhooks-to-private allows it";

/// A message as it is sent.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub url: String,
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`, in seconds since 1970.
    pub at_s: i64,
    /// `webhook-signature`.
    pub signatures: String,
    pub body: Vec<u8>,
}

type Receivers = Client<HttpsConnector<HttpConnector<Names>>, Full<Bytes>>;

/// Calls receivers.
#[derive(Debug)]
pub(super) struct Calls {
    /// Made with the first call, since that reads whom this machine trusts.
    receivers: OnceLock<Result<Receivers, String>>,
    to_private: bool,
    longest_wait: Duration,
    answer_bytes: usize,
}

impl Calls {
    pub fn new(config: &Config) -> Calls {
        Calls {
            receivers: OnceLock::new(),
            to_private: config.webhooks_to_private,
            longest_wait: config.webhook_wait,
            answer_bytes: config.webhook_answer_bytes,
        }
    }

    /// Sends a message and tells what came of it.
    pub async fn send(&self, message: Message) -> (Verdict, AttemptDoc) {
        let (began_us, began) = (now_us(), Instant::now());
        let answer = tokio::time::timeout(self.longest_wait, self.ask(message)).await;
        let (verdict, status, error) = match answer {
            Err(_) => {
                let limit = self.longest_wait.as_secs_f64();
                (Verdict::Failed(None), None, Some(format!("it did not answer within {limit} s")))
            }
            Ok(Err(why)) => (Verdict::Failed(None), None, Some(why)),
            Ok(Ok((status, headers))) => {
                let (verdict, error) = judge(status, &headers);
                (verdict, Some(status.as_u16()), error)
            }
        };
        let took_ms = began.elapsed().as_millis() as u64;
        (verdict, AttemptDoc { at: timestamp(began_us), status, error, took_ms })
    }

    async fn ask(&self, message: Message) -> Result<(StatusCode, HeaderMap), String> {
        let Message { url, id, at_s, signatures, body } = message;
        let uri = may_be_called(&url, self.to_private)?;
        let request = Request::post(uri)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, concat!("paidan/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", id)
            .header("webhook-timestamp", at_s)
            .header("webhook-signature", signatures)
            .body(Full::from(body))
            .map_err(|trouble| trouble.to_string())?;
        let answer = self.receivers()?.request(request).await.map_err(|trouble| told(&trouble))?;
        let (parts, body) = answer.into_parts();
        // Nobody reads it, but what is read to its end leaves the connection to the next message.
        let _ = Limited::new(body, self.answer_bytes).collect().await;
        Ok((parts.status, parts.headers))
    }

    fn receivers(&self) -> Result<&Receivers, String> {
        let make = || receivers(self.to_private, trusted()).map_err(|trouble| trouble.to_string());
        self.receivers.get_or_init(make).as_ref().map_err(Clone::clone)
    }
}

fn receivers(to_private: bool, roots: RootCertStore) -> Result<Receivers, rustls::Error> {
    let mut connector = HttpConnector::new_with_resolver(Names { to_private });
    connector.enforce_http(false);
    connector.set_nodelay(true);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(config.with_root_certificates(roots).with_no_client_auth())
        .https_or_http()
        .enable_http1()
        .wrap_connector(connector);
    Ok(Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(KEPT)
        .build(connector))
}

/// Whom this machine trusts; nobody if it does not say.
fn trusted() -> RootCertStore {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (known, _) = roots.add_parsable_certificates(found.certs);
    if known == 0 {
        let troubles = found.errors;
        tracing::error!(
            ?troubles,
            "this machine trusts no certificate authority, so no webhook can be sent over TLS; install ca-certificates"
        );
    }
    roots
}

/// The address of a receiver, if it may be one.
///
/// # Errors
/// Why not, and the way out.
pub(super) fn may_be_called(url: &str, to_private: bool) -> Result<Uri, String> {
    let uri: Uri =
        url.parse().map_err(|_| "it is no URL such as https://crm.example/paidan".to_owned())?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err("it is no URL such as https://crm.example/paidan".to_owned());
    };
    match scheme {
        "https" => {}
        "http" if to_private => {}
        "http" => {
            return Err(
                "it is not encrypted; use https, or --webhooks-to-private to allow http".to_owned()
            );
        }
        _ => return Err("it is neither https nor http".to_owned()),
    }
    if authority.as_str().contains('@') || url.contains('#') {
        return Err("it names a user or a fragment, which is not sent".to_owned());
    }
    let host = authority.host();
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    // Names are looked at when they are resolved.
    match literal.parse::<IpAddr>() {
        Ok(address) if !to_private && !is_public(address) => {
            Err(format!("its address is {address}, {PRIVATE}"))
        }
        _ => Ok(uri),
    }
}

/// What an answer means.
fn judge(status: StatusCode, headers: &HeaderMap) -> (Verdict, Option<String>) {
    if status.is_success() {
        return (Verdict::Taken, None);
    }
    let said = if status.is_redirection() {
        format!(
            "it answered {}; redirects are not followed, so use the URL that it leads to",
            status.as_u16()
        )
    } else {
        format!("it answered {}", status.as_u16())
    };
    let verdict =
        if status == StatusCode::GONE { Verdict::Gone } else { Verdict::Failed(wait(headers)) };
    (verdict, Some(said))
}

/// What `retry-after` asks for: seconds, or a moment.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = rfc2822::parse(text).ok()?.timestamp();
    u64::try_from(at.as_microsecond() - now_us()).ok().map(Duration::from_micros)
}

/// A sentence of what failed, down to its cause.
fn told(trouble: &hyper_util::client::legacy::Error) -> String {
    let mut causes: Vec<String> = Vec::new();
    let mut cause: Option<&dyn Error> = trouble.source().or(Some(trouble));
    while let Some(own) = cause {
        let text = own.to_string();
        // Some say what their cause says as well.
        if !causes.iter().any(|said| said.contains(&text)) {
            causes.push(text);
        }
        cause = own.source();
    }
    causes.join(": ").chars().take(SENTENCE).collect()
}

/// Resolves names to addresses that may be called. The connection goes to just these, so a name that means another
/// machine a moment later changes nothing.
#[derive(Clone, Copy, Debug)]
struct Names {
    to_private: bool,
}

type Resolved = Result<std::vec::IntoIter<SocketAddr>, std::io::Error>;

impl Service<Name> for Names {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = Resolved> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let to_private = self.to_private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let open = found.iter().filter(|address| to_private || is_public(address.ip()));
            let open: Vec<SocketAddr> = open.copied().collect();
            match (found.first(), open.is_empty()) {
                (Some(address), true) => {
                    let address = address.ip();
                    Err(std::io::Error::other(format!("its name means {address}, {PRIVATE}")))
                }
                _ => Ok(open.into_iter()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_receivers_over_tls_may_be_called() {
        let may = |url: &str| may_be_called(url, false).is_ok();
        assert!(may("https://crm.example/paidan?key=1") && may("https://8.8.8.8:8443/"));
        for url in [
            "http://crm.example/",
            "ftp://crm.example/",
            "crm.example",
            "/paidan",
            "https://",
            "",
            "https://me:secret@crm.example/",
            "https://crm.example/#part",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]:8443/x",
            "https://169.254.169.254/latest/",
        ] {
            assert!(!may(url), "{url}");
        }
        assert!(may_be_called("http://127.0.0.1:9000/x", true).is_ok());
        assert!(may_be_called("ftp://127.0.0.1/", true).is_err());
    }

    #[tokio::test]
    async fn a_name_that_means_this_machine_is_refused_when_it_is_resolved() {
        for name in ["localhost", "127.1", "0x7f.1"] {
            let refused = Names { to_private: false }.call(name.parse().unwrap()).await.unwrap_err();
            assert!(refused.to_string().contains("only this network reaches"), "{name}: {refused}");
            assert!(Names { to_private: true }.call(name.parse().unwrap()).await.is_ok(), "{name}");
        }
    }

    /// A receiver over TLS that answers one message with 204, and whose certificate it has.
    async fn receiver() -> (String, RootCertStore) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![own.cert.der().clone()], key)
            .unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            // Whoever does not trust it hangs up.
            let Ok(mut stream) = tokio_rustls::TlsAcceptor::from(Arc::new(config)).accept(stream).await
            else {
                return;
            };
            let _ = stream.read(&mut [0; 4096]).await.unwrap();
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
        });
        let mut roots = RootCertStore::empty();
        roots.add(own.cert.der().clone()).unwrap();
        (format!("https://localhost:{port}/"), roots)
    }

    #[tokio::test]
    async fn over_tls_only_who_is_trusted_is_told() {
        for is_trusted in [true, false] {
            let (url, roots) = receiver().await;
            let roots = if is_trusted { roots } else { RootCertStore::empty() };
            let config = Config { webhooks_to_private: true, ..Config::default() };
            let made = receivers(true, roots).map_err(|trouble| trouble.to_string());
            let calls = Calls { receivers: OnceLock::from(made), ..Calls::new(&config) };
            let message =
                Message { url, id: "1".to_owned(), at_s: 1, signatures: String::new(), body: vec![] };
            let (verdict, attempt) = calls.send(message).await;
            assert_eq!(verdict == Verdict::Taken, is_trusted, "{attempt:?}");
            let error = attempt.error.unwrap_or_default();
            assert_eq!(error.contains("certificate"), !is_trusted, "{error}");
        }
    }

    #[test]
    fn who_asks_to_wait_says_so_in_seconds_or_as_a_moment() {
        let wait_of =
            |text: String| wait(&HeaderMap::from_iter([(header::RETRY_AFTER, text.parse().unwrap())]));
        assert_eq!(wait_of("120".to_owned()), Some(Duration::from_secs(120)));
        assert!(
            wait_of("Fri, 31 Dec 2100 23:59:59 GMT".to_owned()).unwrap() > Duration::from_secs(86_400)
        );
        assert_eq!(wait_of("Fri, 31 Dec 1999 23:59:59 GMT".to_owned()), None);
        assert_eq!(wait_of("soon".to_owned()), None);
    }

    #[test]
    fn only_2xx_is_taken() {
        let verdict = |status: u16| judge(StatusCode::from_u16(status).unwrap(), &HeaderMap::new()).0;
        assert_eq!(
            [verdict(200), verdict(204), verdict(299)],
            [Verdict::Taken, Verdict::Taken, Verdict::Taken]
        );
        assert_eq!(verdict(410), Verdict::Gone);
        for status in [301, 302, 307, 400, 404, 429, 500, 503] {
            assert_eq!(verdict(status), Verdict::Failed(None), "{status}");
        }
    }
}
