//! Texts that `PostgreSQL` does not take as they are.

use std::borrow::Cow;

/// A text of ours for one of ours in the database, in the same order: the database has no character zero in its texts, so
/// it is written as a pair, and so is the one that the pair begins with.
pub(super) fn put(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', '\u{1}']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('\u{1}', "\u{1}\u{2}").replace('\0', "\u{1}\u{1}"))
}

/// The text that was [`put`].
pub(super) fn taken(text: String) -> String {
    if !text.contains('\u{1}') {
        return text;
    }
    let (mut plain, mut letters) = (String::with_capacity(text.len()), text.chars());
    while let Some(letter) = letters.next() {
        plain.push(match letter {
            '\u{1}' if letters.next() == Some('\u{1}') => '\0',
            letter => letter,
        });
    }
    plain
}

/// A statement of ours, which numbers what it is asked as `?1`, in `PostgreSQL`'s way.
pub(super) fn statement(text: &str) -> String {
    text.replace('?', "$")
}

/// A statement that writes one row, for as many as there are: what it is asked but for the first, the tenant, are columns
/// of these types.
pub(super) fn many(insert: &str, types: &[&str]) -> String {
    let columns: Vec<String> =
        types.iter().enumerate().map(|(n, kind)| format!("?{}::{kind}[]", n + 2)).collect();
    let rows = format!("select ?1, * from unnest({})", columns.join(", "));
    match insert.split_once("values (") {
        Some((head, values)) => {
            let tail = values.split_once(')').map_or("", |(_, tail)| tail);
            format!("{head}{rows}{tail}")
        }
        None => insert.to_owned(),
    }
}

/// What makes tables: texts stand in the order of their bytes, whatever language the database speaks.
pub(super) fn tables(text: &str) -> String {
    text.replace(" text", " text collate \"C\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back_and_keeps_its_place() {
        let mut texts = [
            "",
            "\0",
            "\0\0",
            "\0a",
            "\u{1}",
            "\u{1}\0",
            "\u{1}\u{1}",
            "\u{1}\u{2}",
            "\u{2}",
            "a\0",
            "a",
            "ä",
        ];
        texts.sort_unstable();
        let put: Vec<_> = texts.iter().map(|text| put(text)).collect();
        assert!(put.is_sorted() && put.iter().all(|text| !text.contains('\0')), "{put:?}");
        assert_eq!(put.into_iter().map(|text| taken(text.into_owned())).collect::<Vec<_>>(), texts);
    }
}
