//! Connections: accepted up to a limit, answered, and let go in good order when the service stops.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::IntoResponse;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::app::app;
use crate::config::Config;
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::tls::Tls;

/// Pause after the system had no more sockets or memory to give.
const RELIEF: Duration = Duration::from_millis(500);

/// Answers connections until `end`, over TLS if there is a certificate. Then none is accepted any more, searches stop
/// and keep their best plan, and answers and webhooks under way go out, for as long as the limit `stop_wait` says. Returns whether
/// all of that was done.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Tls>,
    state: Shared,
    end: impl Future<Output = ()>,
) -> bool {
    let router = app(state.clone());
    let deliveries = tokio::spawn(Arc::clone(&state.webhooks).run());
    let acceptor = tls.map(|tls| tls.acceptor());
    let seats = Arc::new(Semaphore::new(state.config.connections));
    let open = GracefulShutdown::new();
    // Dropped to tell those who still shake hands that nobody is there any more.
    let (is_open, closed) = watch::channel(());
    let mut end = std::pin::pin!(end);
    loop {
        tokio::select! {
            () = &mut end => break,
            (stream, seat) = accept(&listener, &seats) => {
                if let Err(trouble) = tune(&state.config, &stream) {
                    tracing::debug!(%trouble, "a connection keeps the system's settings");
                }
                let answered = Answering {
                    router: router.clone(),
                    head_wait: state.config.head_wait,
                    watcher: open.watcher(),
                };
                let (acceptor, closed) = (acceptor.clone(), closed.clone());
                tokio::spawn(async move {
                    match acceptor {
                        None => answered.answer(stream).await,
                        Some(acceptor) => answered.answer_over_tls(acceptor, stream, closed).await,
                    }
                    drop(seat);
                });
            }
        }
    }
    drop((listener, is_open));
    state.stop();
    let ended = async {
        open.shutdown().await;
        // One that has failed has said so.
        let _ = deliveries.await;
        state.planner.ended().await;
    };
    tokio::time::timeout(state.config.stop_wait, ended).await.is_ok()
}

/// The next connection, as soon as there is a seat for it.
async fn accept(listener: &TcpListener, seats: &Arc<Semaphore>) -> (TcpStream, OwnedSemaphorePermit) {
    // Nobody closes the seats.
    let Ok(seat) = Arc::clone(seats).acquire_owned().await else { std::future::pending().await };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, seat),
            // The caller has gone before it was their turn.
            Err(trouble) if is_of_one_caller(&trouble) => {}
            Err(trouble) => {
                tracing::error!(%trouble, "no connection can be accepted");
                tokio::time::sleep(RELIEF).await;
            }
        }
    }
}

fn is_of_one_caller(trouble: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(trouble.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// What answers one connection.
struct Answering {
    router: Router,
    head_wait: Duration,
    watcher: Watcher,
}

impl Answering {
    /// Shakes hands first; gives up when nobody is there any more.
    async fn answer_over_tls(
        self,
        acceptor: TlsAcceptor,
        stream: TcpStream,
        mut closed: watch::Receiver<()>,
    ) {
        let head_wait = self.head_wait;
        let first = async {
            match tokio::time::timeout(head_wait, shake_hands(acceptor, stream)).await {
                Ok(Ok(Shaken::Tls(stream))) => return Some(stream),
                Ok(Ok(Shaken::Plain(stream))) => turn_away(head_wait, stream).await,
                Ok(Err(trouble)) => tracing::debug!(%trouble, "no TLS came about"),
                Err(_) => tracing::debug!("a handshake took too long"),
            }
            None
        };
        let shaken = tokio::select! { shaken = first => shaken, _ = closed.changed() => None };
        if let Some(stream) = shaken {
            self.answer(stream).await;
        }
    }

    /// Answers it until it ends. Whoever closes their half of it has hung up: nothing else tells that nobody waits
    /// for a search any more.
    async fn answer<S: AsyncRead + AsyncWrite + Unpin + 'static>(self, stream: S) {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.head_wait)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(self.router));
        // Whatever broke it off is the caller's affair; they have hung up.
        let _ = self.watcher.watch(connection).await;
    }
}

/// A connection after the first word.
enum Shaken {
    /// It speaks TLS.
    Tls(Box<TlsStream<TcpStream>>),
    /// It speaks something else.
    Plain(TcpStream),
}

/// Every record of a handshake begins with this byte; no word of HTTP does.
const HANDSHAKE: u8 = 22;

async fn shake_hands(acceptor: TlsAcceptor, stream: TcpStream) -> io::Result<Shaken> {
    let mut first = [0];
    if stream.peek(&mut first).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    if first != [HANDSHAKE] {
        return Ok(Shaken::Plain(stream));
    }
    Ok(Shaken::Tls(Box::new(acceptor.accept(stream).await?)))
}

/// Tells whoever speaks plain HTTP what to do.
async fn turn_away(head_wait: Duration, stream: TcpStream) {
    // No async closure: rustc 1.95 breaks off at those where it compiles by what it remembers.
    let answer = |_| std::future::ready(Ok::<_, Infallible>(Refusal::NeedsTls.into_response()));
    let told = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_wait)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service_fn(answer))
        .await;
    if let Err(trouble) = told {
        tracing::debug!(%trouble, "somebody speaks neither TLS nor HTTP");
    }
}

/// Small answers go out at once, and who neither reads nor answers for long has hung up.
fn tune(config: &Config, stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(config.read_wait))?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(config.read_wait))?;
    Ok(())
}
