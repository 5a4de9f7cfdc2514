// Command capture asks a real HAProxy what sample expressions yield, or how conditions are decided, and prints the
// answers as the golden files that TestExpression_HAProxy and TestCondition_HAProxy compare with:
//
//	cd proxy/sample/testdata && for f in *.txt; do go run ./capture < $f > ${f%.txt}.golden; done
//	cd proxy/acl/testdata && go run ../../sample/testdata/capture -conditions < conditions.txt > conditions.golden
//
// Input: blocks separated by lines "== name"; a block is an HTTP request, an empty line, lines "| " with the request's
// body, and expressions or conditions, one per line. A condition may have ACL declarations before it, each with " ;; "
// behind it.
//
// Output: the same blocks; after each line a tab and one of
//
//	error REASON   the configuration is refused
//	none           the expression yields no value
//	HEX TEXT       the value as binary (so that its kind shows) and as a quoted Go string
//	true, false    how the condition is decided
package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"flag"
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

var conditions = flag.Bool("conditions", false, "the lines are conditions")

func main() {
	log.SetFlags(0)
	flag.Parse()
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
	text, _ := config(dir, b, refused)
	address, stop := start(dir, text)
	defer stop()

	fmt.Printf("== %s\n%s", b.name, strings.ReplaceAll(b.request, "\r\n", "\n"))
	if b.body != "" {
		fmt.Printf("| %s\n", b.body)
	}
	for i, e := range b.expressions {
		fmt.Printf("%s\t%s\n", e, answer(address, b.request+b.body, i, refused[i]))
	}
}

// config writes the configuration that answers the cases, and returns the case that each of its lines belongs to. The
// header "case" picks one, and is removed, so that the request is otherwise as given.
func config(dir string, b block, refused map[int]string) (text []byte, cases map[int]int) {
	cases = map[int]int{}
	var c bytes.Buffer
	line := 0
	write := func(format string, arguments ...any) {
		fmt.Fprintf(&c, format+"\n", arguments...)
		line++
	}
	write("global")
	write(" tune.bufsize 65536")
	write("defaults")
	write(" mode http")
	write(" timeout client 5s")
	write(" timeout server 5s")
	write(" timeout connect 5s")
	write("frontend fe")
	write(" bind unix@%s id 7 name listen", filepath.Join(dir, "socket"))
	write(" option http-buffer-request")
	write(" http-request set-var(txn.case) hdr(case)")
	write(" http-request del-header case")
	write(" http-request set-var(txn.text) str(some.text)")
	write(" http-request set-var(txn.num) int(42)")
	for i, e := range b.expressions {
		switch {
		case refused[i] != "":
		case *conditions:
			write(" use_backend be%d if { var(txn.case) -m str %d }", i, i)
		default:
			write(" http-request set-var(txn.result) '%s' if { var(txn.case) -m str %d }", strings.ReplaceAll(e, "'", `'\''`), i)
			cases[line] = i
		}
	}
	if *conditions {
		for i, e := range b.expressions {
			if refused[i] != "" {
				continue
			}
			write("backend be%d", i)
			parts := strings.Split(e, " ;; ")
			for _, declaration := range parts[:len(parts)-1] {
				write(" %s", declaration)
				cases[line] = i
			}
			write(" http-request return status 200 content-type text/plain string true %s", parts[len(parts)-1])
			cases[line] = i
			write(" http-request return status 200 content-type text/plain string false")
		}
	} else {
		write(" http-request return status 200 hdr hex %%[var(txn.result),hex] content-type text/plain lf-string %%[var(txn.result)] if { var(txn.result) -m found }")
		write(" http-request return status 204")
	}
	return c.Bytes(), cases
}

// refusedExpressions checks the configuration again and again, because HAProxy stops at the first rule that it refuses.
func refusedExpressions(dir string, b block) map[int]string {
	path := filepath.Join(dir, "check.cfg")
	alert := regexp.MustCompile(`ALERT.*check\.cfg:(\d+)\] ?: (.*)|\n        parsing .*check\.cfg:(\d+)\]: (.*)`)
	refused := map[int]string{}
	for {
		text, cases := config(dir, b, refused)
		check(os.WriteFile(path, text, 0o600))
		out, err := exec.Command("haproxy", "-c", "-f", path).CombinedOutput()
		if err == nil {
			return refused
		}
		m := alert.FindSubmatch(out)
		if m == nil {
			log.Fatalf("%s", out)
		}
		line, err := strconv.Atoi(string(m[1]) + string(m[3]))
		check(err)
		i, ok := cases[line]
		if !ok {
			log.Fatalf("%s", out)
		}
		refused[i] = reason(string(m[2]) + string(m[4]))
	}
}

// reason is an alert without what it says of the place.
func reason(alert string) string {
	_, text, ok := strings.Cut(alert, "' rule : ")
	if !ok {
		text = alert
	}
	return strings.TrimRight(text, ".")
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

func answer(address, request string, i int, refused string) string {
	if refused != "" {
		return "error " + refused
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
	if *conditions {
		return body
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
