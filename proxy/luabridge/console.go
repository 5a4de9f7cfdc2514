package luabridge

import (
	"context"
	"errors"
	"strings"

	"tidelock/guest"
	"tidelock/host"
)

// Console evaluates one chunk after the other in the state that a configuration's scripts have left, before any instance
// is made of it: what one chunk sets, the next one finds.
type Console struct {
	*Bridge
	image *image
}

// showResults is what a console has beyond HAProxy's API.
const showResults = `function _SHOW(...) if select("#", ...) > 0 then print(...) end end`

// NewConsole loads the scripts, if any.
func NewConsole(ctx context.Context, c Config) (*Console, error) {
	c.Extension.Prelude = append(c.Extension.Prelude, host.Chunk{Name: "=<console>", Source: showResults})
	b, err := New(ctx, c)
	if err != nil {
		return nil, err
	}
	if len(b.images) == 0 {
		m, err := b.newImage(ctx, imageKind{dialect: guest.Default()})
		if err != nil {
			return nil, errors.Join(err, b.Close())
		}
		b.images = append(b.images, m)
	}
	return &Console{Bridge: b, image: b.images[0]}, nil
}

// Evaluate runs a chunk; the values of an expression are printed. It reports false for a chunk that is not complete: more
// lines have to follow.
func (c *Console) Evaluate(ctx context.Context, chunk string) (complete bool, err error) {
	err = c.image.Load(ctx, host.Chunk{Name: "=stdin", Source: "_SHOW((function() return " + chunk + "\nend)())"})
	for _, source := range []string{"return " + chunk, chunk} {
		if !isSyntaxError(err) {
			break
		}
		err = c.image.Load(ctx, host.Chunk{Name: "=stdin", Source: source})
		if isSyntaxError(err) && strings.HasSuffix(err.Error(), "near <eof>") {
			return false, nil
		}
	}
	if err != nil {
		return true, errors.New(mainFailure("stdin", err))
	}
	return true, nil
}

// isSyntaxError tells a chunk that does not compile from one that fails: Lua's messages end with the token that was met.
func isSyntaxError(err error) bool {
	var failed *host.ExecutionError
	return errors.As(err, &failed) && failed.Traceback == "" && strings.Contains(failed.Message, " near ")
}
