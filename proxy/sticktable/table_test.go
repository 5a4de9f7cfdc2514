package sticktable

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func keys(t *Table) (all []string) {
	for _, e := range t.Entries() {
		all = append(all, t.FormatKey(e.Key()))
	}
	return all
}

func newTable(c Config) *Table {
	c.Name, c.Type, c.Length = "t", String, DefaultLength
	return New(c)
}

func TestTable_Expiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table := newTable(Config{Size: 10, Expire: 10 * time.Second})
		table.Use([]byte("idle"))
		table.Use([]byte("used"))
		var k Tracked
		k.Start(table, []byte("tracked"))
		time.Sleep(6 * time.Second)
		table.Match([]byte("used"))
		table.Lookup([]byte("idle"))
		time.Sleep(6 * time.Second)
		if got := keys(table); !slices.Equal(got, []string{"tracked", "used"}) {
			t.Errorf("after 12 s: %v", got)
		}
		k.Stop()
		time.Sleep(9 * time.Second)
		if got := keys(table); !slices.Equal(got, []string{"tracked"}) {
			t.Errorf("9 s after the tracking ended: %v", got)
		}
		if got := table.Lookup([]byte("tracked")).TimeToLive(); got != time.Second {
			t.Errorf("it has %v to live, want 1s", got)
		}
		time.Sleep(time.Second)
		if e := table.Lookup([]byte("tracked")); e != nil {
			t.Errorf("an entry lives longer than its table says")
		}
	})
}

func TestTable_Full(t *testing.T) {
	table := newTable(Config{Size: 3})
	var k Tracked
	k.Start(table, []byte("a"))
	for _, key := range []string{"b", "c", "d", "e"} {
		if table.Use([]byte(key)) == nil {
			t.Errorf("no room for %s", key)
		}
	}
	if got := keys(table); !slices.Equal(got, []string{"a", "d", "e"}) {
		t.Errorf("entries are %v, want the tracked one and the newest", got)
	}
	refusing := newTable(Config{Size: 1, NoPurge: true})
	refusing.Use([]byte("a"))
	if refusing.Use([]byte("b")) != nil {
		t.Error("a full table with nopurge takes an entry")
	}
}

// TestTable_AllTracked has no entry that may be dropped.
func TestTable_AllTracked(t *testing.T) {
	table := newTable(Config{Size: 2})
	var tracked [3]Tracked
	for i := range tracked {
		tracked[i].Start(table, []byte{byte('a' + i)})
	}
	if tracked[2].Entry() != nil || table.Used() != 2 {
		t.Errorf("%d entries in a table of 2", table.Used())
	}
	if table.Remove(tracked[0].Entry()) {
		t.Error("an entry was removed that is tracked")
	}
}

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table := newTable(Config{Size: 1, Store: []Stored{{ConnRate, 1, 10 * time.Second}}})
		e := table.Use([]byte("a"))
		time.Sleep(time.Minute)
		e.Add(ConnRate, 0, 100)
		for _, step := range []struct {
			wait time.Duration
			want uint64
		}{{0, 100}, {9 * time.Second, 100}, {time.Second, 100}, {5 * time.Second, 50}, {4 * time.Second, 10}, {time.Minute, 0}} {
			time.Sleep(step.wait)
			if got, _ := e.Get(ConnRate, 0); got != step.want {
				t.Errorf("%v later the rate is %d, want %d", step.wait, got, step.want)
			}
		}
	})
}

func TestEntry_Arrays(t *testing.T) {
	table := newTable(Config{Size: 1, Store: []Stored{{GPC, 2, 0}, {ServerID, 1, 0}}})
	rates := newTable(Config{Size: 1, Store: []Stored{{GPC0Rate, 1, time.Minute}}})
	if n, stored := Increment(rates.Use([]byte("a")), GPC0, 0); n != 1 || !stored {
		t.Errorf("a counter of which only the rate is stored gives %d, %v", n, stored)
	}
	e := table.Use([]byte("a"))
	for _, c := range []struct {
		name   string
		d      *DataType
		index  int
		stored bool
	}{
		{"first element", GPC, 0, true},
		{"beyond the array", GPC, 2, false},
		{"the second by its own name", GPC1, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, stored := Increment(e, c.d, c.index); stored != c.stored {
				t.Errorf("stored is %v, want %v", stored, c.stored)
			}
		})
	}
	if _, stored := e.Get(GPT0, 0); stored {
		t.Error("a tag is stored that the table does not have")
	}
	if n, _ := e.Get(GPC, 1); n != 1 {
		t.Errorf("gpc1 is %d, want 1 by its other name", n)
	}
	if n, _ := e.Set(GPC, 0, 1<<32+5); n != 1 {
		t.Errorf("the value before was %d, want 1", n)
	}
	if n, _ := e.Get(GPC0, 0); n != 5 {
		t.Errorf("gpc0 is %d, want what fits 32 bits", n)
	}
}

// TestTable_Concurrent has goroutines use, track, list and remove the entries of one small table.
func TestTable_Concurrent(t *testing.T) {
	table := newTable(Config{Size: 8, Expire: time.Millisecond, Store: []Stored{{ConnCurrent, 1, 0}, {ConnCount, 1, 0}}})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 500 {
				key := fmt.Appendf(nil, "%d", (g*7+i)%12)
				var k Tracked
				k.Start(table, key)
				if e := table.Lookup(key); e != nil && i%5 == 0 {
					table.Remove(e)
				}
				if i%50 == 0 {
					table.Entries()
				}
				k.Stop()
			}
		})
	}
	wg.Wait()
	if table.Used() > 8 {
		t.Errorf("%d entries in a table of 8", table.Used())
	}
	for _, e := range table.Entries() {
		if n, _ := e.Get(ConnCurrent, 0); n != 0 || e.Users() != 0 {
			t.Errorf("%s has %d connections and %d users when all are gone", e.Key(), n, e.Users())
		}
	}
}

func BenchmarkTable_Track(b *testing.B) {
	table := newTable(Config{Size: 1000, Expire: time.Minute, Store: []Stored{{HTTPReqRate, 1, time.Second}}})
	key := []byte("192.168.0.1")
	b.ReportAllocs()
	for b.Loop() {
		var k Tracked
		k.Start(table, key)
		k.Count(Request, 1)
		k.Stop()
	}
}
