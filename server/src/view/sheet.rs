//! The page's parts put together.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use super::document::ViewDoc;

/// The scripts in the order in which they are joined; the later ones use the earlier ones.
const SCRIPTS: &[&str] = &[
    include_str!("page/text.js"),
    include_str!("page/dom.js"),
    include_str!("page/data.js"),
    include_str!("page/store.js"),
    include_str!("page/earth.js"),
    include_str!("page/receipt.js"),
    include_str!("page/map-draw.js"),
    include_str!("page/map.js"),
    include_str!("page/map-input.js"),
    include_str!("page/timeline.js"),
    include_str!("page/unserved.js"),
    include_str!("page/head.js"),
    include_str!("page/main.js"),
];

const STYLE: &str = include_str!("page/page.css");

/// The page around the data: what comes before them, and what comes after.
static AROUND: LazyLock<(String, String)> = LazyLock::new(|| {
    // In a function, so that our names do not meet those of the browser.
    let script = format!("(() => {{\n\"use strict\";\n{}}})();\n", SCRIPTS.concat());
    let policy = policy(&script, STYLE);
    let page = include_str!("page/page.html")
        .replace("{{policy}}", &policy)
        .replace("{{style}}", STYLE)
        .replace("{{script}}", &script);
    let (before, after) = page.split_once("{{data}}").unwrap_or((&page, ""));
    (before.to_owned(), after.to_owned())
});

/// The page of a plan.
pub(super) fn plan(document: &ViewDoc) -> String {
    let (before, after) = &*AROUND;
    let data = serde_json::to_string(document).unwrap_or_else(|trouble| {
        tracing::error!(%trouble, "a page's data cannot be written");
        "null".to_owned()
    });
    // Nothing in a JSON text but its strings can hold a `<`, and without one no markup begins.
    [before.as_str(), &data.replace('<', "\\u003c"), after].concat()
}

/// The page for as long as there is no plan.
pub(super) fn no_plan(says: &str, again: bool) -> String {
    const STYLE: &str = include_str!("page/wait.css");
    let refresh = if again { "<meta http-equiv=\"refresh\" content=\"2\">\n" } else { "" };
    include_str!("page/wait.html")
        .replace("{{policy}}", &policy("", STYLE))
        .replace("{{refresh}}", refresh)
        .replace("{{style}}", STYLE)
        .replace("{{says}}", says)
}

/// What the page may do: run its own script, use its own style, and nothing else.
fn policy(script: &str, style: &str) -> String {
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; \
         form-action 'none'",
        base64(&Sha256::digest(script)),
        base64(&Sha256::digest(style))
    )
}

/// Bytes in base 64 (RFC 4648), padded.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |n: usize| u32::from(chunk.get(n).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * n) & 63) as usize];
            text.push(if n <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use paidan_engine::planner::{Budget, NoWatch, Params, plan};
    use paidan_engine::wire::read_problem;

    use super::*;
    use crate::view::{Caption, page};

    #[test]
    fn bytes_become_base_64() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn what_callers_write_never_becomes_markup() {
        let hostile = r#"</script><script>alert(1)</script><!--\"'&\u202e"#;
        let text = include_str!("../../../fixtures/tiny/third-repeat.json")
            .replace("\"E1\"", &format!("\"{hostile}\""));
        let problem = read_problem(text.as_bytes()).expect("a sound problem");
        let budget = Budget { rounds: Some(1), ..Budget::default() };
        let plan = plan(&problem, &Params::default(), &budget, &NoWatch);
        let page = page(&problem, &plan, Caption { source: "</title><b>.json", running: false });
        assert!(
            !page.contains("alert(1)<") && !page.contains("<b>") && !page.contains("<!--\""),
            "{page}"
        );
        assert_eq!(page.matches("</script>").count(), 2);
        let (_, rest) = page.split_once("type=\"application/json\">").expect("the data");
        let (data, _) = rest.split_once("</script>").expect("their end");
        let data: serde_json::Value = serde_json::from_str(data).expect("JSON");
        assert_eq!(data["engineers"][0]["id"], "</script><script>alert(1)</script><!--\"'&\u{202e}");
    }

    #[test]
    fn the_page_names_no_other_address_and_fills_every_gap() {
        let (before, after) = &*AROUND;
        assert!(!after.is_empty());
        for part in [before, after, &no_plan("wait", true)] {
            assert!(!part.contains("{{"), "a gap is left");
            // The name of SVG is no address that anybody goes to.
            let part = part.replace("http://www.w3.org/2000/svg", "");
            for address in ["http://", "https://", " src=", "@import", "url("] {
                assert!(!part.contains(address), "{address}");
            }
        }
    }
}
