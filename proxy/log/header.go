package log

import (
	"cmp"
	"os"
	"strconv"
	"time"
)

// Format is what stands before a message. The examples are a line of facility local0 and level info.
type Format string

const (
	RFC3164  Format = "rfc3164"  // <134>Nov 22 16:02:48 host tag[802]: message
	RFC5424  Format = "rfc5424"  // <134>1 2026-11-22T16:02:48.805225+00:00 host tag 802 - - message
	Local    Format = "local"    // <134>Nov 22 16:02:48 tag[802]: message
	Priority Format = "priority" // <134>message
	Short    Format = "short"    // <6>message
	Timed    Format = "timed"    // <6>2026-11-22T16:02:48.805225+00:00 message
	ISO      Format = "iso"      // 2026-11-22T16:02:48.805225+00:00 message
	Raw      Format = "raw"      // message
)

const (
	isoTime = "2006-01-02T15:04:05.000000-07:00"
	bsdTime = "Jan _2 15:04:05" // RFC 3164, section 4.1.2
)

var processID = strconv.Itoa(os.Getpid())

// appendHeader appends what stands before a message of the level. Without a tag the number of the process, too, is left
// out. data is structured data for RFC 5424, or empty.
func (s *Settings) appendHeader(line []byte, level Level, tag string, data []byte, now time.Time) []byte {
	level = max(level, s.MinLevel)
	switch s.Format {
	case Raw:
		return line
	case ISO:
		return append(now.AppendFormat(line, isoTime), ' ')
	case Short:
		return appendPriority(line, int(level))
	case Timed:
		line = appendPriority(line, int(level))
		return append(now.AppendFormat(line, isoTime), ' ')
	}
	line = appendPriority(line, s.Facility<<3|int(level))
	switch s.Format {
	case Priority:
		return line
	case RFC5424:
		line = append(line, "1 "...)
		line = append(now.AppendFormat(line, isoTime), ' ')
		line = append(append(line, cmp.Or(s.Host, "-")...), ' ')
		if tag == "" {
			line = append(line, "- - - "...)
		} else {
			line = append(append(line, tag...), ' ')
			line = append(append(line, processID...), " - "...)
		}
		if len(data) == 0 {
			return append(line, "- "...)
		}
		return append(append(line, data...), ' ')
	}
	line = append(now.AppendFormat(line, bsdTime), ' ')
	if s.Format == RFC3164 {
		line = append(append(line, cmp.Or(s.Host, "localhost")...), ' ')
	}
	if tag == "" {
		return line
	}
	line = append(append(line, tag...), '[')
	return append(append(line, processID...), "]: "...)
}

func appendPriority(line []byte, priority int) []byte {
	return append(strconv.AppendInt(append(line, '<'), int64(priority), 10), '>')
}
