//! How fields are read where serde's own way loses too much: lists with a limit, maps that refuse to
//! hear a key twice, and values of two shapes.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor,
};

use crate::flaw::Code;
use crate::wire::limits;
use crate::wire::words::quoted;

/// Between the parts of a complaint; it cannot stand in any text of ours.
pub(in crate::wire) const SEPARATOR: char = '\u{1f}';

/// A flaw that only a field can tell, packed into the text of a serde error: code, finding, way out.
pub(in crate::wire) fn complaint(code: Code, found: &str, fix: &str) -> String {
    [code.as_str(), found, fix].join(&SEPARATOR.to_string())
}

/// Reads a list that may not grow past `MOST`, whatever the text holds.
pub(in crate::wire) fn at_most<'de, const MOST: usize, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    struct Bounded<T, const MOST: usize>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for Bounded<T, MOST> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a sequence")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(entry) = seq.next_element()? {
                if list.len() == MOST {
                    let found = format!("the list has more than {MOST} entries, the limit");
                    return Err(A::Error::custom(complaint(
                        Code::TooLarge,
                        &found,
                        "split the problem, by region or by day",
                    )));
                }
                list.push(entry);
            }
            Ok(list)
        }
    }

    from.deserialize_seq(Bounded::<T, MOST>(PhantomData))
}

/// Reads a map in which every key stands once. serde would let the last one win, silently.
pub(in crate::wire) fn distinct<'de, V: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<String, V>, D::Error> {
    struct Distinct<V>(PhantomData<V>);

    impl<'de, V: Deserialize<'de>> Visitor<'de> for Distinct<V> {
        type Value = BTreeMap<String, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut read = BTreeMap::new();
            while let Some((key, value)) = map.next_entry::<String, V>()? {
                match read.entry(key) {
                    Entry::Vacant(free) => free.insert(value),
                    Entry::Occupied(taken) => {
                        return Err(A::Error::custom(complaint(
                            Code::DuplicateId,
                            &format!("the key {} is given twice", quoted(taken.key())),
                            "keep one",
                        )));
                    }
                };
            }
            Ok(read)
        }
    }

    from.deserialize_map(Distinct(PhantomData))
}

/// Like [`distinct`], for a map that may be left out or null.
pub(super) fn some_distinct<'de, V: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<BTreeMap<String, V>>, D::Error> {
    struct Whole<V>(BTreeMap<String, V>);

    impl<'de, V: Deserialize<'de>> Deserialize<'de> for Whole<V> {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Whole<V>, D::Error> {
            distinct(from).map(Whole)
        }
    }

    Ok(Option::<Whole<V>>::deserialize(from)?.map(|whole| whole.0))
}

/// Reads a level, alone or as an object with more about it.
pub(super) fn level_or<'de, More: Deserialize<'de>, Doc, D: Deserializer<'de>>(
    from: D,
    level: fn(u8) -> Doc,
    more: fn(More) -> Doc,
) -> Result<Doc, D::Error> {
    struct LevelOr<More, Doc> {
        level: fn(u8) -> Doc,
        more: fn(More) -> Doc,
    }

    impl<'de, More: Deserialize<'de>, Doc> Visitor<'de> for LevelOr<More, Doc> {
        type Value = Doc;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a level")
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<Doc, E> {
            match u8::try_from(number) {
                Ok(number) => Ok((self.level)(number)),
                Err(_) => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
            }
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<Doc, E> {
            match u64::try_from(number) {
                Ok(number) => self.visit_u64(number),
                Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
            }
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Doc, A::Error> {
            More::deserialize(MapAccessDeserializer::new(map)).map(self.more)
        }
    }

    from.deserialize_any(LevelOr { level, more })
}

/// Lists in lists with numbers at the bottom, of a limited size: `GeoJSON`'s coordinates, whose depth
/// is known only once their type is.
#[derive(Debug)]
pub(super) enum Nest {
    /// A number.
    Number(f64),
    /// A list.
    List(Vec<Nest>),
}

impl Nest {
    /// The list, if it is one.
    pub(super) fn list(self) -> Option<Vec<Nest>> {
        match self {
            Nest::List(list) => Some(list),
            Nest::Number(_) => None,
        }
    }
}

impl<'de> Deserialize<'de> for Nest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Nest, D::Error> {
        // A position is a list with two or three numbers; the rest is for rings.
        Nested { left: &Cell::new(limits::POSITIONS * 4 + 1) }.deserialize(from)
    }
}

/// Reads a [`Nest`] and counts its values down.
#[derive(Clone, Copy)]
struct Nested<'a> {
    left: &'a Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Nested<'_> {
    type Value = Nest;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Nest, D::Error> {
        match self.left.get().checked_sub(1) {
            Some(left) => self.left.set(left),
            None => {
                return Err(D::Error::custom(complaint(
                    Code::TooLarge,
                    &format!("the area has more than {} positions, the limit", limits::POSITIONS),
                    "simplify its outline or cut it in two",
                )));
            }
        }
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested<'_> {
    type Value = Nest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or a list")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Nest, E> {
        Ok(Nest::Number(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Nest, E> {
        Ok(Nest::Number(number as f64))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Nest, E> {
        Ok(Nest::Number(number as f64))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Nest, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = seq.next_element_seed(self)? {
            list.push(entry);
        }
        Ok(Nest::List(list))
    }
}
