package survey

import (
	"encoding/json"
	"slices"
	"testing"

	"tidelock/sdk/bundle"
)

func TestSurvey_Propose(t *testing.T) {
	s := Read(bundle.Files{"main.lua": []byte(`
os.getenv("REALM")
core.tcp():connect("api.example.com", 443)
core.shared.get("auth." .. user)
core.secret("token")
txn.http:req_set_header("X-User", user)
require("lib.token")`)})
	for _, r := range [][2]string{
		{"network", "api.example.com:443"}, {"network", "10.0.0.9:8080"}, {"network", "not a destination"}, {"set-headers", "bad name"},
		{"shared", "auth.jane"}, {"shared", "session:1"}, {"shared", "session:2"}, {"shared", "single"}, {"shared", "proc.a"}, {"shared", "proc.b"},
		{"read-headers", "cookie"}, {"read-headers", "cookie"}, {"control", "app/web1"},
	} {
		s.Ran(r[0], r[1])
	}
	var given, want bundle.Capabilities
	for text, c := range map[string]*bundle.Capabilities{
		`{"network": ["10.0.0.0/8:*"], "files": ["/etc/hosts"]}`: &given,
		`{"network": ["10.0.0.0/8:*", "api.example.com:443"], "environment": ["REALM"], "files": ["/etc/hosts"],
			"shared": ["auth.", "proc.a", "proc.b", "session:", "single"], "secrets": ["token"], "read-headers": ["cookie"],
			"set-headers": ["x-user"], "control": ["app/web1"]}`: &want,
	} {
		if err := json.Unmarshal([]byte(text), c); err != nil {
			t.Fatal(err)
		}
	}
	got, _ := json.Marshal(s.Propose(given))
	if expected, _ := json.Marshal(want); string(got) != string(expected) {
		t.Errorf("got  %s\nwant %s", got, expected)
	}
	if len(given.Network) != 1 {
		t.Errorf("what was given is now %v", given.Network)
	}
	again, _ := json.Marshal(s.Propose(want))
	if string(again) != string(got) {
		t.Errorf("what covers everything became %s", again)
	}
	warning := "tests: a script that ran needs 'app/web1' in capabilities.control"
	if warnings := s.Compare(bundle.Manifest{}); !slices.Contains(warnings, warning) {
		t.Errorf("no warning %q among %q", warning, warnings)
	}
}
