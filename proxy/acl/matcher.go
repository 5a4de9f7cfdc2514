package acl

import (
	"bytes"
	"encoding/hex"
	"fmt"

	"tidelock/proxy/regex"
	"tidelock/proxy/sample"
	"tidelock/proxy/value"
)

// matcher reports whether a sample, which is valid, matches one of the patterns that it was compiled from.
type matcher func(c *sample.Context, v value.Value) bool

// pattern is one value of an ACL. Fold is set for those after the flag -i.
type pattern struct {
	text string
	fold bool
	word int // where it stands, for errors
}

// methods compile the patterns of the matching methods that -m names (manual, section 7.1).
var methods = map[string]func(patterns []pattern) (matcher, error){
	"found": matchFound,
	"bool":  matchBool,
	"int":   matchInt,
	"ip":    matchIP,
	"bin":   matchBinary,
	"len":   matchLen,
	"str":   matchString,
	"beg":   part(bytes.HasPrefix),
	"end":   part(bytes.HasSuffix),
	"sub":   part(bytes.Contains),
	"dir":   delimited("/"),
	"dom":   delimited("./:?"),
	"reg":   matchRegex,
	"meth":  matchString,
}

// patternError is an error about one of the patterns.
type patternError struct {
	word int
	error
}

func matchFound([]pattern) (matcher, error) {
	return func(*sample.Context, value.Value) bool { return true }, nil
}

func matchBool([]pattern) (matcher, error) {
	return func(c *sample.Context, v value.Value) bool {
		v = v.Cast(value.Boolean, &c.Scratch)
		return v.Valid() && v.Int != 0
	}, nil
}

func matchBinary(patterns []pattern) (matcher, error) {
	blocks := make([][]byte, len(patterns))
	for i, p := range patterns {
		b, err := hex.DecodeString(p.text)
		if err != nil {
			return nil, patternError{p.word, fmt.Errorf("'%s' is not an even number of hexadecimal digits", p.text)}
		}
		blocks[i] = b
	}
	return func(c *sample.Context, v value.Value) bool {
		v = v.Cast(value.Binary, &c.Scratch)
		for _, b := range blocks {
			if bytes.Equal(v.Data, b) {
				return true
			}
		}
		return false
	}, nil
}

func matchRegex(patterns []pattern) (matcher, error) {
	list := make([]*regex.Regexp, len(patterns))
	for i, p := range patterns {
		re, err := regex.Compile(p.text, p.fold)
		if err != nil {
			return nil, patternError{p.word, err}
		}
		list[i] = re
	}
	return func(c *sample.Context, v value.Value) bool {
		v = v.Cast(value.String, &c.Scratch)
		for _, re := range list {
			if re.Match(v.Data) {
				return true
			}
		}
		return false
	}, nil
}
