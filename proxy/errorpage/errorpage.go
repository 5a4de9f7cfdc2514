// Package errorpage reads the files of errorfile lines: whole responses, as they would be on the wire.
package errorpage

import (
	"bytes"
	"errors"
	"strconv"

	"tidelock/proxy/message"
)

// Parse reads a whole response as it would be on the wire. Line feeds alone may end lines: such files are written by
// hand. Of an empty one the message is empty: it stands for closing without an answer.
func Parse(content []byte) (*message.Message, error) {
	m := &message.Message{}
	if len(content) == 0 {
		return m, nil
	}
	head, body := cutHead(content)
	lines := bytes.Split(head, []byte("\n"))
	version, rest, _ := bytes.Cut(bytes.TrimRight(lines[0], "\r"), []byte(" "))
	code, reason, _ := bytes.Cut(rest, []byte(" "))
	status, err := strconv.Atoi(string(code))
	if !bytes.HasPrefix(version, []byte("HTTP/")) || err != nil || status < 200 || status > 599 {
		return nil, errors.New("it does not start with a status line such as 'HTTP/1.0 503 Service Unavailable'")
	}
	m.SetResponse(status, reason)
	for _, line := range lines[1:] {
		name, value, found := bytes.Cut(bytes.TrimRight(line, "\r"), []byte(":"))
		if !found || len(name) == 0 || bytes.ContainsAny(name, " \t") {
			return nil, errors.New("a line of its head is not a header: '" + string(bytes.TrimRight(line, "\r")) + "'")
		}
		// Framing is the connection's matter, and files tend to lie about it.
		if !bytes.EqualFold(name, []byte("content-length")) && !bytes.EqualFold(name, []byte("connection")) {
			m.Add(string(bytes.ToLower(name)), bytes.TrimSpace(value))
		}
	}
	m.EndHeaders()
	if len(body) > 0 {
		m.SetBody(body)
	}
	return m, nil
}

// cutHead splits a response at its empty line.
func cutHead(content []byte) (head, body []byte) {
	for i := 0; i < len(content); {
		line, _, found := bytes.Cut(content[i:], []byte("\n"))
		if !found {
			break
		}
		if len(bytes.TrimRight(line, "\r")) == 0 {
			return bytes.TrimRight(content[:i], "\r\n"), content[i+len(line)+1:]
		}
		i += len(line) + 1
	}
	return bytes.TrimRight(content, "\r\n"), nil
}
