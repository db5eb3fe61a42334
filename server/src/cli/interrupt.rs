//! Ctrl-C: the first one asks for an end, the second one is the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that Ctrl-C or SIGTERM raises. A second one ends the process at once.
pub(super) fn flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&flag);
    // Without the thread the signal ends the process, as it would anyway.
    let _ = std::thread::Builder::new().name("interrupt".to_owned()).spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            return;
        };
        runtime.block_on(async {
            asked_to_end().await;
            raised.store(true, Ordering::Relaxed);
            asked_to_end().await;
            std::process::exit(130);
        });
    });
    flag
}

/// Waits for the second Ctrl-C or SIGTERM.
pub(super) async fn asked_twice() {
    asked_to_end().await;
    asked_to_end().await;
}

/// Waits for Ctrl-C or SIGTERM; forever if neither can be heard.
pub(super) async fn asked_to_end() {
    let ctrl_c = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        let term = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut term) => {
                    term.recv().await;
                }
                Err(_) => std::future::pending::<()>().await,
            }
        };
        tokio::select! { () = ctrl_c => {}, () = term => {} }
    }
    #[cfg(not(unix))]
    ctrl_c.await;
}

/// Hears SIGHUP, which asks for the certificate to be read anew.
pub(super) struct AskedToRenew {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

/// Begins to hear it: from here on it does not end the process any more.
pub(super) fn asked_to_renew() -> AskedToRenew {
    AskedToRenew {
        #[cfg(unix)]
        signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
    }
}

impl AskedToRenew {
    /// Waits for the next one; whether another may come.
    pub(super) async fn next(&mut self) -> bool {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal {
            return signal.recv().await.is_some();
        }
        std::future::pending().await
    }
}
