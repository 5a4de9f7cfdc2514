package bundle

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write what the tests compare with")

// TestSchema holds the published schema to the types.
func TestSchema(t *testing.T) {
	const published = "../../docs/bundle.schema.json"
	got := Schema()
	if *update {
		if err := os.WriteFile(published, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(published)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not the schema of the types: go test ./sdk/bundle -run TestSchema -update", published)
	}
}

// TestSchema_complete wants a description for everything that an author can write.
func TestSchema_complete(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	var check func(path string, s map[string]any)
	check = func(path string, s map[string]any) {
		properties, _ := s["properties"].(map[string]any)
		for name, property := range properties {
			p := property.(map[string]any)
			if p["description"] == "" {
				t.Errorf("%s.%s has no description", path, name)
			}
			check(path+"."+name, p)
		}
		if items, ok := s["items"].(map[string]any); ok {
			check(path+"[]", items)
		}
	}
	check("", schema)
}
