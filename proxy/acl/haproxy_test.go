package acl

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"tidelock/proxy/message"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// differences are the conditions whose outcome is not HAProxy's, with what it is instead.
var differences = map[string]string{
	// The samples are 5, -7 and 100: none is less than -7.
	"if { req.hdr_val(x-num) lt -7 }": "false",
}

// TestCondition_HAProxy compares with the answers of HAProxy 2.6.12, for which ../sample/testdata/capture asked.
func TestCondition_HAProxy(t *testing.T) {
	f, err := os.Open("testdata/conditions.golden")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var head []string
	var s *stream.Stream
	scanner := bufio.NewScanner(f)
	for scanner.Scan() {
		line := scanner.Text()
		switch {
		case strings.HasPrefix(line, "== "):
			head, s = nil, nil
		case s == nil && line != "":
			head = append(head, line)
		case s == nil:
			s = newStream(head)
		default:
			condition, want, _ := strings.Cut(line, "\t")
			if d, ok := differences[condition]; ok {
				want = d
			}
			t.Run(condition, func(t *testing.T) {
				if got := outcome(s, condition); got != want {
					t.Errorf("%s is %s, want %s", condition, got, want)
				}
			})
		}
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
}

// outcome is in the form of the golden file.
func outcome(s *stream.Stream, text string) string {
	k := &sample.Compiler{Phase: sample.HTTPRequest}
	acls := &Set{}
	parts := strings.Split(text, " ;; ")
	last := len(parts) - 1
	for _, declaration := range parts[:last] {
		if acls.Add(k, strings.Fields(declaration)[1:]) != nil {
			return "error"
		}
	}
	d, err := acls.Condition(k, strings.Fields(parts[last]))
	if err != nil {
		return "error"
	}
	c := sample.Acquire(s, sample.HTTPRequest)
	defer c.Release()
	if d.Holds(c) {
		return "true"
	}
	return "false"
}

// newStream returns an exchange with the request whose head lines hold, and the variables that the capture sets.
func newStream(lines []string) *stream.Stream {
	m := &message.Message{}
	start := strings.Split(lines[0], " ")
	m.SetRequest([]byte(start[0]), []byte(start[1]))
	for _, line := range lines[1:] {
		name, v, _ := strings.Cut(line, ":")
		m.Add(name, []byte(strings.TrimSpace(v)))
	}
	m.EndHeaders()
	s := &stream.Stream{Session: &stream.Session{}, Request: m, Response: &message.Message{}}
	set := func(name string, v value.Value) {
		x, err := sample.Intern(name)
		if err != nil {
			panic(err)
		}
		x.Set(s, v)
	}
	set("txn.text", value.Text([]byte("some.text")))
	set("txn.num", value.Int(42))
	return s
}

// TestKeywords_HAProxy compares the names that imply a matching method with the list that `haproxy -dKacl` prints.
func TestKeywords_HAProxy(t *testing.T) {
	text, err := os.ReadFile("testdata/keywords.haproxy")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " = ")
		fetch, method, _ := strings.Cut(rest, " -m ")
		k, ok := keywords[name]
		if method == "str" && name == "method" {
			method = "meth" // HAProxy's list takes what compares methods for strings
		}
		if !ok || k.fetch != fetch || k.method.Name != method {
			t.Errorf("keyword %s is %v, want %s -m %s", name, k, fetch, method)
		}
	}
}
