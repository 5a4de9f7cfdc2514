package luabridge

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/pattern"
	"tidelock/proxy/value"
)

// mapMethods are the matching methods that Map.new takes, by the numbers that Map has for them.
var mapMethods = map[int64]*pattern.Method{
	2: pattern.Int, 3: pattern.IP, 6: pattern.Str, 7: pattern.Beg, 8: pattern.Sub, 9: pattern.Dir, 10: pattern.Dom,
	11: pattern.End, 12: pattern.Reg,
}

// lastMapMethod is the number of the last method that Map has a name for.
const lastMapMethod = 13

// mapFiles are the maps that scripts have loaded, by the numbers that their objects hold. They are loaded before anything
// runs, and only looked up afterwards.
type mapFiles struct {
	mu     sync.Mutex
	loaded []*pattern.Index // guarded by mu until sealed is set
	sealed atomic.Bool
}

var errMapAtRuntime = errors.New("'new': map: cannot load map at runtime.") //nolint:staticcheck // HAProxy's words

// mapFunctions are the class Map's, and those of core that change patterns.
func (m *image) mapFunctions() host.Functions {
	return host.Functions{
		"map.new":      m.newMap,
		"map.lookup":   m.lookup,
		"core.add_acl": m.changePatterns("add_acl", "acl", func(s *pattern.Set, key string, _ []byte) { s.AddOnce(key) }),
		"core.del_acl": m.changePatterns("del_acl", "acl", func(s *pattern.Set, key string, _ []byte) { s.Delete(key) }),
		"core.set_map": m.changePatterns("set_map", "map", func(s *pattern.Set, key string, v []byte) { s.Put(key, v) }),
		"core.del_map": m.changePatterns("del_map", "acl", func(s *pattern.Set, key string, _ []byte) { s.Delete(key) }),
	}
}

// newMap is map.new(file, method, source, line) -> the number of the map.
func (m *image) newMap(c *host.Call) error {
	file, err := c.String()
	if err != nil {
		return err
	}
	number, err := c.Int()
	if err != nil {
		return err
	}
	source, err := c.String()
	if err != nil {
		return err
	}
	line, err := c.Int()
	if err != nil {
		return err
	}
	name, read := string(file), pattern.ReadFile(m.readMap)
	if content, ok := m.bundled(name); ok { // two bundles, or two versions of one, may have a file of the same name
		name = m.kind.alias + "@" + m.kind.bundle.Digest + "/" + name
		read = func(string) ([]byte, error) { return content, nil }
	}
	files := &m.files
	method := mapMethods[number]
	switch {
	case files.sealed.Load():
		return errMapAtRuntime
	case number < 0 || number > lastMapMethod:
		return errors.New("'new' needs a valid match method.") //nolint:staticcheck // HAProxy's words
	case method == nil:
		return errors.New("'new' doesn't support this match mode.") //nolint:staticcheck // HAProxy's words
	}
	index, err := m.bridge.config.Plane.Patterns.Map(name, pattern.Output{Kind: value.String}, read,
		pattern.Request{Method: method, Place: pattern.Place{File: string(source), Line: int(line)}})
	if err != nil {
		return fmt.Errorf("'new': %w.", err) //nolint:staticcheck // HAProxy's words
	}
	files.mu.Lock()
	defer files.mu.Unlock()
	files.loaded = append(files.loaded, index)
	c.Results.Int(int64(len(files.loaded)))
	return nil
}

// readMap reads the file of a map that the configuration has not loaded.
func (m *image) readMap(name string) ([]byte, error) {
	if m.granted() != nil {
		return m.guard.read(name)
	}
	return os.ReadFile(name)
}

// lookup is map.lookup(number, key, caller) -> value, nil for no match. The caller's name stands in errors.
func (m *image) lookup(c *host.Call) error {
	number, err := c.Int()
	if err != nil {
		return err
	}
	loaded := m.files.loaded
	if number < 1 || number > int64(len(loaded)) {
		return errObject
	}
	index := loaded[number-1]
	key, err := mapKey(c, index.Method().Input)
	if err != nil {
		return err
	}
	var scratch value.Scratch
	if e := index.Find(key, &scratch); e != nil {
		c.Results.StringBytes(e.Value())
	} else {
		c.Results.Nil()
	}
	return nil
}

// mapKey takes a key: a number for a map of numbers, else a text.
func mapKey(c *host.Call, kind value.Kind) (value.Value, error) {
	key, caller := c.Next(), c.Next().Bytes
	number, isNumber := host.ToFloat(key)
	integer, isInteger := host.ToInt(key)
	switch {
	case kind == value.Integer && !isNumber:
		return value.Value{}, fmt.Errorf("bad argument #1 to '%s' (number expected, got %s)", caller, key.Type)
	case kind == value.Integer && !isInteger:
		return value.Value{}, fmt.Errorf("bad argument #1 to '%s' (number has no integer representation)", caller)
	case kind == value.Integer, key.Type == abi.Integer:
		return value.Int(integer), nil
	case key.Type == abi.Float:
		return value.Text(strconv.AppendFloat(nil, number, 'g', 14, 64)), nil
	case key.Type != abi.String:
		return value.Value{}, fmt.Errorf("bad argument #1 to '%s' (string expected, got %s)", caller, key.Type)
	}
	return value.Text(key.Bytes), nil
}

// changePatterns makes core.*(file, key [, value]). A pattern or value that is none is ignored, as in HAProxy.
func (m *image) changePatterns(name, kind string, change func(s *pattern.Set, key string, v []byte)) host.Function {
	return func(c *host.Call) error {
		file, err := c.String()
		if err != nil {
			return err
		}
		set := m.fileSet(string(file))
		if set == nil {
			return fmt.Errorf("'%s': unknown %s file '%s'", name, kind, file)
		}
		key, err := c.String()
		if err != nil {
			return err
		}
		pattern := string(key)
		var content []byte
		if c.Arguments.More() {
			if content, err = c.String(); err != nil {
				return err
			}
		}
		change(set, pattern, append([]byte(nil), content...))
		return nil
	}
}

// fileSet returns the patterns of a file, nil when the configuration does not load it.
func (m *image) fileSet(file string) *pattern.Set {
	if strings.HasPrefix(file, "#") {
		return nil // the runtime API finds sets by number so
	}
	return m.bridge.config.Plane.Patterns.Find(file)
}
