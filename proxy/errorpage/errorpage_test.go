package errorpage

import "testing"

func TestParse(t *testing.T) {
	tests := []struct {
		name, content string
		status        int
		header, body  string
	}{
		{"whole", "HTTP/1.0 503 Sorry\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello", 503, "text/plain", "hello"},
		{"line feeds alone", "HTTP/1.1 404 Not Found\nContent-Type: a/b\n\nx\n\ny", 404, "a/b", "x\n\ny"},
		{"no body", "HTTP/1.1 400 Bad\r\nContent-Type: a/b\r\n\r\n", 400, "a/b", ""},
		{"nothing", "", 0, "", ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			m, err := Parse([]byte(tc.content))
			if err != nil {
				t.Fatal(err)
			}
			header := ""
			if i := m.Find("content-type", 0); i >= 0 {
				header = string(m.Value(i))
			}
			if m.Status() != tc.status || header != tc.header || string(m.Body()) != tc.body {
				t.Errorf("got %d %q %q", m.Status(), header, m.Body())
			}
		})
	}
}

func TestParse_Errors(t *testing.T) {
	tests := []struct{ name, content string }{
		{"no status line", "<html>sorry</html>"},
		{"no status", "HTTP/1.1 OK\r\n\r\n"},
		{"no empty line", "HTTP/1.1 400 Bad\r\nContent-Type: a/b\r\n"},
		{"another length", "HTTP/1.1 400 Bad\r\nContent-Length: 3\r\n\r\nab"},
		{"chunks", "HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\nab"},
		{"another protocol", "HTTP/2.0 400 Bad\r\n\r\n"},
		{"no header", "HTTP/1.1 500 Oops\r\nsorry\r\n\r\n"},
		{"space in a name", "HTTP/1.1 500 Oops\r\na b: c\r\n\r\n"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if m, err := Parse([]byte(tc.content)); err == nil {
				t.Errorf("no error, but status %d", m.Status())
			}
		})
	}
}
