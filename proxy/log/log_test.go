package log

import (
	"bytes"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The lines are what HAProxy 2.6.12 sends, with its own process number.
func TestSettings_appendHeader(t *testing.T) {
	now := time.Date(2026, 11, 2, 16, 2, 48, 805225000, time.UTC)
	tests := []struct {
		name     string
		settings Settings
		want     string
	}{
		{"default", Settings{}, "<134>Nov  2 16:02:48 haproxy[PID]: "},
		{"rfc3164", Settings{Format: RFC3164}, "<134>Nov  2 16:02:48 localhost haproxy[PID]: "},
		{"rfc3164 with host", Settings{Format: RFC3164, Host: "web1"}, "<134>Nov  2 16:02:48 web1 haproxy[PID]: "},
		{"rfc5424", Settings{Format: RFC5424}, "<134>1 2026-11-02T16:02:48.805225+00:00 - haproxy PID - - "},
		{"local", Settings{Format: Local}, "<134>Nov  2 16:02:48 haproxy[PID]: "},
		{"priority", Settings{Format: Priority}, "<134>"},
		{"short", Settings{Format: Short}, "<6>"},
		{"timed", Settings{Format: Timed}, "<6>2026-11-02T16:02:48.805225+00:00 "},
		{"iso", Settings{Format: ISO}, "2026-11-02T16:02:48.805225+00:00 "},
		{"raw", Settings{Format: Raw}, ""},
		{"least level", Settings{Format: Short, MinLevel: Debug}, "<7>"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			tc.settings.Facility = 16
			got := strings.Replace(string(tc.settings.appendHeader(nil, Info, "haproxy", nil, now)), processID, "PID", 1)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLogger_Log(t *testing.T) {
	var buffer bytes.Buffer
	target := Open(Settings{Writer: &buffer, Format: Raw, Length: 12, Level: Notice})
	logger := &Logger{Targets: []*Target{target}, Tag: "haproxy"}
	for _, line := range []string{"one", "two\nthree", "a line that is too long"} {
		logger.Log(Notice, []byte(line))
	}
	logger.Log(Info, []byte("not sent"))
	target.Close()
	if diff := cmp.Diff("one\ntwo#0Athree\na line that\n", buffer.String()); diff != "" {
		t.Error(diff)
	}
	if logger.Enabled(Info) || !logger.Enabled(Notice) {
		t.Error("levels")
	}
}

func TestTarget_Networks(t *testing.T) {
	tests := []struct{ name, network, address string }{
		{"udp", "udp", "127.0.0.1:0"},
		{"unix socket", "unixgram", filepath.Join(t.TempDir(), "log")},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			server, err := net.ListenPacket(tc.network, tc.address)
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			target := Open(Settings{Network: tc.network, Address: server.LocalAddr().String(), Format: Priority, Facility: 1, Level: Debug})
			defer target.Close()
			(&Logger{Targets: []*Target{target}}).Log(Info, []byte("hello"))
			packet := make([]byte, 100)
			n, _, err := server.ReadFrom(packet)
			if err != nil || string(packet[:n]) != "<14>hello\n" {
				t.Errorf("got %q, %v", packet[:n], err)
			}
		})
	}
}

// blocked takes nothing until it is released.
type blocked struct{ release chan struct{} }

func (b blocked) Write(p []byte) (int, error) {
	<-b.release
	return len(p), nil
}

// TestTarget_Slow checks that a target that takes nothing costs lines, not time.
func TestTarget_Slow(t *testing.T) {
	writer := blocked{make(chan struct{})}
	target := Open(Settings{Writer: writer, Level: Debug})
	logger := &Logger{Targets: []*Target{target}}
	var senders sync.WaitGroup
	for range 4 {
		senders.Go(func() {
			for range queueLength {
				logger.Log(Info, []byte("line"))
			}
		})
	}
	senders.Wait()
	// One line may be with the writer already.
	if got := target.Dropped(); got < 3*queueLength-1 || got > 3*queueLength {
		t.Errorf("%d lines dropped", got)
	}
	close(writer.release)
	target.Close()
	target.Close()
	before := target.Dropped()
	logger.Log(Info, []byte("late"))
	if target.Dropped() != before+1 {
		t.Error("a line sent to a closed target is not counted")
	}
}
