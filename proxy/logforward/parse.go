package logforward

import (
	"bytes"
	"slices"

	"tidelock/proxy/log"
)

// form is how a message was written.
type form uint8

const (
	plain   form = iota // a text alone, or behind a priority
	rfc3164             // with a date and a host
	rfc5424
)

// message is a message of syslog taken apart. What it does not say is empty. It refers to the bytes that it was parsed
// from.
type message struct {
	form        form
	prioritized bool
	facility    int
	level       log.Level // the most severe where there is no priority
	date        []byte    // as its form writes it, in RFC 5424 also "-"
	host, tag   []byte
	process, id []byte
	data        []byte // structured data with its brackets
	text        []byte
}

// maxPriority is the highest number that is taken for a priority, as in HAProxy.
const maxPriority = 999

// parse takes a message apart. There are no errors: what follows no rule is a text.
func parse(b []byte) message {
	var m message
	b = bytes.TrimRight(b, "\r\n\x00")
	if priority, rest, ok := cutPriority(b); ok {
		m.prioritized, m.facility, m.level = true, priority>>3, log.Level(priority&7)
		b = rest
		if m.parse5424(b) || m.parse3164(b) {
			return m
		}
	}
	m.text = b
	return m
}

// cutPriority cuts "<number>" off the beginning.
func cutPriority(b []byte) (priority int, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '<' {
		return 0, nil, false
	}
	n, end := 0, 1
	for ; end < len(b) && '0' <= b[end] && b[end] <= '9' && n <= maxPriority; end++ {
		n = n*10 + int(b[end]-'0')
	}
	if end == 1 || end == len(b) || b[end] != '>' || n > maxPriority {
		return 0, nil, false
	}
	return n, b[end+1:], true
}

// parse5424 reads "1 date host tag process id data[ text]" (RFC 5424, section 6).
func (m *message) parse5424(b []byte) bool {
	rest, ok := bytes.CutPrefix(b, []byte("1 "))
	if !ok {
		return false
	}
	var fields [5][]byte
	for i := range fields {
		if fields[i], rest, ok = bytes.Cut(rest, []byte{' '}); !ok || len(fields[i]) == 0 {
			return false
		}
	}
	data, text, ok := cutData(rest)
	if !ok || !isNil(fields[0]) && !isISO(fields[0]) {
		return false
	}
	m.form, m.date, m.host, m.tag, m.process, m.id = rfc5424, fields[0], given(fields[1]), given(fields[2]), given(fields[3]), given(fields[4])
	m.data, m.text = data, text
	return true
}

func isNil(field []byte) bool { return len(field) == 1 && field[0] == '-' }

// given returns a field, or nothing where it says that there is none.
func given(field []byte) []byte {
	if isNil(field) {
		return nil
	}
	return field
}

// cutData cuts structured data off, of which there may be none.
func cutData(b []byte) (data, rest []byte, ok bool) {
	end := 0
	if len(b) > 0 && b[0] == '-' {
		end = 1
	}
	for end < len(b) && b[end] == '[' {
		n := elementLength(b[end:])
		if n == 0 {
			return nil, nil, false
		}
		end += n
	}
	if end == 0 || end < len(b) && b[end] != ' ' {
		return nil, nil, false
	}
	return given(b[:end]), b[min(end+1, len(b)):], true
}

// elementLength returns the length of the element of structured data that b begins with, 0 where it does not end.
func elementLength(b []byte) int {
	quoted := false
	for i := 1; i < len(b); i++ {
		switch {
		case quoted && b[i] == '\\':
			i++
		case b[i] == '"':
			quoted = !quoted
		case b[i] == ']' && !quoted:
			return i + 1
		}
	}
	return 0
}

// dateLength is that of "Nov 22 16:02:48".
const dateLength = 15

// parse3164 reads "date host text" and, where it is there, the "tag[process]: " that the text begins with (RFC 3164,
// section 4.1).
func (m *message) parse3164(b []byte) bool {
	if len(b) <= dateLength || b[dateLength] != ' ' || !isBSD(b[:dateLength]) {
		return false
	}
	host, text, ok := bytes.Cut(b[dateLength+1:], []byte{' '})
	if !ok || len(host) == 0 {
		return false
	}
	m.form, m.date, m.host = rfc3164, b[:dateLength], host
	m.tag, m.process, m.text = cutTag(text)
	return true
}

// cutTag cuts "tag: " or "tag[process]: " off.
func cutTag(b []byte) (tag, process, rest []byte) {
	end := bytes.IndexAny(b, " [:")
	if end <= 0 || b[end] == ' ' {
		return nil, nil, b
	}
	tag, rest = b[:end], b[end:]
	if rest[0] == '[' {
		end := bytes.IndexAny(rest, " ]")
		if end < 0 || rest[end] != ']' {
			return nil, nil, b
		}
		process, rest = rest[1:end], rest[end+1:]
	}
	if len(rest) == 0 || rest[0] != ':' {
		return nil, nil, b
	}
	return tag, process, bytes.TrimPrefix(rest[1:], []byte{' '})
}

var months = []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

// isBSD reports whether b has the form of "Nov  2 16:02:48".
func isBSD(b []byte) bool {
	return len(b) == dateLength && slices.Contains(months, string(b[:3])) && (matches(b[3:], " 00 00:00:00") || matches(b[3:], "  0 00:00:00"))
}

// isISO reports whether b has the form of "2026-11-02T16:02:48.805225+00:00", of which the fraction may be missing and the
// zone be Z.
func isISO(b []byte) bool {
	const seconds = len("2026-11-02T16:02:48")
	if len(b) < seconds || !matches(b[:seconds], "0000-00-00T00:00:00") || b[5] > '1' || b[5] == '0' && b[6] == '0' || b[5] == '1' && b[6] > '2' {
		return false
	}
	zone := b[seconds:]
	if len(zone) > 0 && zone[0] == '.' {
		digits := len(zone[1:]) - len(bytes.TrimLeft(zone[1:], "0123456789"))
		if digits == 0 || digits > 6 {
			return false
		}
		zone = zone[1+digits:]
	}
	return matches(zone, "Z") || matches(zone, "+00:00") || matches(zone, "-00:00")
}

// matches reports whether b has a digit wherever the pattern has a 0, and the pattern's own bytes elsewhere.
func matches(b []byte, pattern string) bool {
	if len(b) != len(pattern) {
		return false
	}
	for i, c := range b {
		if pattern[i] == '0' && (c < '0' || c > '9') || pattern[i] != '0' && c != pattern[i] {
			return false
		}
	}
	return true
}
