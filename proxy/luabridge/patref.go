package luabridge

import (
	"errors"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/pattern"
)

// patrefFunctions are the class Patref's. Each takes the name of a set first. A version follows where changes may go to one
// that is being prepared: false is the one that is matched.
func (m *image) patrefFunctions() host.Functions {
	return host.Functions{
		"patref.find":    m.findPatref,
		"patref.value":   m.onPatref(patrefValue),
		"patref.entries": m.onPatref(patrefEntries),
		"patref.prepare": m.onPatref(func(s *pattern.Set, c *host.Call) error { return putInt(c, int64(s.Prepare())) }),
		"patref.commit":  m.onVersion(func(s *pattern.Set, version uint32, _ bool, c *host.Call) error { return outcome(c, s.Commit(version)) }),
		"patref.clear":   m.onVersion(clearPatref),
		"patref.add":     m.onVersion(addToPatref),
		"patref.set":     m.onVersion(setInPatref),
		"patref.delete":  m.onVersion(deleteFromPatref),
	}
}

// findPatref is patref.find(name) -> whether the set is a map, nil when there is none.
func (m *image) findPatref(c *host.Call) error {
	name, err := c.String()
	if err != nil {
		return err
	}
	if set := m.patterns(string(name)); set != nil {
		c.Results.Bool(set.Pairs())
	} else {
		c.Results.Nil()
	}
	return nil
}

// patterns finds a set by the name of its file or, as the runtime API does, by "#" and its number.
func (m *image) patterns(name string) *pattern.Set { return m.bridge.config.Plane.Patterns.Find(name) }

// onPatref makes a function of what is done with a set.
func (m *image) onPatref(do func(s *pattern.Set, c *host.Call) error) host.Function {
	return func(c *host.Call) error {
		name, err := c.String()
		if err != nil {
			return err
		}
		set := m.patterns(string(name))
		if set == nil {
			return errObject
		}
		return do(set, c)
	}
}

// onVersion makes a function of what is done with a version of a set: one that is pending, or the current one.
func (m *image) onVersion(do func(s *pattern.Set, version uint32, pending bool, c *host.Call) error) host.Function {
	return m.onPatref(func(s *pattern.Set, c *host.Call) error {
		v := c.Next()
		return do(s, uint32(v.Int), v.Type == abi.Integer, c)
	})
}

// outcome writes true, or nil and what is wrong.
func outcome(c *host.Call, err error) error {
	if err == nil {
		c.Results.Bool(true)
		return nil
	}
	c.Results.Nil()
	c.Results.String(err.Error())
	return nil
}

// patrefValue is patref.value(name, key) -> the value of a pattern, true where the set has none, nil for no such pattern.
func patrefValue(s *pattern.Set, c *host.Call) error {
	key, err := c.String()
	if err != nil {
		return err
	}
	if values := s.Values(string(key)); len(values) == 0 {
		c.Results.Nil()
	} else {
		putPatternValue(&c.Results, s, values[0])
	}
	return nil
}

func putPatternValue(w *abi.Writer, s *pattern.Set, v []byte) {
	if s.Pairs() {
		w.StringBytes(v)
	} else {
		w.Bool(true)
	}
}

// patrefEntries is patref.entries(name) -> {pattern, value, pattern, value...}, of the version that is matched.
func patrefEntries(s *pattern.Set, c *host.Call) error {
	w := &c.Results
	mark := w.BeginTable()
	number := int64(0)
	for e := range s.Entries(s.Current()) {
		w.Int(number + 1)
		w.String(e.Key())
		w.Int(number + 2)
		putPatternValue(w, s, e.Value())
		number += 2
	}
	w.EndTable(mark)
	return nil
}

func clearPatref(s *pattern.Set, version uint32, pending bool, _ *host.Call) error {
	if pending {
		s.Clear(version)
	} else {
		s.ClearCurrent()
	}
	return nil
}

// addToPatref is patref.add(name, version, key [, value]).
func addToPatref(s *pattern.Set, version uint32, pending bool, c *host.Call) error {
	key, err := c.String()
	if err != nil {
		return err
	}
	name, content := string(key), []byte(nil)
	if c.Arguments.More() {
		if content, err = c.String(); err != nil {
			return err
		}
		content = append([]byte{}, content...)
	}
	if !pending {
		return outcome(c, s.Add(name, content))
	}
	if err := s.Pending(version); err != nil {
		return outcome(c, err)
	}
	return outcome(c, s.AddVersion(version, name, content))
}

// setInPatref is patref.set(name, version, key, value, force): with force a pattern that is not there is added.
func setInPatref(s *pattern.Set, version uint32, pending bool, c *host.Call) error {
	key, err := c.String()
	if err != nil {
		return err
	}
	name := string(key)
	text, err := c.String()
	if err != nil {
		return err
	}
	content, force := append([]byte{}, text...), c.Next().Truth()
	switch {
	case !pending && force:
		err = s.Put(name, content)
	case !pending:
		err = s.Update(name, content)
	default:
		err = s.UpdatePending(version, name, content)
		if errors.Is(err, pattern.ErrEntryNotFound) && force {
			err = s.AddVersion(version, name, content)
		}
	}
	return outcome(c, err)
}

// deleteFromPatref is patref.delete(name, version, key) -> whether the pattern was there.
func deleteFromPatref(s *pattern.Set, version uint32, pending bool, c *host.Call) error {
	key, err := c.String()
	if err != nil {
		return err
	}
	var found int
	if pending {
		if found, err = s.DeletePending(version, string(key)); err != nil {
			return outcome(c, err)
		}
	} else {
		found = s.Delete(string(key))
	}
	return putBool(c, found > 0)
}
