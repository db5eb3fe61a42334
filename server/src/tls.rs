//! The certificate: read when the service starts, and anew when it is asked to.
//!
//! A connection goes on with the certificate that it began with, so reading one anew cuts nobody off.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{Error, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};

use crate::settings::{Mistake, TlsFiles};

/// How the service speaks TLS: 1.2 and 1.3, HTTP/1.1 inside. Cloned by reference.
#[derive(Clone, Debug)]
pub struct Tls {
    files: TlsFiles,
    current: Arc<Current>,
    config: Arc<ServerConfig>,
}

/// The certificate that connections to come begin with.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl Tls {
    /// Reads a certificate and its key.
    ///
    /// # Errors
    /// Everything that is wrong with the files: they cannot be read, hold no PEM, or do not belong together.
    pub fn new(files: TlsFiles) -> Result<Tls, Vec<Mistake>> {
        let provider = Arc::new(ring::default_provider());
        let key = read(&files, &provider)?;
        let current = Arc::new(Current(RwLock::new(Arc::new(key))));
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|trouble| vec![mistake(&files.cert, &trouble)])?;
        let own: Arc<dyn ResolvesServerCert> = Arc::<Current>::clone(&current);
        let mut config = config.with_no_client_auth().with_cert_resolver(own);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Tls { files, current, config: Arc::new(config) })
    }

    /// Reads the files again. The certificate stays as it was if they are wrong. Blocks.
    ///
    /// # Errors
    /// As [`Tls::new`].
    pub fn renew(&self) -> Result<(), Vec<Mistake>> {
        let key = read(&self.files, self.config.crypto_provider())?;
        *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
        Ok(())
    }

    /// Shakes hands with callers.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// The certificates of a file, the service's own first.
///
/// # Errors
/// What is wrong with it.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Mistake> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let certificates = read.map_err(|trouble| no_pem(path, "certificate", &trouble))?;
    if certificates.is_empty() {
        return Err(no_pem(path, "certificate", &Error::NoItemsFound));
    }
    Ok(certificates)
}

fn read(files: &TlsFiles, provider: &CryptoProvider) -> Result<CertifiedKey, Vec<Mistake>> {
    let key = PrivateKeyDer::from_pem_file(&files.key);
    let key = key.map_err(|trouble| no_pem(&files.key, "private key", &trouble));
    match (certificates(&files.cert), key) {
        (Ok(certificates), Ok(key)) => CertifiedKey::from_der(certificates, key, provider)
            .map_err(|trouble| vec![told(files, &trouble)]),
        (certificates, key) => Err(certificates.err().into_iter().chain(key.err()).collect()),
    }
}

fn told(files: &TlsFiles, trouble: &rustls::Error) -> Mistake {
    match trouble {
        rustls::Error::InconsistentKeys(_) => Mistake {
            place: files.key.display().to_string(),
            says: format!("this is the key of another certificate than {}", files.cert.display()),
        },
        other => mistake(&files.cert, other),
    }
}

fn no_pem(path: &Path, what: &str, trouble: &Error) -> Mistake {
    match trouble {
        Error::Io(trouble) => mistake(path, trouble),
        Error::NoItemsFound => mistake(path, &format!("there is no {what} in it; it takes PEM")),
        other => mistake(path, &format!("the {what} is no PEM: {other}")),
    }
}

fn mistake(path: &Path, says: &dyn std::fmt::Display) -> Mistake {
    Mistake { place: path.display().to_string(), says: says.to_string() }
}
