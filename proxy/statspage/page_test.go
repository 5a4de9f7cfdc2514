package statspage

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"tidelock/proxy/counter"
)

func samplePage() *Page {
	row := func(kind counter.Kind, proxy, name, status string) *counter.Row {
		r := &counter.Row{Identity: counter.Identity{Kind: kind, Proxy: proxy, Name: name, ProxyID: len(proxy), ID: 1, HTTP: true}}
		r.State = func(s *counter.State) {
			s.Status = status
			s.Check = counter.Check{Enabled: kind == counter.Server, Status: "L7STS", Last: `<script>alert("x")</script>`, Description: "Layer7 wrong status"}
		}
		r.Add(counter.BytesIn, 1234567)
		return r
	}
	rows := []*counter.Row{
		row(counter.Frontend, "web", "FRONTEND", "OPEN"),
		row(counter.Server, "app1", "s1", "UP 1/2"), row(counter.Server, "app1", "s2", "DOWN"), row(counter.Backend, "app1", "BACKEND", "UP"),
	}
	return &Page{
		URI: []byte("/s?x"), Version: "2.6", Node: `<b>"node"</b>`, Description: "a & b", Refresh: 5 * time.Second, Legends: true,
		Rows: func() []*counter.Row { return rows }, Process: new(counter.Process), Descriptions: map[string]string{"web": "</h2>"},
	}
}

func render(t *testing.T, p *Page, uri string, admin bool) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.write(&b, p.options([]byte(uri)), admin); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPage(t *testing.T) {
	tests := []struct {
		name, uri  string
		admin      bool
		has, lacks []string
	}{
		{"everything is escaped", "/s?x;st=DONE;scope=%22%3E%3Cb%3E", false, []string{"&lt;b&gt;&#34;node&#34;", "a &amp; b", "Action processed"},
			[]string{"<b>", "<script", "</h2></small>"}},
		{"what a server said is escaped", "/s?x", false, []string{"&lt;script&gt;", "1.2 MiB", "1 234 567 bytes", "UP 1/2", `href="/s?x;norefresh"`},
			[]string{"<script", "<form", `type="checkbox"`}},
		{"a form for those who may", "/s?x;up", true, []string{`<form method="post" action="/s?x;up">`, `name="s" value="s1"`, `name="b" value="#4"`},
			[]string{`value="s2"`}},
		{"one proxy", "/s?x;scope=we", false, []string{`id="p3"`, `href="/s?x;up?scope=we"`}, []string{`id="p4"`}},
		{"CSV", "/s?x;csv", true, []string{"# pxname,svname", "app1,BACKEND"}, []string{"<html"}},
		{"JSON", "/s?x;json;up", false, []string{`"objType":"Server"`}, []string{`"value":"s2"`}},
		{"typed", "/s?x;typed", false, []string{"F.3.1.0.pxname.1:KNS:str:web\n"}, nil},
		{"schema", "/s?x;json-schema", false, []string{`"$schema"`}, nil},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got := render(t, samplePage(), tc.uri, tc.admin)
			body := got[strings.Index(got, "</style>")+1:]
			for _, s := range tc.has {
				if !strings.Contains(got, s) {
					t.Errorf("lacks %q", s)
				}
			}
			for _, s := range tc.lacks {
				if strings.Contains(body, s) {
					t.Errorf("has %q", s)
				}
			}
		})
	}
}

// The page is whole: each row has a cell for each column, and nothing comes from elsewhere.
func TestPage_Whole(t *testing.T) {
	got := render(t, samplePage(), "/s?x", true)
	columns := 0
	for _, g := range groups {
		columns += len(g.Columns)
	}
	for _, row := range regexp.MustCompile(`(?s)<tr class=.*?</tr>`).FindAllString(got, -1) {
		if n := strings.Count(row, "<td"); n != columns && n != columns+1 {
			t.Errorf("%d cells, want %d: %s", n, columns, row)
		}
	}
	for _, outside := range []string{"http:", "https:", "<script", "src="} {
		if strings.Contains(got, outside) {
			t.Errorf("the page has %s", outside)
		}
	}
}

func TestPage_options(t *testing.T) {
	p := &Page{URI: []byte("/s")}
	tests := []struct {
		name, uri string
		want      options
	}{
		{"none", "/s", options{}},
		{"all", "/s;up;no-maint;norefresh;csv;st=DONE;scope=a%20b", options{asCSV, true, true, true, "a b", "DONE"}},
		{"in a query", "/s?up&json", options{format: asJSON, up: true}},
		{"unknown", "/s;xyz;=;;", options{}},
		{"a name that is too long", "/s;scope=" + strings.Repeat("a", 21), options{}},
		{"a name that is broken", "/s;scope=%zz", options{}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if got := p.options([]byte(tc.uri)); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func Test_texts(t *testing.T) {
	for got, want := range map[string]string{
		thousands(0): "0", thousands(999): "999", thousands(-1000): "-1 000", thousands(1234567): "1 234 567",
		bytesText(0): "0 B", bytesText(1023): "1023 B", bytesText(1024): "1.0 KiB", bytesText(1 << 40): "1.0 TiB",
		duration(0): "0s", duration(61): "1m 1s", duration(90000): "1d 1h",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
