// Package errorpage holds the answers that the proxy generates, and reads the files that replace them (errorfile lines):
// whole responses, as they would be on the wire.
package errorpage

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"tidelock/proxy/message"
)

// Parse reads a whole response as it would be on the wire. Line feeds alone may end lines: such files are written by
// hand. Of an empty one the message is empty: it stands for closing without an answer.
//
// Errors tell where the head is not one, or that the body is not of the length that is announced.
func Parse(content []byte) (*message.Message, error) {
	m := &message.Message{}
	if len(content) == 0 {
		return m, nil
	}
	line, next, ok := cutLine(content, 0)
	if !ok || !parseStatusLine(m, line) {
		return nil, malformed(0)
	}
	announced := -1
	for {
		at := next
		if line, next, ok = cutLine(content, at); !ok {
			return nil, malformed(at)
		}
		if len(line) == 0 {
			break
		}
		name, value, found := bytes.Cut(line, []byte(":"))
		value = bytes.Trim(value, " \t")
		if !found || !m.Add(string(name), value) {
			return nil, malformed(at)
		}
		if bytes.EqualFold(name, []byte("transfer-encoding")) {
			return nil, errors.New("chunk-encoded payload not supported")
		}
		if bytes.EqualFold(name, []byte("content-length")) {
			var err error
			if announced, err = strconv.Atoi(string(value)); err != nil {
				return nil, malformed(at)
			}
		}
	}
	m.EndHeaders()
	body := content[next:]
	if announced >= 0 && announced != len(body) {
		return nil, fmt.Errorf("payload size does not match the announced content-length (%d != %d)", len(body), announced)
	}
	if len(body) > 0 {
		m.SetBody(body)
	}
	return m, nil
}

func malformed(at int) error { return fmt.Errorf("unable to parse headers (error offset: %d)", at) }

// cutLine returns the line that begins at an offset, without its end, and where the next one begins.
func cutLine(content []byte, at int) (line []byte, next int, ok bool) {
	n := bytes.IndexByte(content[at:], '\n')
	if n < 0 {
		return nil, 0, false
	}
	return bytes.TrimSuffix(content[at:at+n], []byte("\r")), at + n + 1, true
}

// parseStatusLine reads a line such as "HTTP/1.0 503 Service Unavailable".
func parseStatusLine(m *message.Message, line []byte) bool {
	version, rest, _ := bytes.Cut(line, []byte(" "))
	code, reason, _ := bytes.Cut(rest, []byte(" "))
	status, err := strconv.Atoi(string(code))
	if err != nil || len(code) != 3 || status < 100 || len(version) != len("HTTP/1.1") || !bytes.HasPrefix(version, []byte("HTTP/")) {
		return false
	}
	major, minor := version[5]-'0', version[7]-'0'
	if major != 1 || minor > 1 || version[6] != '.' || !m.SetResponse(status, reason) {
		return false
	}
	m.SetVersion(int(major), int(minor))
	return true
}
