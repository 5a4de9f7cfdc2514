package check

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"time"

	"tidelock/proxy/server"
)

// The dialogues that options ask for by the name of a protocol (manual, section 4.2: redis-check, smtpchk, pgsql-check,
// ssl-hello-chk). Each is steps like those of tcp-check, with the same bytes, verdicts and words as HAProxy.

func send(data string) Step {
	return &SendStep{Data: func(*server.Server) []byte { return []byte(data) }}
}

// firstLine returns the text up to the end of its first line.
func firstLine(b []byte) string {
	if end := bytes.IndexAny(b, "\r\n"); end >= 0 {
		b = b[:end]
	}
	return string(b)
}

// Redis asks for a PONG (option redis-check).
func Redis() []Step {
	const pong = "+PONG\r\n"
	return []Step{send("*1\r\n$4\r\nPING\r\n"), &Judge{
		What: "string '" + pong + "'", Outcome: Outcome{Error: server.Layer7Status, Timeout: server.Layer7Timeout},
		Read: func(b []byte, whole bool) (server.Result, bool) {
			if bytes.Contains(b, []byte(pong)) {
				return server.Result{Status: server.Layer7OK, Info: "Redis server is ok"}, false
			}
			return server.Result{Status: server.Layer7Status, Info: firstLine(b)}, !whole
		},
	}}
}

// SMTP greets a mail server and takes its leave (option smtpchk). Greeting is "HELO name" or "EHLO name".
func SMTP(greeting string) []Step {
	outcome := Outcome{Error: server.Layer7Response, Timeout: server.Layer7Timeout}
	reply := &Judge{What: "rstring", Outcome: Outcome{Error: server.Layer7Status, Timeout: server.Layer7Timeout}, Read: mailReply}
	return []Step{
		&ConnectStep{Linger: true},
		&Judge{What: "rstring", Outcome: outcome, Read: isMail}, reply,
		send(greeting + "\r\n"), reply,
		send("QUIT\r\n"), reply,
	}
}

// isMail looks for a status of three digits.
func isMail(b []byte, whole bool) (server.Result, bool) {
	switch {
	case len(b) < 4 && !whole:
		return server.Result{}, true
	case len(b) >= 4 && allDigits(b[:3]):
		return server.Result{Status: server.Layer7OK}, false
	}
	return server.Result{Status: server.Layer7Response, Info: firstLine(b)}, false
}

// mailReply looks for a reply of success, the last line of which has no "-" after its status.
func mailReply(b []byte, whole bool) (server.Result, bool) {
	for line := range strings.SplitSeq(string(b), "\n") {
		if len(line) >= 4 && line[0] == '2' && allDigits([]byte(line[:3])) && line[3] != '-' {
			code, _ := strconv.Atoi(line[:3])
			return server.Result{Status: server.Layer7OK, Code: code, Info: strings.TrimSpace(line[3:])}, false
		}
	}
	text := firstLine(b)
	result := server.Result{Status: server.Layer7Status, Info: text}
	if len(text) >= 3 && allDigits([]byte(text[:3])) {
		result.Code, _ = strconv.Atoi(text[:3])
		result.Info = strings.TrimSpace(text[3:])
	}
	return result, !whole
}

func allDigits(b []byte) bool {
	return len(bytes.TrimLeft(b, "0123456789")) == 0
}

// postgresRequests are the ways to authenticate that a server may ask for, none included.
var postgresRequests = []uint32{0, 2, 3, 4, 5, 6, 7, 9, 10}

// untilNUL returns the text before the first NUL.
func untilNUL(b []byte) string {
	text, _, _ := bytes.Cut(b, []byte{0})
	return string(text)
}

// Postgres begins a session as a user, and looks for a request to authenticate or an error (option pgsql-check).
func Postgres(user string) []Step {
	const protocol3 = 3 << 16
	start := binary.BigEndian.AppendUint32(nil, uint32(4+4+len("user\x00")+len(user)+2))
	start = binary.BigEndian.AppendUint32(start, protocol3)
	start = append(append(append(start, "user\x00"...), user...), 0, 0)
	return []Step{&ConnectStep{Linger: true}, send(string(start)), &Judge{
		What: "custom function", Outcome: Outcome{Error: server.Layer7Response, Timeout: server.Layer7Timeout},
		Read: func(b []byte, whole bool) (server.Result, bool) {
			const header = 1 + 4
			switch {
			case b[0] == 'E' && len(b) <= header && !whole:
				return server.Result{}, true
			case b[0] == 'E':
				return server.Result{Status: server.Layer7Response, Info: untilNUL(b[min(header+1, len(b)):])}, false
			case b[0] == 'R' && len(b) < header+4 && !whole:
				return server.Result{}, true
			case b[0] == 'R' && len(b) >= header+4 && slices.Contains(postgresRequests, binary.BigEndian.Uint32(b[header:])):
				return server.Result{Status: server.Layer7OK, Info: "PostgreSQL server is ok"}, false
			}
			return server.Result{Status: server.Layer7Status, Info: "PostgreSQL unknown error"}, false
		},
	}}
}

// HelloSSL sends the greeting of an SSL 3.0 client and looks for an answer of that protocol, be it an alert
// (option ssl-hello-chk).
func HelloSSL() []Step {
	data := func(*server.Server) []byte {
		hello := []byte{3, 0} // client version
		hello = binary.BigEndian.AppendUint32(hello, uint32(time.Now().Unix()))
		hello = append(hello, "HAPROXYSSLCHK\nHAPROXYSSLCHK\n"...) // the rest of the random number
		hello = append(hello, 0)                                   // no session
		var suites []byte
		for n := byte(1); n <= 0x3a; n++ {
			if n <= 0x1b || n >= 0x2f {
				suites = append(suites, 0, n)
			}
		}
		hello = append(binary.BigEndian.AppendUint16(hello, uint16(len(suites))), suites...)
		hello = append(hello, 1, 0) // no compression
		handshake := append([]byte{1, 0, byte(len(hello) >> 8), byte(len(hello))}, hello...)
		record := binary.BigEndian.AppendUint16([]byte{0x16, 3, 0}, uint16(len(handshake)))
		return append(record, handshake...)
	}
	return []Step{&SendStep{Data: data}, &Judge{
		What: "rbinary", Outcome: Outcome{Error: server.Layer6Response, Timeout: server.Layer6Timeout},
		Read: func(b []byte, whole bool) (server.Result, bool) {
			const handshake, alert, header = 0x16, 0x15, 5
			switch {
			case b[0] == handshake || b[0] == alert:
				return server.Result{Status: server.Layer6OK}, false
			case len(b) < header && !whole:
				return server.Result{}, true
			}
			return server.Result{Status: server.Layer6Response}, false
		},
	}}
}
