package command

import (
	"encoding/json"
	"testing"

	"tidelock/proxy/runtime"
)

func Test_showSchema(t *testing.T) {
	var schema struct {
		OneOf []struct{ Title string } `json:"oneOf"`
	}
	if err := json.Unmarshal([]byte(ask(t, runtime.User, statistics().Commands(), "show schema json")), &schema); err != nil {
		t.Fatal(err)
	}
	if len(schema.OneOf) != 2 || schema.OneOf[1].Title != "Stat" {
		t.Errorf("got %+v", schema)
	}
}
