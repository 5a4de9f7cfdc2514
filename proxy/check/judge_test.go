package check

import (
	"testing"

	"tidelock/proxy/server"
)

// judges are what understands the answers of each protocol.
func judges() map[string]func([]byte, bool) (server.Result, bool) {
	all := map[string]func([]byte, bool) (server.Result, bool){}
	for name, steps := range map[string][]Step{
		"redis": Redis(), "smtp": SMTP("HELO x"), "mysql": MySQL("joe", false), "ldap": LDAP(), "pgsql": Postgres("joe"), "ssl": HelloSSL(),
	} {
		for _, step := range steps {
			if j, ok := step.(*Judge); ok {
				all[name] = j.Read // of the last answer
			}
		}
	}
	return all
}

func TestJudge_Read(t *testing.T) {
	const greeting = "\x06\x00\x00\x00\x0a5.0.\x00"
	tests := []struct {
		name, protocol, received string
		whole                    bool
		status                   server.CheckStatus
		code                     int
		info                     string
		more                     bool
	}{
		{"pong", "redis", "+PONG\r\n", false, server.Layer7OK, 0, "Redis server is ok", false},
		{"half a pong", "redis", "+PO", false, server.Layer7Status, 0, "+PO", true},
		{"bye", "smtp", "221 bye\r\n", false, server.Layer7OK, 221, "bye", false},
		{"more lines", "smtp", "250-a\r\n", false, server.Layer7Status, 250, "-a", true},
		{"last line", "smtp", "250-a\r\n250 b\r\n", false, server.Layer7OK, 250, "b", false},
		{"refused", "smtp", "500 no\r\n", true, server.Layer7Status, 500, "no", false},
		{"logged in", "mysql", greeting + "\x01\x00\x00\x02\x00", false, server.Layer7OK, 0, "5.0.", false},
		{"half a greeting", "mysql", greeting[:7], false, server.Layer7Response, 0, "", true},
		{"not let in", "mysql", greeting + "\x05\x00\x00\x02\xff\x15\x04no", false, server.Layer7Status, 1045, "no", false},
		{"empty packet", "mysql", "\x00\x00\x00\x00", true, server.Layer7Response, 0, "", false},
		{"bound", "ldap", "0\x0c\x02\x01\x01a\x07\x0a\x01\x00\x04\x00\x04\x00", false, server.Layer7OK, 0, "Success", false},
		{"absurd length", "ldap", "0\xff\x02\x01\x01a\x07\x0a\x01\x00\x04\x00\x04\x00", false, server.Layer7Response, 0, "Not LDAPv3 protocol", false},
		{"password wanted", "pgsql", "R\x00\x00\x00\x0c\x00\x00\x00\x05salt", false, server.Layer7OK, 0, "PostgreSQL server is ok", false},
		{"alert", "ssl", "\x15\x03\x00\x00\x02", false, server.Layer6OK, 0, "", false},
	}
	all := judges()
	for _, tt := range tests {
		t.Run(tt.protocol+" "+tt.name, func(t *testing.T) {
			result, more := all[tt.protocol]([]byte(tt.received), tt.whole)
			if result.Status != tt.status || result.Code != tt.code || result.Info != tt.info || more != tt.more {
				t.Errorf("got %v %d %q, more %v", result.Status, result.Code, result.Info, more)
			}
		})
	}
}

// Whatever a server sends, there is a verdict when it is done, and nothing is looked for beyond what it sent.
func FuzzJudge(f *testing.F) {
	f.Add([]byte("+PONG\r\n"))
	f.Add([]byte("220 x\r\n"))
	f.Add([]byte("\x29\x00\x00\x00\x0a5.0\x00"))
	f.Add([]byte("0\x84\x00\x00\x00\x10\x02\x01\x01a\x84\x00\x00\x00\x07\x0a\x01\x00\x04\x00\x04\x00"))
	f.Add([]byte("E\x00\x00\x00\x08abcd"))
	all := judges()
	f.Fuzz(func(t *testing.T, received []byte) {
		if len(received) == 0 {
			return
		}
		for name, read := range all {
			read(received, false)
			if result, more := read(received, true); more || result.Status == server.Unknown {
				t.Errorf("%s: no verdict on %q", name, received)
			}
		}
	})
}
