package emailalert

import (
	"bufio"
	"fmt"
	"io"
	"net/textproto"
	"strings"
)

// maxReplies bounds what a server may say in all.
const maxReplies = 64 << 10

// converse hands a mail over (RFC 5321, section 4).
func (s *Sender) converse(conn io.ReadWriter, m mail) error {
	in := textproto.NewReader(bufio.NewReader(io.LimitReader(conn, maxReplies)))
	out := textproto.NewWriter(bufio.NewWriter(conn))
	if _, _, err := in.ReadResponse(220); err != nil {
		return err
	}
	for _, step := range []struct {
		command string
		reply   int // its first digits
	}{
		{"HELO " + s.settings.Hostname, 2},
		{"MAIL FROM:<" + s.settings.From + ">", 2},
		{"RCPT TO:<" + s.settings.To + ">", 2},
		{"DATA", 354},
	} {
		if err := out.PrintfLine("%s", oneLine(step.command)); err != nil {
			return err
		}
		if _, _, err := in.ReadResponse(step.reply); err != nil {
			return err
		}
	}
	body := out.DotWriter()
	text := oneLine(m.text)
	fmt.Fprintf(body, "From: %s\r\nTo: %s\r\nDate: %s\r\nSubject: [HAProxy Alert] %s\r\n\r\n%s\r\n\r\n", oneLine(s.settings.From),
		oneLine(s.settings.To), m.at.Format("Mon, _2 Jan 2006 15:04:05 -0700 (MST)"), text, text)
	if err := body.Close(); err != nil {
		return err
	}
	if _, _, err := in.ReadResponse(2); err != nil {
		return err
	}
	// The mail is the server's now, whatever comes of the farewell.
	if out.PrintfLine("QUIT") == nil {
		in.ReadResponse(2)
	}
	return nil
}

// oneLine returns text without line breaks: what a server under check reports must not become headers or commands.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' {
			return ' '
		}
		return r
	}, text)
}
