package sample

import (
	"bufio"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tidelock/proxy/message"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// differences are the expressions whose outcome is not HAProxy's, with what it is instead. Nothing stands for what another
// test looks at. A name before the expression limits the difference to the block with that name.
var differences = map[string]string{
	// HAProxy lets a boolean that was computed with stay a boolean, and so cuts its binary form to one bit.
	"bool(true),add(1)": "0000000000000002",
	"bool(true),mul(5)": "0000000000000005",
	"bool(true),neg":    "ffffffffffffffff",
	"bool(true),cpl":    "fffffffffffffffe",
	// Addresses are one kind here; HAProxy knows at load time that one is IPv6.
	"ipv6(::1),add(1)": "none",
	"ipv6(::1),not":    "none",
	// HAProxy takes a letter in a character's number for a digit.
	"json_query odd 22/req.body,json_query('$')": "none",
	// Without a path HAProxy yields nothing; the manual promises the decoded part.
	"req.hdr(t),jwt_header_query": "", "req.hdr(t),jwt_payload_query": "", "req.hdr(t),jwt_payload_query()": "",
	"req.hdr(t),jwt_payload_query(,int)": "",
	// HAProxy takes truncated authentication tags.
	"bin(d2a0394777ce4a08a129e669),aes_gcm_dec(128,0I9dx1EkR+NAQwAC,grcO7n8aUDm+8H7CNH8Gbg==,JWW8/fTu1eW0U3Rz)":                     "none",
	"bin(d2a0394777ce4a08a129e669),aes_gcm_dec(128,0I9dx1EkR+NAQwAC,grcO7n8aUDm+8H7CNH8Gbg==,JWW8/fTu1eU=)":                         "none",
	"bin(502e6bd0bee7c2043c10f7ce),aes_gcm_dec(192,sNGzWOa6q0hVZbn0,+4u4ILYRnLqP+IeWrlsF8oCmjO2TtrKM,jqjwe6OwQ4S/Ginc)":             "none",
	"bin(502e6bd0bee7c2043c10f7ce),aes_gcm_dec(192,sNGzWOa6q0hVZbn0,+4u4ILYRnLqP+IeWrlsF8oCmjO2TtrKM,jqjwe6OwQ4Q=)":                 "none",
	"bin(08ff29789ddec9f99f5cc201),aes_gcm_dec(256,HTzMRAXdLqH6+rS/,GCN1iCsgDarbI8/5GT8+cDhEleBMXV7TUiJtFjfCJI8=,XA1i95JKDvIBrUPd)": "none",
	"bin(08ff29789ddec9f99f5cc201),aes_gcm_dec(256,HTzMRAXdLqH6+rS/,GCN1iCsgDarbI8/5GT8+cDhEleBMXV7TUiJtFjfCJI8=,XA1i95JKDvI=)":     "none",
	// A property that no CONNACK has cannot become valid with more bytes.
	"bin(20050000026300),mqtt_is_valid": "0000000000000000",
	"bin(20050000021700),mqtt_is_valid": "0000000000000000",
	// HAProxy makes a negative float an unsigned number, and finds fields whose value is missing.
	"bin(08ac0210ffffffffffffffffff0119050000000000008025feffffff2a0474657874300339000000000000f83f45000030c04801508080808080205a00c00c09084d),protobuf(8,float)": "fffffffffffffffe",
	"bin(08),protobuf(1)": "none", "bin(08),protobuf(1,int32)": "none", "bin(08),protobuf(1,uint64)": "none",
	"bin(0a),protobuf(1)": "none", "bin(08960110),protobuf(2,int32)": "none",
	"bin(100108),protobuf(1)": "none", "bin(100108),protobuf(1,int32)": "none", "bin(100108),protobuf(1,uint64)": "none",
	// HAProxy computes with bytes that are no digits.
	"cook_val(b)":          "0000000000000000",
	"str(h:x),port_only":   "0000000000000000",
	"str(h:80x),port_only": "0000000000000050",
	"str(-_8=),ub64dec":    "none",
	// HAProxy takes dates before 1970 for ones far in the future.
	"int(1700000000),http_date(-1700000001)": "5765642c2033312044656320313936392032333a35393a353920474d54",
	"int(-1),http_date":                      "5765642c2033312044656320313936392032333a35393a353920474d54",
	"int(-1),utime(%Y-%m-%d %H:%M:%S)":       "313936392d31322d33312032333a35393a3539",
	// Flags and widths are the GNU C library's own.
	"int(1700000000),utime(%-d %_d %0e %^a %#Z %10Y)": "252d6420255f642025306520255e612025235a2025313059",
}

// TestExpression_HAProxy compares with the answers of HAProxy 2.6.12. testdata/capture asked for them.
func TestExpression_HAProxy(t *testing.T) {
	files, err := filepath.Glob("testdata/*.golden")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".golden"), func(t *testing.T) { compare(t, file) })
	}
}

func compare(t *testing.T, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	scanner := bufio.NewScanner(f)
	name := ""
	var s *stream.Stream
	var lines []string
	for scanner.Scan() {
		line := scanner.Text()
		switch next, isName := strings.CutPrefix(line, "== "); {
		case isName:
			name, s, lines = next, nil, nil
		case s == nil && line != "":
			lines = append(lines, line)
		case s == nil:
			s = newStream(t, lines)
		case strings.HasPrefix(line, "| "):
			s.Request.SetBody([]byte(line[2:]))
		default:
			expression, want, _ := strings.Cut(line, "\t")
			if !strings.HasPrefix(want, "error ") {
				want, _, _ = strings.Cut(want, " ")
			}
			d, ok := differences[expression]
			if !ok {
				d, ok = differences[name+"/"+expression]
			}
			if ok {
				want, _, _ = strings.Cut(d, " ")
			}
			t.Run(name+"/"+expression, func(t *testing.T) {
				if got := outcome(s, expression); got != want && want != "" && !otherWords(got, want) {
					t.Errorf("%s = %s, want %s", expression, got, want)
				}
			})
		}
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
}

// otherWords reports whether both are errors of a kind that is told of in other words on purpose: HAProxy names the action
// instead of the fetch, has other engines for regexes, prints nothing for a missing list, or does not say what it expected.
func otherWords(got, want string) bool {
	kinds := []string{"set-var(txn.result)", "regex", "(null)", "cannot be applied", "unknown fetch method", "unknown converter"}
	return strings.HasPrefix(got, "error ") && strings.HasPrefix(want, "error ") &&
		slices.ContainsFunc(kinds, func(kind string) bool { return strings.Contains(want, kind) })
}

// outcome is in the form of the golden file: "error REASON", "none", or the value as binary. It starts with the variables that
// testdata/capture sets.
func outcome(s *stream.Stream, expression string) string {
	k := Compiler{Phase: HTTPRequest.In(true, false), Files: func(name string) ([]byte, error) { return os.ReadFile(filepath.Join("testdata", name)) }}
	e, _, err := k.ParseAvailable([]string{expression})
	if err != nil {
		return "error " + err.Error()
	}
	c := Acquire(s, HTTPRequest)
	defer c.Release()
	s.TxnVariables.Reset()
	mustIntern("txn.text").Set(s, value.Text([]byte("some.text")))
	mustIntern("txn.num").Set(s, value.Int(42))
	v := e.Eval(c).Cast(value.Binary, &c.Scratch)
	switch {
	case !v.Valid():
		return "none"
	case len(v.Data) == 0:
		return "-"
	default:
		return hex.EncodeToString(v.Data)
	}
}

// newStream returns an exchange with the request that lines hold.
func newStream(t testing.TB, lines []string) *stream.Stream {
	t.Helper()
	m := &message.Message{}
	start := strings.Split(lines[0], " ")
	m.SetRequest([]byte(start[0]), []byte(start[1]))
	m.SetVersion(1, int(start[2][len("HTTP/1.")]-'0'))
	for _, line := range lines[1:] {
		name, v, _ := strings.Cut(line, ":")
		m.Add(name, []byte(strings.Trim(v, " \t")))
	}
	m.EndHeaders()
	p := &stream.Proxy{Name: "fe", ID: 1, Mode: stream.ModeHTTP, ClientTimeout: 5 * time.Second}
	return &stream.Stream{
		Session:  &stream.Session{Frontend: p, Listener: &stream.Listener{Name: "listen", ID: 7}},
		Frontend: p,
		First:    true,
		Request:  m,
		Response: &message.Message{},
	}
}

func mustIntern(name string) Variable {
	v, err := Intern(name)
	if err != nil {
		panic(err)
	}
	return v
}
