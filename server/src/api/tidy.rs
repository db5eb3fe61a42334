//! What the derived description leaves open or says too much of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use utoipa::openapi::path::Operation;
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::schema::{AdditionalProperties, Discriminator, Schema};
use utoipa::openapi::{OpenApi, Ref, RefOr, Type};

use super::refusals::operations;

/// Closes what is asked and leaves open what is answered, and takes from the words of the handlers what is
/// for readers of the code.
pub(super) fn tidy(document: &mut OpenApi) {
    if let Some(components) = &mut document.components {
        name_variants(&mut components.schemas);
    }
    let asked = asked(document);
    let Some(components) = &mut document.components else { return };
    for (name, schema) in &mut components.schemas {
        close(schema, asked.contains(name));
        if matches!(name.as_str(), "Skill" | "Need")
            && let RefOr::T(Schema::OneOf(either)) = schema
        {
            either.items.iter_mut().for_each(bound_level);
        }
    }
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        cut_errors(operation);
        if let Some(RefOr::T(body)) = &mut operation.request_body {
            let_it_be_left_out(body);
        }
    }
}

/// Gives variants that one key tells apart names of their own, such as `CrowTravel`. Generators of clients
/// name what has none after its place, and some trip over what they find there.
fn name_variants(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    let mut named = BTreeMap::new();
    for (parent, schema) in schemas.iter_mut() {
        let RefOr::T(Schema::OneOf(either)) = schema else { continue };
        let Some(tags) = either.items.iter().map(tag).collect::<Option<Vec<_>>>() else { continue };
        let mut mapping = BTreeMap::new();
        for (item, (key, value)) in either.items.iter_mut().zip(&tags) {
            let name = format!("{}{}{parent}", value[..1].to_uppercase(), &value[1..]);
            let to = Ref::from_schema_name(&name);
            mapping.insert(value.clone(), to.ref_location.clone());
            let mut variant = std::mem::replace(item, RefOr::Ref(to));
            if let RefOr::T(Schema::Object(object)) = &mut variant {
                let examples = either.examples.iter();
                object.examples = examples.filter(|example| example[key] == **value).cloned().collect();
            }
            named.insert(name, variant);
        }
        let key = tags.into_iter().next().map(|(key, _)| key);
        either.discriminator = key.map(|key| Discriminator::with_mapping(key, mapping));
    }
    schemas.append(&mut named);
}

/// The key and the one value that tell a variant apart.
fn tag(variant: &RefOr<Schema>) -> Option<(String, String)> {
    let RefOr::T(Schema::Object(object)) = variant else { return None };
    object.properties.iter().find_map(|(key, property)| match property {
        RefOr::T(Schema::Object(tag)) => match tag.enum_values.as_deref()? {
            [Value::String(value)] => Some((key.clone(), value.clone())),
            _ => None,
        },
        _ => None,
    })
}

/// The names of all schemas that a request may hold.
fn asked(document: &OpenApi) -> BTreeSet<String> {
    let document = serde_json::to_value(document).unwrap_or_default();
    let paths = document["paths"].as_object().into_iter().flat_map(|paths| paths.values());
    let operations = paths.filter_map(Value::as_object).flat_map(|path| path.values());
    let mut asked = BTreeSet::new();
    let mut open: Vec<&Value> = operations.map(|operation| &operation["requestBody"]).collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Object(keys) => open.extend(keys.values()),
            Value::Array(entries) => open.extend(entries),
            Value::String(text) => {
                if let Some(name) = text.strip_prefix("#/components/schemas/")
                    && asked.insert(name.to_owned())
                {
                    open.push(&document["components"]["schemas"][name]);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    asked
}

/// Says of every object whether it may have keys beside those that are described. A request may not, also
/// where a variant has keys of its own; an answer may have more with a later version.
fn close(schema: &mut RefOr<Schema>, is_closed: bool) {
    let RefOr::T(schema) = schema else { return };
    let each = |schema: &mut RefOr<Schema>| close(schema, is_closed);
    match schema {
        Schema::Object(object) => {
            // A value that may be left out need not be said to be null then.
            object.default.take_if(|default| default.is_null());
            if !object.properties.is_empty() {
                object.additional_properties =
                    is_closed.then(|| Box::new(AdditionalProperties::FreeForm(false)));
            }
            object.properties.values_mut().for_each(each);
        }
        Schema::OneOf(either) => {
            either.default.take_if(|default| default.is_null());
            either.items.iter_mut().for_each(each);
        }
        Schema::AnyOf(either) => either.items.iter_mut().for_each(each),
        Schema::AllOf(all) => all.items.iter_mut().for_each(each),
        _ => {}
    }
}

/// A level that stands alone is 1 to 5 as well, which the derive cannot say of a variant.
fn bound_level(schema: &mut RefOr<Schema>) {
    if let RefOr::T(Schema::Object(level)) = schema {
        (level.minimum, level.maximum) = (Some(1.into()), Some(5.into()));
    }
}

/// The responses say what is refused, and better.
fn cut_errors(operation: &mut Operation) {
    if let Some(description) = &mut operation.description
        && let Some(at) = description.find("# Errors")
    {
        description.truncate(at);
        description.truncate(description.trim_end().len());
    }
    operation.description.take_if(|description| description.is_empty());
}

/// A body that may be left out is not the text `null`.
fn let_it_be_left_out(body: &mut RequestBody) {
    let is_null = |schema: &RefOr<Schema>| matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == Type::Null.into());
    for content in body.content.values_mut() {
        if let RefOr::T(content) = content
            && let Some(RefOr::T(Schema::OneOf(either))) = &mut content.schema
            && either.items.iter().any(is_null)
        {
            either.items.retain(|schema| !is_null(schema));
            content.schema = either.items.pop();
        }
    }
}
