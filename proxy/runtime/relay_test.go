package runtime

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"testing"
)

// echoing is another process: it answers with the rights and the line that it got.
func echoing(level Level, mode Mode) (net.Conn, error) {
	ours, theirs := net.Pipe()
	go func() {
		defer theirs.Close()
		line, _ := bufio.NewReader(theirs).ReadString('\n')
		fmt.Fprintf(theirs, "%s %d %q\n\n", level, mode, line)
	}()
	return ours, nil
}

func TestSession_Relay(t *testing.T) {
	relay := &Relay{
		Find: func(prefix string) (Target, bool) {
			switch prefix {
			case "@", "@master":
				return Target{}, true
			case "@1":
				return Target{"71", echoing}, true
			case "@2":
				return Target{"72", func(Level, Mode) (net.Conn, error) { return nil, io.ErrClosedPipe }}, true
			}
			return Target{}, false
		},
		Name: func() string { return "master" },
	}
	tests := []struct{ name, input, want string }{
		{"one command", "@1 show a\\;b;show cli level\n", "admin 0 \"show a\\\\;b\\n\"\n\nadmin\n\n"},
		{"all that follow", "@1;show a; @ ;show cli level\n", "admin 0 \"show a\\n\"\n\nadmin\n\n"},
		{"the process itself", "@1;@master show cli level\n", "admin\n\n"},
		{"rights", "operator;@1 a\n", "operator 0 \"a\\n\"\n\n"},
		{"modes", "experimental-mode on;@1 a\n", "admin 2 \"a\\n\"\n\n"},
		{"nobody", "@7 a;show cli level\n", "Can't find the target PID matching the prefix '@7'\n"},
		{"gone", "@2 a\n", "Process 72 does not answer: io: read/write on closed pipe.\n"},
		{"prompts", "prompt\n@1\nexpert-mode on\n@\nquit\n", "master> 71> 71(e)> master(e)> "},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			var output bytes.Buffer
			s := &Session{
				registry: NewRegistry(), relay: relay, level: Admin, severities: "none", conn: &timedConn{},
				input: newLineReader(bufio.NewReader(bytes.NewReader([]byte(tc.input)))), output: bufio.NewWriter(&output),
			}
			s.run()
			if got := output.String(); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
