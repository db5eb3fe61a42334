//! Secrets and signatures, after the Standard Webhooks specification.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What every secret begins with, so that it is known for one wherever it turns up.
const MARK: &str = "whsec_";
/// Bytes of a secret that is made here.
const BYTES: usize = 32;
/// Bytes that a secret may have.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// A new secret, or `None` if the system has no chance to give.
pub(super) fn new_secret() -> Option<String> {
    let mut random = [0; BYTES];
    getrandom::fill(&mut random).ok()?;
    Some(format!("{MARK}{}", STANDARD.encode(random)))
}

/// The bytes of a secret, or `None` if it is none: `whsec_` and the base64 of 24 to 64 bytes.
pub(super) fn bytes_of(secret: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(secret.strip_prefix(MARK)?).ok()?;
    LENGTHS.contains(&bytes.len()).then_some(bytes)
}

/// A signature for each secret, as they stand in `webhook-signature`. `O(body)` for each.
pub(super) fn signatures<'s>(
    secrets: impl Iterator<Item = &'s str>,
    (id, at_s): (&str, i64),
    body: &[u8],
) -> String {
    let signed = secrets.filter_map(|secret| {
        let mut hash = Hmac::<Sha256>::new_from_slice(&bytes_of(secret)?).ok()?;
        hash.update(format!("{id}.{at_s}.").as_bytes());
        hash.update(body);
        Some(format!("v1,{}", STANDARD.encode(hash.finalize().into_bytes())))
    });
    signed.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_the_specifications_own_example() {
        let signed = signatures(
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"].into_iter(),
            ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330),
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_has_its_mark_and_its_length() {
        let new = new_secret().unwrap();
        assert_eq!(bytes_of(&new).unwrap().len(), BYTES);
        assert_ne!(new, new_secret().unwrap());
        let of = |bytes: usize| format!("whsec_{}", STANDARD.encode(vec![7; bytes]));
        assert!(bytes_of(&of(24)).is_some() && bytes_of(&of(64)).is_some());
        assert!(bytes_of(&of(23)).is_none() && bytes_of(&of(65)).is_none());
        assert!(bytes_of(&new[MARK.len()..]).is_none() && bytes_of("whsec_no base64").is_none());
    }
}
