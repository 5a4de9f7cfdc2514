package filter

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tidelock/proxy/stream"
)

// scripted is a filter whose payload callback is a function.
type scripted struct {
	Bystander
	payload func(c *Channel) error
	log     *[]string
}

func (s *scripted) Attach(*stream.Stream) Instance { return s }

func (s *scripted) Start(c *Channel) error {
	c.Filter(true)
	return nil
}

func (s *scripted) Payload(c *Channel) error { return s.payload(c) }

func (s *scripted) Stop(*Channel) { *s.log = append(*s.log, "stop") }

func (s *scripted) Close() { *s.log = append(*s.log, "close") }

// carry sends pieces through filters and returns what comes out.
func carry(t *testing.T, limit int, pieces []string, payloads ...func(c *Channel) error) (string, error) {
	t.Helper()
	var log []string
	e := New(context.Background(), &stream.Stream{}, limit)
	var filters []Filter
	for _, p := range payloads {
		filters = append(filters, &scripted{payload: p, log: &log})
	}
	if err := e.Attach(filters); err != nil {
		t.Fatal(err)
	}
	defer func() {
		e.Stop()
		if got, want := strings.Join(log, " "), strings.TrimSpace(strings.Repeat("stop ", len(payloads))+strings.Repeat("close ", len(payloads))); got != want {
			t.Errorf("the end was %q, want %q", got, want)
		}
	}()
	var out strings.Builder
	write := func(p []byte) error {
		out.Write(p)
		return nil
	}
	d := &e.Request
	for _, piece := range pieces {
		for piece != "" {
			n := d.Take([]byte(piece))
			piece = piece[n:]
			if err := d.Run(write); err != nil {
				return out.String(), err
			}
			if n == 0 {
				if err := d.Wait(time.Millisecond); err != nil {
					return out.String(), err
				}
			}
		}
	}
	d.End()
	for {
		if err := d.Run(write); err != nil || d.Done() {
			return out.String(), err
		}
		if err := d.Wait(time.Millisecond); err != nil {
			return out.String(), err
		}
	}
}

func passAll(c *Channel) error {
	c.Pass(len(c.Data()))
	return nil
}

func TestDirection_Run(t *testing.T) {
	long := strings.Repeat("0123456789", 50)
	tests := []struct {
		name     string
		pieces   []string
		payloads []func(c *Channel) error
		want     string
	}{
		{"one that passes all", []string{"abc", "def"}, []func(c *Channel) error{passAll}, "abcdef"},
		{"one byte at a time", []string{"abcdef"}, []func(c *Channel) error{func(c *Channel) error {
			c.Pass(1)
			return nil
		}}, "abcdef"},
		{"more than there is", []string{"abc"}, []func(c *Channel) error{func(c *Channel) error {
			c.Pass(1 << 40)
			return nil
		}}, "abc"},
		{"nothing before the end", []string{"abc", "def"}, []func(c *Channel) error{func(c *Channel) error {
			if c.Final() {
				c.Pass(len(c.Data()))
			}
			return nil
		}}, "abcdef"},
		{"two, of which the second edits", []string{"abc", "def"}, []func(c *Channel) error{passAll, func(c *Channel) error {
			if len(c.Data()) > 0 {
				c.Replace(0, 1, []byte("<>"))
			}
			return passAll(c)
		}}, "<>bc<>ef"},
		{"sends ahead", []string{"abc"}, []func(c *Channel) error{func(c *Channel) error {
			if len(c.Data()) > 0 {
				c.Send([]byte("!"))
			}
			return passAll(c)
		}}, "!abc"},
		{"adds at the end", []string{"abc"}, []func(c *Channel) error{func(c *Channel) error {
			if c.Final() {
				c.Replace(len(c.Data()), 0, []byte("."))
			}
			return passAll(c)
		}}, "abc."},
		{"ends early", []string{"abc", "def"}, []func(c *Channel) error{func(c *Channel) error {
			c.SetFinal(true)
			return passAll(c)
		}}, "abc"},
		{"longer than the channels hold", []string{long}, []func(c *Channel) error{passAll, passAll, func(c *Channel) error {
			c.Pass(7)
			return nil
		}}, long},
		{"woken after a while", []string{"abc"}, []func(c *Channel) error{func() func(c *Channel) error {
			calls := 0
			return func(c *Channel) error {
				if calls++; calls < 3 {
					c.WakeAfter(0)
					return nil
				}
				return passAll(c)
			}
		}()}, "abc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := carry(t, 64, tt.pieces, tt.payloads...)
			if err != nil || got != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestDirection_Run_Errors(t *testing.T) {
	tests := []struct {
		name    string
		payload func(c *Channel) error
		want    error
	}{
		{"refuses", func(*Channel) error { return ErrRefused }, ErrRefused},
		{"passes nothing", func(*Channel) error { return nil }, ErrStalled},
		{"fills itself", func(c *Channel) error {
			for c.Replace(0, 0, []byte("x")) {
			}
			if len(c.Data()) > 64 {
				t.Errorf("%d bytes in a channel of 64", len(c.Data()))
			}
			return nil
		}, ErrStalled},
		{"keeps the end back", func(c *Channel) error {
			c.SetFinal(false)
			return passAll(c)
		}, ErrStalled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := carry(t, 64, []string{"abc"}, tt.payload); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// What waits in a callback or between two ends with the direction.
func TestDirection_Halt(t *testing.T) {
	e := New(context.Background(), &stream.Stream{}, 64)
	e.Attach([]Filter{&scripted{payload: passAll, log: new([]string)}})
	waited := make(chan error)
	go func() { waited <- e.Request.Wait(0) }()
	e.Halt()
	if err := <-waited; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	e.Stop()
}
