package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// jaeger is Jaeger's all-in-one, which keeps traces in memory.
type jaeger struct {
	otlp, query string // addresses
}

// startJaeger starts the one that JAEGER names: make jaeger-test builds one, which takes minutes.
func startJaeger(t *testing.T) jaeger {
	t.Helper()
	program := os.Getenv("JAEGER")
	if program == "" {
		t.Skip("JAEGER names no Jaeger: make jaeger-test")
	}
	j := jaeger{otlp: freeAddress(t), query: freeAddress(t)}
	arguments := []string{
		"--collector.otlp.http.host-port=" + j.otlp, "--query.http-server.host-port=" + j.query, "--log-level=warn",
	}
	for _, other := range []string{
		"admin.http.host-port", "collector.otlp.grpc.host-port", "collector.grpc-server.host-port", "collector.http-server.host-port", "query.grpc-server.host-port",
	} {
		arguments = append(arguments, "--"+other+"="+freeAddress(t))
	}
	cmd := exec.Command(program, arguments...)
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	cmd.Env = append(os.Environ(), "OTEL_TRACES_SAMPLER=always_off") // it would trace itself
	started(t, cmd, j.query)
	eventually(t, "listening on "+j.otlp, func() bool {
		probe, err := net.Dial("tcp", j.otlp)
		if err == nil {
			probe.Close()
		}
		return err == nil
	})
	return j
}

// started starts a program that listens, and ends it with the test.
func started(t *testing.T, cmd *exec.Cmd, address string) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	})
	eventually(t, "listening on "+address, func() bool {
		response, err := http.Get("http://" + address + "/")
		if err != nil {
			return false
		}
		response.Body.Close()
		return true
	})
}

// slowScript is the folder of the walk in docs/find-the-slow-script.md: a shop and its stock.
const slowScript = "../../docs/slow-script"

// startShop starts both proxies as processes of their own, with variables of the environment and flags for the
// shop, and returns its address.
func startShop(t *testing.T, environment []string, flags ...string) string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	shop, stock := freePort(t), freePort(t)
	start := func(name string, port int, flags ...string) {
		cmd := exec.Command(program)
		cmd.Args = append([]string{"tidelock", "run", "-f", name + ".cfg"}, flags...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = slowScript, t.Output(), t.Output()
		cmd.Env = append(append(os.Environ(), asProgram+"=1", "XDG_CACHE_HOME="+t.TempDir(), "OTEL_SERVICE_NAME="+name,
			fmt.Sprint("SHOP_PORT=", shop), fmt.Sprint("STOCK_PORT=", stock)), environment...)
		started(t, cmd, fmt.Sprint("127.0.0.1:", port))
	}
	start("stock", stock)
	start("shop", shop, flags...)
	return fmt.Sprint("127.0.0.1:", shop)
}

// jaegerTrace is what Jaeger's query API answers.
type jaegerTrace struct {
	Data []struct {
		Spans []struct {
			SpanID, OperationName, ProcessID string
			References                       []struct{ RefType, SpanID string }
			Tags                             []struct {
				Key   string
				Value any
			}
		}
		Processes map[string]struct{ ServiceName string }
	}
}

// TestJaeger sends a request through two proxies, the first of which asks the second by a script, too: Jaeger has one trace
// of all that. TRACE_FILE names a file for its answer, of which docs have a picture.
func TestJaeger(t *testing.T) {
	j := startJaeger(t)
	shop := startShop(t, []string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://" + j.otlp + "/v1/traces", "OTEL_BSP_SCHEDULE_DELAY=50"})
	response, err := http.Get("http://" + shop + "/?things=500")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	id := response.Header.Get("x-trace")
	const spans = 9
	var body []byte
	var answer jaegerTrace
	eventually(t, fmt.Sprintf("a trace of %d spans", spans), func() bool {
		response, err := http.Get("http://" + j.query + "/api/traces/" + id)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, _ = io.ReadAll(response.Body)
		answer = jaegerTrace{}
		return json.Unmarshal(body, &answer) == nil && len(answer.Data) == 1 && len(answer.Data[0].Spans) >= spans
	})
	time.Sleep(200 * time.Millisecond) // none may follow
	if file := os.Getenv("TRACE_FILE"); file != "" {
		if err := os.WriteFile(filepath.Clean(file), body, 0o600); err != nil {
			t.Error(err)
		}
	}
	expect(t, "tree", "\n"+treeOf(answer), `
shop server GET
	shop client GET
		stock server GET
	shop internal lua action advice
	shop internal lua action cart
	shop internal lua action price
		shop client GET
			stock server GET
				stock internal lua service prices
`)
}

// treeOf writes the spans of a trace down, each below its parent, in the order of their names.
func treeOf(answer jaegerTrace) string {
	trace := answer.Data[0]
	lines := map[string][][2]string{} // name and identifier of the spans below one
	for _, span := range trace.Spans {
		kind, parent := "", ""
		for _, tag := range span.Tags {
			if tag.Key == "span.kind" {
				kind = fmt.Sprint(tag.Value)
			}
		}
		for _, r := range span.References {
			parent = r.SpanID
		}
		name := trace.Processes[span.ProcessID].ServiceName + " " + kind + " " + span.OperationName
		lines[parent] = append(lines[parent], [2]string{name, span.SpanID})
	}
	return writeTree(lines, "", "")
}

func writeTree(lines map[string][][2]string, parent, indent string) (text string) {
	below := lines[parent]
	slices.SortFunc(below, func(a, b [2]string) int { return cmp.Compare(a[0], b[0]) })
	for _, span := range below {
		text += indent + span[0] + "\n" + writeTree(lines, span[1], indent+"\t")
	}
	return text
}
