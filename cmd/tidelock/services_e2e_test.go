package main

import (
	"fmt"
	"regexp"
	"testing"
)

// TestService_Errors has HTTP services break the rules of an answer. That is told in the log, at its line, as the fault of
// the script that it is.
func TestService_Errors(t *testing.T) {
	cache := t.TempDir()
	for _, test := range []struct{ name, body, answer, logged string }{
		{"no answer", ``, "500 " + page500, ""},
		{"body without a start", `applet:send("x")`, "500 " + page500,
			`runtime error: .*services\.lua:2: Lua: 'send' you must call start_response\(\) before sending data\. from \[C\]: in method 'send', .*services\.lua:2: in function line 1\.`},
		{"two starts", `applet:start_response() applet:start_response()`, "200 ...",
			`runtime error: .*services\.lua:2: the response has started already from `},
		{"more than announced", `applet:add_header("content-length", "2") applet:start_response() applet:send("123")`, "200 ...",
			`runtime error: .*http1: more body than announced from \[C\]: in method 'send', .*services\.lua:2: in function line 1\.`},
		{"less than announced", `applet:add_header("content-length", "2") applet:start_response() applet:send("1")`, "200 1...", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := layout(t, map[string]string{
				"services.lua": "core.register_service('s', 'http', function(applet)\n" + test.body + " end)"})
			s := serve(t, folder, cache, fmt.Sprintf("global\n lua-load %[1]s/services.lua\n"+
				"frontend www\n mode http\n timeout client 1h\n bind unix@%[1]s/www\n http-request use-service lua.s\n", folder))
			if got := s.get("/"); got != test.answer {
				t.Errorf("got %q, want %q", got, test.answer)
			}
			s.stop()
			want := regexp.MustCompile(`Lua applet http '<lua\.s>': \[state-id 0\] ` + test.logged)
			if said := want.MatchString(s.log.text()); said != (test.logged != "") {
				t.Errorf("logged: %v, want %s", said, want)
			}
		})
	}
}
