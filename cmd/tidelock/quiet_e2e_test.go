package main

import (
	"bytes"
	"os"
	"syscall"
	"testing"
)

// TestQuiet has nothing written to the standard outputs by a process that starts, serves and stops.
func TestQuiet(t *testing.T) {
	tests := []struct{ name, option, keyword string }{
		{"option", "-q", ""},
		{"keyword", "-db", "global\n quiet\n"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			p := newProcesses(t)
			text, err := os.ReadFile(p.path("cfg"))
			if err != nil {
				t.Fatal(err)
			}
			// A warning, and a server that goes down at once.
			text = append([]byte(tc.keyword), text...)
			text = append(text, "listen unused\n mode http\n bind "+p.path("unused")+"\n server s 127.0.0.1:1 check inter 10\n"...)
			if err := os.WriteFile(p.path("cfg"), text, 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := p.command("-db", tc.option)
			var output bytes.Buffer
			cmd.Stdout, cmd.Stderr = &output, &output
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			p.until("it serves", func() bool { return p.status() == 200 })
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			cmd.Wait()
			if output.Len() > 0 {
				t.Errorf("wrote %q", output.String())
			}
		})
	}
}
