package proxy

import (
	"tidelock/proxy/config"
	"tidelock/proxy/http1"
)

// tuning returns what the global section says of buffers and pipes.
func tuning(g *config.Global) http1.Tuning {
	t := http1.Tuning{BufferSize: g.BufferSize, MaxRewrite: g.MaxRewrite, MaxHeaders: g.MaxHeaders, MaxPipes: g.MaxPipes}
	if g.NoSplice {
		t.MaxPipes = -1
	}
	return t
}
