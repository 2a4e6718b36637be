use super::*;

#[test]
fn every_reference_leads_to_a_definition() {
    let schema = schema();
    let mut references = Vec::new();
    let mut open = vec![&schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(map) => {
                references.extend(map.get("$ref").and_then(Value::as_str));
                open.extend(map.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    assert!(references.len() > 20);
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        assert!(
            schema.pointer(pointer).is_some_and(Value::is_object),
            "{reference}"
        );
    }
}
