//! TLS: a certificate of the test's own, callers that take no other, and callers who do not know how.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use paidan::config::Config;
use paidan::listen::serve;
use paidan::settings::TlsFiles;
use paidan::state::State;
use paidan::tls::Tls;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion, crypto::ring,
};

use crate::common::{memory, small};
use crate::running::Running;

/// A folder with a certificate, gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("paidan-tls-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        let folder = Folder(path);
        folder.make();
        folder
    }

    /// Puts another certificate in the place of the one before, made out to localhost.
    fn make(&self) {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        std::fs::write(self.files().cert, made.cert.pem()).unwrap();
        std::fs::write(self.files().key, made.signing_key.serialize_pem()).unwrap();
    }

    fn files(&self) -> TlsFiles {
        TlsFiles { cert: self.0.join("cert.pem"), key: self.0.join("key.pem") }
    }

    fn text(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

type Stream = StreamOwned<ClientConnection, TcpStream>;

/// Connects, taking only the certificate that is in the folder at this moment.
fn connect(address: SocketAddr, folder: &Folder, version: &'static SupportedProtocolVersion) -> Stream {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.files().cert).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    StreamOwned::new(client, stream)
}

/// Asks whether the service is ready, and leaves the connection open.
fn ask(stream: &mut (impl Read + Write)) -> std::io::Result<String> {
    stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
    let mut text = String::new();
    let mut chunk = [0; 4096];
    // Every answer here is a document.
    while !text.ends_with('}') {
        let read = stream.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        text.push_str(std::str::from_utf8(&chunk[..read]).unwrap());
    }
    Ok(text)
}

/// A service with the certificate of a folder, on threads of its own; what stops it, and when it has.
async fn run(
    folder: &Folder,
    config: Config,
) -> (SocketAddr, Tls, oneshot::Sender<()>, JoinHandle<bool>) {
    let state = State::start(config, memory()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let tls = Tls::new(folder.files()).unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let end = async { stopped.await.unwrap_or(()) };
    let ended = tokio::spawn(serve(listener, Some(tls.clone()), state, end));
    (address, tls, stop, ended)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_versions_are_spoken_and_plain_http_is_told_what_to_do() {
    let folder = Folder::new("versions");
    let (address, _tls, _stop, _ended) = run(&folder, small()).await;
    for version in [&TLS12, &TLS13] {
        let mut stream = connect(address, &folder, version);
        for _ in 0..2 {
            let answer = ask(&mut stream).unwrap();
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
    }
    let answer = ask(&mut TcpStream::connect(address).unwrap()).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.contains("\"code\":\"needs-tls\"") && answer.contains("https://"), "{answer}");
    let mut nonsense = TcpStream::connect(address).unwrap();
    nonsense.write_all(&[22, 0, 0, 0, 0]).unwrap();
    let mut rest = Vec::new();
    let _ = nonsense.read_to_end(&mut rest);
    assert!(!rest.starts_with(b"HTTP"), "it began like a handshake");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_slow_to_shake_hands_keeps_nobody_waiting_and_is_hung_up_on() {
    let folder = Folder::new("slow");
    let (address, _tls, _stop, _ended) =
        run(&folder, Config { head_wait: Duration::from_millis(500), ..small() }).await;
    let mut silent = TcpStream::connect(address).unwrap();
    let mut halting = TcpStream::connect(address).unwrap();
    halting.write_all(&[22, 3, 1]).unwrap();
    assert!(ask(&mut connect(address, &folder, &TLS13)).unwrap().starts_with("HTTP/1.1 200"));
    for stream in [&mut silent, &mut halting] {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        assert_eq!(stream.read(&mut [0; 8]).unwrap_or(0), 0, "it was hung up on");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_still_shakes_hands_does_not_keep_a_service_from_stopping() {
    let folder = Folder::new("stop");
    let (address, _, stop, ended) = run(&folder, small()).await;
    let _silent = TcpStream::connect(address).unwrap();
    assert!(ask(&mut connect(address, &folder, &TLS13)).unwrap().starts_with("HTTP/1.1 200"));
    stop.send(()).unwrap();
    // `head_wait` and `stop_wait` are longer.
    let all = tokio::time::timeout(Duration::from_secs(20), ended).await.expect("it does not wait");
    assert!(all.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_certificate_is_taken_for_new_connections_and_cuts_no_old_one() {
    let folder = Folder::new("renew");
    let (address, tls, _stop, _ended) = run(&folder, small()).await;
    let mut old = connect(address, &folder, &TLS13);
    ask(&mut old).unwrap();
    folder.make();
    assert!(ask(&mut connect(address, &folder, &TLS13)).is_err(), "the new one is not in use yet");
    tls.renew().unwrap();
    assert!(ask(&mut connect(address, &folder, &TLS13)).unwrap().starts_with("HTTP/1.1 200"));
    assert!(ask(&mut old).unwrap().starts_with("HTTP/1.1 200"));
    // A wrong one is not taken.
    let good = std::fs::read(folder.files().cert).unwrap();
    std::fs::write(folder.files().cert, "nothing").unwrap();
    assert!(tls.renew().is_err());
    std::fs::write(folder.files().cert, good).unwrap();
    assert!(ask(&mut connect(address, &folder, &TLS13)).unwrap().starts_with("HTTP/1.1 200"));
}

#[test]
fn wrong_files_are_told_by_name_with_what_is_wrong() {
    let (folder, other) = (Folder::new("wrong"), Folder::new("other"));
    let told = |cert: PathBuf, key: PathBuf| {
        let mistakes = Tls::new(TlsFiles { cert, key }).expect_err("it is wrong");
        mistakes.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let (files, nothing) = (folder.files(), folder.0.join("nothing.pem"));
    let both = told(nothing.clone(), folder.0.join("none.pem"));
    assert!(both.len() == 2 && both[0].contains("nothing.pem: ") && both[1].contains("none.pem: "));
    let swapped = told(files.key.clone(), files.cert.clone());
    assert!(swapped[0].contains("there is no certificate in it"), "{swapped:?}");
    assert!(swapped[1].contains("there is no private key in it"), "{swapped:?}");
    let foreign = told(files.cert.clone(), other.files().key);
    assert!(foreign[0].contains("this is the key of another certificate"), "{foreign:?}");
    std::fs::write(&nothing, "-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n")
        .unwrap();
    assert!(told(nothing, files.key)[0].contains("nothing.pem: "));
}

#[test]
fn the_command_speaks_tls_and_sighup_reads_the_certificate_anew() {
    let folder = Folder::new("command");
    let (cert, key) = (folder.text("cert.pem"), folder.text("key.pem"));
    let arguments = ["--store", "memory", "--tls-cert", &cert, "--tls-key", &key];
    let service = Running::listening(&arguments);
    assert!(ask(&mut connect(service.address, &folder, &TLS13)).unwrap().starts_with("HTTP/1.1 200"));
    let health = std::process::Command::new(env!("CARGO_BIN_EXE_paidan"))
        .args(["health", "--listen", &service.address.to_string()])
        .envs([("PAIDAN_TLS_CERT", &cert), ("PAIDAN_TLS_KEY", &key)])
        .output()
        .unwrap();
    assert!(health.status.success(), "{}", String::from_utf8_lossy(&health.stderr));
    folder.make();
    service.signal("HUP");
    let renewed = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        ask(&mut connect(service.address, &folder, &TLS13)).is_ok()
    });
    assert!(renewed);
    assert!(service.stop().success());
}
