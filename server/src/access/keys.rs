//! Keys: made once, told once, kept as a hash.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::Role;
use crate::config::Config;
use crate::refusal::Refusal;
use crate::store::{Change, Fact, Kind, Put, Record, Store, Trouble, What};
use crate::text::{hex, now_us, timestamp};

/// Under which name the store keeps all keys: no tenant has it.
pub const REGISTER: &str = "*keys";
/// What names begin with that no tenant has.
const RESERVED: char = '*';
/// What every secret begins with, so that it is known for one wherever it turns up.
const MARK: &str = "paidan_";
/// Random bytes of an id.
const ID_BYTES: usize = 8;
/// Random bytes of a secret.
const SECRET_BYTES: usize = 24;

/// A key as it is told: everything but its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Key, examples(json!({
    "id": "7f3a90c2", "name": "crm", "role": "caller", "tenant": "main", "created_at": "2026-03-02T12:00:00Z"
})))]
pub struct KeyDoc {
    /// Its id.
    pub id: String,
    /// Who it is for; events name them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// For whom.
    pub tenant: String,
    /// The engineer whose key it is, if the role is `engineer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engineer: Option<String>,
    /// When it was made; RFC 3339.
    #[schema(format = DateTime)]
    pub created_at: String,
}

/// A key as it is kept.
#[derive(Serialize, Deserialize)]
struct KeptKey {
    key: KeyDoc,
    /// SHA-256 of the secret, which is random enough to need no more.
    hash: String,
}

/// What a new key is for.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Who it is for.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// For whom.
    pub tenant: String,
    /// The engineer whose key it is.
    pub engineer: Option<String>,
}

/// What is told once: the key, and what to send as `authorization: Bearer`.
#[derive(Clone, Debug)]
pub struct Secret {
    /// The key.
    pub key: KeyDoc,
    /// Its secret.
    pub secret: String,
}

/// A key that is in use.
#[derive(Debug)]
pub struct KnownKey {
    /// Its id.
    pub id: String,
    /// Who it is for.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// For whom.
    pub tenant: String,
    /// The engineer whose key it is.
    pub engineer: Option<String>,
    hash: String,
    bucket: Mutex<Bucket>,
}

/// Requests that may still be sent at once; it fills up again with time.
#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Instant,
    rate: f64,
    most: f64,
}

impl KnownKey {
    /// Takes note of one more request.
    ///
    /// # Errors
    /// There were too many of late.
    pub fn pass(&self) -> Result<(), Refusal> {
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        bucket.left =
            bucket.most.min(bucket.left + now.duration_since(bucket.at).as_secs_f64() * bucket.rate);
        bucket.at = now;
        if bucket.left < 1.0 {
            return Err(Refusal::Busy("requests under this key", 1));
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

/// All keys.
#[derive(Debug)]
pub struct Keys {
    store: Arc<dyn Store>,
    known: RwLock<BTreeMap<String, Arc<KnownKey>>>,
    /// The number of the last fact of the register that is known. Whoever changes the register has it meanwhile.
    seq: Mutex<u64>,
    rate: usize,
    burst: usize,
}

impl Keys {
    /// Reads the keys of a store.
    ///
    /// # Errors
    /// The store's trouble.
    pub fn new(store: Arc<dyn Store>, config: &Config) -> Result<Keys, Trouble> {
        let seq = store.read(|read| read.seq(REGISTER))?;
        let keys = Keys {
            store,
            known: RwLock::default(),
            seq: Mutex::default(),
            rate: config.key_rate,
            burst: config.key_burst,
        };
        keys.follow(seq)?;
        Ok(keys)
    }

    /// Hears that the register's last fact has this number: lets in whom others have made a key for, and out whose key they
    /// have taken back.
    ///
    /// # Errors
    /// The store's trouble.
    pub fn follow(&self, seq: u64) -> Result<(), Trouble> {
        let mut have = self.seq.lock().unwrap_or_else(PoisonError::into_inner);
        if *have == seq {
            return Ok(());
        }
        let kept = self.store.read(|read| read.documents::<KeptKey>(REGISTER, Kind::Key, None))?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        // Whoever is in already keeps the count of their requests.
        let mut before = std::mem::take(&mut *known);
        for kept in kept {
            let id = kept.key.id.clone();
            let key = before.remove(&id).filter(|key| key.hash == kept.hash);
            known.insert(id, key.unwrap_or_else(|| Arc::new(self.known(kept))));
        }
        *have = seq;
        Ok(())
    }

    fn let_in(&self, kept: KeptKey) {
        let (id, known) = (kept.key.id.clone(), Arc::new(self.known(kept)));
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(id, known);
    }

    fn known(&self, KeptKey { key, hash }: KeptKey) -> KnownKey {
        let KeyDoc { id, name, role, tenant, engineer, .. } = key;
        let (rate, most) = (self.rate as f64, self.burst as f64);
        let bucket = Mutex::new(Bucket { left: most, at: Instant::now(), rate, most });
        KnownKey { id, name, role, tenant, engineer, hash, bucket }
    }

    /// The key of a secret.
    pub fn of(&self, secret: &str) -> Option<Arc<KnownKey>> {
        let (id, _) = secret.strip_prefix(MARK)?.split_once('_')?;
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()?;
        // What is compared are hashes, so how long it takes tells nothing of the secret.
        (known.hash == hash(secret)).then_some(known)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.known.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Makes a key. Its secret is told here and nowhere else.
    ///
    /// # Errors
    /// The store's trouble; a tenant without a name, or with one that the service keeps for itself.
    pub fn make(&self, new: NewKey, actor: &str) -> Result<Secret, Trouble> {
        let mut random = [0; ID_BYTES + SECRET_BYTES];
        getrandom::fill(&mut random).map_err(|trouble| Trouble::Gone(trouble.to_string()))?;
        let (id, secret) = random.split_at(ID_BYTES);
        let id = hex(id);
        let secret = format!("{MARK}{id}_{}", hex(secret));
        let NewKey { name, role, tenant, engineer } = new;
        if tenant.is_empty() || tenant.starts_with(RESERVED) {
            return Err(Trouble::Foreign(format!("{tenant:?} can be no tenant")));
        }
        let key = KeyDoc { id, name, role, tenant, engineer, created_at: timestamp(now_us()) };
        let kept = KeptKey { key: key.clone(), hash: hash(&secret) };
        let body =
            serde_json::to_string(&kept).map_err(|trouble| Trouble::Foreign(trouble.to_string()))?;
        let (id, tag) = (key.id.clone(), key.tenant.clone());
        let _alone = self.seq.lock().unwrap_or_else(PoisonError::into_inner);
        self.write(What::Is(Record { id, version: 0, tag, body }), "key.made", &key.id, actor)?;
        self.let_in(kept);
        Ok(Secret { key, secret })
    }

    /// Takes a key of a tenant back. Returns whether there was one.
    ///
    /// # Errors
    /// The store's trouble.
    pub fn revoke(&self, tenant: &str, id: &str, actor: &str) -> Result<bool, Trouble> {
        let _alone = self.seq.lock().unwrap_or_else(PoisonError::into_inner);
        let is_theirs = self.list(tenant)?.iter().any(|key| key.id == id);
        if is_theirs {
            // Let out first: if its record cannot be removed, that is told, and it comes back with the next start.
            self.known.write().unwrap_or_else(PoisonError::into_inner).remove(id);
            self.write(What::Gone(id.to_owned()), "key.revoked", id, actor)?;
        }
        Ok(is_theirs)
    }

    /// The keys of a tenant.
    ///
    /// # Errors
    /// The store's trouble.
    pub fn list(&self, tenant: &str) -> Result<Vec<KeyDoc>, Trouble> {
        let kept = self.store.read(|read| read.documents::<KeptKey>(REGISTER, Kind::Key, None))?;
        Ok(kept.into_iter().map(|kept| kept.key).filter(|key| key.tenant == tenant).collect())
    }

    fn write(&self, what: What, event: &str, id: &str, actor: &str) -> Result<(), Trouble> {
        let txn = self.store.begin(REGISTER)?;
        let seq = txn.read().seq(REGISTER)? + 1;
        let what = match what {
            What::Is(record) => What::Is(Record { version: seq, ..record }),
            other => other,
        };
        let fact = Fact {
            seq,
            at_us: now_us(),
            actor: actor.to_owned(),
            event: event.to_owned(),
            subject: id.to_owned(),
            body: "{}".to_owned(),
        };
        let change = Change {
            puts: vec![Put { kind: Kind::Key, what }].into(),
            facts: vec![fact],
            ..Change::default()
        };
        txn.commit(REGISTER, &change)
    }
}

fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}
