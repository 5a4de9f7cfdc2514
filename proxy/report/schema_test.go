package report

import (
	"encoding/json"
	"testing"
)

func TestSchema(t *testing.T) {
	var schema struct {
		OneOf []struct{ Title string } `json:"oneOf"`
	}
	if err := json.Unmarshal([]byte(Schema()), &schema); err != nil {
		t.Fatal(err)
	}
	if len(schema.OneOf) != 2 || schema.OneOf[1].Title != "Stat" {
		t.Errorf("got %+v", schema)
	}
}
