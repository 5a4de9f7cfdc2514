package rule

import (
	"bytes"
	"cmp"

	"tidelock/proxy/logformat"
	"tidelock/proxy/pattern"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

func init() {
	register(
		entry{"add-acl(", beforeReply, changePatterns(1, func(s *pattern.Set, key string, _ []byte) { _ = s.AddOnce(key) })},
		entry{"del-acl(", beforeReply, changePatterns(1, func(s *pattern.Set, key string, _ []byte) { s.Delete(key) })},
		entry{"del-map(", beforeReply, changePatterns(1, func(s *pattern.Set, key string, _ []byte) { s.Delete(key) })},
		entry{"set-map(", beforeReply, changePatterns(2, func(s *pattern.Set, key string, value []byte) { _ = s.Put(key, value) })},
	)
}

// changePatterns makes the row of an action that changes a file's set of patterns: a key, and for a map a value.
//
//	add-acl(<file>) <key>, del-acl(<file>) <key>, del-map(<file>) <key>, set-map(<file>) <key> <value>
//
// As in HAProxy nothing happens when no ACL and no map uses the file, or when the key or the value is not of their kind.
func changePatterns(arguments int, change func(s *pattern.Set, key string, value []byte)) row {
	return func(p *parser) (action, error) {
		if !p.has(arguments) {
			return nil, exactly(arguments, "arguments")
		}
		file := cmp.Or(p.Samples.Patterns, &pattern.Sets{}).Reference(p.argument)
		formats := make([]*logformat.Format, arguments)
		for i := range formats {
			var err error
			if formats[i], err = p.format("a format"); err != nil {
				return nil, err
			}
		}
		return func(c *sample.Context) stream.Verdict {
			set := file.Set()
			if set == nil {
				return stream.Continue
			}
			key, value := string(formats[0].Eval(c)), []byte(nil)
			if arguments > 1 {
				value = bytes.Clone(formats[1].Eval(c))
			}
			change(set, key, value)
			return stream.Continue
		}, nil
	}
}
