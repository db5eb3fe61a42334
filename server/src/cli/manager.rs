//! What the manager of services is told: systemd, if it has started us and asks for it.

/// How far the service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It may be sent requests.
    Ready,
    /// It reads its certificate anew.
    Renewing,
    /// It takes no more connections.
    Stopping,
}

/// Tells it; nothing happens where nobody has asked for it.
#[cfg(target_os = "linux")]
pub(super) fn tell(stage: Stage) {
    use sd_notify::NotifyState;
    let told = match stage {
        Stage::Ready => sd_notify::notify(&[NotifyState::Ready]),
        Stage::Renewing => NotifyState::monotonic_usec_now()
            .and_then(|now| sd_notify::notify(&[NotifyState::Reloading, now])),
        Stage::Stopping => sd_notify::notify(&[NotifyState::Stopping]),
    };
    if let Err(trouble) = told {
        tracing::warn!(%trouble, ?stage, "the manager of services cannot be told");
    }
}

/// Nobody asks for it elsewhere.
#[cfg(not(target_os = "linux"))]
pub(super) fn tell(_: Stage) {}
