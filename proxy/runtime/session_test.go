package runtime

import (
	"bytes"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testCommands are beside those of the session.
var testCommands = []Command{
	{Words: "show words", Usage: "show words [<word>]*", Help: "list the words that follow",
		Run: func(c *Call) { c.Printf("%q\n", c.Args) }},
	{Words: "show payload", Usage: "show payload", Help: "print the payload", Run: func(c *Call) {
		if c.HasPayload {
			c.Printf("%q\n", c.Payload)
		}
	}},
	{Words: "shut down", Usage: "shut down", Help: "fail", Level: Admin, Run: func(c *Call) { c.Fail("It goes on.") }},
	{Words: "shut up", Usage: "shut up", Help: "hidden until expert mode is on", Mode: Expert, Run: func(c *Call) { c.Warn("Dangerous.") }},
	{Words: "try", Usage: "try", Help: "hidden until experimental mode is on", Mode: Experimental, Run: func(c *Call) {}},
}

// ask sends input on a connection of its own, ends it, and returns the whole answer.
func ask(t testing.TB, socket Socket, input string) string {
	t.Helper()
	registry := NewRegistry()
	if err := registry.Add(testCommands...); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "socket"))
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Registry: registry, Timeout: time.Minute, MaxConn: 10}
	served := make(chan error)
	go func() { served <- s.Serve(l, socket) }()
	defer func() {
		s.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()
	c, err := net.Dial("unix", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, input)
	c.(*net.UnixConn).CloseWrite()
	answer, _ := io.ReadAll(c) // a reset, where the session ended before it had read everything
	return string(answer)
}

// The answers are those of HAProxy 2.6.12 to like commands.
func TestSession(t *testing.T) {
	tests := []struct {
		name   string
		socket Socket
		input  string
		want   string
	}{
		{"one line", Socket{}, "show words a b\n", "[\"a\" \"b\"]\n\n"},
		{"without line break", Socket{}, "show words", ""},
		{"line break of a terminal", Socket{}, "show words a\r\n", "[\"a\"]\n\n"},
		{"blanks", Socket{}, " \t show\t words   a \n", "[\"a\"]\n\n"},
		{"several commands", Socket{}, "show words a;show words b\n", "[\"a\"]\n\n[\"b\"]\n\n"},
		{"the last without line break", Socket{}, "show words a;show words b", "[\"a\"]\n\n"},
		{"lines sent together", Socket{}, "show words a\nshow words b\n", "[\"a\"]\n\n[\"b\"]\n\n"},
		{"escapes", Socket{}, `show words a\;b c\ d e\\f g\h "i j"` + "\n", `["a;b" "c d" "e\\f" "gh" "\"i" "j\""]` + "\n\n"},
		{"prompt", Socket{}, "prompt\nshow words\nquit\nshow words\n", "\n> []\n\n> "},
		{"prompt twice", Socket{}, "prompt;show words\nprompt;show words\n", "\n> []\n\n> \n[]\n\n"},
		{"quit without prompt", Socket{}, "quit;show words\n", ""},
		{"payload", Socket{}, "show payload <<\na b\n c\n\n", "\"a b\\n c\\n\"\n\n"},
		{"empty payload", Socket{}, "show payload <<\n\n", "\"\"\n\n"},
		{"unfinished payload", Socket{}, "show payload <<\na\n", ""},
		{"payload after a semicolon", Socket{}, "show payload <<;a\nb\n\n", "\"a\\nb\\n\"\n\n"},
		{"payload with prompt", Socket{}, "prompt\nshow payload <<\na\n\n", "\n> + + \"a\\n\"\n\n> "},
		{"mark with a blank is a word", Socket{}, "show words << \n", "[\"<<\"]\n\n"},
		{"glued mark", Socket{}, "show words a<<\nb\n\n", "[\"a<<\"]\n\n"},
		{"longest name", Socket{}, "set timeout cli x\n", "Invalid timeout value.\n\n"},
		{"too long", Socket{}, "show words " + strings.Repeat("a", lineSize) + "\n", ""},
		{"too long payload", Socket{}, "show payload <<\n" + strings.Repeat("a\n", lineSize), ""},
		{"too many words", Socket{}, "show words" + strings.Repeat(" a", 2*maxWords) + "\n", "[" + strings.Repeat("\"a\" ", maxWords-3) + "\"a\"]\n\n"},

		{"level", Socket{Level: Operator}, "shut down\n", "Permission denied\n\n"},
		{"enough", Socket{Level: Admin}, "shut down\n", "It goes on.\n\n"},
		{"lower", Socket{Level: Admin}, "show cli level;operator;show cli level;user;operator;show cli level\n",
			"admin\n\n\noperator\n\n\nPermission denied\n\nuser\n\n"},
		{"expert", Socket{Level: Admin}, "shut up;expert-mode on;shut up;expert-mode;user;shut up\n",
			"This command is restricted to expert mode only.\n\n\nDangerous.\n\nexpert-mode is ON\n\n\n" +
				"This command is restricted to expert mode only.\n\n"},
		{"experimental", Socket{Level: Admin}, "try;experimental-mode on;try;experimental-mode off;experimental-mode\n",
			"This command is restricted to experimental mode only.\n\n\n\n\nexperimental-mode is OFF\n\n"},
		{"severity number", Socket{Level: Admin, Severities: "number"}, "shut down;show words\n", "[3]: It goes on.\n\n[]\n\n"},
		{"severity string", Socket{Level: Admin}, "set severity-output string;shut down;show cli level\n",
			"\n[err]: It goes on.\n\n[info]: admin\n\n"},
		{"severity unknown", Socket{}, "set severity-output x\n", "one of 'none', 'number', 'string' is a required argument\n\n"},
		{"timeout", Socket{}, "set timeout cli 3;set timeout cli 0;set timeout cli;set timeout foo\n",
			"\nInvalid timeout value.\n\nExpects an integer value.\n\n'set timeout' only supports 'cli'.\n\n"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if got := ask(t, tc.socket, tc.input); got != tc.want {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

func TestSession_Help(t *testing.T) {
	const session = "  help [<command>]                        : list matching or all commands\n" +
		"  prompt                                  : toggle interactive mode with prompt\n" +
		"  quit                                    : disconnect\n\n"
	const own = "  show payload                            : print the payload\n" +
		"  show words [<word>]*                    : list the words that follow\n"
	all := func(heading string) string {
		return heading + "  operator                                : lower the level of the current CLI session to operator\n" +
			"  set severity-output [none|number|string]: set presence of severity level in feedback information\n" +
			"  set timeout [cli] <delay>               : change a timeout setting\n" +
			"  show cli level                          : display the level of the current CLI session\n" + own +
			"  shut down                               : fail\n" +
			"  user                                    : lower the level of the current CLI session to user\n" + session
	}
	const (
		valid  = "The following commands are valid at this level:\n"
		only   = "Unknown command. Please enter one of the following commands only:\n"
		better = "Unknown command, but maybe one of the following ones is a better match:\n"
	)
	tests := []struct{ name, input, want string }{
		{"all", "help\n", all(valid)},
		{"some", "help show\n", valid + "  show cli level                          : display the level of the current CLI session\n" + own + session},
		{"one", "help show words\n", valid + "  show words [<word>]*                    : list the words that follow\n" + session},
		{"nothing", "\n", all(only)},
		{"nonsense", "frobnicate\n", all(only)},
		{"mistyped", "show wrods\n", better + "  show words [<word>]*                    : list the words that follow\n" + session},
		{"incomplete", "shut\n", better + "  shut down                               : fail\n" + session},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if got := ask(t, Socket{}, tc.input); got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}

func TestRegistry_Add_Errors(t *testing.T) {
	tests := []struct{ name, words, want string }{
		{"no words", " ", "a command needs words"},
		{"twice", "show  words", "command 'show words' exists already"},
		{"one of the session", "quit", "command 'quit' exists already"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			r := NewRegistry()
			if err := r.Add(testCommands...); err != nil {
				t.Fatal(err)
			}
			if err := r.Add(Command{Words: tc.words}); err == nil || err.Error() != tc.want {
				t.Errorf("error is %v, want %s", err, tc.want)
			}
		})
	}
}

// Close ends sessions that wait, and a second session waits while the only slot is taken.
func TestServer_Close(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Registry: NewRegistry(), MaxConn: 1}
	served := make(chan error)
	go func() { served <- s.Serve(l, Socket{}) }()
	first, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	io.WriteString(first, "prompt\n")
	if _, err := io.ReadFull(first, make([]byte, len("\n> "))); err != nil {
		t.Fatal(err)
	}
	second, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	s.Close()
	if err := <-served; err != nil {
		t.Error(err)
	}
	for _, c := range []net.Conn{first, second} {
		if n, _ := c.Read(make([]byte, 1)); n != 0 {
			t.Error("an answer after the end")
		}
	}
	if n := s.Accepted.Load(); n != 1 {
		t.Errorf("%d sessions, want 1", n)
	}
	if err := s.Serve(l, Socket{}); err != nil {
		t.Errorf("after the end: %v", err)
	}
}

// A client that falls silent is not waited for longer than the timeout.
func TestServer_Timeout(t *testing.T) {
	client, server := net.Pipe()
	defer client.Close()
	s := &Server{Registry: NewRegistry(), Timeout: 10 * time.Millisecond, MaxConn: 1}
	s.prepare()
	s.slots <- struct{}{}
	s.add(server)
	s.session(server, Socket{})
	if _, err := client.Write([]byte("x")); err != io.ErrClosedPipe {
		t.Errorf("error is %v", err)
	}
	s.Close()
}

// FuzzSession sends whatever comes: an answer may be refused, but ends, and sessions gain no rights.
func FuzzSession(f *testing.F) {
	for _, seed := range []string{
		"prompt\nshow words a\\ b;show payload <<\na\n\nquit\n", "help sho;operator;user\n", "show payload <<\n", ";;\n", "\\;\\\n", "\x00\r\n",
		"set severity-output number;shut down\n",
	} {
		f.Add([]byte(seed))
	}
	registry := NewRegistry()
	if err := registry.Add(testCommands...); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		client, server := net.Pipe()
		s := &Server{Registry: registry, MaxConn: 1}
		s.prepare()
		s.slots <- struct{}{}
		s.add(server)
		go func() {
			client.Write(input)
			client.Close()
		}()
		s.session(sink{server}, Socket{})
		server.Close()
		s.Close()
	})
}

// sink drops what is answered, which nobody reads.
type sink struct{ net.Conn }

func (sink) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("It goes on.")) {
		panic("a session gained rights")
	}
	return len(b), nil
}
