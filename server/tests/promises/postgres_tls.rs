//! A database that is spoken to in secret.

use std::path::Path;
use std::process::Command;

use crate::postgres::Database;

/// Makes a key in the store of a URL, which needs nothing but the store; what is said of it where that fails.
fn use_it(url: &str, vouched: Option<&Path>) -> Result<(), String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paidan"));
    command.args(["key", "--name", "test", "--store", url]);
    command.envs(vouched.map(|file| ("SSL_CERT_FILE", file)));
    let told = command.output().expect("the command runs");
    let why = String::from_utf8_lossy(&told.stderr).into_owned();
    if told.status.success() { Ok(()) } else { Err(why) }
}

#[test]
fn what_is_said_to_a_database_is_secret_if_that_is_required_and_only_somebody_who_is_vouched_for_hears_it()
 {
    let Some(database) = Database::alone() else { return };
    let secret = format!("{}?sslmode=require", database.url);
    let why = use_it(&secret, None).expect_err("it knows no secrets yet");
    assert!(why.contains("TLS"), "{why}");
    let certificate = database.cluster.encrypt();
    use_it(&secret, Some(&certificate)).unwrap();
    let why = use_it(&secret, None).expect_err("nobody vouches for it");
    assert!(why.contains("certificate"), "{why}");
    use_it(&database.url, Some(&certificate)).expect_err("it hears nothing else by now");
}
