package telemetry

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"tidelock/cmd/tidelock/telemetry/otlptest"
)

// transcript is what was logged.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *transcript) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *transcript) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), text)
}

// What is said of a receiver.
const (
	lost  = "telemetry is lost"
	again = "telemetry is received again"
)

// protocols are both ways to reach a receiver.
var protocols = []struct {
	name  string
	start func(address string) (*otlptest.Receiver, error)
}{
	{ProtocolGRPC, otlptest.StartGRPC},
	{ProtocolHTTP, otlptest.StartHTTP},
}

// sender is telemetry of traces that is sent at once.
type sender struct {
	*Providers
	t   *testing.T
	log transcript
}

func newSender(t *testing.T, url, protocol string, timeout time.Duration) *sender {
	undisturbed(t)
	t.Setenv("OTEL_METRICS_EXPORTER", "none")
	t.Setenv("OTEL_LOGS_EXPORTER", "none")
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
	s := &sender{t: t}
	var err error
	s.Providers, err = Start(context.Background(), Config{
		Endpoint: url, Protocol: protocol, Timeout: timeout, Errors: slog.New(slog.NewTextHandler(&s.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// spans makes some spans, none of which may wait for anybody.
func (s *sender) spans(n int) {
	span := recorded()
	for range n {
		s.recorder.Record(span)
	}
}

// scriptSpans makes spans as scripts do.
func (s *sender) scriptSpans(n int) {
	tracer := s.traces.Tracer("test")
	for range n {
		_, span := tracer.Start(context.Background(), "work")
		span.End()
	}
}

// until makes spans until something holds.
func (s *sender) until(what string, holds func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("not %s; log:\n%s", what, s.log.text.String())
		}
		s.spans(1)
	}
}

// With its receiver away telemetry costs bounded memory and waits for nothing; it says so once, and goes on when there is one.
func TestFault_Away(t *testing.T) {
	for _, protocol := range protocols {
		t.Run(protocol.name, func(t *testing.T) {
			r, err := protocol.start("127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			r.Close()
			s := newSender(t, r.URL, protocol.name, 3*time.Second)
			s.spans(1000)
			before := heap()
			s.spans(100_000)
			const most = 32 << 20
			if grown := int64(heap()) - int64(before); grown > most {
				t.Errorf("100,000 spans that cannot be sent hold %d bytes", grown)
			}
			s.until("lost", func() bool { return s.log.count(lost) > 0 })
			back, err := protocol.start(strings.TrimPrefix(r.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer back.Close()
			s.until("received", func() bool { return len(back.Spans()) > 0 && s.log.count(again) > 0 })
			if s.log.count(lost) != 1 || s.log.count(again) != 1 {
				t.Errorf("said more than once:\n%s", s.log.text.String())
			}
			s.Shutdown(context.Background()) //nolint:errcheck // a slow machine does not send all that waits in time
		})
	}
}

// What was recorded while the receiver was away for a short time is not lost.
func TestFault_Outage(t *testing.T) {
	for _, protocol := range protocols {
		t.Run(protocol.name, func(t *testing.T) {
			r, err := protocol.start("127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			r.Close()
			s := newSender(t, r.URL, protocol.name, time.Second)
			const recorded = 5000 // some batches
			s.spans(recorded)
			made := recorded
			s.until("lost", func() bool { made++; return s.log.count(lost) > 0 })
			back, err := protocol.start(strings.TrimPrefix(r.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer back.Close()
			for deadline := time.Now().Add(time.Minute); len(back.Spans()) < made-1; time.Sleep(10 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("%d spans of %d were received; log:\n%s", len(back.Spans()), made-1, s.log.text.String())
				}
			}
			if err := s.Shutdown(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestFault_Refusing(t *testing.T) {
	for _, protocol := range protocols {
		t.Run(protocol.name, func(t *testing.T) {
			r, err := protocol.start("127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			s := newSender(t, r.URL, protocol.name, 3*time.Second)
			r.Fail(func(context.Context) error { return errors.New("go away") })
			s.until("lost", func() bool { return s.log.count(lost) == 1 })
			r.Fail(nil)
			s.until("received", func() bool { return len(r.Spans()) > 0 && s.log.count(again) == 1 })
			s.Shutdown(context.Background()) //nolint:errcheck // a slow machine does not send all that waits in time
		})
	}
}

// A receiver that does not answer is given up after the timeout, and the end of the process waits no longer for it either.
func TestFault_Slow(t *testing.T) {
	for _, protocol := range protocols {
		t.Run(protocol.name, func(t *testing.T) {
			r, err := protocol.start("127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			// Few go at a time, so that a slow machine makes more than that, too.
			t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "128")
			t.Setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "64")
			s := newSender(t, r.URL, protocol.name, 200*time.Millisecond)
			r.Fail(func(ctx context.Context) error {
				<-ctx.Done()
				return ctx.Err()
			})
			s.until("lost", func() bool { return s.log.count(lost) == 1 })
			s.spans(10_000)
			s.until("said to be dropped", func() bool { return s.log.count("spans are dropped") == 1 })
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				s.Shutdown(context.Background()) //nolint:errcheck // what is lost was said
			}()
			select {
			case <-ended:
			case <-time.After(time.Minute):
				t.Error("waits for a receiver that does not answer")
			}
		})
	}
}

// What was made before the end is sent, without waiting for the next batch.
func TestProviders_Shutdown(t *testing.T) {
	for _, protocol := range protocols {
		t.Run(protocol.name, func(t *testing.T) {
			r, err := protocol.start("127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			undisturbed(t)
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", r.URL)
			t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol.name)
			p, err := Start(t.Context(), Config{Timeout: time.Minute, Resource: map[string]string{"deployment": "test"}})
			if err != nil {
				t.Fatal(err)
			}
			s := sender{Providers: p, t: t}
			s.spans(5000)
			s.scriptSpans(1000)
			if err := p.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			if n := len(r.Spans()); n != 6000 {
				t.Errorf("%d spans were sent, want 6000", n)
			}
		})
	}
}
