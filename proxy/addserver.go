package proxy

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/server"
)

// buildAdded makes a server that an operator adds to a backend: it begins in maintenance, and its checks are off. Words
// are its name, its address and its parameters. The caller sees to it that nobody else adds one at the time.
func (b *builder) buildAdded(to *server.Backend, words []string) (*server.Server, error) {
	section := b.config.Proxy(to.Proxy.Name, config.Kind.HasBackend)
	diags := new(syntax.Diagnostics)
	line, ok := b.config.AddedServer(section, words, diags)
	if !ok {
		return nil, reasonOf(diags)
	}
	switch other := to.Roster().Numbered(line.ID); {
	case !line.FixedID:
		line.ID = to.Roster().FreeID()
	case other != nil:
		return nil, fmt.Errorf("'id' : custom id %d already used at %s ('server %s').", line.ID, placeOf(section, other), other.Name) //nolint:staticcheck // HAProxy's words
	}
	later := &builder{
		Proxy: b.Proxy, ctx: b.ctx, diags: diags, identities: b.identities, tlsFiles: b.tlsFiles, rules: b.rules, built: true,
	}
	if line.InitAddr = []string{"none"}; line.Address.Host == "" || isAddress(line.Address.Host) {
		line.InitAddr = []string{"libc"} // nothing is asked for an address
	}
	made := later.buildServer(section, line, 0)
	if made == nil || diags.Has(syntax.Alert) {
		return nil, reasonOf(diags)
	}
	made.StartAdded(b.trackedBy(to, line.Track), line.Enabled)
	return made, nil
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// placeOf returns where the configuration has a server.
func placeOf(section *config.Proxy, s *server.Server) string {
	if line := section.Server(s.Name); line != nil {
		return line.At.String()
	}
	return "the runtime API"
}

// trackedBy returns the server that an added one is told to track, as the configuration has it: [<backend>/]<server>. It
// is nil for none.
func (b *builder) trackedBy(to *server.Backend, path string) *server.Server {
	if path == "" {
		return nil
	}
	backend, name, found := strings.Cut(path, "/")
	if !found {
		backend, name = to.Proxy.Name, path
	}
	return b.servers[[2]string{backend, name}]
}

// reasonOf returns what was found wrong with an added server first, without the words that say where.
func reasonOf(diags *syntax.Diagnostics) error {
	for _, d := range diags.Sorted() {
		if d.Severity == syntax.Alert {
			reason := d.Reason
			if _, rest, found := strings.Cut(reason, "' : "); found && strings.Contains(reason[:len(reason)-len(rest)], "'server ") {
				reason = rest
			}
			return errors.New(strings.TrimLeft(reason, " "))
		}
	}
	return errors.New("the server cannot be made")
}
