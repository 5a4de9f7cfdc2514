package variable

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"tidelock/proxy/value"
)

func TestIntern(t *testing.T) {
	scope, id, err := Intern("txn.my_name.x1")
	if err != nil || scope != Transaction {
		t.Fatalf("got scope %s, error %v", scope, err)
	}
	scope2, id2, err := Intern("sess.my_name.x1")
	if err != nil || scope2 != Session || id2 != id {
		t.Errorf("the same name in another scope is %d, want %d", id2, id)
	}
	if _, found, ok := Find("req.my_name.x1"); !ok || found != id {
		t.Errorf("Find returns %d, %t", found, ok)
	}
	if _, _, ok := Find("txn.never_interned"); ok {
		t.Error("Find knows a name that nobody interned")
	}
}

func TestIntern_Errors(t *testing.T) {
	tests := []struct{ name, variable, want string }{
		{"no scope", "foo", "invalid variable name"},
		{"empty", "", "Empty variable name cannot be accepted"},
		{"unknown scope", "foo.bar", "invalid variable name 'foo.bar'"},
		{"no name", "txn.", "invalid variable name 'txn.'"},
		{"bad byte", "txn.a-b", "invalid syntax at char '-b'"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, _, err := Intern(test.variable); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %q", err, test.want)
			}
		})
	}
}

func TestStore(t *testing.T) {
	var s Store
	text := func(x string) value.Value { return value.Text([]byte(x)) }
	expect := func(id ID, want string) {
		t.Helper()
		if v := s.Get(id); !v.Valid() || string(v.AppendText(nil)) != want {
			t.Errorf("variable %d is %q, want %q", id, v.AppendText(nil), want)
		}
	}
	s.Set(1, text("one"))
	s.Set(2, value.Int(2))
	s.Set(3, text("three"))
	s.Set(1, text("uno"))
	expect(1, "uno")
	expect(2, "2")
	s.Set(3, value.Text(s.Get(3).Data[2:]))
	expect(3, "ree")
	if !s.Delete(1) || s.Delete(1) {
		t.Error("Delete reports the wrong thing")
	}
	if s.Get(1).Valid() || s.Len() != 2 {
		t.Error("a deleted variable is still there")
	}
	expect(3, "ree")
	s.Set(4, text("four"))
	expect(2, "2")
	expect(3, "ree")
	s.Reset()
	if s.Len() != 0 || s.Get(3).Valid() {
		t.Error("variables survive a reset")
	}
}

func TestStore_Allocations(t *testing.T) {
	var s Store
	v := value.Text([]byte("a value of some length"))
	allocations := testing.AllocsPerRun(100, func() {
		for id := range ID(5) {
			s.Set(id, v)
			s.Get(id)
		}
		s.Delete(2)
		s.Reset()
	})
	if allocations != 0 {
		t.Errorf("%v allocations for an exchange's variables, want none", allocations)
	}
}

// TestShared_Concurrent is for the race detector: values that were read must not change afterwards.
func TestShared_Concurrent(t *testing.T) {
	var s Shared
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for i := range 500 {
				if i%50 == 49 {
					s.Delete(ID(i % 3))
				}
				s.Set(ID(i%3), value.Text(fmt.Appendf(nil, "%d-%d", g, g)))
				if v := s.Get(ID(i % 3)); v.Valid() {
					if before, after, _ := strings.Cut(string(v.Data), "-"); before != after {
						t.Errorf("value is torn: %q", v.Data)
					}
				}
				if _, _, err := Intern(fmt.Sprintf("proc.concurrent%d", i%20)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

func TestUsed(t *testing.T) {
	before := Used()
	expect := func(want int) {
		t.Helper()
		if got := Used() - before; got != want {
			t.Errorf("%d bytes are used, want %d", got, want)
		}
	}
	var s Store
	s.Set(1, value.Text([]byte("ten bytes.")))
	expect(0)
	s.Count()
	s.Count()
	expect(entrySize + 10)
	s.Set(2, value.Text([]byte("1")))
	s.Set(1, value.Text([]byte("12")))
	expect(2*entrySize + 3)
	s.Delete(1)
	expect(entrySize + 1)
	s.Reset()
	expect(0)
	s.Set(1, value.Int(1))
	expect(0)
	Global.Set(1000, value.Text([]byte("ten bytes.")))
	expect(entrySize + 10)
	Global.Set(1000, value.Text([]byte("1")))
	expect(entrySize + 1)
	Global.Delete(1000)
	expect(0)
}
