package runtime

import (
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"
)

// Relay reaches the runtime API of other processes, for the sessions of one that watches over them (management manual,
// section 9.4). A prefix before a command says which process it is for; alone on its line it holds for all that follow.
type Relay struct {
	// Find returns the process that a prefix such as "@1" or "@!1271" stands for.
	Find func(prefix string) (Target, bool)
	// Name is what the prompt calls the process itself.
	Name func() string
}

// Target is a process. The zero Target is the one that the session is with.
type Target struct {
	Name string // that the prompt shows
	// Dial opens a session with the process, with these rights. It answers one line and ends.
	Dial func(Level, Mode) (net.Conn, error)
}

// ownCommands concern the session itself, whatever process its commands go to.
var ownCommands = []string{"prompt", "quit", "user", "operator", "expert-mode", "experimental-mode"}

// route takes the prefix off a line and says which process the rest is for. Ok is false when there is no such process.
func (s *Session) route(text string) (t Target, rest string, ok bool) {
	rest = strings.TrimLeft(text, " \t")
	if !strings.HasPrefix(rest, "@") {
		return s.target, text, true
	}
	prefix, rest, _ := strings.Cut(rest, " ")
	t, ok = s.relay.Find(strings.TrimSpace(prefix))
	return t, rest, ok
}

// relayed answers a line that is not for the process itself. It returns what is left of one that is.
func (s *Session) relayed(c *Call, text string) (rest string, done bool) {
	t, rest, ok := s.route(text)
	first, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	switch {
	case !ok:
		fmt.Fprintf(s.output, "Can't find the target PID matching the prefix '%s'\n", strings.Fields(text)[0])
		s.leaving = true
	case first == "" && strings.TrimSpace(text) != "":
		s.target = t
	case slices.Contains(ownCommands, first):
		s.execute(c, split(rest)) // no empty line follows, which would look like an answer of the process
	case t.Dial == nil:
		return rest, false
	default:
		if err := s.forward(t, c, rest); err != nil {
			c.Fail("Process %s does not answer: %s.", t.Name, err)
		}
	}
	return rest, true
}

// forward has another process answer.
func (s *Session) forward(t Target, c *Call, text string) error {
	conn, err := t.Dial(s.level, s.mode)
	if err != nil {
		return err
	}
	defer conn.Close()
	line := text
	if c.HasPayload {
		line += " " + payloadMark + "\n" + c.Payload
	}
	conn.SetWriteDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, line+"\n"); err != nil {
		return err
	}
	_, err = io.Copy(s.output, conn)
	return err
}

// patience is how long another process may take to read a line.
const patience = 10 * time.Second

// prompt returns what stands before each line of an interactive session.
func (s *Session) prompt() string {
	if s.relay == nil {
		return "> "
	}
	name := s.relay.Name()
	if s.target.Dial != nil {
		name = s.target.Name
	}
	flags := ""
	if s.mode&Experimental != 0 {
		flags += "x"
	}
	if s.mode&Expert != 0 {
		flags += "e"
	}
	if flags != "" {
		name += "(" + flags + ")"
	}
	return name + "> "
}
