package pattern

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tidelock/proxy/value"
)

// newMap returns a set with an index for each method, filled with lines.
func newMap(t testing.TB, content string, methods ...*Method) (*Set, []*Index) {
	t.Helper()
	sets := &Sets{}
	var indexes []*Index
	for _, m := range methods {
		x, err := sets.Map("file", Output{value.String}, func(string) ([]byte, error) { return []byte(content), nil }, Request{Method: m})
		if err != nil {
			t.Fatal(err)
		}
		indexes = append(indexes, x)
	}
	return indexes[0].set, indexes
}

// find returns "key=value" of what a sample finds, or "".
func find(x *Index, sample string) string {
	var s value.Scratch
	if e := x.Find(value.Text([]byte(sample)), &s); e != nil {
		return e.Key() + "=" + string(e.Value())
	}
	return ""
}

// The results are those of HAProxy 2.6.12's map converters.
func TestIndex_Find(t *testing.T) {
	const prefixes = "/a one\n/ab two\n/abc three\n/a four\n/ five\n"
	const networks = "127.0.0.0/8 loop\n127.0.0.1 me\n::ffff:10.0.0.0/104 six\n10.0.0.0/8 ten\n2001:db8::/32 doc\n" +
		"192.168.0.0/255.255.0.0 dotted\n10.1.2.3/255.0.255.0 gaps\n1.2 short\n"
	tests := []struct {
		name    string
		method  *Method
		content string
		sample  string
		want    string
	}{
		{"exact", Str, prefixes, "/ab", "/ab=two"},
		{"the first of the same", Str, prefixes, "/a", "/a=one"},
		{"no exact one", Str, prefixes, "/abcd", ""},
		{"longest prefix", Beg, prefixes, "/abcd", "/abc=three"},
		{"prefix that parts", Beg, prefixes, "/axe", "/a=one"},
		{"shortest prefix", Beg, prefixes, "/x", "/=five"},
		{"no prefix", Beg, prefixes, "x", ""},
		{"the first suffix", End, "png image\ng first\n", "/x.png", "png=image"},
		{"the first part", Sub, "bb 1\na 2\n", "aabb", "bb=1"},
		{"directory", Dir, "img image\n/x/y xy\n", "/a/img", "img=image"},
		{"two directories", Dir, "img image\n/x/y xy\n", "/x/y/z", "/x/y=xy"},
		{"part of a directory", Dir, "img image\n", "/imgs", ""},
		{"label", Dom, "www dub\nexample.com ex\n", "/www.foo", "www=dub"},
		{"labels", Dom, "www dub\nexample.com ex\n", "http://example.com:80/", "example.com=ex"},
		{"expression", Reg, "^/a+$ a\n^/ b\n", "/aa", "^/a+$=a"},
		{"number", Int, "3 three\n4:6 mid\n5 five\n", "5", "4:6=mid"},
		{"open range", Int, ":0 low\n100: high\n", "-7", ":0=low"},
		{"length", Len, "3 three\n", "abc", "3=three"},
		{"block", Bin, "6162 ab\n", "ab", "6162=ab"},
		{"smallest network", IP, networks, "127.0.0.1", "127.0.0.1=me"},
		{"network", IP, networks, "127.0.0.2", "127.0.0.0/8=loop"},
		{"IPv6", IP, networks, "2001:db8::1", "2001:db8::/32=doc"},
		{"own family first", IP, networks, "10.1.1.1", "10.0.0.0/8=ten"},
		{"mapped", IP, networks, "::ffff:10.0.0.1", "::ffff:10.0.0.0/104=six"},
		{"of a tunnel", IP, networks, "2002:0a01:0101::", "10.0.0.0/8=ten"},
		{"dotted mask", IP, networks, "192.168.7.7", "192.168.0.0/255.255.0.0=dotted"},
		{"octets left out", IP, networks, "1.0.0.2", "1.2=short"},
		{"mask with gaps", IP, "10.1.2.3/255.0.255.0 gaps\n", "10.9.2.9", "10.1.2.3/255.0.255.0=gaps"},
		{"mask with gaps, another", IP, "10.1.2.3/255.0.255.0 gaps\n", "10.9.3.9", ""},
		{"no address", IP, networks, "foo", ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			_, indexes := newMap(t, tc.content, tc.method)
			if got := find(indexes[0], tc.sample); got != tc.want {
				t.Errorf("%s %s finds %q, want %q", tc.method.Name, tc.sample, got, tc.want)
			}
		})
	}
}

func TestIndex_Find_Fold(t *testing.T) {
	for _, m := range []*Method{Str, Beg, End, Sub, Dir, Dom, Reg} {
		t.Run(m.Name, func(t *testing.T) {
			x, err := (&Sets{}).Inline("path", -1, []string{"Ab"}, Request{Method: m, Fold: true})
			if err != nil {
				t.Fatal(err)
			}
			if got := find(x, "aB"); got != "Ab=" {
				t.Errorf("found %q", got)
			}
		})
	}
}

func TestIndex_Expand(t *testing.T) {
	set, indexes := newMap(t, "^/(x+)(y)?$ [\\1|\\2|\\3|\\0|\\\\]\n^/z(.*) z=\\1\n", Regm)
	tests := []struct{ name, text, want string }{
		{"groups", "/xxxy", `[xxx|y||/xxxy|\]`},
		{"a group without match", "/xx", `[xx|||/xx|\]`},
		{"second", "/zq", "z=q"},
		{"none", "/q", "-"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := indexes[0].Expand(nil, []byte(tc.text))
			if !ok {
				got = []byte("-")
			}
			if string(got) != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
	if err := set.Update("^/z(.*)", []byte("new \\1")); err != nil {
		t.Fatal(err)
	}
	if got, _ := indexes[0].Expand(nil, []byte("/zq")); string(got) != "new q" {
		t.Errorf("after the change: %s", got)
	}
}

func TestSets_Errors(t *testing.T) {
	files := map[string]string{"one": "/a\n", "two": "/a 1\n/b x\n", "address": "# first\n\n10.0.0.1\n300.1.1.1\n", "regex": "(\n"}
	read := func(name string) ([]byte, error) {
		if content, ok := files[name]; ok {
			return []byte(content), nil
		}
		return nil, errors.New("no such file")
	}
	acl := func(s *Sets, name string, pairs bool, m *Method) error {
		_, err := s.ACLFile(name, pairs, read, Request{Method: m})
		return err
	}
	asMap := func(s *Sets, name string, m *Method, k value.Kind) error {
		_, err := s.Map(name, Output{k}, read, Request{Method: m})
		return err
	}
	tests := []struct {
		name string
		use  func(s *Sets) error
		want string
	}{
		{"no file", func(s *Sets) error { return acl(s, "x", false, Str) }, "failed to open pattern file <x>"},
		{"pattern", func(s *Sets) error { return acl(s, "address", false, IP) },
			"'300.1.1.1' is not a valid IPv4 or IPv6 address at line 4 of file 'address'"},
		{"pattern of the second user", func(s *Sets) error { return errors.Join(acl(s, "one", false, Str), acl(s, "one", false, IP)) },
			"'/a' is not a valid IPv4 or IPv6 address at line 1 of file 'one'"},
		{"number", func(s *Sets) error { return asMap(s, "two", Str, value.Integer) }, "unable to parse 'x' at line 2 of file 'two'"},
		{"address", func(s *Sets) error { return asMap(s, "two", Str, value.Address) }, "unable to parse '1' at line 1 of file 'two'"},
		{"one column, then two", func(s *Sets) error { return errors.Join(acl(s, "one", false, Str), asMap(s, "one", Str, value.String)) },
			`The file "one" is already used as one column file and cannot be used by as two column file.`},
		{"two columns, then one", func(s *Sets) error { return errors.Join(asMap(s, "two", Str, value.String), acl(s, "two", false, Str)) },
			`The file "two" is already used as two column file and cannot be used by as one column file.`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if err := tc.use(&Sets{}); err == nil || err.Error() != tc.want {
				t.Errorf("error is %v, want %s", err, tc.want)
			}
		})
	}
}

func TestSets_Number(t *testing.T) {
	s := &Sets{}
	read := func(string) ([]byte, error) { return []byte("a b\n"), nil }
	request := func(order, line int) Request { return Request{Method: Str, Place: Place{"f.cfg", line, order}} }
	use := func(_ *Index, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	use(s.Map("late", Output{value.String}, read, request(0, 30)))
	use(s.Inline("path", 1, []string{"x"}, request(0, 20)))
	use(s.ACLFile("early", true, read, request(0, 10)))
	use(s.Inline("url", -1, nil, request(0, 10)))
	use(s.Map("early", Output{value.String}, read, request(1, 5)))
	s.Number()
	if _, err := s.Inline("path", 1, nil, request(2, 1)); err == nil || err.Error() != "the id is already used" {
		t.Errorf("error of a number used twice is %v", err)
	}
	var got []string
	for _, set := range s.All()[:4] {
		got = append(got, fmt.Sprintf("%d (%s) %s", set.Number(), set.Name(), set.State().Description))
	}
	want := []string{
		"0 (early) pattern loaded from file 'early' used by acl at file 'f.cfg' line 10, by map at file 'f.cfg' line 5",
		"1 () acl 'path' file 'f.cfg' line 20",
		"2 () acl 'url' file 'f.cfg' line 10",
		"3 (late) pattern loaded from file 'late' used by map at file 'f.cfg' line 30",
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, identifier := range []string{"#2", "late"} {
		if s.Find(identifier) == nil {
			t.Errorf("no set %s", identifier)
		}
	}
	for _, identifier := range []string{"", "#", "#-1", "#2x", "# 2", "#99", "2", "nope"} {
		if s.Find(identifier) != nil {
			t.Errorf("a set %s", identifier)
		}
	}
}

func TestSet_Versions(t *testing.T) {
	set, indexes := newMap(t, "a 1\n", Str)
	x := indexes[0]
	first, second := set.Prepare(), set.Prepare()
	if err := errors.Join(set.AddVersion(first, "f", nil), set.AddVersion(second, "s", []byte("2")), set.AddVersion(second, "s", []byte("3"))); err != nil {
		t.Fatal(err)
	}
	if err := set.AddVersion(second+1, "x", nil); err != ErrFutureVersion {
		t.Errorf("error of a version to come is %v", err)
	}
	if find(x, "s") != "" || find(x, "a") != "a=1" {
		t.Error("a prepared version is matched")
	}
	if got := set.State(); got.Current != 0 || got.Next != 2 || got.Entries != 4 {
		t.Errorf("state is %v", got)
	}
	if err := errors.Join(set.Commit(second)); err != nil {
		t.Fatal(err)
	}
	if find(x, "s") != "s=2" || find(x, "a") != "" || find(x, "f") != "" {
		t.Error("the version is not matched")
	}
	for _, v := range []uint32{0, first, second, second + 1} {
		if err := set.Commit(v); err != ErrVersionRange {
			t.Errorf("error of version %d is %v", v, err)
		}
	}
	if got := set.State(); got.Current != 2 || got.Entries != 2 {
		t.Errorf("state is %v", got)
	}
	third := set.Prepare()
	if err := set.AddVersion(third, "t", nil); err != nil {
		t.Fatal(err)
	}
	set.Clear(third)
	set.Clear(set.Current())
	if got := set.State(); got.Entries != 0 || find(x, "s") != "" {
		t.Errorf("state is %v", got)
	}
}

// TestSet_Model changes a set at random and compares what its indexes find with what a plain list says.
func TestSet_Model(t *testing.T) {
	type line struct{ key, value string }
	random := rand.New(rand.NewPCG(1, 2))
	key := func() string {
		b := make([]byte, random.IntN(6))
		for i := range b {
			b[i] = "abA/"[random.IntN(4)]
		}
		return string(b)
	}
	set, indexes := newMap(t, "", Str, Beg, End)
	var model []line
	for step := range 20000 {
		k, v := key(), fmt.Sprint(step)
		switch random.IntN(5) {
		case 0, 1:
			if err := set.Add(k, []byte(v)); err != nil {
				t.Fatal(err)
			}
			model = append(model, line{k, v})
		case 2:
			removed := len(model)
			model = slices.DeleteFunc(model, func(l line) bool { return l.key == k })
			if got := set.Delete(k); got != removed-len(model) {
				t.Fatalf("step %d: %d deleted, want %d", step, got, removed-len(model))
			}
		case 3:
			if len(model) > 0 {
				i := random.IntN(len(model))
				set.DeleteRef(slices.Collect(set.Entries(0))[i].Ref())
				model = slices.Delete(model, i, i+1)
			}
		case 4:
			found := false
			for i := range model {
				if model[i].key == k {
					model[i].value, found = v, true
				}
			}
			if err := set.Update(k, []byte(v)); (err == nil) != found {
				t.Fatalf("step %d: update of %q: %v", step, k, err)
			}
		}
		sample := key()
		var exact, longest, suffix *line
		for i := range model {
			l := &model[i]
			if exact == nil && l.key == sample {
				exact = l
			}
			if strings.HasPrefix(sample, l.key) && (longest == nil || len(l.key) > len(longest.key)) {
				longest = l
			}
			if suffix == nil && strings.HasSuffix(sample, l.key) {
				suffix = l
			}
		}
		for i, want := range []*line{exact, longest, suffix} {
			text := ""
			if want != nil {
				text = want.key + "=" + want.value
			}
			if got := find(indexes[i], sample); got != text {
				t.Fatalf("step %d: %s finds %q for %q, want %q", step, indexes[i].method.Name, got, sample, text)
			}
		}
	}
	if n := set.State().Entries; n != len(model) {
		t.Errorf("%d entries, want %d", n, len(model))
	}
}

// TestSet_Model_Networks is TestSet_Model for addresses.
func TestSet_Model_Networks(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	network := func() netip.Prefix {
		return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(random.IntN(3)), byte(random.IntN(3)), 0}), 8+random.IntN(17)).Masked()
	}
	set, indexes := newMap(t, "", IP)
	var model []netip.Prefix
	for step := range 5000 {
		p := network()
		if random.IntN(2) == 0 {
			if err := set.Add(p.String(), nil); err != nil {
				t.Fatal(err)
			}
			model = append(model, p)
		} else {
			set.Delete(p.String())
			model = slices.DeleteFunc(model, func(q netip.Prefix) bool { return q == p })
		}
		a := netip.AddrFrom4([4]byte{10, byte(random.IntN(4)), byte(random.IntN(4)), 1})
		want, bits := "", -1
		for _, q := range model {
			if q.Contains(a) && q.Bits() > bits {
				want, bits = q.String()+"=", q.Bits()
			}
		}
		if got := find(indexes[0], a.String()); got != want {
			t.Fatalf("step %d: %s finds %q, want %q", step, a, got, want)
		}
	}
}

// A set of many entries is built at once and then changed: both must agree.
func TestSet_Large(t *testing.T) {
	var content strings.Builder
	random := rand.New(rand.NewPCG(5, 6))
	for _, i := range random.Perm(5000) {
		fmt.Fprintf(&content, "host%d.example v%d\n", i, i)
	}
	set, indexes := newMap(t, content.String(), Str, Beg)
	for i := range 5000 {
		key := fmt.Sprintf("host%d.example", i)
		want := fmt.Sprintf("%s=v%d", key, i)
		if got := find(indexes[0], key); got != want {
			t.Fatalf("found %q, want %q", got, want)
		}
		if got := find(indexes[1], key+".more"); got != want {
			t.Fatalf("found %q, want %q", got, want)
		}
	}
	for i := range 5000 {
		if n := set.Delete(fmt.Sprintf("host%d.example", i)); n != 1 {
			t.Fatalf("%d deleted", n)
		}
	}
	if set.State().Entries != 0 || find(indexes[1], "host1.example") != "" {
		t.Error("entries are left")
	}
}

// Lookups and changes at the same time: run it with the race detector.
func TestSet_Hammer(t *testing.T) {
	set, indexes := newMap(t, "a 1\n10.0.0.1 2\n", Str, Beg, End, Sub, Reg)
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				for _, x := range indexes {
					if find(x, "a") == "" {
						t.Error("an entry that stays is not found")
						return
					}
				}
			}
		})
	}
	var writers sync.WaitGroup
	for w := range 2 {
		writers.Go(func() {
			for i := range 300 {
				key := fmt.Sprintf("b%d-%d", w, i%7)
				if err := set.Add(key, []byte("x")); err != nil {
					t.Error(err)
				}
				_ = set.Update(key, []byte("y"))
				set.Delete(key)
				for range set.Entries(set.Current()) {
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
}
