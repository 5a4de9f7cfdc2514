package persistence

import (
	"strings"
	"testing"
	"time"

	"tidelock/proxy/message"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// servers a and b with cookies, c without, in a backend.
func servers() []*server.Server {
	var all []*server.Server
	for i, cookie := range []string{"sa", "sb", ""} {
		s := server.New(stream.Server{Name: "abc"[i : i+1], ID: i + 1}, server.Address{}, server.Settings{Weight: 1, Cookie: cookie})
		all = append(all, s)
	}
	b := &server.Backend{Proxy: &stream.Proxy{Name: "b"}, Initial: all}
	b.Prepare()
	return all
}

func request(cookie string) *message.Message {
	m := &message.Message{}
	m.SetLimit(4096)
	m.SetRequest([]byte("GET"), []byte("/"))
	if cookie != "" {
		m.Append([]byte("cookie"), []byte(cookie))
	}
	m.EndHeaders()
	return m
}

func text(m *message.Message, name string) string {
	var all []string
	for i := m.Find(name, -1); i >= 0; i = m.Find(name, i) {
		all = append(all, string(m.Value(i)))
	}
	return strings.Join(all, " & ")
}

// What HAProxy 2.6.12 passes on of the same headers, and which server it chooses.
func TestCookie_Request(t *testing.T) {
	tests := []struct {
		name             string
		cookie           *Cookie
		header           string
		server, remained string
	}{
		{"none", &Cookie{Indirect: true}, "", "", ""},
		{"plain", &Cookie{}, "X=sb", "b", "X=sb"},
		{"unknown value", &Cookie{}, "X=zz", "", "X=zz"},
		{"the first that is known", &Cookie{}, "X=zz; X=sb; X=sa", "b", "X=zz; X=sb; X=sa"},
		{"other names", &Cookie{}, "Xx=sb; aX=sb; x=sb", "", "Xx=sb; aX=sb; x=sb"},
		{"quoted", &Cookie{}, `X="sb"`, "", `X="sb"`},
		{"within quotes", &Cookie{Indirect: true}, `A="x; X=sb"; C=1`, "", `A="x; X=sb"; C=1`},
		{"spaces around the equals sign", &Cookie{}, "X = sb ; q=1", "b", "X=sb ; q=1"},
		{"indirect alone", &Cookie{Indirect: true}, "X=sb", "b", ""},
		{"indirect between", &Cookie{Indirect: true}, "A=1;X=sb;B=2", "b", "A=1; B=2"},
		{"indirect first", &Cookie{Indirect: true}, "X=sb; A=1", "b", "A=1"},
		{"indirect after a comma", &Cookie{Indirect: true}, "A=1, X=sb", "b", "A=1"},
		{"indirect with attributes", &Cookie{Indirect: true}, "$Version=1; X=sb; $Path=/; A=2", "b", "$Version=1; A=2"},
		{"indirect twice", &Cookie{Indirect: true}, "X=zz; X=sb", "b", ""},
		{"prefix", &Cookie{Mode: Prefix}, "A=1; X=sb~u~v; B=2", "b", "A=1; X=u~v; B=2"},
		{"prefix of nothing", &Cookie{Mode: Prefix}, "X=sb~", "b", "X="},
		{"without a prefix", &Cookie{Mode: Prefix}, "X=sb", "b", "X=sb"},
		{"dates", &Cookie{Mode: Insert}, "X=sb|AAAA", "b", "X=sb|AAAA"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.cookie.Name = "X"
			tt.cookie.Prepare(servers())
			m := request(tt.header)
			got := tt.cookie.Request(m, time.Now(), false)
			name := ""
			if got.Server != nil {
				name = got.Server.Name
			}
			if name != tt.server || text(m, "cookie") != tt.remained {
				t.Errorf("server %q, left %q; want %q, %q", name, text(m, "cookie"), tt.server, tt.remained)
			}
		})
	}
}

func TestCookie_Request_Expired(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	at := func(ago int64) string { return string(appendDate(nil, now.Unix()-ago)) }
	tests := []struct {
		name   string
		cookie *Cookie
		value  string
		bound  bool
	}{
		{"seen lately", &Cookie{MaxIdle: time.Minute}, "sa|" + at(40), true},
		{"seen long ago", &Cookie{MaxIdle: time.Minute}, "sa|" + at(80), false},
		{"no date", &Cookie{MaxIdle: time.Minute}, "sa", true},
		{"no limit", &Cookie{}, "sa|" + at(8000), true},
		{"set long ago", &Cookie{MaxLife: time.Minute}, "sa|" + at(0) + "|" + at(80), false},
		{"too far in the future is no date", &Cookie{MaxIdle: time.Minute}, "sa|" + at(-100_000), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.cookie.Name, tt.cookie.Mode = "X", Insert
			tt.cookie.Prepare(servers())
			if got := tt.cookie.Request(request("X="+tt.value), now, false); (got.Server != nil) != tt.bound {
				t.Errorf("bound to %v", got.Server)
			}
		})
	}
}

// What HAProxy 2.6.12 makes of the same responses.
func TestCookie_Response(t *testing.T) {
	tests := []struct {
		name       string
		cookie     *Cookie
		by         int
		bound      int // the server of the request's cookie, -1 for none
		set        string
		headers    string // "name: value" of a further header
		want       string
		wantShared string // Cache-Control
	}{
		{"insert", &Cookie{Mode: Insert}, 0, -1, "", "", "X=sa; path=/", ""},
		{"insert for another", &Cookie{Mode: Insert}, 1, 0, "", "", "X=sb; path=/", ""},
		{"insert nothing new", &Cookie{Mode: Insert}, 0, 0, "", "", "", ""},
		{"insert in the place of the server's", &Cookie{Mode: Insert}, 0, -1, "X=orig; path=/", "", "X=sa; path=/", ""},
		{"insert where there is no value", &Cookie{Mode: Insert}, 2, -1, "", "", "X=; Expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/", ""},
		{"preserve", &Cookie{Mode: Insert, Preserve: true}, 0, -1, "X=orig; path=/", "", "X=orig; path=/", ""},
		{"post only", &Cookie{Mode: Insert, PostOnly: true}, 0, -1, "", "", "", ""},
		{"attributes", &Cookie{Mode: Insert, Attributes: "; HttpOnly"}, 0, -1, "", "", "X=sa; path=/; HttpOnly", ""},
		{"nocache without what caches go by", &Cookie{Mode: Insert, NoCache: true}, 0, -1, "", "", "X=sa; path=/", ""},
		{"nocache", &Cookie{Mode: Insert, NoCache: true}, 0, -1, "", "etag: a", "X=sa; path=/", "private"},
		{"nocache of what no cache takes", &Cookie{Mode: Insert, NoCache: true}, 0, -1, "", "cache-control: no-store", "X=sa; path=/", "no-store"},
		{"rewrite", &Cookie{Mode: Rewrite}, 0, -1, "X=orig; path=/", "", "X=sa; path=/", ""},
		{"rewrite nothing", &Cookie{Mode: Rewrite}, 0, -1, "Y=1", "", "Y=1", ""},
		{"rewrite without a value", &Cookie{Mode: Rewrite}, 2, -1, "X=orig", "", "X=orig", ""},
		{"prefix", &Cookie{Mode: Prefix}, 0, -1, "X=orig; path=/", "", "X=sa~orig; path=/", ""},
		{"prefix indirect", &Cookie{Mode: Prefix, Indirect: true}, 0, 0, "X=orig; path=/", "", "", ""},
		{"passive", &Cookie{}, 0, -1, "X=orig", "", "X=orig", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.cookie.Name = "X"
			all := servers()
			tt.cookie.Prepare(all)
			m := &message.Message{}
			m.SetLimit(4096)
			m.SetResponse(200, []byte("OK"))
			if tt.set != "" {
				m.Append([]byte("set-cookie"), []byte(tt.set))
			}
			if name, value, found := strings.Cut(tt.headers, ": "); found {
				m.Append([]byte(name), []byte(value))
			}
			m.EndHeaders()
			var bound server.Binding
			if tt.bound >= 0 {
				bound.Server = all[tt.bound]
			}
			if _, ok := tt.cookie.Response(m, all[tt.by], bound, []byte("GET"), time.Now()); !ok {
				t.Fatal("no room")
			}
			if got := text(m, "set-cookie"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if got := text(m, "cache-control"); got != tt.wantShared {
				t.Errorf("cache-control %q, want %q", got, tt.wantShared)
			}
		})
	}
}

func FuzzCookie_Request(f *testing.F) {
	for _, seed := range []string{"X=sb", "A=1; X=sb|AAAAA|BBBBB; B", `"X=;`, "$X==~"} {
		f.Add(seed)
	}
	all := servers()
	f.Fuzz(func(t *testing.T, header string) {
		for _, mode := range []Mode{Passive, Rewrite, Insert, Prefix} {
			c := &Cookie{Name: "X", Mode: mode, Indirect: true, MaxIdle: time.Minute}
			c.Prepare(all)
			c.Request(request(header), time.Unix(1_700_000_000, 0), false)
		}
	})
}
