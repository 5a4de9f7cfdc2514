package logformat

import (
	"time"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// The layouts of dates in logs.
const (
	millisecondDate = "02/Jan/2006:15:04:05.000"
	localDate       = "02/Jan/2006:15:04:05 -0700"
	gmtDate         = "02/Jan/2006:15:04:05 +0000"
)

func accepted(s *stream.Stream) time.Time { return s.Session.Accepted }

func started(s *stream.Stream) time.Time { return s.Started }

func date(of func(*stream.Stream) time.Time, layout string) func([]byte, *sample.Context, flags) []byte {
	return func(b []byte, c *sample.Context, _ flags) []byte {
		t := of(c.Stream)
		if layout == gmtDate {
			t = t.UTC()
		} else {
			t = t.Local()
		}
		return t.AppendFormat(b, layout)
	}
}

func timestamp(b []byte, c *sample.Context, fl flags) []byte {
	return appendNumber(b, accepted(c.Stream).Unix(), "%04X", fl)
}

func acceptedMilliseconds(b []byte, c *sample.Context, fl flags) []byte {
	ms := int64(accepted(c.Stream).Nanosecond() / int(time.Millisecond))
	for limit := int64(100); fl&hexadecimal == 0 && limit > 1 && ms < limit; limit /= 10 {
		b = append(b, '0')
	}
	return appendNumber(b, ms, "%02X", fl)
}
