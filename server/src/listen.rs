//! Connections: accepted up to a limit, answered, and let go in good order when the service stops.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::app::app;
use crate::config::Config;
use crate::state::Shared;

/// Pause after the system had no more sockets or memory to give.
const RELIEF: Duration = Duration::from_millis(500);

/// Answers connections until `end`. Then none is accepted any more, searches stop and keep their best
/// plan, and answers and webhooks under way go out, for as long as the limit `stop_wait` says. Returns whether all of
/// them did.
pub async fn serve(listener: TcpListener, state: Shared, end: impl Future<Output = ()>) -> bool {
    let router = app(state.clone());
    let deliveries = tokio::spawn(Arc::clone(&state.webhooks).run());
    let seats = Arc::new(Semaphore::new(state.config.connections));
    let open = GracefulShutdown::new();
    let mut end = std::pin::pin!(end);
    loop {
        tokio::select! {
            () = &mut end => break,
            (stream, seat) = accept(&listener, &seats) => {
                let connection = connection(&state.config, stream, router.clone());
                let connection = open.watch(connection);
                tokio::spawn(async move {
                    // Whatever broke it off is the caller's affair; they have hung up.
                    let _ = connection.await;
                    drop(seat);
                });
            }
        }
    }
    drop(listener);
    state.stop();
    let ended = async {
        open.shutdown().await;
        // One that has failed has said so.
        let _ = deliveries.await;
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

type Connection = http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>>;

/// One connection. Whoever closes their half of it has hung up: nothing else tells that nobody waits for
/// a search any more.
fn connection(config: &Config, stream: TcpStream, router: Router) -> Connection {
    if let Err(trouble) = tune(config, &stream) {
        tracing::debug!(%trouble, "a connection keeps the system's settings");
    }
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(config.head_wait)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
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
