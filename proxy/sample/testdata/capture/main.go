// Command capture asks a real HAProxy what sample expressions yield, and prints the answers as the golden file that
// TestExpression_HAProxy compares with:
//
//	go run ./proxy/sample/testdata/capture < proxy/sample/testdata/expressions.txt > proxy/sample/testdata/expressions.golden
//
// Input: blocks separated by lines "== name"; a block is an HTTP request, an empty line, lines "| " with the request's
// body, and expressions, one per line.
// Output: the same blocks; after each expression a tab and one of
//
//	error          the configuration is refused
//	none           the expression yields no value
//	HEX TEXT       the value as binary (so that its kind shows) and as a quoted Go string
package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

type block struct {
	name, request, body string
	expressions         []string
}

func main() {
	log.SetFlags(0)
	for _, b := range parse(os.Stdin) {
		capture(b)
	}
}

func parse(r io.Reader) []block {
	var blocks []block
	inRequest := false
	scanner := bufio.NewScanner(r)
	for scanner.Scan() {
		line := scanner.Text()
		switch name, isName := strings.CutPrefix(line, "== "); {
		case isName:
			blocks = append(blocks, block{name: name})
			inRequest = true
		case inRequest:
			b := &blocks[len(blocks)-1]
			b.request += line + "\r\n"
			inRequest = line != ""
		case strings.HasPrefix(line, "| "):
			blocks[len(blocks)-1].body += line[2:]
		case line != "":
			b := &blocks[len(blocks)-1]
			b.expressions = append(b.expressions, line)
		}
	}
	return blocks
}

func capture(b block) {
	dir, err := os.MkdirTemp("", "capture")
	check(err)
	defer os.RemoveAll(dir)
	refused := refusedExpressions(dir, b)
	address, stop := start(dir, config(dir, b, refused))
	defer stop()

	fmt.Printf("== %s\n%s", b.name, strings.ReplaceAll(b.request, "\r\n", "\n"))
	if b.body != "" {
		fmt.Printf("| %s\n", b.body)
	}
	for i, e := range b.expressions {
		fmt.Printf("%s\t%s\n", e, answer(address, b.request+b.body, i, refused[i]))
	}
}

// config writes one rule per expression; the header "case" picks one, so that the request is otherwise as given.
func config(dir string, b block, refused map[int]bool) []byte {
	var c bytes.Buffer
	fmt.Fprintf(&c, "global\n tune.bufsize 65536\ndefaults\n mode http\n timeout client 5s\n timeout server 5s\n timeout connect 5s\n")
	fmt.Fprintf(&c, "frontend fe\n bind unix@%s id 7 name listen\n option http-buffer-request\n", filepath.Join(dir, "socket"))
	fmt.Fprintf(&c, " http-request set-var(txn.case) hdr(case)\n http-request del-header case\n")
	fmt.Fprintf(&c, " http-request set-var(txn.text) str(some.text)\n http-request set-var(txn.num) int(42)\n")
	for i, e := range b.expressions {
		if refused[i] {
			c.WriteString(" # refused\n")
			continue
		}
		fmt.Fprintf(&c, " http-request set-var(txn.result) '%s' if { var(txn.case) -m str %d }\n", strings.ReplaceAll(e, "'", `'\''`), i)
	}
	c.WriteString(" http-request return status 200 hdr hex %[var(txn.result),hex] content-type text/plain lf-string %[var(txn.result)] if { var(txn.result) -m found }\n")
	c.WriteString(" http-request return status 204\n")
	return c.Bytes()
}

// refusedExpressions checks the configuration again and again, because HAProxy stops at the first rule that it refuses.
func refusedExpressions(dir string, b block) map[int]bool {
	path := filepath.Join(dir, "check.cfg")
	alert := regexp.MustCompile(`check\.cfg:(\d+)\] ?: (.*)`)
	first := bytes.Count(beforeRules(config(dir, b, nil)), []byte("\n")) + 1
	refused := map[int]bool{}
	for {
		check(os.WriteFile(path, config(dir, b, refused), 0o600))
		out, err := exec.Command("haproxy", "-c", "-f", path).CombinedOutput()
		if err == nil {
			return refused
		}
		m := alert.FindSubmatch(out)
		if m == nil {
			log.Fatalf("%s", out)
		}
		line, err := strconv.Atoi(string(m[1]))
		check(err)
		log.Printf("%s: %s", b.expressions[line-first], m[2])
		refused[line-first] = true
	}
}

func beforeRules(text []byte) []byte {
	return text[:bytes.Index(text, []byte(" http-request set-var(txn.result)"))]
}

func start(dir string, text []byte) (address string, stop func()) {
	path := filepath.Join(dir, "run.cfg")
	check(os.WriteFile(path, text, 0o600))
	cmd := exec.Command("haproxy", "-db", "-q", "-f", path)
	cmd.Stderr = os.Stderr
	check(cmd.Start())
	address = filepath.Join(dir, "socket")
	for range 100 {
		if c, err := net.Dial("unix", address); err == nil {
			c.Close()
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	return address, func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
}

func answer(address, request string, i int, refused bool) string {
	if refused {
		return "error"
	}
	c, err := net.Dial("unix", address)
	check(err)
	defer c.Close()
	startLine, rest, _ := strings.Cut(request, "\r\n")
	fmt.Fprintf(c, "%s\r\ncase: %d\r\n%s", startLine, i, rest)
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	response, body, ok := readResponse(c)
	if !ok {
		return "none"
	}
	return response + " " + strconv.Quote(body)
}

// readResponse returns the header "hex" and the body. It does not use net/http, which refuses bytes that HAProxy sends.
func readResponse(c net.Conn) (hexValue, body string, ok bool) {
	r := bufio.NewReader(c)
	status, err := r.ReadString('\n')
	check(err)
	length := 0
	for {
		line, err := r.ReadString('\n')
		check(err)
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		switch strings.ToLower(name) {
		case "hex":
			hexValue = strings.ToLower(value)
			_, err := hex.DecodeString(hexValue)
			check(err)
		case "content-length":
			length, err = strconv.Atoi(value)
			check(err)
		case "":
			b := make([]byte, length)
			_, err := io.ReadFull(r, b)
			check(err)
			if hexValue == "" {
				hexValue = "-"
			}
			if !strings.Contains(status, " 20") {
				log.Fatalf("the request is refused: %s", status)
			}
			return hexValue, string(b), strings.Contains(status, " 200 ")
		}
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
