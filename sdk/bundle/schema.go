package bundle

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
)

// SchemaURI identifies the JSON Schema of manifests.
const SchemaURI = "urn:tidelock:schema:bundle:v1"

// Schema returns the JSON Schema (draft 2020-12) of bundle.json. It is made of the types that read manifests, and is what an editor
// can check while one types; ParseManifest checks more.
func Schema() []byte {
	s := schemaOf(reflect.TypeFor[Manifest]())
	s["$schema"], s["$id"], s["title"] = "https://json-schema.org/draft/2020-12/schema", SchemaURI, "Manifest of a Tidelock bundle"
	properties := s["properties"].(map[string]any)
	// What reflection does not see: the values of texts.
	restrict := func(within map[string]any, field, keyword string, value any) {
		within[field].(map[string]any)[keyword] = value
	}
	restrict(properties, "name", "pattern", bundleName.String())
	restrict(properties, "dialect", "enum", Dialects)
	restrict(properties, "entry", "pattern", `\.lua$`)
	registration := properties["registrations"].(map[string]any)["items"].(map[string]any)["properties"].(map[string]any)
	restrict(registration, "kind", "enum", Kinds)
	limits := properties["limits"].(map[string]any)["properties"].(map[string]any)
	restrict(limits, "isolation", "enum", Isolations)
	document, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // maps and texts of our own
	}
	return append(document, '\n')
}

// schemaOf returns the schema of a type: an object for a struct, whose fields' doc tags are the descriptions.
func schemaOf(t reflect.Type) map[string]any {
	switch {
	case t == reflect.TypeFor[Version]():
		return map[string]any{"type": "string", "pattern": versionSyntax.String()}
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return map[string]any{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Struct:
		return schemaOfStruct(t)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem()), "maxItems": maxList}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer", "minimum": 0}
	default:
		return map[string]any{"type": "string", "maxLength": maxText}
	}
}

func schemaOfStruct(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for field := range fields(t) {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		property := schemaOf(field.Type)
		property["description"] = field.Tag.Get("doc")
		properties[name] = property
		if options == "" {
			required = append(required, name)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// fields yields the fields of a struct that stand in JSON.
func fields(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if f := t.Field(i); f.Tag.Get("json") != "" && !yield(f) {
				return
			}
		}
	}
}
