package runtime

import (
	"bufio"
	"net"
	"strings"
	"time"
)

// lineSize is what a command line and its payload may have together, as in HAProxy with its usual buffers.
const lineSize = 16384

// Session is one connection to the runtime API.
type Session struct {
	registry    *Registry
	level       Level
	mode        Mode
	severities  string // how messages name theirs: "none", "number" or "string"
	interactive bool   // a prompt stands before each line, and the connection stays
	leaving     bool   // set by quit

	exposesListeners bool // to processes that take over

	relay  *Relay // nil where there are no other processes
	target Target // that commands without a prefix go to

	closing <-chan struct{} // closed with the server

	conn   *timedConn
	input  *lineReader
	output *bufio.Writer
}

// Level returns what the session may do.
func (s *Session) Level() Level { return s.level }

// run answers lines until the client is done. Without the prompt that is after one line, and those sent along with it.
func (s *Session) run() {
	for !s.leaving {
		text, last, err := s.input.next()
		if err != nil || s.answer(text) != nil {
			return
		}
		if last && !s.interactive && s.input.Buffered() == 0 {
			return
		}
	}
}

// answer runs one command. Errors are those of the connection.
func (s *Session) answer(text string) error {
	c := &Call{Session: s}
	if strings.HasSuffix(text, payloadMark) {
		var err error
		if c.Payload, err = s.input.payload(s.promptPayload); err != nil {
			return err
		}
		c.HasPayload = true
		if before, separate := strings.CutSuffix(text, " "+payloadMark); separate {
			text = before
		}
	}
	done := false
	if s.relay != nil {
		text, done = s.relayed(c, text)
	}
	if !done {
		s.execute(c, split(text))
		if s.leaving {
			return nil
		}
		s.output.WriteByte('\n')
	}
	if s.interactive && !s.leaving {
		s.output.WriteString(s.prompt())
	}
	return s.output.Flush()
}

func (s *Session) promptPayload() error {
	if s.interactive {
		s.output.WriteString("+ ")
	}
	return s.output.Flush()
}

func (s *Session) execute(c *Call, words []string) {
	command, n := s.registry.find(words)
	switch {
	case command == nil:
		c.unknown(words)
	case command.Mode&Experimental&^s.mode != 0:
		c.Fail("This command is restricted to experimental mode only.")
	case command.Mode&Expert&^s.mode != 0:
		c.Fail("This command is restricted to expert mode only.")
	case s.level < command.Level:
		c.Fail("Permission denied")
	default:
		c.Args = words[n:]
		command.Run(c)
	}
}

// timedConn bounds each wait for the client, in either direction.
type timedConn struct {
	net.Conn
	timeout time.Duration // 0 waits for ever
}

func (c *timedConn) Read(b []byte) (int, error) {
	c.SetReadDeadline(c.deadline())
	return c.Conn.Read(b)
}

func (c *timedConn) Write(b []byte) (int, error) {
	c.SetWriteDeadline(c.deadline())
	return c.Conn.Write(b)
}

func (c *timedConn) deadline() time.Time {
	if c.timeout == 0 {
		return time.Time{}
	}
	return time.Now().Add(c.timeout)
}
