package log

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/leodido/go-syslog/v4"
	"github.com/leodido/go-syslog/v4/octetcounting"
	"github.com/leodido/go-syslog/v4/rfc3164"
	"github.com/leodido/go-syslog/v4/rfc5424"
)

// parsed is what a parser of syslog that is not ours reads in a line.
type parsed struct {
	Facility, Severity      uint8
	Host, Tag, PID, Message string
	Data                    map[string]map[string]string
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func ofBase(b *syslog.Base) parsed {
	return parsed{*b.Facility, *b.Severity, text(b.Hostname), text(b.Appname), text(b.ProcID), text(b.Message), nil}
}

var syslogNow = time.Date(2026, 11, 2, 16, 2, 48, 805225000, time.UTC)

// TestSettings_appendHeader_Syslog has the strict parsers of another implementation read our lines.
func TestSettings_appendHeader_Syslog(t *testing.T) {
	tests := []struct {
		name     string
		settings Settings
		level    Level
		data     string
		want     parsed
	}{
		{"rfc3164", Settings{Format: RFC3164, Host: "web1", Facility: 16}, Info, "", parsed{16, 6, "web1", "tag", processID, "a line", nil}},
		{"rfc3164 without a host", Settings{Format: RFC3164}, Emergency, "", parsed{0, 0, "localhost", "tag", processID, "a line", nil}},
		{"rfc5424", Settings{Format: RFC5424, Host: "web1", Facility: 23}, Debug, "", parsed{23, 7, "web1", "tag", processID, "a line", nil}},
		{"rfc5424 without a host", Settings{Format: RFC5424, Facility: 1}, Notice, "", parsed{1, 5, "", "tag", processID, "a line", nil}},
		{"structured data", Settings{Format: RFC5424, Host: "web1"}, Error, `[a@1 b="c" d="\"\]\\"][e@1]`,
			parsed{0, 3, "web1", "tag", processID, "a line", map[string]map[string]string{"a@1": {"b": "c", "d": `"]\`}, "e@1": {}}}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			line := append(tc.settings.appendHeader(nil, tc.level, "tag", []byte(tc.data), syslogNow), "a line"...)
			var got parsed
			if tc.settings.Format == RFC5424 {
				m, err := rfc5424.NewParser().Parse(line)
				if err != nil {
					t.Fatalf("%v in %q", err, line)
				}
				read := m.(*rfc5424.SyslogMessage)
				got = ofBase(&read.Base)
				if read.StructuredData != nil {
					got.Data = *read.StructuredData
				}
				if !read.Timestamp.Equal(syslogNow) {
					t.Errorf("at %v", read.Timestamp)
				}
			} else {
				m, err := rfc3164.NewParser(rfc3164.WithYear(rfc3164.Year{YYYY: 2026})).Parse(line)
				if err != nil {
					t.Fatalf("%v in %q", err, line)
				}
				read := m.(*rfc3164.SyslogMessage)
				got = ofBase(&read.Base)
				if !read.Timestamp.Equal(syslogNow.Truncate(time.Second)) {
					t.Errorf("at %v", read.Timestamp)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestForwarding_Syslog has another implementation read what a ring sends with octet counts.
func TestForwarding_Syslog(t *testing.T) {
	settings := Settings{Format: RFC5424, Host: "web1"}
	ring := NewRing(4096)
	for _, line := range []string{"one", "two"} {
		ring.Append(append(settings.appendHeader(nil, Info, "tag", nil, syslogNow), line...))
	}
	reader := ring.Read(false, false)
	defer reader.Close()
	f := Forwarding{OctetCount: true}
	var sent bytes.Buffer
	for line, ok := f.next(reader, nil); ok; line, ok = f.next(reader, line) {
		sent.Write(line)
	}
	var got []string
	octetcounting.NewParser(syslog.WithListener(func(r *syslog.Result) {
		if r.Error != nil {
			t.Fatal(r.Error)
		}
		got = append(got, text(r.Message.(*rfc5424.SyslogMessage).Message))
	})).Parse(&sent)
	if diff := cmp.Diff([]string{"one", "two"}, got); diff != "" {
		t.Error(diff)
	}
}
