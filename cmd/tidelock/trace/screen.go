package trace

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"tidelock/cmd/tidelock/admin"
)

// What steers the terminal (ECMA-48).
const (
	enterScreen = "\x1b[?1049h\x1b[?25l"
	leaveScreen = "\x1b[?25h\x1b[?1049l"
	home        = "\x1b[H"
	clearRest   = "\x1b[K"
)

// frame is the time between two pictures.
const frame = 100 * time.Millisecond

// Terminal is a screen and its keyboard, which give one key at a time.
type Terminal struct {
	In   io.Reader
	Out  io.Writer
	Size func() (width, height int)
}

// Show shows what the source tells, until a key or the source ends it.
func (t *Terminal) Show(ctx context.Context, s Source) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lines, ended, keys := make(chan admin.Line, 256), make(chan error, 1), make(chan rune)
	go func() {
		ended <- s.Each(ctx, func(line admin.Line) error {
			select {
			case lines <- line:
			case <-ctx.Done():
			}
			return nil
		})
	}()
	go t.read(ctx, keys)
	fmt.Fprint(t.Out, enterScreen)
	defer fmt.Fprint(t.Out, leaveScreen)
	ticks := time.NewTicker(frame)
	defer ticks.Stop()
	var v View
	for {
		select {
		case line := <-lines:
			v.Take(line)
			continue
		case key := <-keys:
			if v.Key(key) {
				cancel()
				return <-ended
			}
		case err := <-ended:
			return err
		case <-ticks.C:
		}
		width, height := t.Size()
		if _, err := fmt.Fprint(t.Out, home, strings.Join(v.Render(width, height), clearRest+"\r\n"), clearRest); err != nil {
			return err
		}
	}
}

// read passes keys on. The end of the input is a wish to quit.
func (t *Terminal) read(ctx context.Context, keys chan<- rune) {
	arrows := strings.NewReplacer("\x1b[A", string(upStandIn), "\x1b[B", string(downStandIn))
	in, buffer := bufio.NewReader(t.In), make([]byte, 256)
	for {
		n, err := in.Read(buffer)
		for _, key := range arrows.Replace(string(buffer[:n])) {
			switch key {
			case upStandIn:
				key = KeyUp
			case downStandIn:
				key = KeyDown
			}
			if !send(ctx, keys, key) {
				return
			}
		}
		if err != nil {
			send(ctx, keys, keyInterrupt)
			return
		}
	}
}

// The arrows arrive as sequences; these characters for private use stand for them in a text.
const upStandIn, downStandIn = '\ue000', '\ue001'

func send(ctx context.Context, keys chan<- rune, key rune) bool {
	select {
	case keys <- key:
		return true
	case <-ctx.Done():
		return false
	}
}
