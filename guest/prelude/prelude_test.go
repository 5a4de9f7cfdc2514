package prelude

import (
	"os"
	"strings"
	"testing"
)

// TestChunks finds parts that are listed but do not exist, and files that were forgotten in the list.
func TestChunks(t *testing.T) {
	listed := make(map[string]bool)
	for _, c := range Chunks() {
		listed[strings.Trim(c.Name, "=<>")+".lua"] = true
		if strings.TrimSpace(c.Source) == "" {
			t.Errorf("%s is empty", c.Name)
		}
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".lua") && !listed[e.Name()] {
			t.Errorf("%s is in no list: nobody loads it", e.Name())
		}
	}
}
