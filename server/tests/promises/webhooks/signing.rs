//! Signatures, verified by the code on the page and by the library of the specification.

use std::io::Write;
use std::process::{Command, Stdio};

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Running, quick};
use crate::receiver::{Got, Receiver};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_secret_signs_beside_the_old_one_for_a_while() {
    let (running, receiver) = (Running::new(quick()), Receiver::new().await);
    let (path, old) = running.hook(&receiver.url(), &["*"]).await;
    let rotated = running.service.post(&format!("{path}/secret"), &json!({"overlap_s": 60})).await;
    assert_eq!(rotated.status, StatusCode::OK, "{}", rotated.body);
    let new = rotated.body["secret"].as_str().unwrap().to_owned();
    running.service.send("POST", &format!("{path}/test"), None).await;
    let rotated = running.service.post(&format!("{path}/secret"), &json!({"overlap_s": 0})).await;
    let newest = rotated.body["secret"].as_str().unwrap().to_owned();
    running.service.send("POST", &format!("{path}/test"), None).await;
    let got =
        receiver.wait(|got| got.iter().filter(|got| got.event() == "webhook.test").count() == 2).await;
    let tests: Vec<&Got> = got.iter().filter(|got| got.event() == "webhook.test").collect();
    let expected = |got: &Got, secrets: &[&str]| {
        let signed = secrets.iter().map(|secret| signature(secret, got));
        signed.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(tests[0].header("webhook-signature"), expected(tests[0], &[&new, &old]));
    assert_eq!(tests[1].header("webhook-signature"), expected(tests[1], &[&newest]));
    let refused =
        running.service.post(&format!("{path}/secret"), &json!({"overlap_s": 9_999_999})).await;
    assert_eq!(refused.body["flaws"][0]["path"], "overlap_s");
    running.stop().await;
}

/// What the specification says a message is signed with, by the formula of HMAC itself.
fn signature(secret: &str, got: &Got) -> String {
    let mut key = STANDARD.decode(&secret["whsec_".len()..]).expect("base64");
    key.resize(64, 0);
    let padded = |with: u8| key.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
    let head = format!("{}.{}.", got.id(), got.header("webhook-timestamp"));
    let inner = Sha256::digest([&padded(0x36), head.as_bytes(), &got.bytes[..]].concat());
    let outer = Sha256::digest([&padded(0x5c)[..], &inner[..]].concat());
    format!("v1,{}", STANDARD.encode(outer))
}

/// A program that verifies what it reads, by the page about webhooks.
struct Verifier {
    /// The language of its code on the page.
    language: &'static str,
    command: &'static [&'static str],
    /// What calls the page's code, for a secret, an id, a timestamp, signatures, and a body at the end of its input.
    harness: &'static str,
}

const VERIFIERS: [Verifier; 3] = [
    Verifier {
        language: "python",
        command: &["python3", "-c"],
        harness: "
import sys
secret, id, timestamp, signatures = sys.argv[1:]
headers = {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures}
sys.exit(0 if verify(secret, headers, sys.stdin.buffer.read()) else 7)
",
    },
    Verifier {
        language: "js",
        command: &["node", "-e"],
        harness: "
const [secret, id, timestamp, signatures] = process.argv.slice(1);
const headers = {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures};
process.exit(verify(secret, headers, require('fs').readFileSync(0)) ? 0 : 7);
",
    },
    Verifier {
        language: "sh",
        command: &["sh", "-c"],
        harness: "\nverify \"$0\" \"$1\" \"$2\" \"$3\" || exit 7\n",
    },
];

#[tokio::test(flavor = "multi_thread")]
async fn the_code_on_the_page_verifies_what_is_sent_and_nothing_else() {
    let (running, receiver) = (Running::new(quick()), Receiver::new().await);
    let (path, secret) = running.hook(&receiver.url(), &["visit.*"]).await;
    running.service.send("POST", &format!("{path}/test"), None).await;
    let got = receiver.got().remove(0);
    running.stop().await;
    let page = include_str!("../../../../docs/webhooks.md");
    let is_needed = std::env::var_os("PAIDAN_WEBHOOKS_CLIENT").is_some();
    for Verifier { language, command, harness } in VERIFIERS {
        let needed = if language == "sh" { "openssl" } else { command[0] };
        if !is_needed && Command::new(needed).arg("--version").output().is_err() {
            println!("not run: there is no {needed}");
            continue;
        }
        let code = page.split(&format!("```{language}\n")).nth(1).expect("it has such code");
        let code = code.split("```").next().expect("its end").to_owned() + harness;
        let verify = |secret: &str, signature: &str, bytes: &[u8]| {
            let mut command = Command::new(command[0])
                .arg(command[1])
                .arg(&code)
                .args([secret, got.id(), got.header("webhook-timestamp"), signature])
                .stdin(Stdio::piped())
                .spawn()
                .unwrap_or_else(|trouble| panic!("{language}: {trouble}"));
            // One that has seen enough reads no further.
            let _ = command.stdin.take().expect("it is piped").write_all(bytes);
            command.wait().expect("it ends").code()
        };
        let (own, bytes) = (got.header("webhook-signature"), &got.bytes[..]);
        assert_eq!(verify(&secret, own, bytes), Some(0), "{language}");
        assert_eq!(
            verify(&secret, &format!("v1,AAAA {own}"), bytes),
            Some(0),
            "{language}: one of several"
        );
        let other = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
        assert_eq!(verify(other, own, bytes), Some(7), "{language}: another secret");
        assert_eq!(verify(&secret, own, &[bytes, b" "].concat()), Some(7), "{language}: another body");
        assert_eq!(verify(&secret, "v1,AAAA", bytes), Some(7), "{language}: another signature");
    }
}

/// The specification's own library, against a message as it was received.
const CLIENT: &str = "
import sys
from standardwebhooks.webhooks import Webhook
secret, id, timestamp, signatures = sys.argv[1:]
headers = {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures}
told = Webhook(secret).verify(sys.stdin.buffer.read().decode(), headers)
assert told['type'] == 'webhook.test', told
";

/// Needs a Python that has the library, named by `PAIDAN_WEBHOOKS_CLIENT`; `.ci/run` makes one.
#[tokio::test(flavor = "multi_thread")]
async fn the_library_of_the_specification_verifies_what_is_sent() {
    let Some(python) = std::env::var_os("PAIDAN_WEBHOOKS_CLIENT") else {
        println!("not run: PAIDAN_WEBHOOKS_CLIENT names no Python with standardwebhooks");
        return;
    };
    let (running, receiver) = (Running::new(quick()), Receiver::new().await);
    let (path, secret) = running.hook(&receiver.url(), &["visit.*"]).await;
    running.service.send("POST", &format!("{path}/test"), None).await;
    let got = receiver.got().remove(0);
    running.stop().await;
    let arguments = [got.header("webhook-timestamp"), got.header("webhook-signature")];
    let mut client = Command::new(python)
        .args(["-c", CLIENT, &secret, got.id()])
        .args(arguments)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python starts");
    client.stdin.take().expect("it is piped").write_all(&got.bytes).expect("it reads");
    let done = client.wait_with_output().expect("it ends");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
