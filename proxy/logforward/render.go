package logforward

import (
	"slices"
	"strconv"
	"time"

	"tidelock/proxy/log"
)

// The layouts of dates.
const (
	isoTime = "2006-01-02T15:04:05.000000-07:00"
	bsdTime = "Jan _2 15:04:05"
)

// kept is the format of a message that is passed on as it came.
func (m *message) kept() log.Format {
	switch {
	case m.form == rfc5424 && !isNil(m.date):
		return log.RFC5424
	case m.form == rfc3164:
		return log.RFC3164
	case m.prioritized:
		return log.Priority
	}
	return log.Raw
}

// render appends the message in a format, "" for the one that it has, with what a target's settings demand. What it does
// not say is filled in where the format has a place for it.
func (m *message) render(b []byte, format log.Format, s *log.Settings, now time.Time) []byte {
	if format == "" {
		format = m.kept()
	}
	facility, level := m.facility, max(m.level, s.MinLevel)
	if !m.prioritized {
		facility = s.Facility
	}
	switch format {
	case log.Raw:
	case log.ISO:
		b = append(m.appendISO(b, now), ' ')
	case log.Short:
		b = appendPriority(b, 0, level)
	case log.Timed:
		b = append(m.appendISO(appendPriority(b, 0, level), now), ' ')
	case log.Priority:
		b = appendPriority(b, facility, level)
	case log.RFC5424:
		b = m.append5424(appendPriority(b, facility, level), now)
	default:
		b = m.append3164(appendPriority(b, facility, level), format == log.RFC3164, now)
	}
	return appendPrintable(b, m.text)
}

func appendPriority(b []byte, facility int, level log.Level) []byte {
	return append(strconv.AppendInt(append(b, '<'), int64(facility<<3|int(level)), 10), '>')
}

func (m *message) append5424(b []byte, now time.Time) []byte {
	b = append(b, "1 "...)
	if m.form == rfc5424 {
		b = append(b, m.date...)
	} else {
		b = m.appendISO(b, now)
	}
	for _, field := range [][]byte{m.host, m.tag, m.process, m.id, m.data} {
		b = append(b, ' ')
		if len(field) == 0 {
			b = append(b, '-')
		}
		b = appendPrintable(b, field)
	}
	return append(b, ' ')
}

func (m *message) append3164(b []byte, withHost bool, now time.Time) []byte {
	b = append(m.appendBSD(b, now), ' ')
	switch {
	case !withHost:
	case len(m.host) == 0:
		b = append(b, "localhost "...)
	default:
		b = append(appendPrintable(b, m.host), ' ')
	}
	if len(m.tag) == 0 {
		return b
	}
	b = appendPrintable(b, m.tag)
	if len(m.process) > 0 {
		b = append(appendPrintable(append(b, '['), m.process), ']')
	}
	return append(b, ": "...)
}

// appendISO appends the date of the message, which in RFC 3164 has neither a year nor a zone, or now.
func (m *message) appendISO(b []byte, now time.Time) []byte {
	switch {
	case m.form == rfc5424 && !isNil(m.date):
		return append(b, m.date...)
	case m.form == rfc3164:
		month := slices.Index(months, string(m.date[:3])) + 1
		b = strconv.AppendInt(b, int64(now.Year()), 10)
		b = append(b, '-', byte('0'+month/10), byte('0'+month%10), '-', max(m.date[4], '0'), m.date[5], 'T')
		return append(append(b, m.date[7:]...), "-00:00"...) // an unknown offset (RFC 3339, section 4.3)
	}
	return now.AppendFormat(b, isoTime)
}

// appendBSD is appendISO for the dates of RFC 3164.
func (m *message) appendBSD(b []byte, now time.Time) []byte {
	switch {
	case m.form == rfc3164:
		return append(b, m.date...)
	case m.form == rfc5424 && !isNil(m.date):
		month := int(m.date[5]-'0')*10 + int(m.date[6]-'0')
		day := m.date[8]
		if day == '0' {
			day = ' '
		}
		b = append(append(b, months[month-1]...), ' ', day, m.date[9], ' ')
		return append(b, m.date[11:19]...)
	}
	return now.AppendFormat(b, bsdTime)
}

// appendPrintable appends text with control characters as #XX, unlike HAProxy, which passes them on: whoever sends a
// message must not be able to write others beside it.
func appendPrintable(b, text []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, c := range text {
		if c < ' ' && c != '\t' || c == 0x7f {
			b = append(b, '#', digits[c>>4], digits[c&15])
			continue
		}
		b = append(b, c)
	}
	return b
}
