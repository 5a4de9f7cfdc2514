package luabridge

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"tidelock/host"
	"tidelock/proxy/log"
)

// secret is core.secret(name) -> the value of a secret, nil when the operator has mounted none of that name.
func (m *image) secret(c *host.Call) error {
	name, err := c.String()
	if err != nil {
		return err
	}
	if value, ok := m.bridge.config.Secrets[string(name)]; ok {
		c.Results.String(value)
	} else {
		c.Results.Nil()
	}
	return nil
}

// mask hides secrets in what scripts log; nil where there are none.
type mask = strings.Replacer

// maskOf returns what replaces all secrets, the longer ones first: one may be a part of another.
func maskOf(secrets map[string]string) *mask {
	if len(secrets) == 0 {
		return nil
	}
	var pairs []string
	for _, value := range slices.SortedFunc(maps.Values(secrets), func(a, b string) int { return cmp.Compare(len(b), len(a)) }) {
		if value != "" {
			pairs = append(pairs, value, "***")
		}
	}
	return strings.NewReplacer(pairs...)
}

// masked returns a text without the secrets.
func (b *Bridge) masked(text string) string {
	if b.mask == nil {
		return text
	}
	return b.mask.Replace(text)
}

// redact returns what takes secrets out of the errors of scripts, nil where there are none.
func (b *Bridge) redact() func(text string) string {
	if b.mask == nil {
		return nil
	}
	return b.mask.Replace
}

// maskLogs has everything that leaves the bridge as a message pass the mask.
func (b *Bridge) maskLogs() {
	if b.mask == nil {
		return
	}
	c := b.config
	b.config.Log = func(ctx context.Context, level log.Level, text string) { c.Log(ctx, level, b.masked(text)) }
	b.config.Console = func(ctx context.Context, level log.Level, text string) { c.Console(ctx, level, b.masked(text)) }
	b.config.Record = func(ctx context.Context, level log.Level, text string) { c.Record(ctx, level, b.masked(text)) }
}
