package logforward

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"tidelock/proxy/log"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 11, 22, 22, 59, 42, 910091000, time.UTC)

var formats = []log.Format{"", log.RFC3164, log.RFC5424, log.Local, log.Priority, log.Short, log.Timed, log.ISO, log.Raw}

// TestMessage_render expects what HAProxy 2.6.12 passes on of the same messages.
func TestMessage_render(t *testing.T) {
	const n = "2026-11-22T22:59:42.910091+00:00"
	tests := []struct {
		name, received string
		want           [9]string // in the order of formats
	}{
		{"rfc3164", "<134>Nov 22 16:02:48 host tag[802]: message", [9]string{
			"<134>Nov 22 16:02:48 host tag[802]: message", "<134>Nov 22 16:02:48 host tag[802]: message",
			"<134>1 2026-11-22T16:02:48-00:00 host tag 802 - - message", "<134>Nov 22 16:02:48 tag[802]: message", "<134>message",
			"<6>message", "<6>2026-11-22T16:02:48-00:00 message", "2026-11-22T16:02:48-00:00 message", "message",
		}},
		{"rfc5424", "<129>1 2026-11-02T16:02:48.805225+00:00 host tag 802 - - message", [9]string{
			"<129>1 2026-11-02T16:02:48.805225+00:00 host tag 802 - - message", "<129>Nov  2 16:02:48 host tag[802]: message",
			"<129>1 2026-11-02T16:02:48.805225+00:00 host tag 802 - - message", "<129>Nov  2 16:02:48 tag[802]: message",
			"<129>message", "<1>message", "<1>2026-11-02T16:02:48.805225+00:00 message", "2026-11-02T16:02:48.805225+00:00 message", "message",
		}},
		{"rfc5424 without anything", "<13>1 - - - - - - m", [9]string{
			"<13>m", "<13>Nov 22 22:59:42 localhost m", "<13>1 - - - - - - m", "<13>Nov 22 22:59:42 m", "<13>m", "<5>m",
			"<5>" + n + " m", n + " m", "m",
		}},
		{"priority", "<134>message", [9]string{
			"<134>message", "<134>Nov 22 22:59:42 localhost message", "<134>1 " + n + " - - - - - message", "<134>Nov 22 22:59:42 message",
			"<134>message", "<6>message", "<6>" + n + " message", n + " message", "message",
		}},
		{"text", "m", [9]string{
			"m", "<136>Nov 22 22:59:42 localhost m", "<136>1 " + n + " - - - - - m", "<136>Nov 22 22:59:42 m", "<136>m", "<0>m",
			"<0>" + n + " m", n + " m", "m",
		}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			m := parse([]byte(tc.received))
			var got [9]string
			for i, f := range formats {
				got[i] = string(m.render(nil, f, &log.Settings{Facility: 17}, now))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Each message in the format RFC 5424, which shows all that was understood of it.
func TestParse(t *testing.T) {
	tests := []struct{ name, received, want string }{
		{"structured data", `<134>1 2026-11-22T16:02:48.805225Z host tag 802 mid [a@1 b="c]\"d"][d] message`,
			`<134>1 2026-11-22T16:02:48.805225Z host tag 802 mid [a@1 b="c]\"d"][d] message`},
		{"no text", "<13>1 2026-11-02T16:02:48+01:00 h t p m -", "<13>1 2026-11-02T16:02:48+01:00 h t p m - "},
		{"data without an end", "<13>1 - h t p m [x msg", "<13>1 NOW - - - - - 1 - h t p m [x msg"},
		{"another version", "<13>2 - h t p m - msg", "<13>1 NOW - - - - - 2 - h t p m - msg"},
		{"no date", "<13>1 garbage h t p m - msg", "<13>1 NOW - - - - - 1 garbage h t p m - msg"},
		{"no month", "<13>1 2026-13-02T16:02:48Z h t p m - msg", "<13>1 NOW - - - - - 1 2026-13-02T16:02:48Z h t p m - msg"},
		{"missing fields", "<13>1 -  t p m - msg", "<13>1 NOW - - - - - 1 -  t p m - msg"},
		{"tag", "<13>Nov  2 16:02:48 h tag: m", "<13>1 2026-11-02T16:02:48-00:00 h tag - - - m"},
		{"tag only", "<13>Nov 22 16:02:48 tag: m", "<13>1 2026-11-22T16:02:48-00:00 tag: - - - - m"},
		{"process with a space", "<13>Nov 22 16:02:48 h tag[a b]: m", "<13>1 2026-11-22T16:02:48-00:00 h - - - - tag[a b]: m"},
		{"tag without a colon", "<13>Nov 22 16:02:48 h tag[12] m", "<13>1 2026-11-22T16:02:48-00:00 h - - - - tag[12] m"},
		{"host only", "<13>Nov 22 16:02:48 h", "<13>1 NOW - - - - - Nov 22 16:02:48 h"},
		{"date only", "<13>Nov 22 16:02:48", "<13>1 NOW - - - - - Nov 22 16:02:48"},
		{"two spaces", "<13>Nov 22 16:02:48  h t: m", "<13>1 NOW - - - - - Nov 22 16:02:48  h t: m"},
		{"unknown month", "<13>Xxx 22 16:02:48 h t: m", "<13>1 NOW - - - - - Xxx 22 16:02:48 h t: m"},
		{"high priority", "<999>x", "<999>1 NOW - - - - - x"},
		{"priority too high", "<1000>x", "<136>1 NOW - - - - - <1000>x"},
		{"priority without an end", "<14", "<136>1 NOW - - - - - <14"},
		{"priority of letters", "<abc>m", "<136>1 NOW - - - - - <abc>m"},
		{"priority of nothing", "<>m", "<136>1 NOW - - - - - <>m"},
		{"nothing", "", "<136>1 NOW - - - - - "},
		{"several lines", "<14>a\n<0>b\r\n\x00\n", "<14>1 NOW - - - - - a#0A<0>b"},
		{"control characters in fields", "<14>1 - h\x01 t p m - x", "<14>1 - h#01 t p m - x"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			m := parse([]byte(tc.received))
			got := string(m.render(nil, log.RFC5424, &log.Settings{Facility: 17}, now))
			got = strings.Replace(got, "2026-11-22T22:59:42.910091+00:00", "NOW", 1)
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestNextMessage(t *testing.T) {
	tests := []struct {
		name, sent string
		want       []string
		err        error
	}{
		{"lines", "<1>a\n<2>b\n", []string{"<1>a\n", "<2>b\n"}, io.EOF},
		{"counts", "4 <1>a5 <2>bc", []string{"<1>a", "<2>bc"}, io.EOF},
		{"both", "4 <1>a<2>b\n3 xyz", []string{"<1>a", "<2>b\n", "xyz"}, io.EOF},
		{"a line without an end", "<1>a", nil, io.EOF},
		{"less than was counted", "9 <1>a", nil, io.EOF},
		{"neither", "xyz <1>a\n", nil, errFraming},
		{"count of nothing", "0 <1>a", nil, errFraming},
		{"high count", "16385 <1>a", nil, errFraming},
		{"endless count", "00000000000000000001 a", nil, errFraming},
		{"long line", "<1>" + strings.Repeat("a", bufferSize), nil, errFraming},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			in := bufio.NewReaderSize(strings.NewReader(tc.sent), bufferSize)
			var got []string
			b, err := nextMessage(in)
			for ; err == nil; b, err = nextMessage(in) {
				got = append(got, string(b))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" || err != tc.err {
				t.Errorf("%v, want %v\n%s", err, tc.err, diff)
			}
		})
	}
}

// collected takes the lines of a target.
type collected chan string

func (c collected) Write(p []byte) (int, error) {
	c <- string(p)
	return len(p), nil
}

func newForwarder(t *testing.T, lines collected) *Forwarder {
	target := log.Open(log.Settings{Writer: lines, Level: log.Debug})
	t.Cleanup(target.Close)
	return &Forwarder{Outputs: []Output{{Target: target}}, MaxConn: 1}
}

func TestForwarder_Serve(t *testing.T) {
	lines := make(collected, 10)
	f := newForwarder(t, lines)
	defer f.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go f.Serve(l, nil)
	go f.ServePackets(c)
	send := func(network, address, text string) net.Conn {
		conn, err := net.Dial(network, address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	expect := func(want string) {
		t.Helper()
		if got := <-lines; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	send("udp", c.LocalAddr().String(), "<1>datagram")
	expect("<1>datagram\n")
	first := send("tcp", l.Addr().String(), "<2>one\n")
	expect("<2>one\n")
	second := send("tcp", l.Addr().String(), "<3>two\n") // waits until there is a place
	io.WriteString(first, "<4>three\nnonsense")
	expect("<4>three\n")
	expect("<3>two\n")
	if b, err := io.ReadAll(first); len(b) > 0 {
		t.Errorf("got %q, %v", b, err)
	}
	second.Close()
}

func TestForwarder_Timeout(t *testing.T) {
	f := newForwarder(t, make(collected, 1))
	f.Timeout = time.Millisecond
	defer f.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go f.Serve(l, nil)
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if b, err := io.ReadAll(c); len(b) > 0 || err != nil {
		t.Errorf("got %q, %v", b, err)
	}
}

// FuzzParse has any bytes relayed: nothing of them may begin another line.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"<134>Nov 22 16:02:48 host tag[802]: message", `<1>1 2026-11-02T16:02:48.805225+00:00 h t p m [a b="c\"]"] x`,
		"<13>1 - - - - - - m", "<999>", "12 <1>a\n", "<1>a\n\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m := parse(b)
		for _, format := range formats {
			if line := m.render(nil, format, &log.Settings{}, now); bytes.ContainsAny(line, "\r\n\x00") {
				t.Errorf("%q in format %q: %q", b, format, line)
			}
		}
		in := bufio.NewReaderSize(bytes.NewReader(b), bufferSize)
		for total := 0; ; {
			message, err := nextMessage(in)
			if err != nil {
				break
			}
			if total += len(message); total > len(b) {
				t.Fatal("more than was sent")
			}
		}
	})
}
