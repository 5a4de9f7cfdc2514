package proxy

import (
	"strings"
	"testing"

	"tidelock/proxy/server"
)

const savedLine = "2 web 1 a 192.0.2.1 2 8 5 10 100 15 3 4 6 0 0 0 a.example 80 - 0 0 - - 0"

func Test_readStates(t *testing.T) {
	states, err := readStates([]byte("1\n# a comment\n" + savedLine + "\n\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := states[[2]string{"web", "a"}]
	if s.Operation != server.Running || s.Admin != server.Drain || s.Weight != 5 || s.InitialWeight != 10 || s.Host != "192.0.2.1" ||
		s.Name != "a.example" || s.Age.Seconds() != 100 || s.Status != server.Layer7OK || s.Health != 4 || !s.Checked {
		t.Errorf("got %+v", s)
	}
}

func Test_readStates_Errors(t *testing.T) {
	tests := []struct{ name, content, want string }{
		{"nothing", "", errStateVersion.Error()},
		{"another version", "2\n", errStateVersion.Error()},
		{"few fields", "1\n# x\n2 web 1 a\n", "line 2"},
		{"many fields", "1\n" + strings.Repeat("1 ", 30), "line 1"},
		{"no number", "1\n" + strings.Replace(savedLine, " 2 8 ", " x 8 ", 1), "line 1"},
		{"no state", "1\n" + strings.Replace(savedLine, " 2 8 ", " 9 8 ", 1), "line 1"},
		{"no weight", "1\n" + strings.Replace(savedLine, " 5 10 ", " 257 10 ", 1), "line 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := readStates([]byte(tt.content)); err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
