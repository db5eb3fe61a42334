//! Sees to it that each webhook is delivered to, by this service as long as it holds the lease.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

use super::deliver::{Delivery, Hook};
use super::record::WebhookDoc;
use super::{Webhooks, lease, sign};
use crate::live::Tenant;
use crate::refusal::Refusal;
use crate::store::Kind;

/// Under which name the store keeps who delivers: no tenant has it.
const REGISTER: &str = "*webhooks";
/// How often the lease is renewed while it lasts.
const RENEWALS: u32 = 3;

impl Webhooks {
    /// Delivers until [`Webhooks::stop`], and then ends what is under way.
    pub async fn run(self: Arc<Webhooks>) {
        // Of chance alone, so that no other service has it, nor this one after its next start.
        let (Some(holder), Ok(register)) = (sign::new_secret(), self.live.tenant(REGISTER)) else {
            tracing::error!(
                "no webhook can be delivered to: there is no chance, or no room for a tenant"
            );
            return;
        };
        let mut stops = self.stops.subscribe();
        while !*stops.borrow_and_update() {
            match self.take_lease(&register, &holder).await {
                Ok(Some(term)) => {
                    tracing::info!(term, "this service delivers to webhooks");
                    self.lead(&register, &holder, term).await;
                }
                Ok(None) => {}
                Err(refusal) => tracing::warn!(?refusal, "nobody is delivered to; it is tried again"),
            }
            self.pause(&mut stops).await;
        }
    }

    async fn pause(&self, stops: &mut watch::Receiver<bool>) {
        // Whoever stops this is listened to all the time.
        let _ = tokio::time::timeout(self.config.webhook_look, stops.wait_for(|stops| *stops)).await;
    }

    async fn take_lease(&self, register: &Arc<Tenant>, holder: &str) -> Result<Option<u64>, Refusal> {
        // Where nobody is to be told, nobody need write down who tells.
        if self.tenants().await?.is_empty() {
            return Ok(None);
        }
        lease::take(register, holder, self.config.webhook_lease).await
    }

    async fn tenants(&self) -> Result<Vec<String>, Refusal> {
        let live = Arc::clone(&self.live);
        blocking(move || live.tenants_with(Kind::Webhook)).await
    }

    /// Delivers as long as the lease is held.
    async fn lead(self: &Arc<Webhooks>, register: &Arc<Tenant>, holder: &str, term: u64) {
        let mut stops = self.stops.subscribe();
        let mut renewed = Instant::now();
        let mut all = JoinSet::new();
        let mut own: BTreeMap<String, AbortHandle> = BTreeMap::new();
        while !*stops.borrow_and_update() {
            if renewed.elapsed() > self.config.webhook_lease / RENEWALS {
                let asked = Instant::now();
                match lease::take(register, holder, self.config.webhook_lease).await {
                    Ok(Some(held)) if held == term => renewed = asked,
                    Ok(_) => {
                        tracing::warn!(term, "another service delivers to webhooks by now");
                        return;
                    }
                    Err(refusal) => tracing::warn!(?refusal, "the lease is not renewed yet"),
                }
            }
            if renewed.elapsed() > self.config.webhook_lease {
                tracing::warn!(term, "the lease has ended; another service may deliver to webhooks");
                return;
            }
            while all.try_join_next().is_some() {}
            own.retain(|_, task| !task.is_finished());
            match self.tenants().await {
                Ok(tenants) if tenants.is_empty() && all.is_empty() => break,
                Ok(tenants) => {
                    for name in
                        tenants.into_iter().filter(|name| !own.contains_key(name)).collect::<Vec<_>>()
                    {
                        // One that there is no room for gets it with another look.
                        let Ok(tenant) = self.live.tenant(&name) else { continue };
                        own.insert(name, all.spawn(Arc::clone(self).watch(tenant, term)));
                    }
                }
                Err(refusal) => tracing::warn!(?refusal, "new webhooks are not found yet"),
            }
            self.pause(&mut stops).await;
        }
        while all.join_next().await.is_some() {}
        lease::give_back(register, holder, term).await;
    }

    /// Delivers to the webhooks of a tenant, as long as there are any.
    async fn watch(self: Arc<Webhooks>, tenant: Arc<Tenant>, term: u64) {
        let mut stops = self.stops.subscribe();
        let mut news = tenant.news();
        let last = watch::Sender::new(0);
        let mut all = JoinSet::new();
        let mut own: BTreeMap<String, (watch::Sender<Hook>, AbortHandle)> = BTreeMap::new();
        let mut looked: Option<Instant> = None;
        while !*stops.borrow_and_update() {
            if looked.is_none_or(|looked| looked.elapsed() >= self.config.webhook_look) {
                looked = Some(Instant::now());
                while all.try_join_next().is_some() {}
                match self.hooks(&tenant).await {
                    Ok((hooks, _)) if hooks.is_empty() => return,
                    Ok((hooks, seq)) => {
                        own.retain(|id, (_, task)| {
                            let stays = hooks.contains_key(id);
                            if !stays {
                                task.abort();
                            }
                            stays && !task.is_finished()
                        });
                        for (id, hook) in hooks {
                            if let Some((tell, _)) = own.get(&id) {
                                tell.send_if_modified(|known| {
                                    std::mem::replace(known, hook.clone()) != hook
                                });
                                continue;
                            }
                            let tell = watch::Sender::new(hook);
                            let delivery = Delivery {
                                all: Arc::clone(&self),
                                tenant: Arc::clone(&tenant),
                                term,
                                hook: tell.subscribe(),
                                last: last.subscribe(),
                            };
                            own.insert(id, (tell, all.spawn(delivery.run())));
                        }
                        last.send_if_modified(|known| std::mem::replace(known, seq) != seq);
                    }
                    Err(refusal) => {
                        tracing::warn!(tenant = tenant.name(), ?refusal, "webhooks are not read yet");
                    }
                }
            }
            let look = tokio::time::timeout(self.config.webhook_look, news.changed());
            tokio::select! {
                told = look => if let Ok(Ok(())) = told {
                    let seq = *news.borrow_and_update();
                    last.send_if_modified(|known| std::mem::replace(known, seq.max(*known)) < seq);
                },
                _ = stops.wait_for(|stops| *stops) => {}
            }
        }
        while all.join_next().await.is_some() {}
    }

    /// The webhooks of a tenant with their secrets, by id, and the number of the latest event.
    async fn hooks(&self, tenant: &Arc<Tenant>) -> Result<(BTreeMap<String, Hook>, u64), Refusal> {
        let tenant = Arc::clone(tenant);
        blocking(move || {
            tenant.read(|read, name| {
                let mut hooks = BTreeMap::new();
                for record in read.all(name, Kind::Webhook, None)? {
                    let Some(secrets) = read.record(name, Kind::Secrets, &record.id)? else { continue };
                    let doc: WebhookDoc = record.document()?;
                    hooks.insert(
                        doc.id.clone(),
                        Hook { doc, version: record.version, secrets: secrets.document()? },
                    );
                }
                Ok((hooks, read.seq(name)?))
            })
        })
        .await
    }
}

/// Does what may wait for the store on a thread that may.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Refusal::Bug))
}
