package rule

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// normalizer makes one of several ways to write the same URI of them all. It appends the normal form of part to b, or
// reports false for what cannot be one. It may be strict, full, or neither.
type normalizer struct {
	part   uriPartOf
	option string // what it takes as an argument, if anything
	apply  func(b, part []byte, option bool) ([]byte, bool)
}

// normalizers are those of the manual (RFC 3986, section 6.2.2).
var normalizers = map[string]normalizer{
	"fragment-encode":           {uriPart, "", encodeFragment},
	"fragment-strip":            {uriPart, "", stripFragment},
	"path-merge-slashes":        {pathPart, "", mergeSlashes},
	"path-strip-dot":            {pathPart, "", stripDot},
	"path-strip-dotdot":         {pathPart, "full", stripDotDot},
	"percent-decode-unreserved": {pathQueryPart, "strict", decodeUnreserved},
	"percent-to-uppercase":      {pathQueryPart, "strict", upperCase},
	"query-sort-by-name":        {queryPart, "", sortQuery},
}

// normalize-uri <normalizer> [full|strict]
func normalizeURI(p *parser) (action, error) {
	if !p.Experimental {
		return nil, errors.New("'normalize-uri' action is experimental, must be allowed via a global 'expose-experimental-directives'")
	}
	if !p.more() {
		return nil, errors.New("missing argument <normalizer>")
	}
	name := p.take()
	n, ok := normalizers[name]
	if !ok {
		p.at--
		return nil, fmt.Errorf("unknown normalizer '%s'", name)
	}
	option := n.option != "" && p.accept(n.option)
	if n.option != "" && !option && p.more() {
		return nil, fmt.Errorf("unknown argument '%s' for '%s' normalizer", p.words[p.at], name)
	}
	badRequest := p.ErrorReply
	return func(c *sample.Context) stream.Verdict {
		m := c.Stream.Request
		old, ok := n.part.get(m)
		if !ok {
			return stream.Continue
		}
		b, ok := n.apply(c.Output.Buffer(), old, option)
		switch {
		case !ok:
			c.Stream.Response.Reset()
			if badRequest != nil {
				badRequest(c.Stream, 400)
			}
			return stream.Deny
		case bytes.Equal(b, old):
			return stream.Continue
		}
		return verdict(n.part.set(m, c.Output.Keep(b)))
	}, nil
}

func encodeFragment(b, uri []byte, _ bool) ([]byte, bool) {
	for _, c := range uri {
		if c == '#' {
			b = append(b, "%23"...)
		} else {
			b = append(b, c)
		}
	}
	return b, true
}

func stripFragment(b, uri []byte, _ bool) ([]byte, bool) {
	before, _, _ := bytes.Cut(uri, []byte("#"))
	return append(b, before...), true
}

func mergeSlashes(b, path []byte, _ bool) ([]byte, bool) {
	for i, c := range path {
		if c != '/' || i == 0 || path[i-1] != '/' {
			b = append(b, c)
		}
	}
	return b, true
}

// stripDot takes out segments that are a single dot.
func stripDot(b, path []byte, _ bool) ([]byte, bool) {
	for i := 0; i < len(path); i++ {
		if path[i] == '.' && (i == 0 || path[i-1] == '/') && (i+1 == len(path) || path[i+1] == '/') {
			i++ // with the slash behind it
			continue
		}
		b = append(b, path[i])
	}
	return b, true
}

// stripDotDot takes out segments of two dots with the segment before each. Those that lead out of the path stay, unless
// full has them taken out too.
func stripDotDot(b, path []byte, full bool) ([]byte, bool) {
	start := len(b)
	for len(path) > 0 {
		end := bytes.IndexByte(path, '/') + 1
		if end == 0 {
			end = len(path)
		}
		segment := path[:end]
		path = path[end:]
		if string(bytes.TrimSuffix(segment, []byte("/"))) != ".." {
			b = append(b, segment...)
			continue
		}
		parent, found := parentOf(b[start:])
		switch {
		case found:
			b = b[:start+parent]
		case !full:
			b = append(b, "../"...) // the slash even where there was none
		}
	}
	return b, true
}

// parentOf returns where the last segment of path begins, if there is one that can be taken out: paths begin with a
// slash, and ".." that led out of the path is no segment.
func parentOf(path []byte) (begin int, found bool) {
	if len(path) < 2 {
		return 0, false
	}
	begin = bytes.LastIndexByte(path[:len(path)-1], '/') + 1
	return begin, begin > 0 && string(path[begin:]) != "../"
}

// isUnreserved reports whether c means the same encoded and not (RFC 3986, section 2.3).
func isUnreserved(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

// eachEncoded appends text to b with every %XX replaced by what with makes of it. It reports false at a percent sign
// that begins none, when strict.
func eachEncoded(b, text []byte, strict bool, with func(b []byte, encoded []byte, c byte) []byte) ([]byte, bool) {
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			b = append(b, text[i])
			continue
		}
		if i+2 < len(text) {
			high, ok1 := hexDigit(text[i+1])
			low, ok2 := hexDigit(text[i+2])
			if ok1 && ok2 {
				b = with(b, text[i:i+3], high<<4|low)
				i += 2
				continue
			}
		}
		if strict {
			return b, false
		}
		b = append(b, '%')
	}
	return b, true
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}

func decodeUnreserved(b, text []byte, strict bool) ([]byte, bool) {
	return eachEncoded(b, text, strict, func(b []byte, encoded []byte, c byte) []byte {
		if isUnreserved(c) {
			return append(b, c)
		}
		return append(b, encoded...)
	})
}

func upperCase(b, text []byte, strict bool) ([]byte, bool) {
	return eachEncoded(b, text, strict, func(b []byte, encoded []byte, _ byte) []byte {
		return append(b, bytes.ToUpper(encoded)...)
	})
}

// sortQuery sorts the parameters by name and leaves those of one name in their order.
func sortQuery(b, query []byte, _ bool) ([]byte, bool) {
	parameters := bytes.Split(query, []byte("&"))
	slices.SortStableFunc(parameters, func(x, y []byte) int {
		x, _, _ = bytes.Cut(x, []byte("="))
		y, _, _ = bytes.Cut(y, []byte("="))
		return bytes.Compare(x, y)
	})
	return append(b, bytes.Join(parameters, []byte("&"))...), true
}
