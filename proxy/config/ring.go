package config

import (
	"fmt"
	"slices"
	"strings"

	"tidelock/proxy/config/syntax"
)

// Ring is one ring section: a buffer of log lines, which may be forwarded to servers (manual, section 3.9).
type Ring struct {
	Name        string
	Description string
	Format      LogFormat
	MaxLength   int // of one line in bytes, with its header; Size when none was given
	Size        int // bytes
	BackingFile BackingFile
	Timeouts    Timeouts // Connect and Server
	Servers     []Server
	At          syntax.Position
}

// BackingFile is the file that a ring is kept in. The zero BackingFile is none.
type BackingFile struct {
	Path string
	At   syntax.Position
}

// Ring returns the ring of that name, or nil.
func (c *Configuration) Ring(name string) *Ring {
	if i := named(c.Rings, name, func(r *Ring) string { return r.Name }); i >= 0 {
		return &c.Rings[i]
	}
	return nil
}

// defaultRingSize is HAProxy's buffer size.
const defaultRingSize = 16384

// ownSinks are the names of the sinks of events that need no section.
var ownSinks = []string{"stdout", "stderr", "buf0"}

var ringKeywords = []keyword{
	{"backing-file", inRing, parseBackingFile, Supported},
	{"description", inRing, parseRingDescription, Supported},
	{"format", inRing, parseRingFormat, Supported},
	{"maxlen", inRing, parseRingMaxLength, Supported},
	{"server", inRing, parseRingServer, Supported},
	{"size", inRing, parseRingSize, Supported},
	{"timeout", inRing, parseRingTimeout, Supported},
}

// ring <name>
func openRing(p *parser, header syntax.Statement) bool {
	name := header.Argument(0)
	switch c := invalidNameByte(name); {
	case name == "":
		p.failf(header, "missing ring name.")
		return false
	case c != 0:
		p.failf(header, "invalid ring name '%s' (character '%c' is not permitted).", name, c)
		return false
	case p.Configuration.Ring(name) != nil || slices.Contains(ownSinks, name):
		p.failf(header, "sink named '%s' already exists.", name)
		return false
	}
	p.Rings = append(p.Rings, Ring{Name: name, Description: name, Format: LogRaw, Size: defaultRingSize, At: header.At()})
	return true
}

// backing-file <path>
func parseBackingFile(p *parser, s syntax.Statement) {
	ring := last(p.Rings)
	if was := ring.BackingFile; was.Path != "" {
		p.failf(s, "'backing-file' already specified for ring '%s' (was '%s').", ring.Name, was.Path)
		return
	}
	ring.BackingFile = BackingFile{s.Argument(0), s.At()}
}

// description <text>...
func parseRingDescription(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failf(s, "missing ring description text.")
		return
	}
	last(p.Rings).Description = strings.Join(syntax.Texts(s.Arguments()), " ")
}

// format <format>
func parseRingFormat(p *parser, s syntax.Statement) {
	format := LogFormat(s.Argument(0))
	if !slices.Contains(logFormats, format) {
		p.failf(s, "unknown format '%s'.", s.Argument(0))
		return
	}
	last(p.Rings).Format = format
}

// maxlen <bytes>
func parseRingMaxLength(p *parser, s syntax.Statement) {
	if n, ok := p.ringSize(s); ok {
		last(p.Rings).MaxLength = n
	}
}

// size <bytes>
func parseRingSize(p *parser, s syntax.Statement) {
	n, ok := p.ringSize(s)
	switch ring := last(p.Rings); {
	case !ok:
	case ring.BackingFile != BackingFile{}:
		p.failf(s, "cannot resize an already mapped file, please specify 'size' before 'backing-file'.")
	case n < ring.Size:
		p.warnf(s, "ignoring new size '%d' that is smaller than current size '%d' for ring '%s'.", n, ring.Size, ring.Name)
	default:
		ring.Size = n
	}
}

// ringSize reads the number that an argument starts with: as in HAProxy, a unit behind it counts for nothing.
func (p *parser) ringSize(s syntax.Statement) (int, bool) {
	text := s.Argument(0)
	n, _ := decimal(text[:len(text)-len(strings.TrimLeft(text, "0123456789"))])
	if n == 0 {
		p.failf(s, "invalid size '%s' for new sink buffer.", text)
	}
	return n, n > 0
}

// timeout connect|server <time>
func parseRingTimeout(p *parser, s syntax.Statement) {
	name := s.Argument(0)
	switch {
	case name != "connect" && name != "server": // HAProxy takes any
	case s.Argument(1) == "":
		p.failf(s, "'timeout %s' expects <time> as argument.", name)
	default:
		d, ok := p.argumentTime(s, s.Argument(1), "timeout "+name)
		switch t := &last(p.Rings).Timeouts; {
		case !ok:
		case name == "connect":
			t.Connect = d
		default:
			t.Server = d
		}
	}
}

// server <name> <address> [<parameter>...]
func parseRingServer(p *parser, s syntax.Statement) {
	ring := last(p.Rings)
	if server, ok := p.server(s, ring.Name, defaultServerParameters()); ok {
		ring.Servers = append(ring.Servers, server)
	}
}

// closeRing checks what the lines together give.
func closeRing(p *parser) {
	ring := last(p.Rings)
	if ring.MaxLength > ring.Size {
		p.warnf(p.section.Header, "ring '%s' event max length '%d' exceeds size, forced to size '%d'.", ring.Name, ring.MaxLength, ring.Size)
	}
	if ring.MaxLength == 0 || ring.MaxLength > ring.Size {
		ring.MaxLength = ring.Size
	}
	p.checkServers(Backend, ring.Name, ring.Servers)
	if len(ring.Servers) > 0 && (ring.Timeouts.Connect == 0 || ring.Timeouts.Server == 0) {
		p.missingTimeouts(ring.At, Backend, ring.Name)
	}
}

// log-proto legacy|octet-count
func parseLogProto(r *serverReader, value string) error {
	if value != "legacy" && value != "octet-count" {
		return fmt.Errorf("'log-proto' expects one of 'legacy' or 'octet-count' but got '%s'.", value)
	}
	r.server.OctetCount = value == "octet-count"
	return nil
}
